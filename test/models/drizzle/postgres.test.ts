import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql as classicSql } from 'drizzle-orm'
import * as classicPg from 'drizzle-orm/pg-core'
import { defineRelations, sql as modernSql } from 'drizzle-orm-1'
import * as modernPg from 'drizzle-orm-1/pg-core'
import { drizzle } from 'drizzle-orm/pg-proxy'
import { drizzle as modernDrizzle } from 'drizzle-orm-1/pg-proxy'
import { TrueupError } from '../../../src/errors.ts'
import { fromDrizzle } from '../../../src/models/drizzle/drizzle.ts'
import type { DrizzleOptions } from '../../../src/models/drizzle/drizzle.ts'
import type { Schema, Table } from '../../../src/schema/schema.ts'
import { findTable } from '../../../src/schema/schema.ts'
import type { Pg } from './memories.ts'
import { memoriesModels } from './memories.ts'

// 1.0's types differ in detail from 0.45's; the members that the models use are the same.
const VERSIONS = [
  { version: '0.45', pg: classicPg as Pg, sql: classicSql },
  { version: '1.0', pg: modernPg as unknown as Pg, sql: modernSql as unknown as typeof classicSql },
] as const

async function read(models: object, options: DrizzleOptions = {}): Promise<Schema> {
  const declared = await fromDrizzle(models, options).declare({ dialect: 'postgres', defaultSchema: 'public' })
  assert.equal(declared.form, 'schema')
  return declared.form === 'schema' ? declared.schema : assert.fail()
}

async function problemsOf(models: object, dialect = 'postgres'): Promise<TrueupError> {
  try {
    await fromDrizzle(models).declare({ dialect, defaultSchema: 'public' })
  } catch (error) {
    assert.ok(error instanceof TrueupError)
    assert.equal(error.code, 'models-invalid')
    return error
  }
  return assert.fail('the models were accepted')
}

function tableOf(schema: Schema, name: string, namespace = 'public'): Table {
  return findTable(schema, { schema: namespace, name }) ?? assert.fail(`no table ${name}`)
}

const columnOf = (schema: Schema, table: string, name: string) =>
  tableOf(schema, table).columns.find((column) => column.name === name) ?? assert.fail(`no column ${name}`)

for (const { version, pg, sql } of VERSIONS) {
  describe(`drizzle-orm ${version}`, () => {
    test('carries tables, columns, defaults, keys and checks', async () => {
      const schema = await read(memoriesModels(pg, sql))
      assert.deepEqual(schema.table.map((table) => `${table.schema}.${table.name}`), ['audit.log', 'public.memories', 'public.users'])
      assert.deepEqual(schema.namespace, [{ name: 'audit' }])
      assert.deepEqual(schema.enum, [{ schema: 'public', name: 'role', values: ['owner', 'member', "guest's"] }])
      const memories = tableOf(schema, 'memories')
      assert.deepEqual(memories.columns.map((column) => [column.name, column.type, column.notNull, column.default]), [
        ['id', 'uuid', true, 'gen_random_uuid()'],
        ['user_id', 'integer', true, null],
        ['content', 'text', true, null],
        ['meta', 'jsonb', true, `'{"source":"O''Reilly"}'`],
        ['importance', 'integer', true, '-1'],
        ['price', 'numeric(10, 2)', false, "'1.50'"],
        ['archived', 'boolean', true, 'false'],
        ['size', 'integer', false, null],
        ['deleted_at', 'timestamp(3) with time zone', false, null],
      ])
      assert.deepEqual(columnOf(schema, 'memories', 'size').generated, { expression: 'length(content)', stored: true })
      assert.deepEqual(columnOf(schema, 'users', 'role'), {
        name: 'role', type: 'public.role', notNull: true, default: "'member'", generated: null, identity: null,
      })
      assert.equal(columnOf(schema, 'users', 'secret').default, null, '$defaultFn lives in the application')
      assert.equal(columnOf(schema, 'users', 'id').type, 'serial')
      const users = tableOf(schema, 'users')
      assert.deepEqual(users.constraints.find((constraint) => constraint.type === 'check'), {
        type: 'check', name: 'users_email_shape', named: true, expression: `"email" like '%@%'`,
      })
    })

    test('carries foreign keys, identities, indexes, policies', async () => {
      const schema = await read(memoriesModels(pg, sql))
      const memories = tableOf(schema, 'memories')
      const foreign = memories.constraints.find((constraint) => constraint.type === 'foreignKey')
      assert.equal(foreign?.named, false)
      assert.deepEqual({ ...foreign, name: '' }, {
        type: 'foreignKey', name: '', named: false, columns: ['user_id'], onDelete: 'cascade', onUpdate: 'no action',
        references: { schema: 'public', table: 'users', columns: ['id'] },
      })
      const unique = memories.constraints.filter((constraint) => constraint.type === 'unique')
      assert.deepEqual(unique.map((each) => [each.named ? each.name : '', each.columns.join(), each.nullsNotDistinct]).sort(), [
        ['', 'content,importance', false], ['memories_once', 'user_id,content', true],
      ])
      assert.deepEqual(memories.indexes, [
        {
          name: 'memories_live', named: true, unique: false, method: 'btree', parameters: [],
          where: '"deleted_at" is null and "importance" > (-3)',
          keys: [
            { column: 'user_id', expression: null, order: 'asc', nulls: 'last' },
            { column: 'importance', expression: null, order: 'desc', nulls: 'last' },
          ],
        },
        {
          name: 'memories_meta', named: true, unique: false, method: 'gin', parameters: ['fastupdate=false'], where: null,
          keys: [{ column: 'meta', expression: null, order: 'asc', nulls: 'last', opclass: 'jsonb_path_ops' }],
        },
      ])
      assert.deepEqual(tableOf(schema, 'users').indexes[0]?.keys, [
        { column: null, expression: 'lower("email")', order: 'asc', nulls: 'last', opclass: 'text_pattern_ops' },
      ])
      assert.equal(memories.rowSecurity, 'enabled')
      assert.deepEqual(memories.policies, [
        { name: 'memories_own', command: 'select', permissive: true, roles: ['reader'], using: '"user_id" = 1', check: null },
      ])
      assert.equal(tableOf(schema, 'users').rowSecurity, undefined, 'not spoken of')
      const log = tableOf(schema, 'log', 'audit')
      assert.deepEqual(log.columns[1]?.identity, { always: true, start: '100' })
      assert.deepEqual(log.constraints.map((constraint) => constraint.name), ['log_key', 'log_memory'])
    })

    test('carries views, materialised views and sequences; passes over existing ones', async () => {
      const schema = await read(memoriesModels(pg, sql))
      assert.deepEqual(schema.view.map(({ name, materialized, definition, parameters, needs }) => ({ name, materialized, definition, parameters, needs })), [
        {
          name: 'live', materialized: false, parameters: ['security_invoker=true'],
          definition: 'select "id", "content" from "memories" where "memories"."importance" > 5',
          needs: [{ kind: 'table', schema: 'public', name: 'memories' }],
        },
        {
          name: 'totals', materialized: true, parameters: undefined, definition: 'select count(*)::int as count from "memories"',
          needs: [{ kind: 'table', schema: 'public', name: 'memories' }],
        },
      ])
      assert.deepEqual(schema.sequence, [{
        schema: 'public', name: 'numbers', type: 'bigint', start: '10', increment: '5', min: '1', max: '9223372036854775807', cache: '1', cycle: false, ownedBy: null,
      }])
    })

    test('hostile names and values', async () => {
      const table = pg.pgTable('Mixed "Case"; drop', {
        a: pg.text('a"b.c').default("it's \\ 'x'"),
        date: pg.timestamp('wo rd', { withTimezone: true }).default(new Date(0)),
        list: pg.text('list').array().default(['a b', 'q"', 'null', '']),
        big: pg.bigint('big', { mode: 'bigint' }).default(9223372036854775807n),
      }, (t) => [
        pg.check('c"1', sql`${t.a} <> ${"'; drop table x --"} and ${t.big} in ${[1, -2]}`),
        pg.index('i"1').on(sql`${t.a} || 'x'`, sql`${t.a} desc nulls last`),
      ])
      const schema = await read({ table })
      const [read0] = schema.table
      assert.equal(read0?.name, 'Mixed "Case"; drop')
      assert.deepEqual(read0.columns.map((column) => [column.name, column.default]), [
        ['a"b.c', "E'it''s \\\\ ''x'''"],
        ['wo rd', "'1970-01-01T00:00:00.000Z'"],
        ['list', `E'{"a b","q\\\\"","null",""}'`],
        ['big', '9223372036854775807'],
      ])
      assert.deepEqual(read0.constraints.map((each) => each.type === 'check' ? each.expression : ''), [
        `"a""b.c" <> '''; drop table x --' and "big" in (1, (-2))`,
      ])
      assert.deepEqual(read0.indexes[0]?.keys, [
        { column: null, expression: `("a""b.c" || 'x')`, order: 'asc', nulls: 'last' },
        { column: 'a"b.c', expression: null, order: 'desc', nulls: 'last' },
      ])
    })

    test('names longer than 63 bytes are cut as the server cuts them, made-up names stay apart', async () => {
      const long = 'é'.repeat(40)
      const table = pg.pgTable(long, { a: pg.text(`${long}1`).unique(), b: pg.text(`b${long}2`).unique() })
      const [read0] = (await read({ table })).table
      assert.equal(read0?.name, 'é'.repeat(31))
      const names = read0.constraints.map((constraint) => constraint.name)
      assert.equal(new Set(names).size, 2)
      for (const name of names) assert.ok(Buffer.byteLength(name) <= 63, name)
    })

    test('a default that draws from a sequence needs it', async () => {
      const orders = pg.pgSequence('Order numbers')
      const table = pg.pgTable('orders', {
        n: pg.integer('n').default(sql`nextval('"Order numbers"'::regclass)`), m: pg.integer('m').default(sql`nextval('public.elsewhere')`),
      })
      const schema = await read({ orders, table })
      assert.deepEqual(schema.table[0]?.columns.map((column) => column.needs), [[{ kind: 'sequence', schema: 'public', name: 'Order numbers' }], undefined])
    })

    test('an enum and a schema that only a column or table knows are carried', async () => {
      const hidden = pg.pgSchema('hidden')
      const mood = hidden.enum('user', ['ok'])
      const schema = await read({ table: hidden.table('t', { mood: mood('mood'), moods: mood('moods').array() }) })
      assert.deepEqual(schema.enum, [{ schema: 'hidden', name: 'user', values: ['ok'] }])
      assert.deepEqual(schema.namespace, [{ name: 'hidden' }])
      assert.deepEqual(schema.table[0]?.columns.map((column) => column.type), ['hidden."user"', 'hidden."user"[]'])
    })

    test('everything that cannot be carried is said at once', async () => {
      const hidden = pg.pgTable('hidden', { id: pg.integer('id').primaryKey() })
      const table = pg.pgTable('t', {
        hiddenId: pg.integer('hidden_id').references(() => hidden.id),
        bad: pg.text('bad').default(sql`${sql.placeholder('later')}`),
        nul: pg.text('nul').default('a\u0000b'),
        one: pg.integer('one').primaryKey(),
      }, (t) => [pg.primaryKey({ columns: [t.hiddenId, t.one] })])
      const error = await problemsOf({ table, twin: pg.pgTable('t', { id: pg.integer('id') }) })
      assert.deepEqual(error.problems.map((problem) => `${problem.subject}.${problem.field}`).sort(), [
        'table.bad', 'table.hiddenId', 'table.nul', 'table.primaryKey', 'twin.undefined',
      ])
      assert.match(error.problems.find((problem) => problem.field === 'hiddenId')?.message ?? '', /"hidden", which is not among the models/)
      const early = pg.pgTable('early', { other: pg.integer('other').references((): never => (undefined as unknown as { id: never }).id) })
      assert.match((await problemsOf({ early })).problems[0]?.message ?? '', /undefined/)
      await read({ own: pg.pgTable('own', { hiddenId: pg.integer('hidden_id').references(() => hidden.id) }) }, { external: [hidden] })
    })

    test('a model of another database, and no model at all', async () => {
      const users = pg.pgTable('users', { id: pg.integer('id') })
      const error = await problemsOf({ users }, 'sqlite')
      assert.equal(error.problems[0]?.subject, 'users')
      assert.match(error.problems[0]?.message ?? '', /PostgreSQL, the database is SQLite/)
      assert.match((await problemsOf({ relations: 1, fn() {} })).problems[0]?.message ?? '', /no Drizzle table/)
    })

    test('200 tables are read, and the time it takes is told', async (t) => {
      const models = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`t${n}`, pg.pgTable(`t${n}`, {
        id: pg.serial('id').primaryKey(), name: pg.text('name').notNull().unique(), at: pg.timestamp('at').defaultNow(), meta: pg.jsonb('meta').default({}),
        a: pg.integer('a').default(1), b: pg.integer('b'), c: pg.boolean('c'), d: pg.text('d'), e: pg.text('e'), f: pg.text('f'),
      }, (c) => [pg.index(`t${n}_a`).on(c.a, c.b.desc()), pg.check(`t${n}_c`, sql`${c.a} > 0`)])]))
      let took = Infinity
      // The best of a few: other work on the machine is not what is measured.
      for (let round = 0; round < 5; round++) {
        const started = performance.now()
        assert.equal((await read(models)).table.length, 200)
        took = Math.min(took, performance.now() - started)
      }
      t.diagnostic(`200 tables, 2,000 columns: ${took.toFixed(1)} ms`)
    })
  })
}

test('0.45 and 1.0 give the same schema but for names that Drizzle made up', async () => {
  const [classic, modern] = await Promise.all(VERSIONS.map(({ pg, sql }) => read(memoriesModels(pg, sql))))
  const comparable = (schema: Schema | undefined) => (schema ?? assert.fail()).table.map((table) => ({
    ...table,
    constraints: table.constraints.map((each) => JSON.stringify({ ...each, name: each.named === false ? '' : each.name })).sort(),
    indexes: table.indexes.map((each) => ({ ...each, name: each.named === false ? '' : each.name })),
  }))
  assert.deepEqual(comparable(classic), comparable(modern))
  assert.deepEqual(classic?.view, modern?.view)
  const made = (schema: Schema | undefined) => schema?.table.flatMap((table) => table.constraints.filter((each) => each.named === false).map((each) => each.name)).sort()
  assert.deepEqual(made(classic), ['memories_content_importance_unique', 'memories_pkey', 'memories_user_id_users_id_fk', 'users_email_unique', 'users_pkey'])
  assert.deepEqual(made(modern), ['memories_content_importance_unique', 'memories_pkey', 'memories_user_id_users_id_fkey', 'users_email_key', 'users_pkey'])
})

test('casing: the option and the handle of 0.45, the tables of 1.0', async () => {
  const models = () => {
    const userAccounts = classicPg.pgTable('userAccounts', { userId: classicPg.integer().primaryKey(), displayName: classicPg.text().unique(), kept: classicPg.text('keptAsIs') }, (t) => [
      classicPg.check('c', classicSql`${t.displayName} <> ''`), classicPg.index().on(t.displayName),
    ])
    const names = classicPg.pgView('names').as((qb) => qb.select({ displayName: userAccounts.displayName }).from(userAccounts).where(classicSql`${userAccounts.userId} > 0`))
    return { userAccounts, names }
  }
  const byOption = await read(models(), { casing: 'snake_case' })
  const byHandle = await read(drizzle(async () => ({ rows: [] }), { schema: models(), casing: 'snake_case' }))
  assert.deepEqual(byOption, byHandle)
  const [table] = byOption.table
  assert.deepEqual(table?.columns.map((column) => column.name), ['user_id', 'display_name', 'keptAsIs'])
  assert.deepEqual(table?.constraints.map((each) => [each.name, each.named]), [['c', true], ['userAccounts_display_name_unique', false], ['userAccounts_pkey', false]])
  assert.equal(table?.indexes[0]?.name, 'userAccounts_display_name_index')
  assert.equal(byOption.view[0]?.definition, `select "display_name" from "userAccounts" where "userAccounts"."user_id" > 0`)
  const modern = { t: modernPg.snakeCase.table('t', { displayName: modernPg.text() }) }
  assert.equal((await read(modern, { casing: 'snake_case' })).table[0]?.columns[0]?.name, 'display_name')
  await assert.rejects(read({ t: modernPg.pgTable('t', { displayName: modernPg.text() }) }, { casing: 'snake_case' }), /cannot be read/)
})

test('a handle of either version; one that knows no schema says so', async () => {
  const proxy = async () => ({ rows: [] })
  const users = modernPg.pgTable('users', { id: modernPg.integer('id').primaryKey() })
  const modern = await read(modernDrizzle(proxy, { relations: defineRelations({ users }) }))
  const classic = await read(drizzle(proxy, { schema: { users: classicPg.pgTable('users', { id: classicPg.integer('id').primaryKey() }) } }))
  assert.deepEqual(modern, classic)
  assert.match((await problemsOf(drizzle(proxy))).problems[0]?.hint ?? '', /made with \{ schema \}/)
})

test('a module, a list of tables, a list of modules, aliases and repeated exports', async () => {
  const users = classicPg.pgTable('users', { id: classicPg.integer('id').primaryKey() })
  const posts = classicPg.pgTable('posts', { id: classicPg.integer('id').primaryKey() })
  const names = async (models: object) => (await read(models)).table.map((table) => table.name)
  assert.deepEqual(await names({ users, again: users, default: users, alias: classicPg.alias(users, 'u') }), ['users'])
  assert.deepEqual(await names([users, posts]), ['posts', 'users'])
  assert.deepEqual(await names([{ users }, { posts }]), ['posts', 'users'])
})
