import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A relay on the loopback between a driver and its server, that counts and can cut. */
export interface Proxy {
  readonly port: number
  /** The same URL, through the proxy. */
  url(direct: string): string
  /** Bursts of client bytes that followed server bytes, over all connections: what the network's latency is paid for. */
  turns(): number
  /** Connections that were opened so far. */
  connections(): number
  /** Forgets turns and connections counted so far. */
  reset(): void
  /**
   * Cuts the connection at the n-th turn from now, once. `before`: the server never sees that turn. `after`: the server gets
   * it and works on it, the client never gets an answer.
   */
  cutAt(turn: number, when: 'before' | 'after'): void
  /** At the n-th turn from now, once: holds it back until `strike` resolves, or sends it on first. The connection stays. */
  strikeAt(turn: number, when: 'before' | 'after', strike: () => Promise<void> | void): void
  /** Cuts all open connections now. */
  cut(): void
  /** While true, new connections are closed at once. */
  refuse(refusing: boolean): void
  close(): Promise<void>
}

/** Starts a relay to a server. */
export async function startProxy(target: { readonly host: string; readonly port: number }): Promise<Proxy> {
  const pairs = new Set<Socket>()
  let turns = 0
  let connections = 0
  let refusing = false
  let strike: { readonly turn: number; readonly when: 'before' | 'after'; readonly act: () => Promise<void> | void } | null = null
  let plan: { readonly turn: number; readonly when: 'before' | 'after' } | null = null

  const listener = createServer((client) => {
    connections += 1
    if (refusing) return void client.destroy()
    const upstream = connect({ ...target, allowHalfOpen: true })
    let serverSpoke = true
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      pairs.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        pairs.delete(socket)
        client.destroy()
        if (!upstream.writableEnded) upstream.destroy()
      })
    }
    client.on('data', (bytes: Buffer) => {
      if (serverSpoke) turns += 1
      serverSpoke = false
      if (strike !== null && turns >= strike.turn) {
        const { when, act } = strike
        strike = null
        client.pause()
        if (when === 'after') upstream.write(bytes)
        void Promise.resolve(act()).then(() => {
          if (when === 'before' && !upstream.destroyed) upstream.write(bytes)
          client.resume()
        })
        return
      }
      if (plan === null || turns < plan.turn) return void upstream.write(bytes)
      const { when } = plan
      plan = null
      if (when === 'after') upstream.end(bytes)
      else upstream.destroy()
      client.destroy()
    })
    client.on('end', () => upstream.end())
    upstream.on('data', (bytes: Buffer) => {
      serverSpoke = true
      if (!client.destroyed) client.write(bytes)
    })
    upstream.on('end', () => {
      client.end()
      upstream.end()
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  // A TCP listener's address is never a path.
  const { port } = listener.address() as AddressInfo
  listener.unref()

  const cut = () => {
    for (const socket of pairs) socket.destroy()
  }
  return {
    port,
    url: (direct) => {
      const url = new URL(direct)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    turns: () => turns,
    connections: () => connections,
    reset: () => {
      turns = 0
      connections = 0
    },
    cutAt: (turn, when) => {
      plan = { turn: turns + turn, when }
    },
    strikeAt: (turn, when, act) => {
      strike = { turn: turns + turn, when, act }
    },
    cut,
    refuse: (value) => {
      refusing = value
    },
    close: () => {
      cut()
      return new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
}
