import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TrueupOptions } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { TrueupError, trueup } from '../../src/index.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { models, table } from '../start/sketches.ts'
import { other, pause, watchTable } from './blockers.ts'

const NAME = 'the "Hot" täble'

/** A start that adds a column to the one table there is. */
function app(url: string, options: Partial<TrueupOptions> = {}) {
  const lines: string[] = []
  const line = (message: string): void => void lines.push(message)
  const made = trueup({
    database: postgres(url), models: models(table(NAME, 'added')), logger: { info: line, warn: line, error: line, debug: line }, ...options,
  })
  return { made, lines }
}

async function failureOf(work: Promise<unknown>): Promise<TrueupError> {
  const error = await work.then(() => assert.fail('it should have failed'), (reason: unknown) => reason)
  assert.ok(error instanceof TrueupError, String(error))
  return error
}

for (const kind of availableServers()) {
  describe(`${kind.title}: the way to a strong lock`, { concurrency: false }, () => {
    let server: TestServer
    before(async () => {
      server = await kind.start({ settings: { wal_level: 'logical', autovacuum: 'off' } })
      await server.sql('CREATE ROLE app LOGIN; CREATE ROLE "Blind" LOGIN')
    })
    after(() => server.stop())

    /** A database with the table in it, as a role sees it. */
    async function place(role = 'postgres'): Promise<{ readonly url: string; readonly mine: string; readonly name: string }> {
      const url = await server.createDatabase()
      const name = new URL(url).pathname.slice(1)
      const { made } = app(url, { models: models(table(NAME)) })
      await made.applyMigrations()
      await made.close()
      if (role !== 'postgres') await server.sql(`GRANT ALL ON SCHEMA public TO "${role}"; DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('ALTER TABLE %I OWNER TO "${role}"', t); END LOOP; END $$`, name)
      await server.sql('GRANT ALL ON ALL TABLES IN SCHEMA public TO app', name)
      return { url, mine: url.replace('postgres@', `${role}@`), name }
    }

    for (const role of ['postgres', 'Blind']) {
      test(`as ${role}: a reader that is idle in its transaction is waited for outside of the queue`, async () => {
        const { url, mine } = await place(role)
        const [reader, user] = [await other(url.replace('postgres@', 'app@')), await other(url.replace('postgres@', 'app@'))]
        await reader.hold(`SELECT * FROM "the ""Hot"" täble"`)
        const watch = watchTable(user.client, `SELECT * FROM "the ""Hot"" täble"`)
        const { made, lines } = app(mine)
        const progress: string[] = []
        const starting = made.applyMigrations({ onProgress: (event) => event.event === 'waiting' && progress.push(event.title) })
        for (let tries = 0; !lines.some((line) => line.includes('nobody is held up by it')); tries += 1) {
          assert.ok(tries < 600, lines.join('\n'))
          await pause(20)
        }
        await reader.letGo()
        const report = await starting
        const longest = await watch.stop()
        const step = report.steps.find((one) => one.title.includes('added'))
        assert.equal(report.outcome, 'applied')
        assert.ok(step !== undefined && step.lockWait >= 1_000, JSON.stringify(report.steps))
        assert.equal(step.attempts, 1, 'nobody was asked while the reader was there')
        // Ten times what a try may queue: whatever this machine does beside it, a queue behind the reader would have lasted a second and more.
        assert.ok(longest < 500, `a query took ${longest} ms`)
        const told = lines.find((line) => line.includes('nobody is held up by it')) ?? ''
        assert.match(told, /user app, application the "other" one/)
        assert.match(told, role === 'Blind' ? /in a state that this role may not see/ : /idle in transaction for/)
        assert.equal(progress.length > 0, true)
        await Promise.all([reader.close(), user.close(), made.close()])
      })

      test(`as ${role}: one that never goes is named, the step is parked, and the next start goes on`, async () => {
        const { url, mine } = await place(role)
        const reader = await other(url.replace('postgres@', 'app@'))
        await reader.hold(`SELECT 'a secret' FROM "the ""Hot"" täble"`)
        const { made } = app(mine, { waitForLock: 600 })
        const error = await failureOf(made.applyMigrations())
        const [row] = (await reader.client.query('SELECT pg_backend_pid() AS pid')).rows
        assert.equal(error.code, 'table-lock-timeout')
        assert.match(error.message, new RegExp(`pid ${row.pid} \\(user app, application the "other" one, .*ACCESS SHARE on "the ""Hot"" täble"`))
        assert.doesNotMatch(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`, /a secret/)
        if (role === 'Blind') assert.match(error.message + error.hint, /may not see.*pg_read_all_stats/)
        assert.equal(error.details['reason'], 'session')
        assert.equal(error.details['stalled'], 0)
        const status = await made.status()
        assert.match(status.parked ?? '', /in the way is pid/)
        assert.equal((await made.history())[0]?.outcome, 'parked')
        await reader.close()
        assert.equal((await made.applyMigrations()).outcome, 'applied')
        assert.equal((await made.status()).parked, null)
        await made.close()
      })

      test(`as ${role}: a prepared transaction has no session, and parks the step at once when it is old`, async () => {
        const { url, mine, name } = await place(role)
        const holder = await other(url.replace('postgres@', 'app@'))
        await holder.hold(`SELECT * FROM "the ""Hot"" täble"`, `PREPARE TRANSACTION 'the "gid"'`)
        const { made } = app(mine, { waitForLock: 20_000 })
        const began = Date.now()
        const error = await failureOf(made.applyMigrations())
        assert.equal(error.code, 'table-lock-timeout')
        assert.equal(error.details['reason'], 'prepared-transaction')
        assert.match(error.message, /the prepared transaction "the \\"gid\\""/)
        assert.ok(Date.now() - began < 15_000, 'it was waited for like a session')
        await server.sql(`ROLLBACK PREPARED 'the "gid"'`, name)
        assert.equal((await made.applyMigrations()).outcome, 'applied')
        await Promise.all([holder.close(), made.close()])
      })
    }

    test('a lock on a partition is in the way of its parent, one on another table is not', async () => {
      const { url, name } = await place()
      await server.sql('CREATE TABLE parent (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parent FOR VALUES FROM (0) TO (9); CREATE TABLE elsewhere ()', name)
      const [reader, session] = [await other(url), await postgres(url).open()]
      const { dialect } = postgres(url)
      const look = (mode: string) => dialect.approach?.({ session, lockTimeout: 10, locks: [{ relation: { schema: 'public', name: 'parent' }, mode }] })?.look()
      await reader.hold('SELECT * FROM part', 'SELECT * FROM elsewhere')
      await pause(50)
      assert.equal((await look('ACCESS EXCLUSIVE'))?.blockers[0]?.relation, 'part')
      assert.equal(await look('SHARE ROW EXCLUSIVE'), null, 'a reader is not in the way of a lock that lets readers be')
      await reader.letGo()
      await reader.hold('SELECT * FROM elsewhere')
      await pause(50)
      assert.equal(await look('ACCESS EXCLUSIVE'), null)
      await Promise.all([reader.close(), session.release()])
    })

    test('transactions that come and go are no obstacle, also for a role that cannot see their age', async () => {
      const { url, mine } = await place('Blind')
      const others = await Promise.all([1, 2, 3].map(() => other(url.replace('postgres@', 'app@'))))
      const state = { isOver: false }
      const traffic = others.map(async (one, index) => {
        await pause(index * 12)
        while (!state.isOver) {
          await one.hold(`SELECT * FROM "the ""Hot"" täble"`)
          await pause(35)
          await one.letGo()
        }
      })
      const { made } = app(mine)
      assert.equal((await made.applyMigrations()).outcome, 'applied')
      state.isOver = true
      await Promise.all(traffic)
      await Promise.all([...others.map((one) => one.close()), made.close()])
    })

    test('an autovacuum that cannot be sent away parks the step', async () => {
      const wrap = await kind.start({ settings: { autovacuum: 'on', autovacuum_naptime: '1s', autovacuum_freeze_max_age: 100_000, autovacuum_vacuum_cost_limit: 1, autovacuum_vacuum_cost_delay: '100ms', autovacuum_max_workers: 8 } })
      try {
        const url = await wrap.createDatabase('wrap')
        const { made: older } = app(url, { models: models(table(NAME)) })
        await older.applyMigrations()
        await older.close()
        await wrap.sql(`ALTER TABLE "the ""Hot"" täble" SET (autovacuum_enabled = false); ALTER TABLE "the ""Hot"" täble" ADD filler text; INSERT INTO "the ""Hot"" täble" (id, filler) SELECT n, repeat('x', 900) FROM generate_series(1, 20000) n`, 'wrap')
        // Each procedure's loop uses up a transaction number a turn.
        await wrap.sql('CREATE PROCEDURE age_it() LANGUAGE plpgsql AS $$ BEGIN FOR n IN 1..101000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$', 'wrap')
        await wrap.sql('CALL age_it()', 'wrap')
        const vacuuming = `SELECT count(*)::integer AS n FROM pg_stat_progress_vacuum WHERE relid = '"the ""Hot"" täble"'::regclass`
        for (let tries = 0; Number((await wrap.sql(vacuuming, 'wrap'))[0]?.['n']) === 0; tries += 1) {
          assert.ok(tries < 300, 'the server did not begin its vacuum')
          await pause(100)
        }
        await wrap.sql('CREATE ROLE "Blind" LOGIN; GRANT ALL ON SCHEMA public TO "Blind"')
        const tables = models({ ...table(NAME, 'filler', 'added') })
        for (const role of ['postgres', 'Blind']) {
          const session = await postgres(url.replace('postgres@', `${role}@`)).open()
          const seen = await postgres(url).dialect.approach?.({ session, lockTimeout: 50, locks: [{ relation: { schema: 'public', name: NAME }, mode: 'ACCESS EXCLUSIVE' }] })?.look()
          assert.equal(seen?.kind, 'wraparound-vacuum', `${role}: ${JSON.stringify(seen)}`)
          await session.release()
        }
        const { made } = app(url, { models: tables })
        const error = await failureOf(made.applyMigrations())
        assert.equal(error.details['reason'], 'wraparound-vacuum')
        assert.match(error.message, /prevents transaction id wraparound/)
        await made.close()
      } finally {
        await wrap.stop()
      }
    })

    test('a vacuum that may be sent away is, and no query notices', async () => {
      const lazy = await kind.start({ settings: { autovacuum: 'on', autovacuum_naptime: '1s', autovacuum_vacuum_cost_limit: 1, autovacuum_vacuum_cost_delay: '100ms' } })
      try {
        const url = await lazy.createDatabase('lazy')
        const { made: older } = app(url, { models: models(table(NAME, 'filler')) })
        await older.applyMigrations()
        await older.close()
        await lazy.sql(`INSERT INTO "the ""Hot"" täble" (id, filler) SELECT n, repeat('x', 900) FROM generate_series(1, 20000) n; DELETE FROM "the ""Hot"" täble" WHERE id % 2 = 0`, 'lazy')
        const vacuuming = `SELECT count(*)::integer AS n FROM pg_stat_progress_vacuum WHERE relid = '"the ""Hot"" täble"'::regclass`
        for (let tries = 0; Number((await lazy.sql(vacuuming, 'lazy'))[0]?.['n']) === 0; tries += 1) {
          assert.ok(tries < 300, 'the server did not begin its vacuum')
          await pause(100)
        }
        const user = await other(url)
        const watch = watchTable(user.client, `SELECT * FROM "the ""Hot"" täble" WHERE id = 1`)
        const { made } = app(url, { models: models(table(NAME, 'filler', 'added')) })
        const report = await made.applyMigrations()
        const longest = await watch.stop()
        assert.equal(report.outcome, 'applied')
        assert.ok(longest < 500, `a query took ${longest} ms`)
        await Promise.all([user.close(), made.close()])
      } finally {
        await lazy.stop()
      }
    })

    test('a good moment is one at which nobody who stays has just come', async () => {
      const { url } = await place()
      const [one, two, session] = [await other(url), await other(url), await postgres(url).open()]
      const way = postgres(url).dialect.approach?.({ session, lockTimeout: 10_000, locks: [{ relation: { schema: 'public', name: NAME }, mode: 'ACCESS EXCLUSIVE' }] })
      assert.ok(way != null)
      const justBegun = async (budget: number): Promise<boolean> => {
        assert.equal(await way.look(), null)
        return way.hasJustBegun(budget)
      }
      assert.equal(await justBegun(10_000), false, 'nobody is there')
      await one.hold(`SELECT * FROM "the ""Hot"" täble"`)
      await pause(20)
      assert.equal(await justBegun(10_000), true)
      assert.equal(await justBegun(10), false)
      await two.hold(`SELECT * FROM "the ""Hot"" täble"`)
      assert.equal(await justBegun(10_000), true)
      await pause(20)
      assert.equal(await justBegun(10), false)
      await Promise.all([one.close(), two.close(), session.release()])
    })

    test('the tables of a step have one budget together, and whoever is last gets what is left of it', async () => {
      const { url, name } = await place()
      await server.sql(`ALTER DATABASE ${name} SET deadlock_timeout = '100s'; CREATE TABLE second (a int); CREATE TABLE told (a text)`, name)
      const [holder, session] = [await other(url), await postgres(url).open()]
      const { run, failure } = postgres(url).dialect
      const locks = [NAME, 'second'].map((table) => ({ relation: { schema: 'public', name: table }, mode: 'ACCESS EXCLUSIVE' }))
      const ask = (lockTimeout: number) => run(session, { step: { statements: ["INSERT INTO told VALUES (current_setting('lock_timeout'))"], transaction: true, locks }, lockTimeout, fence: [], journal: [], defaultSchema: 'public' })
      await holder.hold('SELECT * FROM second')
      const began = performance.now()
      await assert.rejects(ask(600), (error) => failure(error).kind === 'lock-timeout')
      assert.ok(performance.now() - began >= 500, 'it had its share only')
      await holder.letGo()
      await holder.hold(`SELECT * FROM "the ""Hot"" täble"`)
      const asked = ask(50_000)
      await pause(300)
      await holder.letGo()
      await asked
      const [row] = await session.query(`SELECT extract(epoch FROM a::interval) * 1000 AS left FROM told`)
      assert.ok(Number(row?.['left']) < 49_800, JSON.stringify(row))
      await Promise.all([holder.close(), session.release()])
    })

    test('an option above deadlock_timeout does not make the application the victim of a deadlock', async () => {
      const { url } = await place()
      const session = await postgres(url).open()
      await session.execute('CREATE TABLE told (a text)')
      const { run } = postgres(url).dialect
      const step = { statements: ["INSERT INTO told VALUES (current_setting('lock_timeout'))"], transaction: true, locks: [{ relation: { schema: 'public', name: NAME }, mode: 'ACCESS EXCLUSIVE' }] }
      await run(session, { step, lockTimeout: 60_000, fence: [], journal: [], defaultSchema: 'public' })
      assert.deepEqual(await session.query('SELECT a FROM told'), [{ a: '900ms' }])
      await session.release()
    })
  })
}
