import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { drizzle as drizzle1 } from 'drizzle-orm-1/node-postgres'
import { migrate as migrate1 } from 'drizzle-orm-1/node-postgres/migrator'
import knex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm'
import type { Trueup } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { column, fromTables, table } from '../../src/models/tables/tables.ts'
import { trueup } from '../../src/trueup.ts'
import type { TestServer } from '../servers/postgres.ts'
import { newestServer } from '../servers/postgres.ts'

// The ledgers of `ledgers.ts` are written down; these are made by the tools themselves, as they are installed here.
const models = fromTables([table('users', { id: column('integer').primaryKey() })])
const folder = mkdtempSync(join(tmpdir(), 'trueup-takeover-'))
let server: TestServer

before(async () => {
  const kind = newestServer()
  assert.ok(kind, 'a server for the tools to work on')
  server = await kind.start()
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

class Users1700000000000 implements MigrationInterface {
  name = 'Users1700000000000'
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE users (id integer PRIMARY KEY)')
  }
  async down(): Promise<void> {}
}

interface Case {
  readonly title: string
  readonly tool: string
  readonly table: string
  readonly last: RegExp
  /** Runs the tool's own migrator on one migration that makes the table. */
  migrate(url: string): Promise<void>
}

const CREATE = 'CREATE TABLE users (id integer PRIMARY KEY)'

/** A folder as drizzle-kit of before 1.0 writes it. */
function journal(): string {
  const place = join(folder, 'drizzle')
  mkdirSync(join(place, 'meta'), { recursive: true })
  writeFileSync(join(place, '0000_users.sql'), CREATE)
  writeFileSync(join(place, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries: [{ idx: 0, version: '7', when: 1700000000000, tag: '0000_users', breakpoints: true }] }))
  return place
}

/** A folder as drizzle-kit 1.0 writes it. */
function migrations(): string {
  const place = join(folder, 'drizzle-1')
  mkdirSync(join(place, '20240101000000_users'), { recursive: true })
  writeFileSync(join(place, '20240101000000_users/migration.sql'), CREATE)
  return place
}

const withPool = async (url: string, work: (pool: pg.Pool) => Promise<unknown>): Promise<void> => {
  const pool = new pg.Pool({ connectionString: url })
  try {
    await work(pool)
  } finally {
    await pool.end()
  }
}

const cases: readonly Case[] = [
  { title: 'Drizzle 0.45', tool: 'drizzle', table: 'drizzle.__drizzle_migrations', last: /^[0-9a-f]{64}$/, migrate: (url) => withPool(url, (pool) => migrate(drizzle(pool), { migrationsFolder: journal() })) },
  { title: 'Drizzle 1.0', tool: 'drizzle', table: 'drizzle.__drizzle_migrations', last: /^20240101000000_users$/, migrate: (url) => withPool(url, (pool) => migrate1(drizzle1({ client: pool }), { migrationsFolder: migrations() })) },
  {
    title: 'Knex', tool: 'knex', table: 'knex_migrations', last: /^1_users$/,
    migrate: async (url) => {
      const db = knex({ client: 'pg', connection: url })
      const up = (one: typeof db) => one.raw(CREATE)
      await db.migrate.latest({ migrationSource: { getMigrations: async () => ['1_users'], getMigrationName: (name: string) => name, getMigration: async () => ({ up, down: async () => {} }) } })
      await db.destroy()
    },
  },
  {
    title: 'Kysely', tool: 'kysely', table: 'kysely_migration', last: /^2024_users$/,
    migrate: async (url) => {
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }) })
      const provider = { getMigrations: async () => ({ '2024_users': { up: (one: typeof db) => one.schema.createTable('users').addColumn('id', 'integer', (build) => build.primaryKey()).execute() } }) }
      const { error } = await new Migrator({ db, provider }).migrateToLatest()
      await db.destroy()
      assert.equal(error, undefined)
    },
  },
  {
    title: 'TypeORM', tool: 'typeorm', table: 'migrations', last: /^Users1700000000000$/,
    migrate: async (url) => {
      const source = new DataSource({ type: 'postgres', url, migrations: [Users1700000000000] })
      await source.initialize()
      await source.runMigrations()
      await source.destroy()
    },
  },
]

describe('ledgers that the tools themselves have made', () => {
  for (const one of cases) {
    test(`${one.title}: known, tolerated, taken over, left alone`, async () => {
      const url = await server.createDatabase()
      await one.migrate(url)
      const app: Trueup = trueup({ database: postgres(url), models, logger: false })
      try {
        const [ledger, more] = (await app.status()).others
        assert.equal(more, undefined)
        assert.deepEqual([ledger?.tool, ledger?.table, ledger?.migrations, ledger?.unfinished, ledger?.locked, ledger?.takenOver, ledger?.problem], [one.tool, one.table, 1, [], false, 'no', undefined])
        assert.match(ledger?.last ?? '', one.last)
        const check = await app.check()
        assert.deepEqual([check.inSync, check.drift], [true, []])
        assert.deepEqual((await app.plan({ allow: 'destructive' })).steps, [])
        assert.deepEqual((await app.baseline()).tookOver.map((other) => other.tool), [one.tool])
        assert.equal((await app.applyMigrations()).outcome, 'current')
        // The tool's own view of its ledger is what it was: a second run of it does nothing, and is no news.
        await one.migrate(url)
        assert.deepEqual((await app.status()).others.map((other) => other.takenOver), ['yes'])
      } finally {
        await app.close()
      }
    })
  }
})
