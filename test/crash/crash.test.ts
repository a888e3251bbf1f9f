import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Schema } from '../../src/schema/schema.ts'
import type { Child } from '../race/children.ts'
import { describeEnd, runChild, startChild } from '../race/children.ts'
import { assertInLine, makeOlder, outcomes } from '../race/ledger.ts'
import type { Job } from '../race/program.ts'
import type { Work } from '../race/scenarios.ts'
import type { Place, Target } from '../start/targets.ts'
import { targets } from '../start/targets.ts'

/** Processes to kill on each engine: `CRASHES=1000` for a long look. */
const CRASHES = Number(process.env['CRASHES'] ?? 16)

/** Kills of the starts of one database before one start is left alone. */
const KILLS_A_DATABASE = 6

const WORK: Work = { rows: 200, batch: 7, sleep: 60 }

interface Undisturbed {
  readonly schema: Schema
  /** Milliseconds that the quickest start took: later kills would come too late. */
  duration: number
}

/** Kinds of object with what the models say of them; object numbers and the order of creation are nobody's business. */
const shape = (schema: Schema): unknown => JSON.parse(JSON.stringify(schema.table.toSorted((a, b) => (a.name < b.name ? -1 : 1))))

async function undisturbed(target: Target): Promise<Undisturbed> {
  const place = await target.place()
  try {
    await makeOlder(place, WORK.rows)
    const end = await startAndKill(place, target, null)
    assert.equal(end.code, 0, describeEnd(end))
    return { schema: await place.database().read(), duration: end.duration }
  } finally {
    await place.close()
  }
}

/** Starts a process and kills it after so many milliseconds; `null` lets it live. */
async function startAndKill(place: Place, target: Target, after: number | null): Promise<Awaited<Child['ended']>> {
  assert.ok(place.url !== null)
  const job: Job = { url: place.url, dialect: target.dialect, work: WORK }
  const child = await startChild(job)
  await child.ready
  child.go()
  const timer = after === null ? undefined : setTimeout(() => child.kill('SIGKILL'), after)
  const end = await child.ended
  clearTimeout(timer)
  return end
}

for (const target of targets().filter((one) => one.shared)) {
  describe(`${target.title}: kill -9 at any moment`, { concurrency: false }, () => {
    test(`${CRASHES} kills`, async () => {
      const expected = await undisturbed(target)
      const interrupted = { killed: 0, survived: 0, databases: 0 }
      while (interrupted.killed < CRASHES) {
        const place = await target.place()
        try {
          await crashRound(place, target, expected, interrupted)
        } finally {
          await place.close()
        }
      }
      console.log(`${target.title}: ${interrupted.killed} starts killed on ${interrupted.databases} databases; ${interrupted.survived} were done before their kill; the quickest start took ${expected.duration} ms`)
    })
  })
}

describe('SQLite: kill -9 between two statements', () => {
  const work: Work = { rows: 20, batch: 6, sleep: 0 }
  test('each moment around the work, one after the other', async () => {
    const target = targets().find((one) => one.dialect === 'sqlite') as Target
    const job = (place: Place, dieBefore?: number): Job => ({ url: place.url ?? '', dialect: 'sqlite', work, ...(dieBefore !== undefined && { dieBefore }) })
    const whole = await onOlder(target, work.rows, async (place) => {
      const end = await runChild(job(place, 0))
      assert.ok(end.told?.ok === true, describeEnd(end))
      return { statements: end.told.statements, schema: await place.database().read() }
    })
    const every = CRASHES > 100 ? 1 : Math.ceil(whole.statements / 15)
    let kills = 0
    for (let number = 1 + Math.floor(Math.random() * every); number <= whole.statements; number += every) {
      await onOlder(target, work.rows, async (place) => {
        const killed = await runChild(job(place, number))
        assert.equal(killed.signal, 'SIGKILL', describeEnd(killed))
        kills += 1
        const end = await runChild(job(place))
        assert.equal(end.code, 0, describeEnd(end))
        assert.deepEqual(shape(await place.database().read()), shape(whole.schema), `after a kill before statement ${number}`)
        await assertInLine(place, 'sqlite', work, work.rows)
        assert.equal((await outcomes(place))['running'], undefined, `a run stayed open after a kill before statement ${number}`)
      })
    }
    console.log(`SQLite: killed before ${kills} of ${whole.statements} statements`)
  })
})

async function onOlder<T>(target: Target, rows: number, play: (place: Place) => Promise<T>): Promise<T> {
  const place = await target.place()
  try {
    await makeOlder(place, rows)
    return await play(place)
  } finally {
    await place.close()
  }
}

async function crashRound(place: Place, target: Target, expected: Undisturbed, count: { killed: number; survived: number; databases: number }): Promise<void> {
  await makeOlder(place, WORK.rows)
  count.databases += 1
  for (let kill = 0; kill < KILLS_A_DATABASE && count.killed < CRASHES; kill += 1) {
    const end = await startAndKill(place, target, Math.random() * expected.duration)
    if (end.signal === null) {
      assert.equal(end.code, 0, describeEnd(end))
      expected.duration = Math.min(expected.duration, end.duration)
      count.survived += 1
      break
    }
    count.killed += 1
  }
  const end = await startAndKill(place, target, null)
  assert.equal(end.code, 0, describeEnd(end))
  assert.deepEqual(shape(await place.database().read()), shape(expected.schema))
  await assertInLine(place, target.dialect, WORK, WORK.rows)
  const { done, interrupted = 0, ...others } = await outcomes(place)
  assert.deepEqual(others, {}, 'a run of a dead process is not marked as interrupted')
  assert.ok((done ?? 0) >= 1 && interrupted <= KILLS_A_DATABASE, `${done} done, ${interrupted} interrupted`)
}
