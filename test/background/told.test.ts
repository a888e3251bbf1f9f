import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { planLines } from '../../src/cli/print/plan.ts'
import { statusLines } from '../../src/cli/print/status.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { trueup, type Trueup, type TrueupOptions } from '../../src/index.ts'
import { openKey } from '../../src/plan/open.ts'
import { newestServer, type TestServer } from '../servers/postgres.ts'
import { models, table } from '../start/sketches.ts'
import { BY_STATE, COUNT, N_IS_SMALL, SLOW, makeOlder, newer } from './older.ts'

const newest = newestServer()
const plain = Object.assign((_: string, text: string): string => text, { terminal: false })

describe('what goes on behind a start is told', { skip: newest === null, concurrency: false }, () => {
  let server: TestServer
  before(async () => { server = await (newest as NonNullable<typeof newest>).start() })
  after(() => server.stop())

  const start = (url: string, more: Partial<TrueupOptions>): Trueup => trueup({ database: postgres(url), logger: false, models: models(), ...more })

  test('a plan marks the steps that no start waits for, and they are those that a start leaves open', async () => {
    const older = await makeOlder(server, 3000)
    const what = newer({ indexes: [BY_STATE, { ...BY_STATE, name: 'only', unique: true, keys: [{ column: 'id', expression: null, order: 'asc', nulls: 'last' }] }], constraints: [N_IS_SMALL], migrations: [{ table: 'jobs', column: 'note', type: 'text' }, COUNT] })
    const app = start(older.url, { ...what, longSteps: 'defer' })
    const waiting = start(older.url, { ...what, longSteps: 'wait' })
    try {
      const plan = await app.plan()
      const open = plan.steps.filter((step) => step.open === true)
      // The unique index is relied on, and what must be there before it: the backfill of its table.
      assert.deepEqual(open.map(({ title }) => title).sort(), ['add constraint n_is_small to jobs: check the rows', 'add index jobs_state to jobs'])
      const lines = planLines(plan, 'x', plain)
      assert.match(lines[1] ?? '', new RegExp(`, ${open.length} of them behind the start`))
      assert.equal(lines.filter((line) => /open: no start waits for it/.test(line)).length, open.length)
      assert.ok(lines.some((line) => /^ {5}takes (less than 1 s|about [\d.]+ (s|min|h)) \([\d,]+ rows\)$/.test(line)), lines.join('\n'))
      const awaiting = await waiting.plan()
      assert.ok(awaiting.steps.every((step) => step.open === undefined), 'told to wait, a start waits')
      assert.equal(awaiting.hash, plan.hash, 'who waits is no part of what is done')

      const report = await app.applyMigrations()
      assert.deepEqual(report.open.map(({ id }) => id).sort(), open.map(openKey).sort())
      assert.deepEqual((await app.plan()).steps.map(openKey).sort(), open.map(openKey).sort())
    } finally {
      await app.close()
      await waiting.close()
    }
  })

  test('status of another process tells who is at work on a backfill, since when, how far, how fast, and how long it will take', async () => {
    const older = await makeOlder(server, 3000)
    await server.sql('ANALYZE', new URL(older.url).pathname.slice(1))
    await older.query('UPDATE pace SET seconds = 0.002')
    const app = start(older.url, { ...SLOW, application: 'worker' })
    const beside = start(older.url, SLOW)
    try {
      await app.applyMigrations()
      let seen = (await beside.status()).open.find(({ id }) => id === 'entry count')
      for (let tries = 0; seen?.progress?.rate === undefined; tries += 1) {
        assert.ok(tries < 100, JSON.stringify(seen))
        await new Promise((resolve) => void setTimeout(resolve, 100))
        seen = (await beside.status()).open.find(({ id }) => id === 'entry count')
      }
      assert.equal(seen.state, 'running')
      assert.match(seen.owner ?? '', /^pid \d+ /)
      assert.ok(seen.since !== null && seen.progress.done > 0 && seen.progress.rate > 0 && (seen.progress.remaining ?? 0) > 0, JSON.stringify(seen))
      assert.match(statusLines(await beside.status(), plain).join('\n'), /backfill jobs.*\[running\], since [^,]+, [\d,]+( of about [\d,]+)? rows, [\d,]+ rows\/s, about .* left\n {6}by pid \d+/)
      await older.query('UPDATE pace SET seconds = 0')
      await app.settled()
      assert.deepEqual(await older.query("SELECT key FROM trueup_state WHERE key LIKE 'figures %'"), [])
    } finally {
      await app.close()
      await beside.close()
    }
  })
})

test('an engine with one session leaves nothing open, and marks nothing', async () => {
  const app = trueup({ database: sqlite(':memory:'), models: models(table('jobs', 'state')), logger: false })
  assert.ok((await app.plan()).steps.every((step) => step.open === undefined))
  await app.close()
})
