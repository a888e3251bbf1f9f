// Reads a database as a fresh process that has the built package only, and tells what it took. The URL is the argument.
import { postgres } from '../../dist/dialects/postgres/postgres.js'

const database = postgres(process.argv[2])
const begin = performance.now()
const schema = await database.read({ schemas: ['public'] })
const ms = performance.now() - begin
await database.close()
console.log(JSON.stringify({ ms, tables: schema.table.length, memory: process.resourceUsage().maxRSS / 1024 }))
