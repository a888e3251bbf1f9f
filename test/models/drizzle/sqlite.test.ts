import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql as classicSql } from 'drizzle-orm'
import * as classicSqlite from 'drizzle-orm/sqlite-core'
import { sql as modernSql } from 'drizzle-orm-1'
import * as modernSqlite from 'drizzle-orm-1/sqlite-core'
import Libsql from 'libsql'
import { sqlite as sqliteDatabase } from '../../../src/dialects/sqlite/sqlite.ts'
import { TrueupError } from '../../../src/errors.ts'
import { fromDrizzle } from '../../../src/models/drizzle/drizzle.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import { trueup } from '../../../src/trueup.ts'
import { mysqlTable, int } from 'drizzle-orm/mysql-core'

type Sqlite = Pick<
  typeof classicSqlite,
  'sqliteTable' | 'sqliteView' | 'index' | 'uniqueIndex' | 'unique' | 'check' | 'primaryKey' | 'foreignKey' | 'text' | 'integer' | 'real' | 'blob' | 'numeric'
>

// 1.0's types differ in detail from 0.45's; the members that the models use are the same.
const VERSIONS = [
  { version: '0.45', sqlite: classicSqlite as Sqlite, sql: classicSql },
  { version: '1.0', sqlite: modernSqlite as unknown as Sqlite, sql: modernSql as unknown as typeof classicSql },
] as const

async function read(models: object): Promise<Schema> {
  const declared = await fromDrizzle(models).declare({ dialect: 'sqlite', defaultSchema: 'main' })
  return declared.form === 'schema' ? declared.schema : assert.fail(declared.form)
}

function models({ sqlite, sql }: (typeof VERSIONS)[number]) {
  const users = sqlite.sqliteTable('users', {
    id: sqlite.integer('id').primaryKey({ autoIncrement: true }),
    email: sqlite.text('email', { length: 255 }).notNull().unique(),
    active: sqlite.integer('active', { mode: 'boolean' }).notNull().default(true),
    seen: sqlite.integer('seen', { mode: 'timestamp' }).default(new Date(1_700_000_000_500)),
    at: sqlite.integer('at', { mode: 'timestamp_ms' }).default(sql`(unixepoch() * 1000)`),
    meta: sqlite.text('meta', { mode: 'json' }).default({ it: "it's" }),
    raw: sqlite.blob('raw', { mode: 'buffer' }).default(Buffer.from([0, 255])),
    doc: sqlite.blob('doc', { mode: 'json' }).default({}),
    score: sqlite.real('score').default(1.5),
    price: sqlite.numeric('price'),
    lower: sqlite.text('lower').generatedAlwaysAs(sql`lower(email)`),
    upper: sqlite.text('upper').generatedAlwaysAs(sql`upper(email)`, { mode: 'stored' }),
  }, (t) => [
    sqlite.uniqueIndex('users_lower').on(sql`lower(${t.email})`),
    sqlite.index('users_seen').on(sql`${t.seen} desc`, t.email).where(sql`${t.active} = ${true}`),
    sqlite.check('users_email', sql`${t.email} <> ''`),
    sqlite.unique('users_twice').on(t.email, t.score),
  ])
  const posts = sqlite.sqliteTable('posts', {
    user: sqlite.integer('user').notNull().references(() => users.id, { onDelete: 'cascade' }),
    n: sqlite.integer('n').notNull(),
  }, (t) => [sqlite.primaryKey({ columns: [t.user, t.n] })])
  const active = sqlite.sqliteView('active').as((qb) => qb.select({ id: users.id }).from(users).where(sql`${users.active} = ${true}`))
  return { users, posts, active }
}

for (const version of VERSIONS) {
  describe(`drizzle-orm ${version.version} on SQLite`, () => {
    test('columns and defaults as Drizzle hands them to the driver', async () => {
      const users = (await read(models(version))).table.find((table) => table.name === 'users') ?? assert.fail()
      assert.equal(users.schema, 'main')
      assert.deepEqual(users.columns.map((column) => [column.name, column.type, column.notNull, column.default]), [
        ['id', 'integer', true, null],
        ['email', 'text(255)', true, null],
        ['active', 'integer', true, '1'],
        ['seen', 'integer', false, '1700000000'],
        ['at', 'integer', false, '(unixepoch() * 1000)'],
        ['meta', 'text', false, `'{"it":"it''s"}'`],
        ['raw', 'blob', false, "X'00ff'"],
        ['doc', 'blob', false, "X'7b7d'"],
        ['score', 'real', false, '1.5'],
        ['price', 'numeric', false, null],
        ['lower', 'text', false, null],
        ['upper', 'text', false, null],
      ])
      assert.deepEqual(users.columns.filter((column) => column.autoIncrement).map((column) => column.name), ['id'])
      assert.deepEqual(users.columns.slice(-2).map((column) => column.generated), [
        { expression: 'lower(email)', stored: false }, { expression: 'upper(email)', stored: true },
      ])
    })

    test('keys, unique indexes, expression and partial indexes, views', async () => {
      const schema = await read(models(version))
      const [posts, users] = schema.table
      assert.deepEqual(posts?.constraints.map((each) => [each.type, each.named, each.type === 'check' ? '' : 'columns' in each ? each.columns.join() : '']).sort(), [
        ['foreignKey', false, 'user'], ['primaryKey', false, 'user,n'],
      ])
      assert.deepEqual(users?.constraints.map((each) => each.type === 'check' ? each.expression : each.type), [`"email" <> ''`, 'primaryKey'])
      assert.deepEqual(users?.indexes.map(({ name, named, unique, where }) => ({ name, named, unique, where })), [
        { name: 'users_email_unique', named: false, unique: true, where: null },
        { name: 'users_lower', named: true, unique: true, where: null },
        { name: 'users_seen', named: true, unique: false, where: '"active" = 1' },
        { name: 'users_twice', named: true, unique: true, where: null },
      ])
      assert.deepEqual(users?.indexes[2]?.keys.map((key) => [key.column, key.order]), [['seen', 'desc'], ['email', 'asc']])
      assert.equal(schema.view[0]?.definition, 'select "id" from "users" where "users"."active" = 1')
      assert.deepEqual([...schema.covers].sort(), ['column', 'constraint', 'index', 'table', 'view'])
    })
  })
}

test('both versions give the same schema', async () => {
  const [classic, modern] = await Promise.all(VERSIONS.map((version) => read(models(version))))
  assert.deepEqual(classic, modern)
})

test('made from nothing on a database, in line afterwards, and the other version finds nothing to do', async (t) => {
  const client = new Libsql(':memory:')
  t.after(() => void client.close())
  const [classic, modern] = VERSIONS
  for (const [version, steps] of [[classic, 3], [modern, 0]] as const) {
    const schema = trueup({ database: sqliteDatabase(client), models: fromDrizzle(models(version)), logger: false })
    const report = await schema.applyMigrations()
    assert.equal(report.steps.length, steps, report.steps.map((step) => step.title).join())
    const check = await schema.check()
    assert.deepEqual([check.pending, check.drift], [[], []])
  }
  client.prepare('INSERT INTO users (email) VALUES (?)').run("o'reilly@example.com")
  const row = client.prepare('SELECT id, active, seen, meta, hex(raw) AS raw, score, lower FROM users').raw().get()
  assert.deepEqual(row, [1, 1, 1_700_000_000, `{"it":"it's"}`, '00FF', 1.5, "o'reilly@example.com"])
})

test('MySQL tables are refused by name', async () => {
  await assert.rejects(read({ people: mysqlTable('people', { id: int('id') }) }), (error: unknown) => {
    assert.ok(error instanceof TrueupError)
    assert.deepEqual(error.problems.map((problem) => [problem.subject, problem.message]), [['people', 'it is a model for MySQL, the database is SQLite']])
    return true
  })
})
