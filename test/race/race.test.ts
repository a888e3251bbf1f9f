import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Place, Target } from '../start/targets.ts'
import { targets } from '../start/targets.ts'
import type { Child, Ended } from './children.ts'
import { describeEnd, startChild } from './children.ts'
import { assertInLine, countOf, makeOlder, outcomes } from './ledger.ts'
import type { Job } from './program.ts'
import type { Work } from './scenarios.ts'
import { AUDITED } from './scenarios.ts'

const PROCESSES = 20

async function startTogether(place: Place, target: Target, work: Work): Promise<readonly Ended[]> {
  assert.ok(place.url !== null)
  const job: Job = { url: place.url, dialect: target.dialect, work }
  const children: Child[] = []
  for (let number = 0; number < PROCESSES; number += 1) children.push(await startChild(job))
  await Promise.all(children.map((child) => child.ready))
  for (const child of children) child.go()
  return Promise.all(children.map((child) => child.ended))
}

function assertOneDidIt(ends: readonly Ended[]): void {
  for (const end of ends) {
    assert.equal(end.code, 0, describeEnd(end))
    assert.ok(end.told?.ok === true, describeEnd(end))
    assert.doesNotMatch(end.log, /(?:relation|table|type|index) "?\w+"? already exists|duplicate key|UNIQUE constraint|database is locked/i, describeEnd(end))
  }
  const applied = ends.filter((end) => end.told?.ok === true && end.told.outcome === 'applied')
  assert.equal(applied.length, 1, `${applied.length} processes changed something`)
  const waiters = ends.filter((end) => end !== applied[0])
  const told = waiters.filter((end) => /Waiting for another start to finish \(/.test(end.log))
  assert.ok(told.length > 0, 'nobody told that it waited')
  const whom = new RegExp(`\\((?:process ${applied[0]?.pid}\\b|.*(?:pid|backend|session) \\d+)`)
  assert.ok(told.some((end) => whom.test(end.log)), `nobody told for whom it waited:\n${told.map((end) => end.log).join('\n')}`)
}

for (const target of targets().filter((one) => one.shared)) {
  describe(`${target.title}: ${PROCESSES} processes start at once`, { concurrency: false }, () => {
    for (const { title, rows } of [{ title: 'on an empty database', rows: 0 }, { title: 'on an older database with rows', rows: 300 }]) {
      test(title, async () => {
        const place = await target.place()
        try {
          if (rows > 0) await makeOlder(place, rows)
          const work: Work = { rows, batch: 40, sleep: 400 }
          const ends = await startTogether(place, target, work)
          assertOneDidIt(ends)
          assert.equal(await countOf(place, 'SELECT count(*) FROM audit'), AUDITED.length)
          assert.deepEqual(await outcomes(place), { done: rows > 0 ? 2 : 1 })
          await assertInLine(place, target.dialect, work, rows)
          const waits = ends.map((end) => (end.told?.ok === true ? end.told.waited : 0))
          console.log(`${target.title}, ${title}: slowest process ${Math.max(...ends.map((end) => end.duration))} ms, longest wait ${Math.max(...waits)} ms`)
        } finally {
          await place.close()
        }
      })
    }
  })
}
