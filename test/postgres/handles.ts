import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import postgresJs from 'postgres'
import type { Database } from '../../src/dialects/dialect.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { HOSTILE_TYPES } from './hostile-types.ts'
import { openPglite } from '../servers/pglite.ts'

/** One way in which an application gives its database. */
export interface HandleKind {
  readonly title: string
  /** Several sessions can be open at once. */
  readonly many: boolean
  /** False: it does not tell how another database of its server is reached. */
  readonly scratch?: boolean
  open(url: string): Promise<Opened>
}

export interface Opened {
  readonly database: Database
  /** Runs a statement by the application's own handle and gives the first value. */
  ask(statement: string): Promise<unknown>
  close(): Promise<void>
}

const quiet = (): void => {}

/** All handles over a server, each with as few connections as it can have and with settings that would disturb a careless reader. */
export const HANDLES: readonly HandleKind[] = [
  {
    title: 'a URL', many: true,
    open: async (url) => {
      const client = new pg.Client({ connectionString: url })
      client.on('error', quiet)
      await client.connect()
      const database = postgres(url)
      return { database, ask: (statement) => first(client, statement), close: async () => { await database.close(); await client.end() } }
    },
  },
  {
    title: 'a pg.Pool of one', many: false,
    open: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1, types: HOSTILE_TYPES, query_timeout: 300 })
      return { database: postgres(pool), ask: (statement) => first(pool, statement), close: () => pool.end() }
    },
  },
  {
    title: 'a pg.Client', many: false,
    open: async (url) => {
      const client = new pg.Client({ connectionString: url, types: HOSTILE_TYPES })
      client.on('error', quiet)
      await client.connect()
      return { database: postgres(client), ask: (statement) => first(client, statement), close: () => client.end() }
    },
  },
  {
    title: 'Drizzle over a pg.Pool of one', many: false,
    open: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      return { database: postgres(drizzle(pool)), ask: (statement) => first(pool, statement), close: () => pool.end() }
    },
  },
  {
    title: 'postgres.js of one', many: false,
    open: async (url) => {
      const sql = postgresJs(url, {
        max: 1, onnotice: quiet,
        transform: { column: { from: (name) => `x_${name}` }, value: { from: () => 'disturbed' } },
      })
      return { database: postgres(sql), ask: async (statement) => Object.values((await sql.unsafe(statement).raw())[0] ?? {}).map((bytes) => String(bytes))[0], close: () => sql.end() }
    },
  },
]

/** PGlite in memory, which has but one session. */
export const PGLITE: HandleKind = {
  title: 'PGlite', many: false,
  open: async () => {
    const handle = await openPglite()
    return {
      database: postgres(handle),
      ask: async (statement) => Object.values((await handle.query<Record<string, unknown>>(statement)).rows[0] ?? {})[0],
      close: () => handle.close(),
    }
  },
}

async function first(client: pg.Client | pg.Pool, statement: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array', types: { getTypeParser: () => (value: string) => value } })
  return rows[0]?.[0]
}
