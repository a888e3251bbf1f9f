import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fingerprintOf } from '../../src/hash.ts'
import { emptySchema, makeSchema } from '../../src/schema/schema.ts'
import { splitStatements } from '../../src/dialects/sqlite/tokens.ts'
import { bring, driver, load, plain, SCOPE, withDatabase } from './support.ts'

const HOSTILE = `
CREATE TABLE "we""ird; -- t" (
  "a b" int not null default 'it''s' , -- a comment
  [c]]] varchar( 20 , 3) default (datetime('now')) collate nocase,
  d as ("a b" || 'x') stored, "UPPER" text check("UPPER" in ('x','y')) unique on conflict ignore,
  é integer constraint "fk é" references other on delete set null deferrable initially deferred,
  "primary" not null on conflict replace,
  constraint pk primary key (é, "a b" desc),
  check (length([a b]) > 2) check (é <> 5)
);
create unique index "i 1" on "we""ird; -- t" (lower("UPPER"), é desc, "a b" collate rtrim) where é is not null;
CREATE TABLE other (id integer primary key autoincrement, x blob default x'ab', n int default - 5, ts text default current_timestamp, m int default -9223372036854775808) strict;
CREATE TABLE pair (a text, b text, primary key (a, b)) without rowid;
CREATE VIEW "v 1" (x) AS select "a b" from "we""ird; -- t" where é == 1;
CREATE TRIGGER "g 1" AFTER UPDATE OF x ON other WHEN new.x IS NOT NULL BEGIN UPDATE other SET n = CASE WHEN n > 1 THEN 1 ELSE 2 END; SELECT 1; END;
CREATE TRIGGER "v ins" INSTEAD OF INSERT ON "v 1" BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE search USING fts5(title, body, tokenize = "porter ascii");
`

test(`${driver}: what is read can be written and read again`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    // "[c]]]" is a name and a stray bracket to SQLite, which has no escape there.
    const text = HOSTILE.replace('[c]]]', '[c]')
    const target = await load(database, session, text)
    await bring(database, session, text)
    const reached = await database.dialect.introspect(session, SCOPE)
    assert.deepEqual(plain(reached), plain(target))
    assert.deepEqual(reached.unmanaged.map(({ kind, reason }) => `${kind} ${reason}`), Array(5).fill('table unsupported'))
    const weird = reached.table.find((table) => table.name === 'we"ird; -- t')
    assert.deepEqual(weird?.columns.map(({ name, type, default: text, options }) => [name, type, text, options]), [
      ['a b', 'INT', "'it''s'", []], ['c', 'VARCHAR(20,3)', "datetime('now')", []], ['d', '', null, []], ['UPPER', 'TEXT', null, []], ['é', 'INTEGER', null, []], ['primary', '', null, ['not null on conflict replace']],
    ])
    assert.deepEqual(weird?.constraints.map(({ name, named }) => `${name}${named ? '' : ' *'}`).sort(), ['check ("UPPER" IN (\'x\', \'y\')) *', 'check (length("a b") > 2) *', 'check (é <> 5) *', 'fk é', 'pk', 'unique (UPPER) on conflict ignore *'].map((name) => name.replace('"UPPER"', 'UPPER')).sort())
    assert.equal(reached.table.find((table) => table.name === 'search')?.virtual, 'fts5(title, body, tokenize = "porter ascii")')
    assert.deepEqual(reached.view[0]?.needs, [{ kind: 'table', schema: 'main', name: 'we"ird; -- t' }])
  })
})

test(`${driver}: texts that mean the same are read as the same`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const spell = (text: string): Promise<unknown> => load(database, session, text).then(plain)
    assert.deepEqual(
      await spell("create table T(a varchar (10) default( 'x' ),b int check( a>B ));create view v as select a from T -- c"),
      await spell('CREATE TABLE "T" (`a` VARCHAR(10) DEFAULT \'x\', [b] INT CHECK ("a" > B))\n;\nCREATE VIEW IF NOT EXISTS "v" AS /* c */ SELECT "a" FROM "T"'),
    )
  })
})

test(`${driver}: declared schemas are put into SQLite's words, refused ones named`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await session.script(['CREATE TABLE p (id INTEGER PRIMARY KEY)', 'CREATE TABLE t (a INTEGER CHECK ((t.a > 0)), p INT REFERENCES p ON DELETE CASCADE, b DEFAULT NULL)'])
    const live = await database.dialect.introspect(session, SCOPE)
    const column = { notNull: false, default: null }
    const declared = makeSchema({
      ...emptySchema(['table', 'column', 'constraint', 'index']),
      table: [
        { schema: 'main', name: 'p', columns: [{ ...column, name: 'id', type: 'integer' }], constraints: [{ type: 'primaryKey', name: 'p_pk', named: false, columns: ['id'] }], indexes: [] },
        {
          schema: 'main', name: 't', indexes: [],
          columns: [{ ...column, name: 'a', type: 'integer' }, { ...column, name: 'p', type: 'int' }, { ...column, name: 'b', type: '' }],
          constraints: [
            { type: 'check', name: 'positive', expression: 'a > 0' },
            { type: 'foreignKey', name: 'x', named: false, columns: ['p'], references: { schema: 'main', table: 'p', columns: ['id'] }, onDelete: 'cascade', onUpdate: 'no action' },
          ],
        },
        { schema: 'main', name: 'bad', columns: [{ ...column, name: 'fine', type: 'text' }, { ...column, name: 'worse', type: 'text', default: 'oops(' }], constraints: [], indexes: [] },
      ],
      enum: [{ schema: 'main', name: 'mood', values: ['ok'] }],
    })
    const { schema, problems } = await database.dialect.normalise(session, { declared: database.dialect.complete(declared), live, scope: SCOPE })
    assert.deepEqual(problems.map(({ ref }) => `${ref.kind} ${ref.name}`), ['enum mood', 'column worse'])
    assert.deepEqual(schema.table.map(({ name, columns, constraints }) => ({ name, columns, constraints })), live.table.map(({ name, columns, constraints }) => ({ name, columns, constraints })))
    assert.deepEqual(schema.covers, ['column', 'constraint', 'index', 'table'])
    assert.deepEqual(await database.read(), live, 'nothing was changed by trying')
  })
})

test(`${driver}: what only the application's connection knows is not compared, and no reason to stop`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const table = (name: string, expression: string) => ({
      schema: 'main', name, columns: [{ name: 'a', type: 'TEXT', notNull: false, default: null }], indexes: [], constraints: [{ type: 'check' as const, name: 'c', expression }],
    })
    await session.execute('CREATE TABLE there (a TEXT)')
    const live = await database.read()
    const declared = makeSchema({ ...emptySchema(['table', 'column', 'constraint']), table: [table('there', 'my_function(a)'), table('fresh', "my_function(a) = 'x'"), table('known', 'lower(a) = a')] })
    const { schema, problems, incomparable } = await database.dialect.normalise(session, { declared, live, scope: SCOPE })
    assert.deepEqual(problems, [])
    assert.deepEqual(incomparable.map(({ ref }) => ref.name), ['fresh', 'there'])
    assert.deepEqual(schema.table.map(({ name, constraints }) => `${name} ${constraints.length}`), ['fresh 1', 'known 1', 'there 0'])
  })
})

test(`${driver}: errors in DDL texts name the text, the line and the column`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const texts = [{ name: 'a.sql', text: 'CREATE TABLE t (a);\n\nCREATE TABLE u (a b c d,, e);' }, { name: 'b.sql', text: "CREATE INDEX i ON nowhere (a);\nATTACH 'x.db' AS y;" }]
    await assert.rejects(database.dialect.loadText(session, texts, SCOPE), (error: { problems: { subject: string }[] }) => {
      assert.deepEqual(error.problems.map(({ subject }) => subject), ['a.sql:3:25', 'b.sql:1:1', 'b.sql:2:1'])
      return true
    })
  })
})

test(`${driver}: the probe is one query with a ledger and two without, and its digest follows the structure`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const names = { schema: 'main', state: 'trueup_state', runs: 'trueup_runs', entries: 'trueup_entries', steps: 'trueup_steps', pairs: 'trueup_pairs' }
    const probe = () => database.dialect.probe(session, { scope: { ...SCOPE, ledgerTables: ['trueup_state', 'trueup_runs', 'trueup_entries', 'trueup_steps', 'trueup_pairs'] }, ledger: names })
    await session.execute('CREATE TABLE t (a)')
    const before = await probe()
    assert.equal(before.ledger, null)
    assert.equal(before.ledgerProblem, undefined)
    assert.match(before.serverTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    await session.script([
      'CREATE TABLE trueup_state (key TEXT PRIMARY KEY, value TEXT)', 'CREATE TABLE trueup_pairs (fingerprint TEXT, digest TEXT, at TEXT)',
      'CREATE TABLE trueup_entries (id TEXT, kind TEXT, state TEXT, checksum TEXT, compatible INTEGER, down TEXT, progress TEXT, rows INTEGER, run TEXT, at TEXT, error TEXT, description TEXT)',
      'CREATE TABLE trueup_runs (id TEXT, command TEXT, started TEXT, finished TEXT, outcome TEXT, error TEXT, application TEXT, environment TEXT, build TEXT, version TEXT, db_user TEXT, host TEXT, entries TEXT)',
      "INSERT INTO trueup_state VALUES ('application', 'a'), ('it''s', '\u00e9')", "INSERT INTO trueup_pairs VALUES ('f', 'd', 'x')",
      "INSERT INTO trueup_entries VALUES ('e', 'sql', 'applied', 'c', 1, NULL, NULL, 3, 'r', 'x', NULL, NULL)",
      `INSERT INTO trueup_runs (id, started, build, entries) VALUES ('r1', '2020', 'b1', '["e"]'), ('r2', '2021', 'b2', '["e","f"]')`,
    ])
    const { digest, ledger, readOnly } = await probe()
    assert.equal(digest, before.digest, 'the ledger is no part of it')
    assert.equal(readOnly, false)
    assert.deepEqual(ledger?.state, { application: 'a', "it's": 'é' })
    assert.deepEqual(ledger?.runs, [{ id: 'r2', build: 'b2', entries: ['e', 'f'] }, { id: 'r1', build: 'b1', entries: ['e'] }])
    assert.deepEqual(ledger?.entries.map(({ id, compatible, rows }) => [id, compatible, rows]), [['e', true, 3]])
    await session.execute('CREATE INDEX i ON t (a)')
    assert.notEqual((await probe()).digest, digest)
    assert.deepEqual((await database.dialect.introspect(session, { ...SCOPE, ledgerTables: Object.values(names).slice(1), tolerate: ['t*'] })).unmanaged.map(({ name, reason }) => `${name} ${reason}`), ['t tolerated'])
    assert.ok(await fingerprintOf({}))
  })
})

test(`${driver}: doctor tells what matters`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const findings = await database.dialect.examine(session)
    assert.deepEqual(findings.map(({ topic }) => topic), ['rights', 'version', 'journal', 'foreign keys'])
    assert.deepEqual(findings.filter(({ level }) => level === 'error'), [])
    assert.deepEqual(await database.dialect.missingRights(session, [{ right: 'create-in-schema', schema: 'main' }]), [])
  })
})

test('statements end at semicolons, but not at those in texts, comments and trigger bodies', () => {
  const text = `SELECT ';', ";", [;], \`;\`; /* ; */ -- ;\nCREATE TEMP TRIGGER x AFTER INSERT ON "END" BEGIN SELECT CASE a WHEN 1 THEN 2 END; SELECT 'END;'; END; SELECT x'00', 1e-5, ?1, :a;;`
  assert.deepEqual(splitStatements(text).map((statement) => statement.text.slice(0, 12)), ["SELECT ';', ", 'CREATE TEMP ', "SELECT x'00'"])
})
