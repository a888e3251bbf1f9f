// Hono on Node's own server; on Bun it is `export default app`, after the same first line.
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { Hono } from 'hono'
import { add, all, schema } from './notes.ts'

await schema.applyMigrations()

const app = new Hono()
app.get('/notes', (context) => context.json(all()))
app.post('/notes/:body', (context) => {
  add(context.req.param('body'))
  return context.body(null, 201)
})

const server = createServer(async (request, response) => {
  const answer = await app.fetch(new Request(`http://localhost${request.url ?? '/'}`, { method: request.method ?? 'GET' }))
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
})
server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => console.log(`listening on ${(server.address() as AddressInfo).port}`))
process.once('SIGTERM', async () => {
  await schema.close()
  server.close()
})
