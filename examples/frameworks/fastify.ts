// Fastify: the plugin brings the schema into line before the server is ready, and lets go when it closes.
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { fastifyTrueup } from 'trueup/fastify'
import { add, all, schema } from './notes.ts'

const server = fastify()
await server.register(fastifyTrueup, { schema })
server.get('/notes', async () => all())
server.post<{ Params: { body: string } }>('/notes/:body', async (request, reply) => {
  add(request.params.body)
  return reply.code(201).send()
})

await server.listen({ port: Number(process.env['PORT'] ?? 8080), host: '127.0.0.1' })
console.log(`listening on ${(server.server.address() as AddressInfo).port}`)
process.once('SIGTERM', () => void server.close())
