import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError, trueup } from '../../src/index.ts'
import { fromSql } from '../../src/models/sql.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

const said: string[] = []

/** Keeps what is said to the server, by connections of its own for a scratch database, too. */
class Heard extends pg.Client {
  override query(...given: never[]): never {
    const [first] = given as readonly (string | { readonly text?: string })[]
    said.push(typeof first === 'string' ? first : (first?.text ?? ''))
    // One signature for the many of the driver: what is given goes on as it is.
    return (pg.Client.prototype.query.bind(this) as (...all: readonly never[]) => never)(...given)
  }
}

const count = (text: RegExp): number => said.filter((one) => text.test(one)).length
/** What only the description of a whole database asks for. */
const DESCRIPTION = /^\s*WITH managed AS MATERIALIZED/

for (const kind of availableServers()) {
  describe(`${kind.title}: how often one start looks`, { concurrency: false }, () => {
    let server: TestServer
    before(async () => {
      server = await kind.start()
    })
    after(() => server?.stop())

    async function start(database: string, models: string, between?: () => Promise<void>): Promise<readonly string[]> {
      const client = new Heard({ connectionString: server.url(database) })
      await client.connect()
      try {
        const app = trueup({ database: postgres(client), models: fromSql(models), longSteps: 'wait', logger: false })
        const report = await app.applyMigrations({ onProgress: ({ event }) => void (event === 'step' && between?.()) })
        return report.steps.map((step) => step.title)
      } finally {
        await client.end()
      }
    }

    test('SQL models are loaded once by a start, however often it looks', async () => {
      await server.createDatabase('once')
      const first = 'CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL)'
      await start('once', first)
      await server.sql('INSERT INTO t SELECT i, i FROM generate_series(1, 100) i', 'once')
      said.length = 0
      const steps = await start('once', `${first.replace('NOT NULL)', 'NOT NULL CHECK (n > 0))')}; CREATE TABLE u (id integer PRIMARY KEY)`)
      assert.equal(steps.length, 3, steps.join(', '))
      assert.equal(count(/CREATE DATABASE/), 1)
      // Of the scratch database, before anything, after the table and the constraint, and after its rows were looked at.
      assert.equal(count(DESCRIPTION), 4)
    })

    test('of many starters one goes over the rows of a table; where they stand in the way, each of them is told', async () => {
      await server.createDatabase('many')
      const first = 'CREATE TABLE t (id integer PRIMARY KEY, n integer)'
      await start('many', first)
      await server.sql('INSERT INTO t SELECT i, i FROM generate_series(1, 1000) i; INSERT INTO t VALUES (0, NULL)', 'many')
      const all = (): Promise<readonly PromiseSettledResult<readonly string[]>[]> => Promise.allSettled(Array.from({ length: 6 }, () => start('many', first.replace('n integer', 'n integer NOT NULL'))))
      const refused = await all()
      assert.deepEqual(refused.map((one) => (one.status === 'rejected' && isTrueupError(one.reason) ? one.reason.code : one.status)), Array.from({ length: 6 }, () => 'rows-violate'))
      await server.sql('DELETE FROM t WHERE n IS NULL', 'many')
      said.length = 0
      const done = await all()
      assert.deepEqual(done.map((one) => one.status), Array.from({ length: 6 }, () => 'fulfilled'))
      assert.equal(count(/\) AS found$/), 1)
    })

    test('rows that go are counted for the plan, and once more by the start that was given its hash', async () => {
      await server.createDatabase('goes')
      await server.sql('CREATE TABLE t (id integer PRIMARY KEY, n integer); CREATE TABLE u (id integer PRIMARY KEY, n integer); INSERT INTO t SELECT i, i FROM generate_series(1, 100) i', 'goes')
      const client = new Heard({ connectionString: server.url('goes') })
      await client.connect()
      const app = trueup({ database: postgres(client), models: fromSql('CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer PRIMARY KEY, n integer CHECK (n > 0));'), longSteps: 'wait', logger: false })
      const counted = (): number => count(/SELECT count\(\*\) FROM "public"\."t"\s*;/)
      try {
        said.length = 0
        const { hash, rowsLost } = await app.plan({ allow: 'destructive' })
        assert.deepEqual([rowsLost, counted()], [100, 1])
        await server.sql('INSERT INTO t SELECT i, i FROM generate_series(101, 5000) i', 'goes')
        const stale = await app.applyMigrations({ allow: 'destructive', confirm: hash }).then(() => null, (error: unknown) => error)
        assert.ok(isTrueupError(stale) && stale.code === 'plan-stale', String(stale))
        const { hash: now } = await app.plan({ allow: 'destructive' })
        said.length = 0
        assert.equal((await app.applyMigrations({ allow: 'destructive', confirm: now })).steps.length, 2)
        assert.equal(counted(), 1)
        assert.deepEqual((await app.plan({ allow: 'destructive' })).steps, [])
      } finally {
        await client.end()
      }
    })

    test('what another one changes meanwhile is seen', async () => {
      await server.createDatabase('moved')
      const first = 'CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL)'
      await start('moved', first)
      await server.sql('INSERT INTO t SELECT i, i FROM generate_series(1, 100) i', 'moved')
      let isDone = false
      const models = `${first.replace('NOT NULL)', 'NOT NULL CHECK (n > 0))')}; CREATE TABLE u (id integer PRIMARY KEY)`
      const failure = await start('moved', models, async () => {
        if (isDone) return
        isDone = true
        await server.sql('ALTER TABLE t ALTER COLUMN n DROP NOT NULL', 'moved')
      }).then(() => null, (error: unknown) => error)
      assert.ok(isDone)
      assert.ok(failure === null || (isTrueupError(failure) && failure.code === 'not-verified'), String(failure))
      const app = trueup({ database: postgres(server.url('moved')), models: fromSql(models), longSteps: 'wait', logger: false })
      try {
        const [{ steps }, report] = [await app.plan(), await app.applyMigrations()]
        assert.equal(steps.length === 0, report.outcome === 'current')
        assert.ok(failure === null ? steps.length === 0 : steps.length > 0, 'it said that all was in line')
        assert.deepEqual((await app.plan()).steps, [])
        assert.deepEqual(await server.sql(`SELECT attnotnull AS is FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'n'`, 'moved'), [{ is: true }])
      } finally {
        await app.close()
      }
    })
  })
}
