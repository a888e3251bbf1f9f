import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import postgresJs from 'postgres'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError, trueup, type Migration, type Trueup } from '../../src/index.ts'
import { models, table, targets } from './targets.ts'

/** What a failing start says, and what the ledger keeps of it. */
async function failureOf(app: Trueup): Promise<{ readonly message: string; readonly kept: readonly string[] }> {
  try {
    const error: unknown = await app.applyMigrations().then(() => assert.fail('it did not fail'), (reason: unknown) => reason)
    assert.ok(isTrueupError(error), String(error))
    const [run] = await app.history({ limit: 1 })
    return { message: error.message, kept: (run?.steps ?? []).filter(({ outcome }) => outcome === 'failed').map(({ title }) => title) }
  } finally {
    await app.close()
  }
}

const tables = (...names: readonly string[]) => models(...names.map((name) => table(name, 'a')))
/** Stands under a table's name, and is nothing that models of tables look at. */
const IN_THE_WAY = { postgres: "CREATE TYPE t3 AS ENUM ('x')", sqlite: 'CREATE VIEW t3 AS SELECT 1' }

for (const target of targets()) {
  test(`${target.title}: of steps that go as one, the one that failed is named, and nothing of them is left`, async () => {
    const place = await target.place()
    try {
      await place.script(IN_THE_WAY[target.dialect])
      const { message, kept } = await failureOf(trueup({ database: place.database(), models: tables('t1', 't2', 't3', 't4'), logger: false }))
      assert.match(message, /^Create table t3 failed: .*t3/i)
      assert.deepEqual(kept, ['create table t3'])
      const count = target.dialect === 'sqlite' ? "SELECT count(*) AS n FROM sqlite_master WHERE name IN ('t1', 't2', 't4')" : "SELECT count(*)::int AS n FROM pg_class WHERE relname IN ('t1', 't2', 't4')"
      assert.deepEqual((await place.rows(count)).map((row) => Number(row['n'])), [0])
    } finally {
      await place.close()
    }
  })
}

describe('where in the author\'s own text', { concurrency: false }, () => {
  const up = 'CREATE TABLE "😀" (a integer);\nCREATE TABLE two (\n  b nonsense\n)'
  const entry = (text: string | readonly string[]): readonly Migration[] => [{ id: 'own', up: text, check: 'SELECT false' }]
  for (const target of targets().filter(({ dialect }) => dialect === 'postgres')) {
    const handles: Readonly<Record<string, (url: string) => { readonly handle: object; end(): Promise<void> }>> = {
      pg: (url) => { const pool = new pg.Pool({ connectionString: url }); return { handle: pool, end: () => pool.end() } },
      'postgres.js': (url) => { const sql = postgresJs(url, { max: 2 }); return { handle: sql, end: () => sql.end() } },
    }
    for (const [driver, open] of Object.entries(handles)) {
      test(`${target.title}, ${driver}: line and character are those of the text, in a message with much before it`, async () => {
        const place = await target.place()
        const own = place.url === null ? null : open(place.url)
        try {
          const app = (migrations: readonly Migration[]): Trueup => trueup({ database: own === null ? place.database() : postgres(own.handle), models: models(), migrations, logger: false })
          const { message } = await failureOf(app(entry(up)))
          // postgres.js gets its statements one by one, so that the whole text is not found again: then no place is told.
          assert.match(message, driver === 'pg' || own === null ? /^Entry own failed: .*nonsense.*\(42704 at line 3, character 5\)\./ : /^Entry own failed: .*nonsense.*\(42704( at line 3, character 5)?\)\./)
          const several = await failureOf(app(entry(['CREATE TABLE one (a integer)', 'SELECT 1 FROM nowhere'])))
          assert.match(several.message, /\(42P01 at character 15 of statement 2 of 2\)/)
        } finally {
          await own?.end()
          await place.close()
        }
      })
      if (target.title === 'PGlite') break
    }
  }
})
