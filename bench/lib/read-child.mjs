// Reads a database as an application does that has its driver loaded, and tells what it took, connection included. The URL is the argument.
import pg from 'pg'
import { postgres } from '../../dist/dialects/postgres/postgres.js'

const pool = new pg.Pool({ connectionString: process.argv[2] })
const database = postgres(pool)
const begin = performance.now()
const schema = await database.read({ schemas: ['public'] })
const ms = performance.now() - begin
await database.close()
await pool.end()
console.log(JSON.stringify({ ms, tables: schema.table.length, memory: process.resourceUsage().maxRSS / 1024 }))
