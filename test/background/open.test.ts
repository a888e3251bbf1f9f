import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { runCli } from '../../src/cli/run.ts'
import type { Report, Trueup } from '../../src/index.ts'
import { trueup } from '../../src/index.ts'
import type { Progress } from '../../src/api.ts'
import { other, pause } from '../locks/blockers.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { models, recorder, table } from '../start/sketches.ts'
import { targets } from '../start/targets.ts'
import type { Older } from './older.ts'
import { BY_STATE, COUNT, N_IS_SMALL, OWNER, makeOlder, newer } from './older.ts'

/** Lets a concurrent build wait: an old snapshot in another transaction. */
async function snapshot(url: string): Promise<{ end(): Promise<void> }> {
  const holder = await other(url)
  await holder.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM elsewhere')
  return {
    end: async () => {
      await holder.letGo()
      await holder.close()
    },
  }
}

const states = async (app: Trueup): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await app.status()).open.map(({ id, state }) => [id, state]))

/** What a command prints; it closes the application. */
async function commandLine(app: Trueup, words: readonly string[]): Promise<string> {
  const lines: string[] = []
  const keep = { write: (text: string) => void lines.push(text) }
  const code = await runCli(app, ['node', 'trueup', ...words], { stdout: keep, stderr: keep })
  assert.equal(code, 0, lines.join(''))
  return lines.join('')
}

const INDEX = 'index public.jobs.jobs_state'

for (const kind of availableServers()) {
  describe(`${kind.title}: long steps`, { concurrency: false }, () => {
    let server: TestServer
    before(async () => { server = await kind.start() })
    after(() => server.stop())

    const start = (older: Older, what: Parameters<typeof newer>[0], more: Partial<Parameters<typeof trueup>[0]> = {}): Trueup => trueup({ database: postgres(older.url), logger: false, ...newer(what), ...more })

    test('a start resolves while a concurrent index build waits for an old snapshot; others resolve beside it', async () => {
      const older = await makeOlder(server, 100)
      const held = await snapshot(older.url)
      const seen: Progress[] = []
      const app = start(older, { indexes: [BY_STATE], constraints: [N_IS_SMALL, OWNER], migrations: [{ table: 'jobs', column: 'note', type: 'text' }] }, { onProgress: (progress) => void seen.push(progress) })
      const report = await app.applyMigrations()
      assert.equal(report.outcome, 'applied')
      assert.deepEqual(report.applied, ['jobs.note'])
      assert.deepEqual(report.open.map(({ id, state }) => `${id} ${state}`).sort(), ['constraint public.jobs.jobs_owner running', 'constraint public.jobs.n_is_small running', `${INDEX} running`])
      assert.ok(report.open.every(({ owner, since }) => /^pid \d+ trueup/.test(owner ?? '') && since !== null), JSON.stringify(report.open))
      // The rows are looked at later; new ones are held to it at once.
      await assert.rejects(older.query('INSERT INTO jobs (id, owner_id) VALUES (9999, 2)'), /jobs_owner/)

      const second = start(older, { indexes: [BY_STATE], constraints: [N_IS_SMALL, OWNER], migrations: [{ table: 'jobs', column: 'note', type: 'text' }] })
      const beside = await second.applyMigrations()
      assert.equal(beside.outcome, 'current')
      assert.equal(beside.run, null)
      assert.ok(beside.open.some(({ id, state }) => id === INDEX && state === 'running'))
      const status = await second.status()
      assert.equal(status.inSync, false)
      assert.equal(status.lockedBy, null, 'the starters\' lock covers instant steps only')
      for (let tries = 0; !/waiting for/.test((await second.status()).open.find(({ id }) => id === INDEX)?.progress?.phase ?? ''); tries += 1) assert.ok(tries < 100, 'the server\'s figures do not come')
      assert.deepEqual(await older.query('SELECT outcome FROM trueup_runs ORDER BY started'), [{ outcome: 'done' }, { outcome: 'running' }])

      await held.end()
      await app.settled()
      assert.deepEqual(await states(second), {})
      assert.equal((await second.status()).inSync, true)
      assert.ok(seen.some((progress) => progress.background === true && progress.event === 'done'))
      assert.deepEqual(await older.query('SELECT outcome FROM trueup_runs ORDER BY started'), [{ outcome: 'done' }, { outcome: 'done' }])
      assert.deepEqual(await older.query(`SELECT key FROM trueup_state WHERE key LIKE 'open %'`), [])
      // The one who did it stored the pair: nothing is read but one row.
      const turns = await older.query('SELECT count(*)::int AS n FROM trueup_pairs')
      assert.equal((await second.applyMigrations()).outcome, 'current')
      assert.deepEqual(await older.query('SELECT count(*)::int AS n FROM trueup_pairs'), turns)
      await app.close()
      await second.close()
    })

    test('a backfill goes on behind the start, and what comes after it does not run before', async () => {
      const older = await makeOlder(server, 400)
      const app = start(older, { constraints: [N_IS_SMALL], migrations: [COUNT] })
      const writer = await other(older.url)
      await writer.hold('SELECT * FROM jobs WHERE id = 60 FOR UPDATE')
      const report = await app.applyMigrations()
      assert.equal(report.outcome, 'current')
      assert.deepEqual(report.open.map(({ id }) => id), ['constraint public.jobs.n_is_small', 'entry count'])
      await writer.letGo()
      await writer.close()
      await app.settled()
      assert.deepEqual(await older.query('SELECT DISTINCT n FROM jobs'), [{ n: 1 }])
      assert.equal((await app.status()).inSync, true)
      const titles = (await app.history({ limit: 1 }))[0]?.steps.map(({ title }) => title) ?? []
      assert.match(titles[0] ?? '', /^backfill jobs/)
      assert.equal(titles.length, 3)
      await app.close()
    })

    test('on a small table all is done when the start resolves, and what failed is told', async () => {
      const older = await makeOlder(server, 20)
      /** A start that resolves before its work has ended has looked after it for a second: a busy machine may need longer. */
      const resolved = async (app: Trueup): Promise<Report & { isEarly: boolean }> => {
        const began = performance.now()
        const report = await app.applyMigrations()
        const isEarly = report.open.some(({ state }) => state === 'running')
        if (isEarly) assert.ok(performance.now() - began > 999, `open after ${performance.now() - began} ms: ${JSON.stringify(report.open)}`)
        await app.settled()
        return { ...report, isEarly }
      }
      const app = start(older, { indexes: [BY_STATE], migrations: [COUNT] })
      const done = await resolved(app)
      if (!done.isEarly) assert.deepEqual([done.open, done.applied], [[], ['count']])
      assert.equal((await app.check()).inSync, true)
      await app.close()
      const broken = { ...BY_STATE, name: 'broken', keys: [{ column: null, expression: '(1 / (n - 1))', order: 'asc', nulls: 'last' }] } as const
      const failing = start(older, { indexes: [BY_STATE, broken], migrations: [COUNT] })
      const { open, isEarly } = await resolved(failing)
      for (const steps of [isEarly ? [] : [open], [(await failing.status()).open]].flat()) {
        assert.deepEqual(steps.map(({ state }) => state), ['failed'])
        assert.match(steps[0]?.error ?? '', /division by zero/)
      }
      await failing.close()
    })

    test('what the code relies on is awaited, with what it stands on', async () => {
      const older = await makeOlder(server, 200)
      const app = start(older, {
        indexes: [{ ...BY_STATE, name: 'jobs_id_state', unique: true, keys: [{ column: 'id', expression: null, order: 'asc', nulls: 'last' }] }], migrations: [COUNT],
      })
      const report = await app.applyMigrations()
      assert.deepEqual(report.open, [])
      assert.deepEqual(report.applied, ['count'])
      await app.close()
      const required = start(older, { migrations: [COUNT, { id: 'again', backfill: { table: 'jobs', set: 'n = n + 1' }, required: true }] })
      assert.deepEqual((await required.applyMigrations()).applied, ['again'])
      await required.close()
    })

    test('a step that fails in the background is told, shown, and tried again by the next start', async () => {
      const older = await makeOlder(server, 20)
      await older.query(`UPDATE jobs SET state = 'x' WHERE id = 7`)
      const broken = { ...BY_STATE, keys: [{ column: null, expression: '((state || id)::json ->> 0)', order: 'asc', nulls: 'last' }] } as const
      const log = recorder()
      const app = start(older, { indexes: [broken] }, { logger: log })
      const writer = await other(older.url)
      await writer.hold('UPDATE jobs SET owner_id = owner_id WHERE id = 1')
      const report = await app.applyMigrations()
      assert.equal(report.open[0]?.state, 'running')
      await writer.letGo()
      await writer.close()
      await app.settled()
      const [failed] = (await app.status()).open
      assert.equal(failed?.state, 'failed')
      assert.match(failed?.error ?? '', /invalid input syntax for type json/)
      assert.ok(log.lines.some((line) => line.startsWith('error A long step failed in the background')), log.lines.join('\n'))
      assert.equal((await older.query(`SELECT outcome FROM trueup_runs ORDER BY started DESC LIMIT 1`))[0]?.['outcome'], 'failed')
      await older.query(`UPDATE jobs SET state = '[0', id = id WHERE false`)
      await app.close()
      // Mended by hand: the next start takes it up.
      await older.query(`DELETE FROM jobs`)
      const next = start(older, { indexes: [broken] })
      await next.applyMigrations()
      await next.settled()
      assert.equal((await next.status()).inSync, true)
      await next.close()
    })

    test('close in the middle parks it, and the next start goes on', async () => {
      const older = await makeOlder(server, 8_000)
      const log = recorder()
      const app = start(older, { indexes: [BY_STATE], migrations: [COUNT] }, { logger: log })
      const batches: Progress[] = []
      const report = await app.applyMigrations({ onProgress: (progress) => void (progress.event === 'batch' && batches.push(progress)) })
      assert.deepEqual(report.open.map(({ id }) => id), ['entry count', INDEX].sort())
      while (batches.length < 3) await pause(2)
      await app.close()
      const halfway = Number((await older.query('SELECT sum(n)::int AS n FROM jobs'))[0]?.['n'])
      assert.ok(halfway >= 100 && halfway < 8_000, `${halfway} rows`)
      assert.ok(log.lines.some((line) => line.startsWith('info Parked: backfill jobs')), log.lines.join('\n'))
      const next = start(older, { indexes: [BY_STATE], migrations: [COUNT] })
      assert.deepEqual(Object.values(await states(next)), ['parked', 'parked'])
      assert.deepEqual((await older.query(`SELECT outcome FROM trueup_runs ORDER BY started DESC LIMIT 1`)), [{ outcome: 'parked' }])
      await next.applyMigrations()
      await next.settled()
      assert.deepEqual(await older.query('SELECT DISTINCT n FROM jobs'), [{ n: 1 }])
      assert.equal((await next.status()).inSync, true)
      await next.close()
    })

    test('close breaks an index build off that waits for others', async () => {
      const older = await makeOlder(server, 20)
      const held = await snapshot(older.url)
      const app = start(older, { indexes: [BY_STATE] })
      await app.applyMigrations()
      while ((await older.query(`SELECT count(*)::int AS n FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'`))[0]?.['n'] !== 1) await pause(20)
      await app.close()
      assert.deepEqual(await older.query(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'trueup' AND datname = current_database()`), [{ n: 0 }])
      await held.end()
      const next = start(older, { indexes: [BY_STATE] })
      assert.deepEqual(await states(next), { [INDEX]: 'parked' })
      assert.equal((await next.applyMigrations({ longSteps: 'wait' })).outcome, 'applied')
      assert.equal((await next.status()).inSync, true)
      await next.close()
    })

    test('defer leaves it to another, who waits for it', async () => {
      const older = await makeOlder(server, 100)
      const what = { indexes: [BY_STATE], constraints: [N_IS_SMALL], migrations: [COUNT] }
      const app = start(older, what, { longSteps: 'defer' })
      const report = await app.applyMigrations()
      assert.ok(report.open.length === 3 && report.open.every(({ state, owner }) => state === 'open' && owner === null), JSON.stringify(report.open))
      const again = await app.applyMigrations()
      assert.deepEqual([again.outcome, again.run, again.open.length], ['current', null, 3])
      assert.equal((await app.applyMigrations({ mode: 'verify' })).outcome, 'verified')
      await assert.rejects(app.applyMigrations({ mode: 'verify', longSteps: 'wait' }), { code: 'verify-failed' })
      const shown = await commandLine(start(older, what), ['status'])
      assert.match(shown, /Open: no start waits for it\n(?:.*\n)*? {2}add index jobs_state to jobs  \[open\], since \d{4}-/)
      assert.match(shown, /Nothing but long steps is to do/)
      const told = await commandLine(start(older, what), ['apply', '--long-steps', 'defer'])
      assert.match(told, /Nothing but long steps is to do/)
      assert.match(await commandLine(start(older, what), ['apply']), /is in line: \d+ steps/)
      assert.deepEqual(await older.query('SELECT DISTINCT n FROM jobs'), [{ n: 1 }])
      assert.deepEqual((await app.applyMigrations()).open, [])
      assert.equal((await app.status()).inSync, true)
      await app.close()
    })

    test('one who waits lets others start, and waits for whoever has begun', async () => {
      const older = await makeOlder(server, 100)
      const held = await snapshot(older.url)
      const what = { indexes: [BY_STATE] }
      const app = start(older, what)
      const first = app.applyMigrations({ longSteps: 'wait' })
      const other_ = start(older, what)
      while ((await states(other_))[INDEX] !== 'running') await pause(20)
      assert.equal((await other_.applyMigrations()).open[0]?.state, 'running')
      const log = recorder()
      const third = start(older, what, { logger: log })
      const waiting = third.applyMigrations({ longSteps: 'wait' })
      while (!log.lines.some((line) => line.includes('Waiting for another start to finish (pid '))) await pause(20)
      await held.end()
      assert.equal((await first).outcome, 'applied')
      assert.equal((await waiting).outcome, 'current')
      for (const one of [app, other_, third]) await one.close()
      assert.deepEqual((await older.query(`SELECT count(*)::int AS n FROM trueup_runs`)), [{ n: 2 }])
    })

    test('a pool of one waits; a pool is not asked for a connection that the application needs', async () => {
      const older = await makeOlder(server, 100)
      const one = new pg.Pool({ connectionString: older.url, max: 1 })
      const app = trueup({ database: postgres(one), ...newer({ indexes: [BY_STATE] }), logger: false })
      assert.deepEqual((await app.applyMigrations()).open, [])
      await app.close()
      await one.end()
      const many = new pg.Pool({ connectionString: older.url, max: 2 })
      const held = await snapshot(older.url)
      const pooled = trueup({ database: postgres(many), ...newer({ indexes: [BY_STATE, { ...BY_STATE, name: 'another', keys: [{ column: 'owner_id', expression: null, order: 'asc', nulls: 'last' }] }] }), logger: false })
      assert.equal((await pooled.applyMigrations()).open.length, 1)
      assert.equal(many.totalCount - many.idleCount, 0)
      await held.end()
      await pooled.settled()
      assert.equal((await pooled.status()).inSync, true)
      await pooled.close()
      await many.end()
    })
  })
}

for (const target of targets().filter(({ title }) => title === 'PGlite' || title === 'SQLite')) {
  test(`${target.title} has one session: whatever it is told, a start waits`, async () => {
    const place = await target.place()
    try {
      await trueup({ database: place.database(), models: models(table('t', 'a')), logger: false }).applyMigrations()
      await place.script("INSERT INTO t VALUES (1, 'x'), (2, 'y')")
      const indexes = [{ ...BY_STATE, name: 't_a', keys: [{ column: 'a', expression: null, order: 'asc', nulls: target.dialect === 'postgres' ? 'last' : 'first' }] }] as const
      for (const [longSteps, mark] of [['background', 'z'], ['defer', 'zz']] as const) {
        const app = trueup({
          database: place.database(), models: models({ ...table('t', 'a'), indexes }), logger: false, longSteps,
          migrations: [{ id: 'first', backfill: { table: 't', set: `a = 'z'` } }, ...(mark === 'zz' ? [{ id: 'second', backfill: { table: 't', set: `a = 'zz'` } }] : [])],
        })
        assert.deepEqual((await app.applyMigrations()).open, [])
        assert.deepEqual((await place.rows('SELECT DISTINCT a FROM t')).map(({ a }) => a), [mark])
        assert.equal((await app.status()).inSync, true)
      }
    } finally {
      await place.close()
    }
  })
}
