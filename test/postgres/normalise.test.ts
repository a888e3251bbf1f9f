import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { NormaliseRequest, Scope } from '../../src/dialects/dialect.ts'
import { complete } from '../../src/dialects/postgres/complete.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { normalise } from '../../src/dialects/postgres/normalise.ts'
import { canonicalType } from '../../src/dialects/postgres/types.ts'
import type { Column, Schema, Table } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import type { TestDatabase } from './private-session.ts'
import { testServers } from './private-session.ts'

const scope: Scope = { schemas: ['public', 'Other "x'], defaultSchema: 'public', ledgerTables: [] }

for (const server of testServers()) describe(server.title, () => {
  let database: TestDatabase
  let live: Schema

  before(async () => {
    database = await server.database()
    await database.client.query(`
CREATE SCHEMA "Other ""x";
CREATE TYPE role AS ENUM ('admin', 'member');
CREATE TABLE users (id serial PRIMARY KEY, name varchar(20) DEFAULT 'x', role role DEFAULT 'admin', age integer DEFAULT 0 CHECK (age >= 0 AND age < 200),
  tags text[] DEFAULT '{}', at timestamptz DEFAULT now(), meta jsonb DEFAULT '{"a":1}', total numeric(10,2) DEFAULT 1.5,
  doubled integer GENERATED ALWAYS AS (age * 2) STORED);
CREATE INDEX by_name ON users (lower(name)) WHERE age > 5;
CREATE VIEW grown AS SELECT id FROM users WHERE age > 18;`)
    live = await introspect(database.session, scope)
  })
  after(() => database.drop())

  const column = (name: string, type: string, rest: Partial<Column> = {}): Column => ({ name, type, notNull: false, default: null, ...rest })
  const users = (columns: readonly Column[], rest: Partial<Table> = {}): Table => ({ schema: 'public', name: 'users', columns, constraints: [], indexes: [], ...rest })
  const ask = (table: Table, rest: Partial<NormaliseRequest> = {}, parts: Partial<Schema> = {}) =>
    normalise(database.session, { declared: makeSchema({ table: [table], ...parts }), live, scope, ...rest })
  const first = (schema: Schema): Table => schema.table[0] as Table

  test('types get the server\'s spelling where that is certain', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['VARCHAR(20)', 'character varying(20)'], ['int', 'integer'], ['timestamptz', 'timestamp with time zone'], ['bool', 'boolean'],
      ['timestamp (3) with time zone', 'timestamp(3) with time zone'], ['timestamptz(3)', 'timestamp(3) with time zone'], ['decimal(10, 2)', 'numeric(10,2)'],
      ['numeric(5)', 'numeric(5,0)'], ['int[]', 'integer[]'], ['varchar(3)[3][]', 'character varying(3)[]'], ['char', 'character(1)'], ['float(10)', 'real'],
      ['double precision', 'double precision'], ['TEXT ARRAY', 'text[]'], ['citext', 'citext'], ['"char"', '"char"'], ['time', 'time without time zone'],
    ]
    for (const [written, printed] of pairs) assert.equal(canonicalType(written), printed, written)
  })

  test('the server agrees with the spelling of every built-in type', async () => {
    for (const written of ['varchar(20)', 'int', 'timestamptz(3)', 'decimal(10,2)', 'char', 'bpchar', 'bit', 'varbit(5)', 'float(30)', 'time(2)', 'timetz', 'interval', 'int8[]', 'serial4[]']) {
      if (written === 'serial4[]') continue
      const rows = await database.client.query(`CREATE TEMP TABLE spelled (c ${written}); SELECT format_type(atttypid, atttypmod) AS t FROM pg_attribute WHERE attrelid = 'spelled'::regclass AND attnum = 1; DROP TABLE spelled`)
      const results = rows as unknown as readonly { readonly rows: readonly { readonly t: string }[] }[]
      assert.equal(canonicalType(written), results[1]?.rows[0]?.t, written)
    }
  })

  test('serial becomes a column with its sequence, cut to 63 bytes like the server does', async () => {
    const name = 'é'.repeat(31)
    await database.client.query(`CREATE TABLE "${name}" ("Spalte mit langem Namen" serial)`)
    const read = await introspect(database.session, scope)
    const done = complete(makeSchema({ table: [{ ...users([column('Spalte mit langem Namen', 'SERIAL')]), name }] }))
    assert.equal(done.sequence[0]?.name, read.sequence.find((one) => one.ownedBy?.table === name)?.name)
    assert.equal(done.table[0]?.columns[0]?.default, read.table.find((one) => one.name === name)?.columns[0]?.default)
    await database.client.query(`DROP TABLE "${name}"`)
  })

  test('what is written as the server would needs no trial', async () => {
    const declared = users([
      column('id', 'serial'), column('name', 'varchar(20)', { default: "'x'" }), column('role', 'role', { default: "'admin'" }),
      column('age', 'int', { default: '0' }), column('at', 'timestamptz', { default: 'NOW()' }), column('tags', 'text[]', { default: "'{}'" }),
    ])
    const before = (await database.client.query('SELECT pg_current_xact_id()::text AS id')).rows[0].id
    const { schema, problems, incomparable } = await ask(declared)
    const after = (await database.client.query('SELECT pg_current_xact_id()::text AS id')).rows[0].id
    assert.equal(Number(after), Number(before) + 1, 'no transaction wrote anything')
    assert.deepEqual([problems, incomparable], [[], []])
    for (const one of first(schema).columns) {
      const there = live.table[0]?.columns.find((candidate) => candidate.name === one.name)
      assert.deepEqual([one.type, one.default], [there?.type, there?.default], one.name)
    }
  })

  test('what is written otherwise comes back in the server\'s words', async () => {
    const declared = users(
      [
        column('age', 'int4', { default: '0' }), column('name', 'character varying (20)', { default: "('x')" }), column('meta', 'jsonb', { default: `'{"a":1}'` }),
        column('total', 'decimal(10,2)', { default: '1.50' }), column('doubled', 'int', { generated: { expression: 'age*2', stored: true } }),
        column('fresh', '"role"', { default: "'member'" }),
      ],
      {
        constraints: [{ type: 'check', name: 'users_age_check', expression: 'age between 0 and 199' }],
        indexes: [{ name: 'by_name', unique: false, method: 'btree', keys: [{ column: null, expression: 'LOWER(name)', order: 'asc', nulls: 'last' }], where: 'age>5' }],
      },
    )
    const { schema, problems } = await ask(declared)
    assert.deepEqual(problems, [])
    const table = first(schema)
    assert.deepEqual(table.columns.map((one) => [one.name, one.type, one.default ?? one.generated?.expression ?? null]), [
      ['age', 'integer', '0'], ['name', 'character varying(20)', "'x'::character varying"], ['meta', 'jsonb', `'{"a": 1}'::jsonb`],
      ['total', 'numeric(10,2)', '1.50'], ['doubled', 'integer', '(age * 2)'], ['fresh', 'public.role', "'member'::public.role"],
    ])
    assert.equal(table.constraints[0]?.type === 'check' && table.constraints[0].expression, '((age >= 0) AND (age <= 199))')
    assert.deepEqual([table.indexes[0]?.keys[0]?.expression, table.indexes[0]?.where], ['lower((name)::text)', '(age > 5)'])
    assert.equal('comment' in table, false)
    assert.deepEqual(await introspect(database.session, scope), live)
  })

  test('a serial column keeps its default through a trial, and the name of the sequence that is there', async () => {
    await database.client.query('ALTER SEQUENCE users_id_seq RENAME TO "Old one"')
    const renamed = await introspect(database.session, scope)
    const { schema } = await ask(users([column('id', 'serial'), column('age', 'integer', { default: '1-1' })]), { live: renamed })
    assert.equal(first(schema).columns[0]?.default, `nextval('public."Old one"'::regclass)`)
    assert.equal(schema.sequence[0]?.name, 'Old one')
    await database.client.query('ALTER SEQUENCE "Old one" RENAME TO users_id_seq')
  })

  test('an identity keeps its numbers through a trial', async () => {
    const identity = { always: false, start: '100', increment: '2' }
    const { schema } = await ask(users([column('id', 'integer', { identity, notNull: true }), column('age', 'integer', { default: '1-1' })]))
    assert.deepEqual(first(schema).columns[0]?.identity, identity)
  })

  test('a declaration that the server refuses is named, the others are read all the same', async () => {
    const good = { ...users([column('age', 'integer', { default: '1+1' })]), name: 'users' }
    const { problems } = await ask({ ...good, columns: [...good.columns, column('bad', 'no_such_type'), column('worse', 'integer', { default: "'x'::text || 1" })] })
    assert.deepEqual(problems.map((one) => [one.ref.kind, one.ref.table, one.ref.name]), [['column', 'users', 'bad'], ['column', 'users', 'worse']])
    assert.match(problems[0]?.message ?? '', /no_such_type/)
    const checked = await ask({ ...good, constraints: [{ type: 'check', name: 'c', expression: 'nowhere > 1' }] })
    assert.deepEqual(checked.problems.map((one) => [one.ref.kind, one.ref.name]), [['constraint', 'c']])
  })

  test('types that only the declaration has are there for the trial', async () => {
    const { schema, problems } = await ask(users([column('mood', 'mood', { default: "'so' || 'so'" }), column('list', 'mood[]')]), {}, {
      enum: [{ schema: 'public', name: 'mood', values: ['soso', 'fine'] }],
    })
    assert.deepEqual(problems.map((one) => one.message), ['column "mood" is of type mood but default expression is of type text'])
    assert.equal(first(schema).columns[1]?.type, 'public.mood[]')
  })

  test('without a place to try only what is certain is compared', async () => {
    const { schema, incomparable } = await ask(users([column('age', 'bigint', { default: '0' }), column('name', 'varchar(20)', { default: "lower('X')" })]), { mayTry: false })
    assert.deepEqual(incomparable.map((one) => [one.ref.name, one.field]), [['name', 'default']])
    assert.deepEqual(first(schema).columns.map((one) => [one.type, one.default]), [['bigint', '0'], ['character varying(20)', "'x'::character varying"]])
  })

  test('a table that this run created is learned from the database', async () => {
    const { schema } = await ask(users([column('meta', 'jsonb', { default: `'{"a":1}'` })]), { created: new Set(['public\u0000users\u0000']), mayTry: false })
    assert.equal(first(schema).columns[0]?.default, `'{"a": 1}'::jsonb`)
  })

  test('where the server cannot be asked, a view whose text differs cannot be compared, and says so', async () => {
    const { schema, incomparable } = await ask(users([]), { mayTry: false }, { view: [{ schema: 'public', name: 'grown', materialized: false, definition: 'select users.id from users where age > 18' }] })
    assert.deepEqual(incomparable.map((one) => [one.ref.name, one.field]), [['grown', 'definition']])
    assert.equal(schema.view[0]?.definition, live.view[0]?.definition)
  })

  for (const rights of ['TEMPORARY', 'schema'] as const) {
    test(`a role with ${rights} rights alone can try`, async () => {
      const role = `trueup_schema_${rights.toLowerCase()}`
      await database.client.query(`DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role}; REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC;
      ${rights === 'schema' ? `GRANT CREATE ON SCHEMA public TO ${role}` : `GRANT TEMPORARY ON DATABASE ${database.name} TO ${role}`}; GRANT USAGE ON SCHEMA public TO ${role}; SET ROLE ${role}`)
      try {
        const { schema, problems } = await ask(users([column('age', 'integer', { default: '1+1' })], {
          indexes: [{ name: 'i', unique: false, method: 'btree', keys: [{ column: null, expression: 'age+1', order: 'asc', nulls: 'last' }], where: null }],
        }))
        assert.deepEqual(problems, [])
        assert.equal(first(schema).columns[0]?.default, '(1 + 1)')
        assert.equal(first(schema).indexes[0]?.keys[0]?.expression, '((age + 1))')
      } finally {
        await database.client.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`)
      }
    })
  }
})
