import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startChild, describeEnd, runChild } from '../race/children.ts'
import type { Job } from '../race/program.ts'
import { WORK, olderDatabases, portrait, startAt } from '../cut/play.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Sleeps are part of the SQL, and so of its checksum: every start of a test has the same. */
const SLOW = { ...WORK, sleep: 300 }

const KILLS = Number(process.env['CRASHES'] ?? 24) / 4

const databaseOf = (url: string): string => new URL(url).pathname.slice(1)

async function terminate(server: TestServer, url: string): Promise<number> {
  const [row] = await server.sql(`SELECT count(pg_terminate_backend(pid))::integer AS n FROM pg_stat_activity WHERE datname = '${databaseOf(url)}'`)
  return Number(row?.['n'])
}

for (const kind of availableServers()) {
  describe(`${kind.title}: the server's side dies`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => (await started).stop())

    test(`pg_terminate_backend at ${KILLS} moments of a start`, async () => {
      const server = await started
      const another = await olderDatabases(server)
      const whole = await another()
      const undisturbed = await runChild({ url: whole, dialect: 'postgres', work: SLOW })
      assert.equal(undisturbed.code, 0, describeEnd(undisturbed))
      const expected = await portrait(server, whole)
      let killed = 0
      for (let number = 0; number < KILLS; number += 1) {
        const job: Job = { url: await another(), dialect: 'postgres', work: SLOW }
        const child = await startChild(job)
        await child.ready
        child.go()
        await pause((undisturbed.duration * (number + Math.random())) / KILLS)
        const hit = await terminate(server, job.url)
        const end = await child.ended
        if (end.code !== 0) {
          assert.equal(end.code, 1, describeEnd(end))
          assert.ok(end.told?.ok === false && ['connection-lost', 'connection-failed'].includes(end.told.code), describeEnd(end))
          killed += hit
        }
        const next = await runChild(job)
        assert.equal(next.code, 0, describeEnd(next))
        assert.equal(await portrait(server, job.url), expected)
      }
      console.log(`${server.title}: ${killed} backends terminated in ${KILLS} starts`)
    })

    test('the server crashes in the middle and recovers: the next start waits for it and goes on', async () => {
      const server = await started
      const another = await olderDatabases(server)
      const url = await another()
      const child = await startChild({ url, dialect: 'postgres', work: SLOW })
      await child.ready
      child.go()
      await child.logged('migrate: ')
      const [backend] = await server.sql(`SELECT pid FROM pg_stat_activity WHERE datname = '${databaseOf(url)}'`)
      // One backend that dies by a signal makes the server throw all others out and recover from its log.
      process.kill(Number(backend?.['pid']), 'SIGKILL')
      const end = await child.ended
      assert.equal(end.code, 1, describeEnd(end))
      assert.ok(end.told?.ok === false && end.told.code === 'connection-lost', describeEnd(end))
      const next = await runChild({ url, dialect: 'postgres', work: SLOW })
      assert.equal(next.code, 0, describeEnd(next))
    })

    test('a process killed inside a long statement: the server lets go of its lock and its work within seconds', async () => {
      const server = await started
      const another = await olderDatabases(server)
      const url = await another()
      const long = { ...WORK, sleep: 20_000 }
      const child = await startChild({ url, dialect: 'postgres', work: long })
      await child.ready
      child.go()
      for (;;) {
        const [row] = await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = '${databaseOf(url)}' AND wait_event = 'PgSleep'`)
        if (row?.['n'] === 1) break
        await pause(50)
      }
      child.kill('SIGKILL')
      const killed = Date.now()
      for (;;) {
        const [row] = await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = '${databaseOf(url)}'`)
        if (row?.['n'] === 0) break
        assert.ok(Date.now() - killed < 10_000, 'the dead process still holds its session')
        await pause(100)
      }
      assert.deepEqual(await server.sql("SELECT what FROM audit", databaseOf(url)), [])
      assert.equal(await startAt(url), 'applied')
    })
  })
}
