import 'reflect-metadata'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import knexModule from 'knex'
import { Kysely, Migrator, PostgresDialect, sql as kyselySql } from 'kysely'
import pg from 'pg'
import { DataSource } from 'typeorm'
import { postgres } from '../../dist/dialects/postgres/postgres.js'
import { trueup } from '../../dist/index.js'
import type { ModelSource } from '../../src/models/source.ts'
import { ownFolder } from './server.ts'
import { schemaOf, type Shape } from './tables.ts'

/** Somebody's start: opens a connection, brings the database up to date, closes. */
export type Start = (url: string) => Promise<void>

/** How many migrations each has behind it. */
export const MIGRATIONS = 20

const numbers = Array.from({ length: MIGRATIONS }, (_, at) => at)
const label = (at: number): string => `m${String(at).padStart(4, '0')}`

/** trueup with models of so many tables, and as many entries as the others have migrations. */
export function trueupStart(shape: Shape): Start {
  const schema = schemaOf(shape)
  const models: ModelSource = { title: 'made-up models', declare: () => ({ form: 'schema', schema }) }
  const migrations = numbers.map((at) => ({ id: label(at), up: 'SELECT 1', check: 'SELECT 1' }))
  return async (url) => {
    const app = trueup({ database: postgres(url), models, migrations, logger: false })
    await app.applyMigrations()
    await app.close()
  }
}

/** `migrate` of drizzle-orm over a pool. */
export function drizzleStart(): Start {
  const folder = ownFolder()
  mkdirSync(join(folder, 'meta'))
  const entries = numbers.map((at) => ({ idx: at, version: '7', when: 1_700_000_000_000 + at, tag: label(at), breakpoints: true }))
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  for (const at of numbers) writeFileSync(join(folder, `${label(at)}.sql`), 'SELECT 1;')
  return async (url) => {
    const pool = new pg.Pool({ connectionString: url })
    await migrate(drizzle(pool), { migrationsFolder: folder })
    await pool.end()
  }
}

/** `migrateToLatest` of Kysely. */
export function kyselyStart(): Start {
  const migrations = Object.fromEntries(numbers.map((at) => [label(at), {
    up: async (db: Kysely<unknown>) => { await kyselySql`SELECT 1`.execute(db) },
  }]))
  return async (url) => {
    const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) })
    const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
    await db.destroy()
    if (error !== undefined) throw error
  }
}

/** `migrate.latest` of Knex. */
export function knexStart(): Start {
  const folder = ownFolder()
  for (const at of numbers) writeFileSync(join(folder, `${label(at)}.cjs`), 'exports.up = (knex) => knex.raw("SELECT 1"); exports.down = () => {}')
  return async (url) => {
    const knex = knexModule({ client: 'pg', connection: url })
    await knex.migrate.latest({ directory: folder, loadExtensions: ['.cjs'] })
    await knex.destroy()
  }
}

/** `runMigrations` of TypeORM. */
export function typeormStart(): Start {
  const migrations = numbers.map((at) => {
    const name = `M${at}${1_700_000_000_000 + at}`
    const made = class {
      readonly name = name
      up = async (runner: { query(text: string): Promise<unknown> }): Promise<void> => { await runner.query('SELECT 1') }
      down = async (): Promise<void> => {}
    }
    Object.defineProperty(made, 'name', { value: name })
    return made
  })
  return async (url) => {
    const source = await new DataSource({ type: 'postgres', url, migrations, entities: [] }).initialize()
    await source.runMigrations()
    await source.destroy()
  }
}
