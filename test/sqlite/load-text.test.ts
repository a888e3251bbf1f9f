import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTrueupError } from '../../src/errors.ts'
import { readSchema } from '../../src/methods/compare.ts'
import { fromSql } from '../../src/models/sql.ts'
import { sqliteFile } from '../start/targets.ts'

async function load(text: string): Promise<readonly string[]> {
  const place = await sqliteFile.place()
  try {
    const { schema } = await readSchema({ of: fromSql({ name: 's.sql', text }), on: place.database() })
    return [...schema.table, ...schema.view].map(({ name }) => name)
  } finally {
    await place.close()
  }
}

test('a dump of SQLite is read, with what SQLite makes itself and with its rows', async () => {
  const dump = `PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE IF NOT EXISTS "a;b" (id INTEGER PRIMARY KEY AUTOINCREMENT, t TEXT DEFAULT 'x;--');
INSERT INTO "a;b" VALUES(1,'it''s');
INSERT INTO sqlite_sequence VALUES('a;b',1);
CREATE TRIGGER tr AFTER INSERT ON "a;b" BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END;
CREATE VIEW v AS SELECT 1 AS "end";
COMMIT;`
  assert.deepEqual(await load(dump), ['a;b', 'v'])
})

test('every place that SQLite refuses is named, with its line', async () => {
  await assert.rejects(load('CREATE TABLE a (x INTEGER);\n\tCREATE TABLE b (é TEXT,, y);\nCREATE TABLE a (z);\nATTACH \'x\' AS y;'), (error) => {
    assert.ok(isTrueupError(error))
    assert.deepEqual(error.problems.map(({ subject }) => subject), ['s.sql:2:25', 's.sql:3:1', 's.sql:4:1'])
    assert.equal(error.problems[0]?.excerpt, `2 |  CREATE TABLE b (é TEXT,, y);\n  | ${' '.repeat(24)}^`)
    return true
  })
})
