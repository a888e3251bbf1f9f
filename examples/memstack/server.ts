import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Store } from './store.ts'

type Json = Readonly<Record<string, unknown>>

/** Serves the routes; gives the address once it listens. */
export async function serve(store: Store, port: number): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(store, request).then(
      (body) => response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? { error: 'not found' })),
      (error: unknown) => response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error) })),
    )
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  const { port: chosen } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${chosen}`, close: () => closeServer(server) }
}

async function answer(store: Store, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [, id] = /^\/task-logs\/([^/]+)$/.exec(url.pathname) ?? []
  const route = `${request.method} ${id === undefined ? url.pathname : '/task-logs/:id'}`
  switch (route) {
    case 'GET /health':
      return { ok: true }
    case 'POST /memories': {
      const { projectId, content, importance, taskId } = await bodyOf(request)
      return store.addMemory({
        projectId: String(projectId), content: String(content),
        ...(typeof importance === 'number' && { importance }), ...(typeof taskId === 'string' && { taskId }),
      })
    }
    case 'GET /memories':
      return store.memoriesOf(url.searchParams.get('taskId') ?? '')
    case 'POST /task-logs':
      return store.addTask(String((await bodyOf(request))['taskId']))
    case 'GET /task-logs/:id':
      return store.task(id ?? '')
    case 'PATCH /task-logs/:id': {
      const { progress, message, result } = await bodyOf(request)
      return store.report(id ?? '', { progress: Number(progress), ...(typeof message === 'string' && { message }), ...(result !== undefined && { result }) })
    }
    default:
      return undefined
  }
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  const body: unknown = JSON.parse(text || '{}')
  if (typeof body !== 'object' || body === null) throw new TypeError('a JSON object was expected')
  return Object.fromEntries(Object.entries(body))
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve, reject) => void server.close((error) => (error === undefined ? resolve() : reject(error))))
}
