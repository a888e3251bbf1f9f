import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import type { EntryStatus, OpenStep } from '../../src/api.ts'
import type { Child } from '../race/children.ts'
import { describeEnd, startChild } from '../race/children.ts'
import { pause } from '../locks/blockers.ts'
import type { TestServer } from '../servers/postgres.ts'
import { newestServer } from '../servers/postgres.ts'
import type { Older } from './older.ts'
import { SLOW, makeOlder } from './older.ts'

const STARTERS = 20
const KILLS = 3
const ROWS = 2_500
/** Milliseconds after which something hangs. */
const PATIENCE = 60_000

const newest = newestServer()

describe('twenty starters, and the working one is killed three times in a row', { skip: newest === null ? 'no server' : false, concurrency: false }, () => {
  let server: TestServer
  before(async () => { if (newest !== null) server = await newest.start() })
  after(() => server.stop())

  /** Who works on the backfill, and how many rows are done. */
  async function worker(older: Older, children: readonly Child[]): Promise<{ readonly child: Child; readonly rows: number } | null> {
    const app = trueup({ database: postgres(older.url), ...SLOW, logger: false })
    const { open, entries } = await app.status()
    await app.close()
    const step = open.find(({ entry }: OpenStep) => entry === 'count')
    const number = /starter-(\d+)/.exec(step?.owner ?? '')?.[1]
    const child = number === undefined ? undefined : children[Number(number)]
    return child === undefined ? null : { child, rows: entries.find(({ id }: EntryStatus) => id === 'count')?.rows ?? 0 }
  }

  async function untilWorks(older: Older, children: readonly Child[], dead: ReadonlySet<Child>, more: number): Promise<{ readonly child: Child; readonly rows: number }> {
    for (const began = Date.now(); Date.now() - began < PATIENCE; ) {
      const found = await worker(older, children)
      if (found !== null && !dead.has(found.child) && found.rows > more) return found
      await pause(50)
    }
    throw new Error('nobody works on the backfill')
  }

  test('nobody is stuck, and nothing is done twice', async () => {
    const older = await makeOlder(server, ROWS)
    const children: Child[] = []
    for (let number = 0; number < STARTERS; number += 1) {
      children.push(await startChild({ url: `${older.url}?application_name=starter-${number}`, dialect: 'postgres', work: { rows: 0, batch: 0, sleep: 0 }, options: { longSteps: 'background' }, serves: true }))
    }
    await Promise.all(children.map((child) => child.ready))
    for (const child of children) child.go()
    const told = await Promise.all(children.map((child) => child.told))
    assert.ok(told.every((one) => one?.ok === true), JSON.stringify(told.find((one) => one?.ok !== true)))
    assert.equal(told.filter((one) => one?.ok === true && one.outcome === 'applied').length, 1)
    assert.ok((await worker(older, children)) !== null, 'all have started, and the backfill goes on')

    const dead = new Set<Child>()
    let rows = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const found = await untilWorks(older, children, dead, rows)
      found.child.kill('SIGKILL')
      dead.add(found.child)
      rows = found.rows
      await found.child.ended
    }
    await older.query('UPDATE pace SET seconds = 0')
    const app = trueup({ database: postgres(older.url), ...SLOW, logger: false })
    for (const began = Date.now(); !(await app.status()).inSync; ) {
      assert.ok(Date.now() - began < PATIENCE, JSON.stringify((await app.status()).open))
      await pause(100)
    }
    assert.deepEqual(await older.query('SELECT n, count(*)::int AS rows FROM jobs GROUP BY n'), [{ n: 1, rows: ROWS }], 'a row was done twice or left out')
    for (const child of children) if (!dead.has(child)) child.kill('SIGTERM')
    for (const child of children) {
      const end = await child.ended
      assert.ok(dead.has(child) ? end.signal === 'SIGKILL' : end.code === 0, describeEnd(end))
      assert.doesNotMatch(end.log, /UNHANDLED|HANGS/, describeEnd(end))
    }
    assert.equal((await app.applyMigrations()).outcome, 'current')
    assert.deepEqual((await older.query(`SELECT outcome, count(*)::int AS n FROM trueup_runs WHERE outcome <> 'done' GROUP BY outcome`)).filter(({ outcome }) => outcome !== 'interrupted'), [])
    assert.deepEqual(await older.query(`SELECT key FROM trueup_state WHERE key LIKE 'open %'`), [])

    // What was built undisturbed is the same.
    const undisturbed = await makeOlder(server, 1)
    const other = trueup({ database: postgres(undisturbed.url), ...SLOW, logger: false })
    await other.applyMigrations({ longSteps: 'wait' })
    const tables = async (url: string): Promise<unknown> => {
      const database = postgres(url)
      try {
        return (await database.read()).table.filter(({ name }) => name === 'jobs')
      } finally {
        await database.close()
      }
    }
    assert.deepEqual(await tables(older.url), await tables(undisturbed.url))
    await app.close()
    await other.close()
  })
})
