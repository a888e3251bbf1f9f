import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Scope, Session } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { loadText } from '../../src/dialects/postgres/load-text.ts'
import { splitStatements } from '../../src/dialects/postgres/text/split.ts'
import { isTrueupError } from '../../src/errors.ts'
import type { TestDatabase } from './private-session.ts'
import { testServers } from './private-session.ts'

const scope: Scope = { schemas: ['public'], defaultSchema: 'public', ledgerTables: [] }
const TEXT = `\\restrict abc
SET statement_timeout = 0;
SET unheard_of_setting = 1; -- a; comment
SELECT pg_catalog.set_config('search_path', '', false);
/* nested /* ; */ */
CREATE TYPE public.role AS ENUM ('a;b', E'it\\'s');
CREATE TABLE public.users (id integer PRIMARY KEY, role public.role, body text DEFAULT $tag$;'$tag$);
CREATE INDEX CONCURRENTLY by_role ON public.users (role);
CREATE FUNCTION public.f(n integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN n > 0 THEN 1 ELSE 2 END; SELECT 3; END;
ALTER TABLE public.users OWNER TO nobody_of_that_name;
GRANT SELECT ON public.users TO nobody_of_that_name;
BEGIN; CREATE VIEW public.v AS SELECT id FROM public.users; COMMIT;
\\unrestrict abc
`

for (const server of testServers()) describe(server.title, () => {
  let database: TestDatabase

  const openScratch = async <T>(work: (scratch: Session) => Promise<T>): Promise<T> => {
    const scratch = await server.database()
    try {
      return await work(scratch.session)
    } finally {
      await scratch.drop()
    }
  }

  before(async () => {
    database = await server.database()
    await database.client.query('CREATE TABLE users (live integer); CREATE EXTENSION pg_trgm')
  })
  after(() => database.drop())


  test('a text is cut where the server would', () => {
    assert.deepEqual(splitStatements(`a';'b; c $$;$$ d ; "x;y" -- z;\n; (e;f); U&'\\0061;' E'\\';'`).map((one) => one.text), [
      `a';'b`, 'c $$;$$ d', '"x;y"', '(e;f)', `U&'\\0061;' E'\\';'`,
    ])
  })

  for (const [where, open] of [['a scratch database', openScratch], ['the database itself, rolled back', undefined]] as const) {
    test(`a text is loaded in ${where}`, async () => {
      const before = await introspect(database.session, scope)
      const schema = await loadText(database.session, [{ name: 'schema.sql', text: TEXT }], scope, open)
      assert.deepEqual(schema.table.map((table) => [table.name, table.columns.map((column) => column.name), table.indexes.map((index) => index.name)]), [
        ['users', ['id', 'role', 'body'], ['by_role']],
      ])
      assert.deepEqual(schema.enum[0]?.values, ['a;b', "it's"])
      assert.equal(schema.routine.length, 1)
      assert.equal(schema.view.length, 1)
      assert.deepEqual(await introspect(database.session, scope), before)
    })

    test(`a mistake is named with its line and column in ${where}`, async () => {
      const text = `CREATE TABLE a (x integer);\n-- é\nCREATE TABLE b (\n  é integer, y missing_type\n);`
      await assert.rejects(loadText(database.session, [{ name: 'models/schema.sql', text }], scope, open), (error) => {
        assert.ok(isTrueupError(error))
        assert.equal(error.code, 'models-invalid')
        assert.match(error.message, /^models\/schema\.sql:4:16: type "missing_type" does not exist/)
        return true
      })
    })
  }

  test('statements may come before what they refer to', async () => {
    const texts = [
      { name: 'a.sql', text: 'CREATE VIEW v AS SELECT id FROM child; CREATE TABLE child (id integer REFERENCES parent, kind kind)' },
      { name: 'b.sql', text: `CREATE TABLE parent (id integer PRIMARY KEY); CREATE TYPE kind AS ENUM ('x')` },
    ]
    for (const open of [openScratch, undefined]) {
      const schema = await loadText(database.session, texts, scope, open)
      assert.deepEqual([schema.table.map((table) => table.name), schema.view.length], [['child', 'parent'], 1])
    }
  })

  test('what reaches beyond the database is refused before anything runs', async () => {
    for (const text of ['CREATE ROLE no_such_role', 'ALTER SYSTEM SET work_mem = 1', 'DROP DATABASE postgres', 'GRANT a TO b', 'COPY t FROM stdin']) {
      await assert.rejects(loadText(database.session, [{ name: 's.sql', text }], scope, openScratch), /s\.sql:1:1/)
    }
  })

  test('an extension that the server lacks is named', async () => {
    await assert.rejects(loadText(database.session, [{ name: 's.sql', text: 'CREATE EXTENSION no_such_extension' }], scope, openScratch), (error) => {
      assert.ok(isTrueupError(error))
      assert.match(error.hint ?? '', /lacks the extension no_such_extension/)
      return true
    })
  })

  test('another default schema receives the names that were written without one', async () => {
    const other: Scope = { schemas: ['App "x'], defaultSchema: 'App "x', ledgerTables: [] }
    const schema = await loadText(database.session, [{ name: 's.sql', text: 'CREATE TABLE t (id integer)' }], other, openScratch)
    assert.deepEqual(schema.table.map((table) => table.schema), ['App "x'])
  })

  test('a role that may neither make a database nor move schemas is told every way', async () => {
    await database.client.query(`DO $$ BEGIN CREATE ROLE trueup_schema_weak; EXCEPTION WHEN duplicate_object THEN NULL; END $$; SET ROLE trueup_schema_weak`)
    try {
      await assert.rejects(loadText(database.session, [{ name: 's.sql', text: 'CREATE TABLE t ()' }], scope, openScratch), (error) => {
        assert.ok(isTrueupError(error))
        assert.equal(error.code, 'cannot-compare')
        for (const way of ['snapshot', 'CREATEDB', 'PGlite', 'libpg-query']) assert.match(error.hint ?? '', new RegExp(way))
        return true
      })
    } finally {
      await database.client.query('RESET ROLE; DROP ROLE trueup_schema_weak')
    }
  })
})
