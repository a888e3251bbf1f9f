import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import { pgliteFolder } from '../servers/pglite.ts'
import { availableServers } from '../servers/postgres.ts'
import type { Proxy } from '../servers/proxy.ts'
import { startProxy } from '../servers/proxy.ts'
import { sqliteFile } from '../start/targets.ts'
import type { Job } from './program.ts'
import { describeEnd, runChild, startChild } from './children.ts'
import { assertInLine, makeOlder } from './ledger.ts'
import type { Work } from './scenarios.ts'
import { play } from './scenarios.ts'

const WORK: Work = { rows: 10, batch: 4, sleep: 0 }
const RESTARTS = 15

/** Turns of a connection that asks nothing: the greeting and the good-bye. */
async function greeting(proxy: Proxy, direct: string): Promise<number> {
  const client = new pg.Client({ connectionString: proxy.url(direct) })
  proxy.reset()
  await client.connect()
  await client.end()
  return proxy.turns()
}

for (const kind of availableServers()) {
  describe(`${kind.title}: restarts`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => (await started).stop())

    test(`${RESTARTS} restarts send no DDL, write nothing and take one round trip each`, async () => {
      const server = await started
      const direct = await server.createDatabase('restarts')
      const proxy = await startProxy(server)
      const url = proxy.url(direct)
      const start = async (): Promise<number> => {
        proxy.reset()
        const app = trueup({ database: postgres(url), ...play('postgres', WORK), logger: false })
        const { outcome } = await app.applyMigrations()
        await app.close()
        const turns = proxy.turns()
        assert.ok(outcome === 'current' || outcome === 'applied')
        return turns
      }
      try {
        const own = await greeting(proxy, direct)
        const first = await start()
        const snapshot = (): Promise<unknown> => server.sql(`SELECT (SELECT json_agg(json_build_array(oid, xmin::text) ORDER BY oid) FROM pg_class) AS relations, (SELECT json_agg(json_build_array(attrelid, attnum, xmin::text) ORDER BY attrelid, attnum) FROM pg_attribute) AS columns, (SELECT count(*) FROM trueup_runs) AS runs, (SELECT json_agg(xmin::text) FROM trueup_pairs) AS pairs`, 'restarts')
        const before = await snapshot()
        const turns = new Set<number>()
        for (let number = 0; number < RESTARTS; number += 1) turns.add(await start())
        assert.deepEqual(await snapshot(), before, 'a restart wrote something')
        assert.deepEqual([...turns], [own + 1])
        console.log(`${server.title}: the first start took ${first} turns, each of ${RESTARTS} restarts ${[...turns].join(', ')}, of which the connection itself takes ${own}`)
      } finally {
        await proxy.close()
      }
    })

    test('two builds that alternate both stay at one round trip', async () => {
      const server = await started
      const direct = await server.createDatabase('alternate')
      const proxy = await startProxy(server)
      const { models, migrations } = play('postgres', WORK)
      const start = async (build: string, count: number): Promise<number> => {
        proxy.reset()
        const app = trueup({ database: postgres(proxy.url(direct)), models, migrations: migrations.slice(0, count), logger: false, build })
        await app.applyMigrations()
        await app.close()
        const turns = proxy.turns()
        return turns
      }
      try {
        // Entries that older code can live with: the older build is told that the newer one was there, and starts.
        const own = await greeting(proxy, direct)
        await start('1', 1)
        await start('2', 2)
        for (let round = 0; round < 3; round += 1) {
          assert.equal(await start('1', 1), own + 1)
          assert.equal(await start('2', 2), own + 1)
        }
      } finally {
        await proxy.close()
      }
    })
  })
}

describe('PGlite in a folder', { concurrency: false }, () => {
  const work: Work = { rows: 0, batch: 5, sleep: 1_000 }

  test('a second process is refused with the number of the first, and after kill -9 the next goes through', async () => {
    const job: Job = { url: `pglite:${await pgliteFolder()}`, dialect: 'postgres', work }
    const first = await startChild(job)
    await first.ready
    first.go()
    await first.logged('migrate: ')
    const second = await runChild(job)
    assert.equal(second.code, 1, describeEnd(second))
    assert.ok(second.told?.ok === false && second.told.code === 'database-in-use', describeEnd(second))
    assert.match(second.told.message, new RegExp(`\\b${first.pid}\\b`))
    first.kill('SIGKILL')
    assert.equal((await first.ended).signal, 'SIGKILL')
    const third = await runChild(job)
    assert.equal(third.code, 0, describeEnd(third))
    const fourth = await runChild(job)
    assert.ok(fourth.told?.ok === true && fourth.told.outcome === 'current', describeEnd(fourth))
  })
})

describe('SQLite: restarts', () => {
  test('leave the file as it is', async () => {
    const place = await sqliteFile.place()
    try {
      await makeOlder(place, WORK.rows)
      const end = await runChild({ url: place.url ?? '', dialect: 'sqlite', work: WORK })
      assert.equal(end.code, 0, describeEnd(end))
      const state = (): Promise<unknown> => Promise.all(['PRAGMA schema_version', 'PRAGMA data_version', 'SELECT count(*) AS n FROM trueup_runs'].map((query) => place.rows(query)))
      const before = await state()
      for (let number = 0; number < 10; number += 1) {
        const app = trueup({ database: place.database(), ...play('sqlite', WORK), logger: false })
        assert.equal((await app.applyMigrations()).outcome, 'current')
        await app.close()
      }
      assert.deepEqual(await state(), before)
      await assertInLine(place, 'sqlite', WORK, WORK.rows)
    } finally {
      await place.close()
    }
  })
})
