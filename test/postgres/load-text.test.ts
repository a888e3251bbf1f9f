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

  test('what has no end is told where it begins, without all that follows', async () => {
    const endless = { '/* no end': /unterminated \/\* comment/, 'SELECT 1 /* no end': /unterminated \/\* comment/, "COMMENT ON TABLE a IS 'no end": /unterminated quoted string/, 'DO $x$ no end': /unterminated dollar-quoted string/ }
    for (const [start, words] of Object.entries(endless)) {
      await assert.rejects(loadText(database.session, [{ name: 's.sql', text: `CREATE TABLE a (id integer);\n${start}\nCREATE TABLE swallowed (id integer);\n` }], scope, openScratch), (error) => {
        assert.ok(isTrueupError(error))
        assert.match(error.message, words)
        assert.ok(error.message.startsWith(`s.sql:2:${Math.max(start.search(/\/\*|'|\$/), 0) + 1}: `), error.message)
        assert.doesNotMatch(error.message, /swallowed/)
        return true
      })
    }
    assert.deepEqual(splitStatements('a /* ; */; b /* c').map((one) => one.text), ['a', 'b /* c'])
  })

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

  test('the line that is to blame is shown, but none that may hold a password', async () => {
    const told = (text: string): Promise<unknown> => loadText(database.session, [{ name: 's.sql', text }], scope, openScratch).then(() => null, (error: unknown) => (isTrueupError(error) ? error.problems[0]?.excerpt : error))
    assert.equal(await told('CREATE TABLE a (x integer);\r\n\tCREATE TABLE b (y nothing);\r\n'), '2 |  CREATE TABLE b (y nothing);\n  |                    ^')
    assert.equal(await told(`SELECT 1; SELECT nothing('password');`), undefined)
    const long = String(await told(`SELECT '${'x'.repeat(300)}', nothing, '${'y'.repeat(300)}'`)).split('\n')
    assert.ok(long.every((line) => line.length < 130))
    assert.equal((long[0] ?? '').slice((long[1] ?? '').indexOf('^')).startsWith('nothing'), true)
  })

  test('what psql would do is not passed over in silence; what it is only told is', async () => {
    for (const text of ['\\i other.sql\n', 'CREATE TABLE t ();\n\\ir x.sql\n', '\\if true\n', '\\copy t from x\n', 'SELECT 1 \\gexec\n']) {
      await assert.rejects(loadText(database.session, [{ name: 's.sql', text }], scope, openScratch), /s\.sql:\d+:\d+: /, text)
    }
    const said = '\\restrict x\n\\connect app\n\\set ON_ERROR_STOP on\n\\encoding UTF8\nCREATE TABLE t ();\n\\unrestrict x\n'
    assert.equal((await loadText(database.session, [{ name: 's.sql', text: said }], scope, openScratch)).table.length, 1)
  })

  test('rows of a dump are refused at COPY alone, whatever is in them', async () => {
    const text = `CREATE TABLE t (a text);\nCOPY public.t (a) FROM stdin;\nCREATE ROLE x;\nit's "odd\n\\.\n\nCREATE TABLE u ();\n`
    assert.equal(splitStatements(text).length, 3)
    await assert.rejects(loadText(database.session, [{ name: 's.sql', text }], scope, openScratch), (error) => {
      assert.ok(isTrueupError(error))
      assert.deepEqual([error.problems.map(({ subject }) => subject), error.hint], [['s.sql:2:1'], 'Make the dump with `pg_dump --schema-only`.'])
      return true
    })
  })

  test('a dump that empties the search path leaves that of other texts alone', async () => {
    const dump = { name: 'dump.sql', text: `SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.b (id integer PRIMARY KEY, a integer REFERENCES public.a);` }
    const hand = { name: 'hand.sql', text: 'CREATE TABLE c (b integer REFERENCES b); CREATE TABLE a (id integer PRIMARY KEY)' }
    for (const texts of [[dump, hand], [hand, dump]]) {
      for (const open of [openScratch, undefined]) {
        const schema = await loadText(database.session, texts, scope, open)
        assert.deepEqual(schema.table.map((table) => `${table.schema}.${table.name}`), ['public.a', 'public.b', 'public.c'])
      }
    }
  })

  test('an extension that the server lacks is named', async () => {
    await assert.rejects(loadText(database.session, [{ name: 's.sql', text: 'CREATE EXTENSION no_such_extension' }], scope, openScratch), (error) => {
      assert.ok(isTrueupError(error))
      assert.equal(error.code, 'cannot-compare', 'nobody knows whether the text is right')
      assert.match(error.message, /^s\.sql:1:1: /)
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
