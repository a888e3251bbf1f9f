import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError, trueup } from '../../src/index.ts'
import { fromSql } from '../../src/models/sql.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

const MODELS = fromSql('CREATE TABLE t (id integer PRIMARY KEY)')
/** Its last statement takes the session away, between the effect and the record of it. */
const ENTRY = {
  id: 'narrow', transaction: false, up: ['ALTER TABLE t SET (fillfactor = 90)', 'SELECT pg_terminate_backend(pg_backend_pid())'], down: 'ALTER TABLE t RESET (fillfactor)',
  check: "SELECT 1 FROM pg_class WHERE oid = to_regclass('t') AND 'fillfactor=90' = ANY (reloptions)", fresh: 'run',
} as const

for (const kind of availableServers()) {
  describe(`${kind.title}: a start that dies between an effect and its record`, () => {
    let server: TestServer
    before(async () => {
      server = await kind.start()
    })
    after(() => server?.stop())

    test('an entry outside of a transaction counts as applied at the next start, and can be rolled back', async () => {
      const url = await server.createDatabase('half')
      const first = trueup({ database: postgres(url), models: MODELS, logger: false })
      await first.applyMigrations()
      await first.close()
      const open = () => trueup({ database: postgres(url), models: MODELS, migrations: [ENTRY], logger: false })
      const dying = open()
      const error = await dying.applyMigrations().then(() => null, (reason: unknown) => reason)
      assert.ok(isTrueupError(error) && error.code === 'connection-lost', String(error))
      await dying.close()
      const state = () => server.sql("SELECT state FROM trueup_entries WHERE id = 'narrow'", 'half')
      assert.deepEqual(await state(), [{ state: 'running' }])
      const next = open()
      const report = await next.applyMigrations()
      assert.deepEqual([report.outcome, report.applied, report.adopted, await state()], ['applied', ['narrow'], [], [{ state: 'applied' }]])
      assert.equal((await next.applyMigrations()).outcome, 'current')
      await next.rollback({ entries: ['narrow'] })
      await next.close()
      assert.deepEqual(await server.sql("SELECT reloptions FROM pg_class WHERE oid = 't'::regclass", 'half'), [{ reloptions: null }])
    })
  })
}
