import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

/** A relay that behaves as a pooler in transaction mode does: after each transaction the client speaks with another backend. */
export interface Pooler {
  url(direct: string): string
  close(): Promise<void>
}

/** The byte of ReadyForQuery, and that of `idle`. */
const READY = 0x5a
const IDLE = 0x49

/** Two backends a client, taken in turn. Enough of the protocol for servers that trust: nothing of it is changed on the way. */
export async function startPooler(target: { readonly host: string; readonly port: number }): Promise<Pooler> {
  const sockets = new Set<Socket>()
  const listener = createServer((client) => {
    const backends = [0, 1].map(() => connect(target))
    let active = 0
    let greeted = 0
    let pending = Buffer.alloc(0)
    for (const socket of [client, ...backends]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        for (const one of [client, ...backends]) one.destroy()
      })
    }
    let started = false
    client.on('data', (bytes: Buffer) => {
      // The start-up message goes to both: each greets a client of its own.
      if (!started) for (const backend of backends) backend.write(bytes)
      else backends[active]?.write(bytes)
      started = true
    })
    backends.forEach((backend, index) => backend.on('data', (bytes: Buffer) => {
      const isIdle = idleAfter(index === active ? (pending = Buffer.concat([pending, bytes])) : bytes)
      if (greeted < 2 && isIdle) greeted += 1
      if (index === active || greeted > 2) client.write(bytes)
      if (index !== active || !isIdle) return
      pending = Buffer.alloc(0)
      if (greeted === 2) active = 1 - active
    }))
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  listener.unref()
  // A TCP listener's address is never a path.
  const { port } = listener.address() as AddressInfo
  return {
    url: (direct) => {
      const url = new URL(direct)
      url.port = String(port)
      return url.href
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}

/** Whether these whole messages end with the word that the backend is idle. */
function idleAfter(bytes: Buffer): boolean {
  let at = 0
  let last = 0
  while (at + 5 <= bytes.length) {
    last = at
    at += 1 + bytes.readUInt32BE(at + 1)
  }
  return at === bytes.length && bytes[last] === READY && bytes[last + 5] === IDLE
}
