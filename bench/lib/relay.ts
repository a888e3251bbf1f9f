import { connect, createServer, type AddressInfo } from 'node:net'

/** A relay that adds up what the server says of its own time. */
export interface TimeRelay {
  url(direct: string): string
  /** Milliseconds of server time, and statements, since the last call. */
  take(): { readonly ms: number; readonly statements: number }
  close(): Promise<void>
}

/** What a database needs so that its server tells every client the duration of each of its messages. */
export const TELL_DURATIONS = ['log_min_duration_statement = 0', 'client_min_messages = log', 'lc_messages = \'C\'']

/** Reads `duration: 0.123 ms` in the notices that such a database sends. */
export async function startTimeRelay(target: { readonly host: string; readonly port: number }): Promise<TimeRelay> {
  let text = ''
  const listener = createServer((client) => {
    const upstream = connect(target)
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    upstream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
    })
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo // a TCP listener's address is never a path
  return {
    url: (direct) => Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(port) }).href,
    take: () => {
      const found = [...text.matchAll(/duration: ([\d.]+) ms/g)].map((match) => Number(match[1]))
      text = ''
      return { ms: found.reduce((sum, one) => sum + one, 0), statements: found.length }
    },
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  }
}
