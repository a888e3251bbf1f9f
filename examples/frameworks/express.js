// Express: the schema is in line before anybody is listened to.
import express from 'express'
import { add, all, schema } from './notes.ts'

await schema.applyMigrations()

const app = express()
app.get('/notes', (_request, response) => response.json(all()))
app.post('/notes/:body', (request, response) => {
  add(request.params.body)
  response.status(201).end()
})

const server = app.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
process.once('SIGTERM', async () => {
  await schema.close()
  server.close()
})
