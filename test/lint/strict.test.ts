import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { trueup, type TrueupOptions } from '../../src/index.ts'
import { fromSql } from '../../src/models/sql.ts'

/** Only what is used of libsql's database. */
type Open = new (path: string) => { exec(statements: string): void; close(): void }
const Libsql = createRequire(import.meta.url)('libsql') as Open

test('strict refuses an entry above what a start is allowed; the rules name it, and an allowance silences them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trueup strict-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'app.db')
  const database = new Libsql(file)
  database.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ann')")
  database.close()
  const open = (options: Partial<TrueupOptions>, allow?: Readonly<Record<string, string>>): ReturnType<typeof trueup> => trueup({
    database: sqlite(file), models: fromSql('CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT)'), logger: false,
    migrations: [{ rename: { table: 'users', column: 'name', to: 'full_name' }, ...(allow !== undefined && { allow }) }], ...options,
  })
  const codes = async (app: ReturnType<typeof trueup>): Promise<readonly string[]> => (await app.check()).diagnostics.map(({ code }) => code)

  const strict = open({ strict: true })
  await assert.rejects(strict.applyMigrations(), (error: unknown) => {
    assert.ok(error instanceof Error && 'code' in error && 'problems' in error)
    assert.equal(error.code, 'plan-refused')
    assert.match(JSON.stringify(error.problems), /entry users\.name -> full_name.*incompatible/)
    return true
  })
  assert.deepEqual(await codes(strict), ['B001'])
  await strict.close()

  const accepted = open({}, { B001: 'no release reads the column' })
  assert.deepEqual(await codes(accepted), [])
  await accepted.close()
  const off = open({ lint: { rules: { B: 'off' } } })
  assert.deepEqual(await codes(off), [])
  // Without strict an entry is its author's word.
  assert.equal((await off.applyMigrations()).outcome, 'applied')
  await off.close()
})
