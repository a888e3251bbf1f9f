import assert from 'node:assert/strict'
import type { Migration } from '../../src/index.ts'
import { isTrueupError } from '../../src/errors.ts'
import { column, fromTables, index, table } from '../../src/models/tables/tables.ts'
import { sql } from '../../src/sql.ts'
import { trueup } from '../../src/trueup.ts'
import type { Opened } from './handles.ts'

const models = fromTables([
  table('users', { id: column('integer').primaryKey(), name: column('text').notNull(), score: column('integer').notNull().default(5) }, (t) => [index([t.name], { name: 'users_name' })]),
  table('notes', { id: column('integer').identity().primaryKey(), about: column('text') }),
])

const ENTRIES: readonly Migration[] = [
  { table: 'users', column: 'nick', type: 'VARCHAR', description: 'What friends say' },
  { id: 'greet', up: sql`UPDATE users SET name = 'Ms ' || name WHERE name NOT LIKE 'Ms %'`, check: sql`SELECT count(*) > 0 FROM users WHERE name LIKE 'Ms %'` },
  { id: 'nicks', backfill: { table: 'users', set: sql`nick = lower(name)`, where: sql`nick IS NULL`, batchSize: 2 } },
  { id: 'own-settings', up: sql`SET search_path = pg_catalog; SET statement_timeout = '1h'`, transaction: false, check: sql`SELECT false`, fresh: 'run' },
]
const BROKEN: Migration = { id: 'broken', up: sql`INSERT INTO notes (about) VALUES ('never seen'); SELECT 1 / 0`, fresh: 'run' }
const MENDED: Migration = { id: 'broken', up: sql`INSERT INTO notes (about) VALUES ('seen')`, fresh: 'run' }

const STATE = "SELECT concat_ws('|', current_setting('search_path'), current_setting('statement_timeout'), current_setting('lock_timeout'), current_user, (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'))"
const DATA = "SELECT string_agg(concat_ws(',', id, name, score, nick), ';' ORDER BY id) || (SELECT count(*) FROM notes) FROM users"

/** A start with entries of every kind, a second one, one that fails in the middle, and one that is mended; the connection is as it was after each. */
export async function wholeStory(opened: Opened): Promise<void> {
  const { database, ask } = opened
  await ask("CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL)")
  await ask("INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 5) AS n")
  const before = await ask(STATE)
  const start = (migrations: readonly Migration[]): ReturnType<ReturnType<typeof trueup>['applyMigrations']> => trueup({ database, models, migrations, longSteps: 'wait', logger: false }).applyMigrations()
  assert.equal((await start(ENTRIES)).outcome, 'applied')
  assert.equal((await start(ENTRIES)).outcome, 'current')
  assert.equal(String(await ask(DATA)), '1,Ms user 1,5,ms user 1;2,Ms user 2,5,ms user 2;3,Ms user 3,5,ms user 3;4,Ms user 4,5,ms user 4;5,Ms user 5,5,ms user 50')
  assert.equal(await ask(STATE), before, 'settings and locks after a start')
  await assert.rejects(start([...ENTRIES, BROKEN]), (error) => isTrueupError(error) && error.code === 'entry-failed' && /broken.*division by zero/.test(error.message))
  assert.equal(await ask(STATE), before, 'settings and locks after an error')
  assert.equal(String(await ask('SELECT count(*) FROM notes')), '0')
  assert.equal((await start([...ENTRIES, MENDED])).outcome, 'applied')
  assert.equal((await start([...ENTRIES, MENDED])).outcome, 'current')
  assert.equal(String(await ask('SELECT count(*) FROM notes')), '1')
  assert.equal(await ask(STATE), before)
}
