import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { start } from './start.ts'

const { values } = parseArgs({ options: { sqlite: { type: 'boolean', default: false }, data: { type: 'string' }, port: { type: 'string', default: '3000' } } })

const running = await start(
  { url: process.env['DATABASE_URL'], folder: values.data ?? fileURLToPath(new URL('./.trueup/memstack', import.meta.url)), sqlite: values.sqlite },
  Number(values.port),
  console,
)
console.log(`Listening on ${running.url}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.stop())
