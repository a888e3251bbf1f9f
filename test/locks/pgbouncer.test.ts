import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import postgresJs from 'postgres'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { TrueupError, trueup } from '../../src/index.ts'
import type { PgBouncer, PoolMode } from '../servers/pgbouncer.ts'
import { findPgBouncer, startPgBouncer } from '../servers/pgbouncer.ts'
import { newestServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { models, table } from '../start/sketches.ts'

const program = findPgBouncer()
const newest = newestServer()

const app = (target: string | object, ...columns: readonly string[]) => trueup({ database: postgres(target), models: models(table('t', ...columns)), logger: false })

/** What a start would leave behind on a server session that others use next: settings, locks and statements of the session. */
const TRACES = `SELECT (SELECT json_agg(name || ' = ' || setting) FROM pg_settings WHERE source = 'session' AND name <> 'application_name' AND name <> 'client_encoding') AS settings, (SELECT count(*)::integer FROM pg_locks WHERE locktype = 'advisory') AS locks, (SELECT count(*)::integer FROM pg_prepared_statements WHERE name LIKE 'trueup%') AS kept`

describe('behind a real PgBouncer', { skip: program === null || newest === null, concurrency: false }, () => {
  let server: TestServer
  const poolers: PgBouncer[] = []
  before(async () => { server = await (newest as NonNullable<typeof newest>).start() })
  after(async () => {
    for (const pooler of poolers) await pooler.stop()
    await server.stop()
  })

  async function pooled(mode: PoolMode, size: number): Promise<{ readonly direct: string; readonly name: string; readonly url: string }> {
    const pooler = await startPgBouncer(program ?? '', server, mode, size)
    poolers.push(pooler)
    const direct = await server.createDatabase()
    return { direct, name: new URL(direct).pathname.slice(1), url: pooler.url(direct) }
  }

  /** The user's own handles on the pooler, and a URL. */
  const handles: Readonly<Record<string, (url: string) => { readonly target: string | object; close(): Promise<void> }>> = {
    'a URL': (url) => ({ target: url, close: async () => {} }),
    'a pg.Pool': (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      return { target: pool, close: () => pool.end() }
    },
    'postgres.js': (url) => {
      const sql = postgresJs(url, { max: 2, prepare: false })
      return { target: sql, close: () => sql.end() }
    },
  }

  for (const [title, open] of Object.entries(handles)) {
    for (const size of [1, 3]) {
      test(`${title}, transaction mode, ${size} server sessions: refused before any change, and nothing is left on them`, async () => {
        const { url, name } = await pooled('transaction', size)
        const { target, close } = open(url)
        const made = app(target, 'a')
        const error = await made.applyMigrations().then(() => assert.fail('it was not found'), (reason: unknown) => reason)
        assert.ok(error instanceof TrueupError && error.code === 'pooler-detected', String(error))
        assert.match(error.hint ?? '', /direct connection/)
        assert.deepEqual(await server.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", name), [])
        const user = new pg.Client({ connectionString: url })
        await user.connect()
        for (let i = 0; i < 6; i += 1) assert.deepEqual((await user.query(TRACES)).rows, [{ settings: null, locks: 0, kept: 0 }])
        await user.end()
        await made.close()
        await close()
      })
    }

    test(`${title}, session mode: served, and the next user of the server session finds nothing`, async () => {
      const { url, name } = await pooled('session', 2)
      const { target, close } = open(url)
      const made = app(target, 'a')
      assert.equal((await made.applyMigrations()).outcome, 'applied')
      assert.equal((await made.applyMigrations()).outcome, 'current')
      await made.close()
      await close()
      assert.deepEqual(await server.sql("SELECT count(*)::integer AS n FROM pg_class WHERE relname = 't'", name), [{ n: 1 }])
      const user = new pg.Client({ connectionString: url })
      await user.connect()
      assert.deepEqual((await user.query(TRACES)).rows, [{ settings: null, locks: 0, kept: 0 }])
      await user.end()
    })
  }

  test('session mode with a single server session: no second one can be had, and the start is served all the same', async () => {
    const { url } = await pooled('session', 1)
    const made = app(url, 'a')
    assert.equal((await made.applyMigrations()).outcome, 'applied')
    await made.close()
  })

  test('a start with nothing to do is served in every mode', async () => {
    for (const mode of ['session', 'transaction', 'statement'] as const) {
      const { url, direct } = await pooled(mode, 2)
      const first = app(direct, 'a')
      await first.applyMigrations()
      await first.close()
      const made = app(url, 'a')
      assert.equal((await made.applyMigrations()).outcome, 'current', mode)
      await made.close()
    }
  })

  test('busy, in transaction mode: clients of the application do not hide it', async () => {
    const { url } = await pooled('transaction', 3)
    const state = { isOver: false }
    const users = await Promise.all([1, 2, 3, 4].map(async () => {
      const user = new pg.Client({ connectionString: url })
      await user.connect()
      return user
    }))
    const traffic = users.map(async (user) => { while (!state.isOver) await user.query('SELECT pg_sleep(0.002)') })
    const made = app(url, 'a')
    const error = await made.applyMigrations().then(() => null, (reason: unknown) => reason)
    state.isOver = true
    await Promise.all(traffic)
    assert.ok(error instanceof TrueupError && error.code === 'pooler-detected', String(error))
    for (const user of users) await user.end()
    assert.deepEqual(await server.sql("SELECT count(*)::integer AS n FROM pg_locks WHERE locktype = 'advisory'"), [{ n: 0 }])
    await made.close()
  })

  test('doctor tells', async () => {
    const { url } = await pooled('transaction', 1)
    const made = app(url)
    assert.equal((await made.examine()).find((one) => one.topic === 'pooler')?.level, 'warning')
    await made.close()
  })
})
