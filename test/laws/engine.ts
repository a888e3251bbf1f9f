import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Scope, Session } from '../../src/dialects/dialect.ts'
import { digestSql } from '../../src/dialects/postgres/digest/digest.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { openPglite } from '../servers/pglite.ts'
import { availableServers } from '../servers/postgres.ts'
import { READER, SCHEMAS, q } from './names.ts'

/** One connection to one database, in which all pairs of a run are built one after the other. */
export interface Engine {
  readonly version: number
  /** Several statements in one message. */
  run(sql: string): Promise<void>
  rows(sql: string): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

export interface EngineKind {
  readonly title: string
  open(): Promise<Engine>
}

/** Every server of this machine, and PGlite. */
export function engines(): readonly EngineKind[] {
  return [...availableServers().map(({ title, start }) => ({ title, open: () => openServer(start) })), { title: 'PGlite', open: openEmbedded }]
}

const SETTINGS = `SET client_min_messages = error; SET statement_timeout = '30s'; SET lock_timeout = '5s'; CREATE ROLE ${q(READER)}`

async function openServer(start: () => Promise<{ url(database?: string): string; createDatabase(): Promise<string>; stop(): Promise<void> }>): Promise<Engine> {
  const server = await start()
  const client = new pg.Client({ connectionString: await server.createDatabase() })
  client.on('error', () => {})
  await client.connect()
  await client.query(SETTINGS)
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => (await client.query(sql)).rows
  return {
    version: await versionOf(rows),
    run: async (sql) => void (await client.query(sql)),
    rows,
    close: async () => {
      await client.end()
      await server.stop()
    },
  }
}

async function openEmbedded(): Promise<Engine> {
  const database: PGlite = await openPglite()
  await database.exec(SETTINGS)
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => (await database.query<Record<string, unknown>>(sql)).rows
  return { version: await versionOf(rows), run: async (sql) => void (await database.exec(sql)), rows, close: () => database.close() }
}

const versionOf = async (rows: Engine['rows']): Promise<number> => Number((await rows('SHOW server_version_num'))[0]?.['server_version_num'])

/** Reads what a pair may have built. */
export async function read(engine: Engine, privileges: boolean): Promise<Schema> {
  const session = {
    version: engine.version,
    json: async (statement: string) => {
      const [value] = Object.values((await engine.rows(statement))[0] ?? {})
      return JSON.parse(String(value))
    },
  }
  // Introspection uses nothing else of a session.
  return introspect(session as unknown as Session, scopeOf(privileges))
}

const scopeOf = (privileges: boolean): Scope => ({ schemas: SCHEMAS, defaultSchema: SCHEMAS[0], ledgerTables: [], privileges })

/** The digest of what the server prints, and that of what it stores. */
export async function digests(engine: Engine, privileges: boolean): Promise<{ readonly printed: string; readonly stored: string }> {
  const ask = async (words: 'printed' | 'stored'): Promise<string> => {
    const { ctes, expression } = digestSql(engine.version, scopeOf(privileges), { words, patience: '5s' })
    return String((await engine.rows(`WITH ${ctes} SELECT ${expression} AS digest`))[0]?.['digest'])
  }
  return { printed: await ask('printed'), stored: await ask('stored') }
}

/** Removes everything that a pair may have left. */
export const clear = (engine: Engine): Promise<void> =>
  engine.run(`ROLLBACK; DROP EVENT TRIGGER IF EXISTS "Law event"; DROP PUBLICATION IF EXISTS "Law publication"; DROP SCHEMA IF EXISTS ${SCHEMAS.map(q).join(', ')} CASCADE; DROP FOREIGN DATA WRAPPER IF EXISTS "Law wrapper" CASCADE`)
