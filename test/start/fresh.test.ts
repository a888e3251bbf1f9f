import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql, trueup } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import { models, table, targets } from './targets.ts'

for (const target of targets()) {
  describe(target.title, { concurrency: false }, () => {
    test('check --fresh: a fresh install and the upgrade of an older empty database end in the same schema, or the difference is named', async () => {
      const place = await target.place()
      try {
        const users = table('users', 'email', 'full_name')
        const indexed = { ...users, indexes: [{ name: 'users_email', unique: true, method: 'btree', where: null, keys: [{ column: 'email', expression: null, order: 'asc' as const, nulls: 'last' as const }] }] }
        const entries: Migration[] = [
          { table: 'users', column: 'email', type: 'text', description: 'Address' },
          { rename: { table: 'users', column: 'name', to: 'full_name' } },
          { id: 'fill', backfill: { table: 'users', set: sql`email = ${'none'}`, where: sql`email IS NULL` } },
        ]
        const good = await trueup({ database: place.database(), models: models(indexed), migrations: entries, logger: false }).checkFresh()
        assert.deepEqual(good, { same: true, differences: [], upgradedFrom: 'the models without users.email, users.name -> full_name' })
        // A scratch PGlite is a whole new cluster each time: once round is enough there.
        if (target.title === 'PGlite') return
        const uneven: Migration = { id: 'extra', up: sql`ALTER TABLE users ADD COLUMN only_old text`, fresh: 'skip' }
        const bad = await trueup({ database: place.database(), models: models(indexed), migrations: [...entries, uneven], logger: false }).checkFresh()
        assert.equal(bad.same, false)
        assert.match(bad.differences.join('\n'), /only after an upgrade: add column only_old to .*users/)
        assert.equal((await trueup({ database: place.database(), models: models(indexed), migrations: entries, logger: false }).status()).applied, 0, 'the database itself is not touched')
      } finally {
        await place.close()
      }
    })
  })
}
