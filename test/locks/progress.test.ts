import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Progress } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { progressStatement } from '../../src/dialects/postgres/watch.ts'
import { trueup } from '../../src/index.ts'
import { openPglite } from '../servers/pglite.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { models, table } from '../start/sketches.ts'
import { other, pause } from './blockers.ts'

const index = { name: 'by "A"', unique: false, method: 'btree', keys: [{ column: 'A', expression: null, order: 'asc', nulls: 'last' }], where: null } as const

for (const kind of availableServers()) {
  describe(`${kind.title}: how far long work is`, { concurrency: false }, () => {
    let server: TestServer
    before(async () => { server = await kind.start() })
    after(() => server.stop())

    test('an index build that waits for a snapshot tells its phase and figures', async () => {
      const url = await server.createDatabase()
      const older = trueup({ database: postgres(url), models: models(table('t', 'A')), logger: false })
      await older.applyMigrations()
      await older.close()
      const name = new URL(url).pathname.slice(1)
      await server.sql(`INSERT INTO t SELECT n, 'a' || n FROM generate_series(1, 2000) n; CREATE TABLE elsewhere (a int)`, name)
      const holder = await other(url)
      await holder.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM elsewhere')
      const seen: Progress[] = []
      const made = trueup({ database: postgres(url), models: models({ ...table('t', 'A'), indexes: [index] }), logger: false, onProgress: (progress) => void seen.push(progress) })
      const starting = made.applyMigrations({ longSteps: 'wait' })
      for (let tries = 0; !seen.some((one) => one.event === 'work' && one.of !== undefined); tries += 1) {
        assert.ok(tries < 400, JSON.stringify(seen))
        await pause(50)
      }
      await holder.letGo()
      assert.equal((await starting).outcome, 'applied')
      const work = seen.find((one) => one.event === 'work' && one.of !== undefined)
      assert.match(work?.phase ?? '', /waiting for/)
      assert.equal(work?.unit, 'transactions')
      assert.equal(work?.of, 1)
      await made.close()
      await holder.close()
      assert.deepEqual(await server.sql(`SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = '${name}'`), [{ n: 0 }], 'the connection to watch by stays')
    })

    test('the views that are asked are there, and say nothing of an idle backend', async () => {
      assert.deepEqual(await server.sql(progressStatement(1)), [])
    })
  })
}

test('PGlite has one session: that it works is all that can be said', async () => {
  const handle = await openPglite()
  const told: unknown[] = []
  const end = postgres(handle).dialect.watch?.(1, 10, (figures) => void told.push(figures))
  await pause(100)
  end?.()
  assert.ok(told.length > 1 && told.every((one) => one === null), JSON.stringify(told))
  await handle.close()
})
