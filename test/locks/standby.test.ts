import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TrueupOptions } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { TrueupError, trueup } from '../../src/index.ts'
import { fromSql } from '../../src/models/sql.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { PRIMARY, caughtUp, startStandby } from '../servers/standby.ts'
import { models, table } from '../start/sketches.ts'
import { pause } from './blockers.ts'

const app = (url: string, columns: readonly string[], options: Partial<TrueupOptions> = {}) => trueup({ database: postgres(url), models: models(table('t', ...columns)), logger: false, ...options })

async function failureOf(work: Promise<unknown>): Promise<TrueupError> {
  const error = await work.then(() => assert.fail('it should have failed'), (reason: unknown) => reason)
  assert.ok(error instanceof TrueupError, String(error))
  return error
}

for (const kind of availableServers().filter((one) => one.major > 0)) {
  describe(`${kind.title} with a streaming standby`, { concurrency: false }, () => {
    let primary: TestServer
    let standby: TestServer
    before(async () => {
      primary = await kind.start({ settings: PRIMARY })
      standby = await startStandby(kind, primary, { max_standby_streaming_delay: '60s' })
    })
    after(async () => {
      await standby.stop()
      await primary.stop()
    })

    test('a standby is refused only when something is pending', async () => {
      const url = await primary.createDatabase('app')
      const first = app(url, ['a'])
      assert.equal((await first.applyMigrations()).outcome, 'applied')
      await first.close()
      await caughtUp(primary, standby)
      const same = app(standby.url('app'), ['a'])
      assert.equal((await same.applyMigrations()).outcome, 'current')
      assert.equal((await same.status()).inSync, true)
      await same.close()
      const newer = app(standby.url('app'), ['a', 'b'])
      const error = await failureOf(newer.applyMigrations())
      assert.equal(error.code, 'read-only-database')
      for (const options of [{}, { entries: ['x'] }]) assert.equal((await failureOf(newer.rollback(options))).code, 'read-only-database')
      assert.deepEqual((await newer.rollback({ dryRun: true })).entries, [])
      await newer.close()
      const texts = trueup({ database: postgres(standby.url('app')), models: fromSql('CREATE TABLE never_seen (id integer)'), logger: false })
      const unread = await failureOf(texts.status())
      assert.equal(unread.code, 'cannot-compare')
      assert.match(unread.hint ?? '', /the primary, in place of this standby/)
      assert.doesNotMatch(unread.hint ?? '', /CREATEDB/)
      await texts.close()
    })

    test('a standby that is behind is let catch up before its queries would be held up', async () => {
      const url = await primary.createDatabase('behind')
      const first = app(url, ['a'])
      await first.applyMigrations()
      await first.close()
      await caughtUp(primary, standby)
      await standby.sql('SELECT pg_wal_replay_pause()')
      const lagging = "SELECT count(*)::integer AS n FROM pg_stat_replication WHERE replay_lag > interval '5 seconds' AND sent_lsn > replay_lsn"
      for (let tries = 0; Number((await primary.sql(lagging))[0]?.['n']) === 0; tries += 1) {
        assert.ok(tries < 300, JSON.stringify(await primary.sql('SELECT sent_lsn, replay_lsn, replay_lag::text FROM pg_stat_replication')))
        await primary.sql('CREATE TABLE IF NOT EXISTS wal_maker (a int); INSERT INTO wal_maker VALUES (1)')
        await pause(100)
      }
      const newer = app(url, ['a', 'b'], { waitForLock: 500 })
      const error = await failureOf(newer.applyMigrations())
      assert.equal(error.code, 'table-lock-timeout')
      assert.equal(error.details['reason'], 'standby')
      assert.match(error.message, /the standby the_standby, .* behind/)
      await newer.close()
      const patient = app(url, ['a', 'b'])
      const starting = patient.applyMigrations()
      await pause(300)
      await standby.sql('SELECT pg_wal_replay_resume()')
      assert.equal((await starting).outcome, 'applied')
      await patient.close()
    })

    test('a role whose transactions are read-only is refused only when something is pending', async () => {
      const url = await primary.createDatabase('role')
      const first = app(url, ['a'])
      await first.applyMigrations()
      await first.close()
      await primary.sql('CREATE ROLE reader LOGIN SUPERUSER; ALTER ROLE reader SET default_transaction_read_only = on')
      const mine = url.replace('postgres@', 'reader@')
      const same = app(mine, ['a'])
      assert.equal((await same.applyMigrations()).outcome, 'current')
      await same.close()
      const newer = app(mine, ['a', 'b'])
      assert.equal((await failureOf(newer.applyMigrations())).code, 'read-only-database')
      await newer.close()
    })
  })
}
