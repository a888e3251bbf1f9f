import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { ownRunner, plainRunner } from '../../src/cli/lint/texts.ts'
import type { RunnerFacts } from '../../src/dialects/facts.ts'
import { SqliteAnalyser } from '../../src/dialects/sqlite/analyse.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { trueup } from '../../src/index.ts'
import { judge } from '../../src/lint/sql/judge.ts'
import { fromSql } from '../../src/models/sql.ts'

type Open = new (path: string) => object & { exec(statements: string): void; prepare(text: string): { all(): unknown[] } }
const Libsql = createRequire(import.meta.url)('libsql') as Open

const OFF = 'PRAGMA foreign_keys = OFF;'
const REBUILD = 'CREATE TABLE p2 (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO p2 SELECT * FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p;'
const TABLES = 'CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);'

function codes(text: string, runner: RunnerFacts): readonly string[] {
  const found = judge([{ file: 'x.sql', text, runner, statements: new SqliteAnalyser().analyse(text, runner) }])
  return found.map(({ code }) => code).filter((code) => code === 'D011' || code === 'Q002')
}

/** Runs a text as an entry over a parent and its child, on a connection that keeps foreign keys; true when the child's row is there after. */
async function keeps(up: string): Promise<boolean> {
  const handle = new Libsql(':memory:')
  handle.exec(`PRAGMA foreign_keys=ON; ${TABLES} INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1, 1)`)
  const app = trueup({ database: sqlite(handle), models: fromSql(TABLES), migrations: [{ id: 'rebuild', up, check: "SELECT count(*) = 0 FROM p" }], logger: false })
  assert.equal((await app.applyMigrations()).outcome, 'applied')
  await app.close()
  return handle.prepare('SELECT * FROM c').all().length === 1
}

test('what D011 finds in an entry loses rows, and what it does not find keeps them', async () => {
  for (const [up, found] of [[REBUILD, ['D011']], [OFF + REBUILD, []], [REBUILD + OFF, []], [`PRAGMA foreign_keys(OFF); ${REBUILD}`, ['Q002', 'D011']]] as const) {
    assert.deepEqual(codes(up, ownRunner(true, 0)), found, up)
    assert.equal(await keeps(up), !found.some((code) => code === 'D011'), up)
  }
})

test('a file of the shell is read in its order: what stands in a transaction, or is switched on again, helps nothing', () => {
  const of = (text: string): readonly string[] => codes(text, plainRunner(0))
  assert.deepEqual(of(OFF + REBUILD), [])
  assert.deepEqual(of(`BEGIN; ${OFF} ${REBUILD} COMMIT;`), ['Q002', 'D011'])
  assert.deepEqual(of(`${OFF} BEGIN; ${REBUILD} COMMIT; PRAGMA foreign_keys=ON;`), [])
  assert.deepEqual(of(`${OFF} PRAGMA foreign_keys=1; ${REBUILD}`), ['D011'])
  assert.deepEqual(of('DROP TABLE p;'), [], 'D001 tells of a table that goes')
})
