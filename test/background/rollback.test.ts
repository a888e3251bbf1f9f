import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError, sql, trueup, type Migration, type Trueup, type TrueupOptions } from '../../src/index.ts'
import { pause } from '../locks/blockers.ts'
import { startChild, type Child } from '../race/children.ts'
import { newestServer, type TestServer } from '../servers/postgres.ts'
import { BY_STATE, COUNT, SLOW, makeOlder, newer, type Older } from './older.ts'

const newest = newestServer()

describe('a rollback of what somebody works on behind a start', { skip: newest === null, concurrency: false }, () => {
  let server: TestServer
  before(async () => { server = await (newest as NonNullable<typeof newest>).start() })
  after(() => server.stop())

  const start = (older: Older, what: Pick<TrueupOptions, 'models' | 'migrations'>, more: Partial<TrueupOptions> = {}): Trueup => trueup({ database: postgres(older.url), logger: false, ...what, ...more })
  const counted = (older: Older): Promise<unknown> => older.query('SELECT count(*)::int AS rows, count(*) FILTER (WHERE n = 1)::int AS done, max(n) AS most FROM jobs')

  /** Another process that is at work on the backfill of `SLOW`. */
  async function worker(older: Older): Promise<Child> {
    const child = await startChild({ url: `${older.url}?application_name=worker`, dialect: 'postgres', work: { rows: 0, batch: 0, sleep: 0 }, options: { longSteps: 'background' }, serves: true })
    await child.ready
    child.go()
    assert.equal((await child.told)?.ok, true)
    for (let tries = 0; (await older.query('SELECT 1 FROM jobs WHERE n = 1 LIMIT 1')).length === 0; tries += 1) {
      assert.ok(tries < 200, 'the backfill does not begin')
      await pause(50)
    }
    return child
  }

  test('waits for a while, names who works on what and how to end it, and changes nothing', async () => {
    const older = await makeOlder(server, 2000)
    const child = await worker(older)
    const app = start(older, SLOW, { waitForLock: 1_000 })
    try {
      for (const entries of [['count'], ['jobs.note']]) {
        const error: unknown = await app.rollback({ entries }).then(() => assert.fail('it was rolled back'), (reason: unknown) => reason)
        assert.ok(isTrueupError(error) && error.code === 'lock-wait-timeout', String(error))
        assert.match(error.message, /pid \d+.*worker.*backfill jobs/s)
        assert.match(error.hint ?? '', /Nothing was changed.*SIGTERM.*pg_terminate_backend\(\d+\)/s)
      }
      assert.match(JSON.stringify((await app.rollback({ entries: ['count'], dryRun: true })).waitsFor), /backfill jobs.*pid \d+ worker/)
      assert.equal((await app.status()).lockedBy, null, 'others may start meanwhile')
      await older.query('UPDATE pace SET seconds = 0')
      for (let tries = 0; !(await app.status()).inSync; tries += 1) {
        assert.ok(tries < 200)
        await pause(100)
      }
      assert.deepEqual(await counted(older), [{ rows: 2000, done: 2000, most: 1 }], 'the worker was not disturbed')
    } finally {
      child.kill('SIGTERM')
      assert.equal((await child.ended).code, 0)
      await app.close()
    }
  })

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`goes on when the process ends by ${signal}; what was half done is held, and no start takes it up`, async () => {
      const older = await makeOlder(server, 2000)
      const child = await worker(older)
      const lines: string[] = []
      const log = (line: string): void => void lines.push(line)
      const app = start(older, SLOW, { logger: { debug: log, info: log, warn: log, error: log } })
      try {
        const rolledBack = app.rollback({ entries: ['jobs.note', 'count'] })
        for (let tries = 0; !lines.some((line) => /^Waiting for pid \d+.*worker.*backfill jobs/.test(line)); tries += 1) {
          assert.ok(tries < 200, lines.join('\n'))
          await pause(50)
        }
        child.kill(signal)
        await child.ended
        assert.deepEqual((await rolledBack).entries.toSorted(), ['count', 'jobs.note'])
        const [before] = await counted(older) as { readonly done: number }[]
        assert.ok(before !== undefined && before.done > 0 && before.done < 2000)
        assert.deepEqual(await older.query("SELECT key FROM trueup_state WHERE key LIKE 'open entry%' OR key LIKE 'figures%'"), [])
        const report = await app.applyMigrations({ longSteps: 'wait' })
        assert.deepEqual(report.held.toSorted(), ['count', 'jobs.note'])
        assert.deepEqual((await counted(older) as unknown[])[0], before)
      } finally {
        child.kill('SIGKILL')
        await app.close()
      }
    })
  }

  test('work on other tables is not waited for', async () => {
    const older = await makeOlder(server, 100)
    const snapshot = new (await import('pg')).default.Client({ connectionString: older.url })
    await snapshot.connect()
    const note: Migration = { table: 'owners', column: 'note', type: 'text' }
    const what = newer({ indexes: [BY_STATE], migrations: [note] })
    const app = start(older, what, { waitForLock: 1_000 })
    const beside = start(older, what, { waitForLock: 1_000 })
    try {
      await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM elsewhere')
      await app.applyMigrations()
      assert.ok((await beside.status()).open.some(({ state }) => state === 'running'))
      assert.deepEqual((await beside.rollback({ entries: ['owners.note'] })).entries, ['owners.note'])
    } finally {
      await app.close()
      await snapshot.end()
      await beside.close()
    }
  })

  test('an entry that a begun one depends on stays, unless both go', async () => {
    const older = await makeOlder(server, 500)
    const migrations: readonly Migration[] = [{ table: 'jobs', column: 'note', type: 'text' }, { ...COUNT, dependsOn: ['jobs.note'] } as Migration]
    const app = start(older, newer({ migrations }))
    try {
      await app.applyMigrations({ longSteps: 'defer' })
      const controller = new AbortController()
      await assert.rejects(start(older, newer({ migrations })).applyMigrations({ longSteps: 'wait', signal: controller.signal, onProgress: ({ event }) => { if (event === 'batch') controller.abort() } }))
      await assert.rejects(app.rollback({ entries: ['jobs.note'] }), /jobs\.note: is needed by entry count, which stays/)
      assert.deepEqual((await app.rollback({ entries: ['jobs.note', 'count'] })).entries, ['count', 'jobs.note'])
    } finally {
      await app.close()
    }
  })

  test('a column that was half filled, which has no run yet, is undone before what it depends on', async () => {
    const older = await makeOlder(server, 3000)
    const migrations: readonly Migration[] = [{ table: 'jobs', column: 'note', type: 'text' }, { table: 'jobs', column: 'token', type: 'uuid', default: sql`gen_random_uuid()`, dependsOn: ['jobs.note'] }]
    const app = start(older, newer({ migrations }))
    try {
      const controller = new AbortController()
      const cut = start(older, newer({ migrations }))
      await assert.rejects(cut.applyMigrations({ longSteps: 'wait', signal: controller.signal, onProgress: ({ event }) => { if (event === 'batch') controller.abort() } }))
      await cut.close()
      assert.deepEqual((await app.rollback({ entries: ['jobs.note', 'jobs.token'] })).entries, ['jobs.token', 'jobs.note'])
    } finally {
      await app.close()
    }
  })

  test('a column that was half filled is filled as a whole when it comes again', async () => {
    const older = await makeOlder(server, 3000)
    const migrations: readonly Migration[] = [{ table: 'jobs', column: 'token', type: 'uuid', default: sql`gen_random_uuid()` }]
    const app = start(older, newer({ migrations }))
    try {
      const controller = new AbortController()
      const cut = start(older, newer({ migrations }))
      await assert.rejects(cut.applyMigrations({ longSteps: 'wait', signal: controller.signal, onProgress: ({ event }) => { if (event === 'batch') controller.abort() } }))
      await cut.close()
      const half = await older.query('SELECT count(token)::int AS n FROM jobs')
      assert.ok(Number(half[0]?.['n']) > 0 && Number(half[0]?.['n']) < 3000, JSON.stringify(half))
      assert.deepEqual((await app.rollback({ entries: ['jobs.token'] })).entries, ['jobs.token'])
      assert.deepEqual((await app.applyMigrations({ longSteps: 'wait' })).held, ['jobs.token'])
      await app.applyMigrations({ longSteps: 'wait', include: ['jobs.token'] })
      assert.deepEqual(await older.query('SELECT count(token)::int AS n FROM jobs'), [{ n: 3000 }])
    } finally {
      await app.close()
    }
  })
})
