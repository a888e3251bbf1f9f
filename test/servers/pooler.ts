import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A pooler in transaction mode on the loopback: what PgBouncer does to those who think they have a session. */
export interface Pooler {
  readonly port: number
  url(direct: string): string
  close(): Promise<void>
}

interface Backend {
  readonly socket: Socket
  readonly greeting: Buffer
  owner: Socket | null
  /** Told of each whole message of the server. */
  hear: (type: string, message: Buffer) => void
}

/** Starts a pooler with so many server sessions, which it hands out in turn, one transaction at a time. */
export async function startPooler(target: { readonly host: string; readonly port: number }, login: { readonly user: string; readonly database: string }, size = 2): Promise<Pooler> {
  const backends = await Promise.all(Array.from({ length: size }, () => openBackend(target, login)))
  const clients = new Set<Socket>()
  let turn = 0

  const listener = createServer((client) => {
    clients.add(client)
    let pending = Buffer.alloc(0)
    let started = false
    let backend: Backend | null = null
    client.on('error', () => client.destroy())
    client.on('close', () => clients.delete(client))
    client.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes])
      for (;;) {
        const header = started ? 1 : 0
        if (pending.length < header + 4 || pending.length < header + pending.readUInt32BE(header)) return
        const length = header + pending.readUInt32BE(header)
        const message = pending.subarray(0, length)
        pending = pending.subarray(length)
        if (!started) {
          started = true
          client.write(backends[0]?.greeting ?? Buffer.alloc(0))
          continue
        }
        if (message[0] === 'X'.charCodeAt(0)) return void client.end()
        backend ??= take(client)
        backend.socket.write(message)
      }
    })
    function take(owner: Socket): Backend {
      const free = backends.filter((one) => one.owner === null)
      const chosen = free[turn++ % Math.max(1, free.length)]
      if (chosen === undefined) throw new Error('the test pooler has no free backend')
      chosen.owner = owner
      chosen.hear = (type, message) => {
        owner.write(message)
        if (type !== 'Z' || message[5] !== 'I'.charCodeAt(0)) return
        chosen.owner = null
        backend = null
      }
      return chosen
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  listener.unref()
  // A TCP listener's address is never a path.
  const { port } = listener.address() as AddressInfo
  return {
    port,
    url: (direct) => {
      const url = new URL(direct)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    close: async () => {
      for (const socket of [...clients, ...backends.map((one) => one.socket)]) socket.destroy()
      await new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
}

/** A session of the server with all that it says until it is ready: the same is said to every client. */
function openBackend(target: { readonly host: string; readonly port: number }, login: { readonly user: string; readonly database: string }): Promise<Backend> {
  const socket = connect(target)
  const parameters = Buffer.from(`user\0${login.user}\0database\0${login.database}\0\0`)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + parameters.length, 0)
  head.writeUInt32BE(196_608, 4)
  socket.write(Buffer.concat([head, parameters]))
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    const said: Buffer[] = []
    let pending = Buffer.alloc(0)
    let backend: Backend | null = null
    socket.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes])
      while (pending.length >= 5 && pending.length >= 1 + pending.readUInt32BE(1)) {
        const message = Buffer.from(pending.subarray(0, 1 + pending.readUInt32BE(1)))
        pending = pending.subarray(message.length)
        const type = String.fromCharCode(message[0] ?? 0)
        if (backend !== null) {
          backend.hear(type, message)
          continue
        }
        said.push(message)
        if (type !== 'Z') continue
        backend = { socket, greeting: Buffer.concat(said), owner: null, hear: () => {} }
        resolve(backend)
      }
    })
  })
}
