import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createClient } from '@libsql/client'
import type { Database } from '../../src/dialects/dialect.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { isTrueupError } from '../../src/errors.ts'
import type { Migration } from '../../src/index.ts'
import { column, fromTables, index, table } from '../../src/models/tables/tables.ts'
import { sql } from '../../src/sql.ts'
import { trueup } from '../../src/trueup.ts'
import { prismaClient } from '../servers/prisma-client.ts'
import { driver, withFolder } from './support.ts'

/** What an application has: its handle, a way to ask by it, and its end. */
interface Opened {
  readonly handle: object
  ask(statement: string): Promise<unknown>
  close(): Promise<unknown> | void
}
type Open = (path: string) => Promise<Opened>

const models = fromTables([
  table('users', { id: column('integer').primaryKey(), name: column('text').notNull(), score: column('integer').notNull().default(5), nick: column('text') }, (t) => [index([t.name], { name: 'users_name' })]),
  table('notes', { id: column('integer').primaryKey(), about: column('text') }),
])
const ENTRIES: readonly Migration[] = [
  { id: 'greet', up: sql`UPDATE users SET name = 'Ms ' || name`, check: sql`SELECT count(*) > 0 FROM users WHERE name LIKE 'Ms %'` },
  { id: 'nicks', backfill: { table: 'users', set: sql`nick = lower(name)`, where: sql`nick IS NULL`, batchSize: 1 } },
]

async function wholeStory({ handle, ask }: Opened): Promise<void> {
  await ask('CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL)')
  await ask("INSERT INTO users (name) VALUES ('a'), ('b'), ('c')")
  const database: Database = sqlite(handle)
  const settings = async (): Promise<string> => String(await ask("SELECT group_concat(timeout) FROM (SELECT timeout FROM pragma_busy_timeout UNION ALL SELECT foreign_keys FROM pragma_foreign_keys)"))
  const before = await settings()
  const start = (migrations: readonly Migration[]): ReturnType<ReturnType<typeof trueup>['applyMigrations']> => trueup({ database, models, migrations, logger: false }).applyMigrations()
  assert.equal((await start(ENTRIES)).outcome, 'applied')
  assert.equal((await start(ENTRIES)).outcome, 'current')
  assert.equal(await ask("SELECT group_concat(name || score || nick) FROM users"), 'Ms a5ms a,Ms b5ms b,Ms c5ms c')
  const broken: Migration = { id: 'late', up: sql`INSERT INTO notes (about) VALUES ('never seen'); INSERT INTO nowhere VALUES (1)`, fresh: 'run' }
  await assert.rejects(start([...ENTRIES, broken]), (error) => isTrueupError(error) && /late.*nowhere/.test(error.message))
  assert.equal(Number(await ask('SELECT count(*) FROM notes')), 0)
  assert.equal((await start([...ENTRIES, { ...broken, up: sql`INSERT INTO notes (about) VALUES ('seen')` }])).outcome, 'applied')
  assert.equal(Number(await ask('SELECT count(*) FROM notes')), 1)
  assert.equal(await settings(), before)
  assert.match(database.address, /^SQLite (at|in memory)/)
  assert.equal((await database.read()).table.filter(({ name }) => !name.startsWith('trueup_')).length, 2)
  await database.close()
  assert.equal(Number(await ask('SELECT count(*) FROM users')), 3)
}

interface Synchronous {
  prepare(statement: string): { all(): unknown[] }
  exec(text: string): unknown
  close(): void
}
const firstOf = (rows: readonly unknown[]): unknown => Object.values((rows[0] ?? {}) as object)[0]
const asker = (handle: Synchronous) => async (statement: string): Promise<unknown> => (/^(select|pragma)/i.test(statement) ? firstOf(handle.prepare(statement).all()) : handle.exec(statement))

const LIBSQL: Readonly<Record<string, Open>> = {
  'a client of @libsql/client': async (path) => {
    const client = createClient({ url: `file:${path}`, intMode: 'bigint' })
    return { handle: client, ask: async (statement) => firstOf((await client.execute(statement)).rows), close: () => client.close() }
  },
  'Drizzle over @libsql/client': async (path) => {
    const { drizzle } = await import('drizzle-orm/libsql')
    const db = drizzle(`file:${path}`)
    return { handle: db, ask: async (statement) => firstOf((await db.$client.execute(statement)).rows), close: () => db.$client.close() }
  },
  'MikroORM over libsql': async (path) => {
    const { defineEntity, MikroORM, p } = await import('@mikro-orm/libsql')
    const orm = await MikroORM.init({ dbName: path, entities: [defineEntity({ name: 'Item', properties: { id: p.integer().primary() } })] })
    const { em } = orm
    return { handle: em, ask: asker((await em.getConnection().getNativeClient()) as unknown as Synchronous), close: () => orm.close(true) }
  },
}

const BETTER: Readonly<Record<string, Open>> = {
  'a database that counts in BigInt': async (path) => {
    const database = new ((await import('better-sqlite3')).default)(path) as Synchronous & { defaultSafeIntegers(): void }
    database.defaultSafeIntegers()
    return { handle: database, ask: asker(database), close: () => database.close() }
  },
  'Drizzle over better-sqlite3': async (path) => {
    const { drizzle } = await import('drizzle-orm/better-sqlite3')
    const db = drizzle(path)
    return { handle: db, ask: asker(db.$client as unknown as Synchronous), close: () => void db.$client.close() }
  },
  'Knex, whose pool is of one': async (path) => {
    const { default: knexOf } = await import('knex')
    const knex = knexOf({ client: 'better-sqlite3', connection: { filename: path }, useNullAsDefault: true, postProcessResponse: () => 'disturbed' })
    const ask = async (statement: string): Promise<unknown> => {
      const lent = (await knex.client.acquireConnection()) as Synchronous
      try {
        return await asker(lent)(statement)
      } finally {
        await knex.client.releaseConnection(lent)
      }
    }
    return { handle: knex, ask, close: () => knex.destroy() }
  },
  'a TypeORM data source': async (path) => {
    const { DataSource } = await import('typeorm')
    const source = new DataSource({ type: 'better-sqlite3', database: path })
    await source.initialize()
    return { handle: source, ask: async (statement) => firstOf((await source.query(statement)) ?? []), close: () => source.destroy() }
  },
  'Prisma over better-sqlite3': async (path) => {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3')
    const prisma = prismaClient('sqlite', new PrismaBetterSqlite3({ url: path }))
    const database = new ((await import('better-sqlite3')).default)(path) as Synchronous
    return { handle: prisma, ask: asker(database), close: () => { database.close(); return prisma.$disconnect() } }
  },
}

const NODE: Readonly<Record<string, Open>> = {
  'a database that gives arrays of BigInts': async (path) => {
    // Later than the types that are installed.
    const { DatabaseSync } = (await import('node:sqlite')) as unknown as { readonly DatabaseSync: new (path: string, options: object) => Synchronous }
    const database = new DatabaseSync(path, { returnArrays: true, readBigInts: true })
    return { handle: database, ask: asker(database), close: () => database.close() }
  },
}

describe(`a whole start, by each handle over ${driver}`, () => {
  for (const [title, open] of Object.entries({ libsql: LIBSQL, 'better-sqlite3': BETTER, 'node:sqlite': NODE }[driver])) {
    test(title, () => withFolder(async (folder) => {
      const opened = await open(join(folder, 'app.db'))
      try {
        await wholeStory(opened)
      } finally {
        await opened.close()
      }
    }))
  }
})

describe('handles that cannot serve are refused in words', { skip: driver !== 'libsql' && 'they do not depend on the driver' }, () => {
  const refused = (message: RegExp) => (error: unknown): boolean => isTrueupError(error) && error.code === 'driver-unknown' && message.test(error.message) && /path|local file/.test(error.hint ?? '')

  test('those that cannot hold a transaction', async () => {
    const { Kysely, SqliteDialect } = await import('kysely')
    const { Sequelize } = await import('sequelize')
    assert.throws(() => sqlite(new Kysely({ dialect: new SqliteDialect({ database: async () => { throw new Error('unused') } }) })), refused(/Kysely/))
    const sequelize = new Sequelize('sqlite::memory:', { dialectModule: { Database: Object }, logging: false })
    assert.throws(() => sqlite(sequelize), refused(/sqlite3/))
    const quiet = (): void => {}
    assert.throws(() => sqlite({ prepare: quiet, exec: quiet, close: quiet, all: quiet, serialize: quiet, parallelize: quiet }), refused(/callbacks/))
    assert.throws(() => sqlite({ prepare: quiet, exec: quiet, close: quiet, export: quiet, getRowsModified: quiet }), refused(/sql\.js/))
  })

  test('a client of @libsql/client without a local file', async () => {
    const memory = createClient({ url: ':memory:' })
    await assert.rejects(sqlite(memory).open(), refused(/in memory/))
    memory.close()
    const remote = createClient({ url: 'http://127.0.0.1:1' })
    await assert.rejects(sqlite(remote).open(), refused(/connected to a server/))
    remote.close()
  })

  test('node-sqlite3-wasm', () => withFolder(async (folder) => {
    const { default: wasm } = await import('node-sqlite3-wasm')
    const file = new wasm.Database(join(folder, 'app.db'))
    assert.throws(() => sqlite(file), refused(/killed process/))
    file.close()
  }))

  test('a replica of a database on a server', () => withFolder(async (folder) => {
    const path = join(folder, 'app.db')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${path}-info`, '{}')
    const client = createClient({ url: `file:${path}` })
    await assert.rejects(sqlite(client).open(), refused(/replica/))
    client.close()
  }))
})
