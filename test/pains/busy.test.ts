import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Migration } from '../../src/index.ts'
import { TrueupError, trueup } from '../../src/index.ts'
import { models, table } from '../start/sketches.ts'
import { startPooler } from '../servers/pooler.ts'
import { newestServer } from '../servers/postgres.ts'
import type { Place } from '../start/targets.ts'
import { number, onEmpty, rejection, server, start } from './places.ts'

const USERS = models(table('users', 'name'))
const WIDER = models(table('users', 'name', 'mail'))
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('pain 3: a pooler in transaction mode is found before any DDL, and no lock stays behind', async () => {
  const kind = newestServer()
  if (kind === null) return
  const own = await kind.start()
  const url = await own.createDatabase('pooled')
  const pooler = await startPooler(own, { user: 'postgres', database: 'pooled' })
  try {
    const began = Date.now()
    const app = trueup({ database: postgres(pooler.url(url)), models: USERS, logger: false })
    const error = await rejection(app.applyMigrations())
    assert.ok(error instanceof TrueupError, String(error))
    assert.equal(error.code, 'pooler-detected', error.message)
    assert.ok(Date.now() - began < 5_000)
    assert.match(error.hint ?? '', /direct connection/)
    await app.close()
    assert.deepEqual(await own.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", 'pooled'), [])
    // Asked while the pooler still has its sessions: what they hold is held.
    assert.deepEqual(await own.sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory'", 'pooled'), [])
    const direct = trueup({ database: postgres(url), models: USERS, logger: false })
    assert.equal((await direct.applyMigrations()).outcome, 'applied')
    await direct.close()
  } finally {
    await pooler.close().catch(() => {})
    await own.stop()
  }
})

test('pain 4: a concurrent index and starters that wait for it do not dead-lock', () => onEmpty(server, async (place) => {
  await start(place, USERS)
  await place.script("INSERT INTO users SELECT i, 'name ' || i FROM generate_series(1, 20000) i")
  const slow: Migration = { id: 'slow', fresh: 'run', up: 'SELECT pg_sleep(0.5)' }
  const build: Migration = { id: 'build', transaction: false, check: "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'users_name' AND i.indisvalid", up: 'CREATE INDEX CONCURRENTLY users_name ON users (name)' }
  const ends = await Promise.all([1, 2, 3, 4, 5].map(() => start(place, USERS, [slow, build])))
  assert.deepEqual(ends.map((end) => end.outcome).sort(), ['applied', 'current', 'current', 'current', 'current'])
  assert.equal(await number(place, "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'users_name' AND i.indisvalid"), 1)
}))

test('pain 4: the invalid left-over of an index of the models is built again', () => onEmpty(server, async (place) => {
  const indexed = models({ ...table('users', 'name'), indexes: [{ name: 'users_name', named: true, unique: true, method: 'btree', keys: [{ column: 'name', expression: null, order: 'asc', nulls: 'last' }], where: null }] })
  await start(place, USERS)
  await place.script("INSERT INTO users VALUES (1, 'same'), (2, 'same')")
  await assert.rejects(place.script('CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name)'))
  await place.script("UPDATE users SET name = 'other' WHERE id = 2")
  assert.equal((await start(place, indexed)).outcome, 'applied')
  assert.deepEqual(await place.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name'::regclass"), [{ indisvalid: true }])
}))

test('pain 16: while a new column waits for a long reader, no query waits with it', { timeout: 30_000 }, () => onEmpty(server, async (place) => {
  await start(place, USERS)
  await place.script("INSERT INTO users VALUES (1, 'one')")
  const [holder, reader] = [new pg.Client({ connectionString: place.url ?? '' }), new pg.Client({ connectionString: place.url ?? '' })]
  for (const client of [holder, reader]) {
    client.on('error', () => {})
    await client.connect()
  }
  try {
    await holder.query('BEGIN')
    await holder.query('SELECT * FROM users')
    let finished = false
    const applied = start(place, WIDER).finally(() => (finished = true))
    const waits: number[] = []
    for (const end = Date.now() + 2_000; Date.now() < end;) {
      const began = performance.now()
      await reader.query('SELECT * FROM users')
      waits.push(performance.now() - began)
      await pause(2)
    }
    assert.equal(finished, false, 'the column cannot be there while its table is read')
    await holder.query('COMMIT')
    assert.equal((await applied).outcome, 'applied')
    const sorted = waits.toSorted((a, b) => a - b)
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0
    console.log(`pain 16: ${waits.length} reads beside a waiting ALTER: median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(1)} ms`)
    assert.ok(p99 < 300, `p99 ${p99} ms`)
  } finally {
    for (const client of [holder, reader]) await client.end()
  }
}))

/** A pool of one for a role whose every statement is cut short, and one more session, to hold things. */
async function hurried(place: Place, play: (pool: pg.Pool, holder: pg.Client) => Promise<void>): Promise<void> {
  await place.script(`CREATE ROLE hurried LOGIN SUPERUSER`, `ALTER ROLE hurried SET statement_timeout = '300ms'`, `ALTER ROLE hurried SET lock_timeout = '100ms'`, `ALTER ROLE hurried SET idle_in_transaction_session_timeout = '300ms'`)
  const url = new URL(place.url ?? '')
  const holder = new pg.Client({ connectionString: url.href })
  url.username = 'hurried'
  const pool = new pg.Pool({ connectionString: url.href, max: 1, query_timeout: 60_000 })
  try {
    await holder.connect()
    await play(pool, holder)
    assert.equal((await pool.query('SHOW statement_timeout')).rows[0]?.['statement_timeout'], '300ms', "the application's own limit is as it was")
  } finally {
    await holder.end()
    await pool.end()
    await place.script('DROP OWNED BY hurried', 'REASSIGN OWNED BY hurried TO postgres', 'DROP ROLE hurried').catch(() => {})
  }
}

test('pain 17: time-outs that a role inherits do not cut the work short, and a pool of one is enough', () => onEmpty(server, (place) => hurried(place, async (pool) => {
  const app = trueup({
    database: postgres(pool), models: USERS, logger: false,
    migrations: [
      { id: 'long', fresh: 'run', up: 'SELECT pg_sleep(0.8)' },
      { id: 'code', fresh: 'run', run: async ({ query }) => {
        await query('SELECT pg_sleep(0.5)')
        await pause(500)
      } },
    ],
  })
  try {
    assert.deepEqual((await app.applyMigrations()).applied, ['long', 'code'])
  } finally {
    await app.close()
  }
})))

test('pain 17: nor do they where others hold what is looked at, or what is to be changed', () => onEmpty(server, (place) => hurried(place, async (pool, holder) => {
  await start(place, USERS)
  await place.script("INSERT INTO users SELECT i, 'name' FROM generate_series(1, 100) i", 'CREATE VIEW elsewhere AS SELECT name FROM users')
  for (const mode of ['ACCESS EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE']) {
    const app = trueup({ database: postgres(pool), models: mode === 'ACCESS EXCLUSIVE' ? WIDER : models(table('users', 'name', 'mail', 'phone')), logger: false })
    await holder.query(`BEGIN; LOCK TABLE users IN ${mode} MODE`)
    const freed = pause(1_500).then(() => holder.query('COMMIT'))
    try {
      assert.equal((await app.applyMigrations()).outcome, 'applied', mode)
    } finally {
      await freed
      await app.close()
    }
  }
  // Describing a table without a view over it locks nothing: it is counting its rows that waits.
  await holder.query('DROP VIEW elsewhere')
  await holder.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE')
  const freed = pause(1_500).then(() => holder.query('COMMIT'))
  const app = trueup({ database: postgres(pool), models: USERS, logger: false })
  try {
    assert.equal((await app.plan({ allow: 'destructive' })).rowsLost, 100)
  } finally {
    await freed
    await app.close()
  }
})))
