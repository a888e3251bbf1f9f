import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeEnd, startChild } from '../race/children.ts'
import { assertInLine, makeOlder, outcomes } from '../race/ledger.ts'
import type { Job } from '../race/program.ts'
import type { Work } from '../race/scenarios.ts'
import { targets } from '../start/targets.ts'

/** The code entry sleeps so long: the signal comes while it runs. */
const WORK: Work = { rows: 30, batch: 10, sleep: 800 }

for (const target of targets().filter((one) => one.shared)) {
  describe(`${target.title}: SIGTERM to the command line`, { concurrency: false }, () => {
    test('parks at a step boundary with code 4, and the next start goes on', async () => {
      const place = await target.place()
      try {
        await makeOlder(place, WORK.rows)
        const job: Job = { url: place.url ?? '', dialect: target.dialect, work: WORK, cli: ['apply'] }
        const child = await startChild(job)
        await child.ready
        child.go()
        await child.logged('entry code')
        child.kill('SIGTERM')
        const end = await child.ended
        assert.equal(end.code, 4, describeEnd(end))
        assert.match(end.log, /SIGTERM: stopping at the next step boundary/)
        assert.match(end.log, /error\[interrupted\]/)
        const audit = (await place.rows('SELECT what FROM audit')).map((row) => row['what']).sort()
        assert.deepEqual(audit, ['code', 'seed'], 'the step that was begun is done, the one after it is not')
        assert.equal((await outcomes(place))['parked'], 1)
        const { cli: _cli, ...start } = job
        const next = await startChild(start)
        await next.ready
        next.go()
        const done = await next.ended
        assert.ok(done.told?.ok === true, describeEnd(done))
        assert.deepEqual(done.told.applied, ['last'])
        await assertInLine(place, target.dialect, WORK, WORK.rows)
      } finally {
        await place.close()
      }
    })
  })
}
