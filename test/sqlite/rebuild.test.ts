import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diff } from '../../src/diff/diff.ts'
import { planDdl } from '../../src/plan/ddl.ts'
import { apply, bring, driver, load, openHandle, planTo, request, SCOPE, withDatabase } from './support.ts'

const FAMILY = `
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE);
CREATE INDEX by_parent ON child (parent);
CREATE VIEW names AS SELECT p.name AS name FROM parent p;
CREATE VIEW more AS SELECT name FROM names;
CREATE TRIGGER noted AFTER INSERT ON child BEGIN UPDATE parent SET name = name WHERE id = new.parent; END;
`

test(`${driver}: a rebuild of a referenced table keeps the rows that cascade, and the user's settings`, async () => {
  const handle = await openHandle(':memory:')
  handle.exec('PRAGMA foreign_keys=ON')
  handle.exec('PRAGMA busy_timeout=123')
  await withDatabase(handle, async (database, session) => {
    await bring(database, session, FAMILY)
    handle.exec("INSERT INTO parent VALUES (1, 'a'), (2, NULL); INSERT INTO child VALUES (1, 1), (2, 1), (3, 2)")
    const steps = await bring(database, session, FAMILY.replace('name TEXT UNIQUE', "name TEXT UNIQUE DEFAULT 'none' CHECK (name <> '')"))
    assert.deepEqual(steps.map(({ step }) => [step.title, step.class]), [['rebuild table parent', 'blocking']], 'several changes are one rebuild')
    assert.match(steps[0]?.step.reason ?? '', /ALTER TABLE cannot do this in SQLite: change default of column name of parent; add constraint/)
    assert.deepEqual(await session.json('SELECT json_array((SELECT count(*) FROM parent), (SELECT count(*) FROM child), (SELECT count(*) FROM more))'), [2, 3, 2])
    assert.deepEqual(await session.query('PRAGMA foreign_keys'), [{ foreign_keys: 1 }])
    handle.exec('INSERT INTO child VALUES (4, 2)')
    assert.throws(() => handle.exec('INSERT INTO child VALUES (5, 77)'), /FOREIGN KEY/)
    handle.exec('DELETE FROM parent WHERE id = 1')
    assert.equal(await session.json('SELECT count(*) FROM child'), 2, 'the key still cascades')
  })
  assert.deepEqual(handle.prepare('PRAGMA busy_timeout').all().map((row) => ({ ...(row as object) })), [{ timeout: 123 }])
  handle.close()
})

test(`${driver}: foreign keys that were off stay off`, async () => {
  const handle = await openHandle(':memory:')
  handle.exec('PRAGMA foreign_keys=OFF')
  await withDatabase(handle, async (database, session) => {
    await bring(database, session, FAMILY)
    handle.exec('INSERT INTO child VALUES (1, 42)')
    await bring(database, session, FAMILY.replace('name TEXT UNIQUE', 'name TEXT'))
    assert.deepEqual(await session.query('PRAGMA foreign_keys'), [{ foreign_keys: 0 }], 'and a reference that was broken before is no reason to stop')
  })
  handle.close()
})

test(`${driver}: a rebuild that would break a reference or lose rows is undone whole`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await bring(database, session, FAMILY)
    await session.script(["INSERT INTO parent VALUES (1, 'a')", 'INSERT INTO child VALUES (1, 1)'])
    const from = await database.read()
    const without = { ...from, table: from.table.filter((table) => table.name !== 'parent'), view: [] }
    const steps = planDdl({ from, to: without, operations: diff(from, without), dialect: database.dialect, defaultSchema: 'main', version: session.version })
    assert.equal(steps.find(({ step }) => step.title === 'drop table parent')?.step.class, 'destructive')
    await assert.rejects(apply(database, session, steps.filter(({ step }) => step.title === 'drop table parent')), /child → parent: 1 row references what would not be there/)
    const together = { statements: ['CREATE TABLE early (a)', 'PRAGMA foreign_keys=OFF', 'DROP TABLE child', 'PRAGMA foreign_key_check', 'PRAGMA foreign_keys=off', 'DROP TABLE parent'], transaction: true, locks: [] }
    await assert.rejects(database.dialect.run(session, request({ step: { ...together, statements: [...together.statements, 'oops'] } })), /oops/)
    assert.equal(await session.json('SELECT count(*) FROM child'), 1, 'steps that travel together are switched off together')
    const lossy = { statements: ['PRAGMA foreign_keys=OFF', 'DELETE FROM child', 'PRAGMA foreign_key_check'], transaction: true, locks: [] }
    await assert.rejects(database.dialect.run(session, request({ step: lossy })), /child: had 1 rows before and has 0 after/)
    assert.equal(await session.json('SELECT count(*) FROM child'), 1)
    assert.deepEqual(await database.read(), from)
  })
})

test(`${driver}: CURRENT_TIMESTAMP as the default of a new column on a table with rows fills them`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await bring(database, session, 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT)')
    await session.script(['INSERT INTO t (id, n) VALUES (5, 1), (9, 2)', 'DELETE FROM t WHERE id = 9'])
    const steps = await bring(database, session, 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, k INT DEFAULT 7)')
    assert.deepEqual(steps.map(({ step }) => step.class), ['safe', 'blocking'], 'what ALTER TABLE can add does not wait for the rebuild')
    assert.equal(await session.json('SELECT count(*) FROM t WHERE at IS NOT NULL AND k = 7'), 1)
    await session.execute('INSERT INTO t (n) VALUES (3)')
    assert.equal(await session.json('SELECT max(id) FROM t'), 10, 'AUTOINCREMENT gives no number twice')
  })
})

test(`${driver}: a NOT NULL column without a default is refused by SQLite when there are rows, and nothing changes`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await bring(database, session, 'CREATE TABLE t (a)')
    await session.execute('INSERT INTO t VALUES (1)')
    const steps = await planTo(database, session, await load(database, session, 'CREATE TABLE t (a, b INT NOT NULL)'))
    assert.deepEqual(steps.flatMap(({ step }) => step.hazards.map(({ code }) => code)), ['needs-empty-table'])
    await assert.rejects(apply(database, session, steps), /NOT NULL/)
    await session.execute('DELETE FROM t')
    await apply(database, session, steps)
  })
})

test(`${driver}: numbers beyond 2^53, row numbers and all values survive a rebuild`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await bring(database, session, 'CREATE TABLE t (a, b)')
    await session.execute("INSERT INTO t (rowid, a, b) VALUES (9007199254740993, 9223372036854775807, x'00ff'), (-9223372036854775808, 0.1, 'é\n''\"')")
    const all = "SELECT json_group_array(json_array(quote(rowid), quote(a), quote(b))) FROM t"
    const before = await session.json(all)
    await bring(database, session, 'CREATE TABLE t (a, b DEFAULT (1), CHECK (a IS NOT NULL))')
    assert.deepEqual(await session.json(all), before)
  })
})

test(`${driver}: renames follow into views, triggers, keys and checks`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await bring(database, session, `${FAMILY} CREATE TABLE "we""ird; T" ("a.b" INT CHECK ("we""ird; T"."a.b" > 0));`)
    const rename = async (operation: object): Promise<void> => {
      const from = await database.read()
      // The two kinds of rename that SQLite has.
      const operations = [operation as never]
      await apply(database, session, planDdl({ from, to: from, operations, dialect: database.dialect, defaultSchema: 'main', version: session.version }))
    }
    await rename({ verb: 'rename', kind: 'table', ref: { kind: 'table', schema: 'main', name: 'parent' }, newName: 'Eltern "x"' })
    await rename({ verb: 'rename', kind: 'column', ref: { kind: 'column', schema: 'main', table: 'Eltern "x"', name: 'name' }, newName: 'select' })
    await rename({ verb: 'rename', kind: 'table', ref: { kind: 'table', schema: 'main', name: 'we"ird; T' }, newName: 'plain' })
    const schema = await database.dialect.introspect(session, SCOPE)
    assert.deepEqual(schema.view.find((view) => view.name === 'names')?.definition, 'SELECT p."select" AS name FROM "Eltern ""x""" p')
    assert.match(schema.table.find((table) => table.name === 'child')?.triggers?.[0]?.definition ?? '', /UPDATE "Eltern ""x"""/)
    assert.match(JSON.stringify(schema.table.find((table) => table.name === 'plain')?.constraints), /\(?plain\.\\?"a\.b/)
    await session.script(["INSERT INTO \"Eltern \"\"x\"\"\" VALUES (1, 'a')", 'INSERT INTO child VALUES (1, 1)'])
    await bring(database, session, `CREATE TABLE plain ("a.b" INT NOT NULL CHECK ("plain"."a.b" > 0)); ${FAMILY.replaceAll(/\bparent\b(?! INT|\))/g, '"Eltern ""x"""').replace('name TEXT', '"select" TEXT').replace('p.name', 'p."select"').replace('SET name = name', 'SET "select" = "select"')}`)
    assert.equal(await session.json('SELECT count(*) FROM child'), 1)
  })
})
