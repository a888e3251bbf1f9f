import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trueup } from '../../src/index.ts'
import { models, sqliteFile } from '../start/targets.ts'

test('the number of a row is never NULL, so that it is no difference whether its column says so', async () => {
  const place = await sqliteFile.place()
  try {
    await place.script('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')
    const declared = models({ name: 'users', columns: [{ name: 'id', type: 'INTEGER', notNull: true }, { name: 'name', type: 'TEXT' }], constraints: [{ type: 'primaryKey', name: 'users_pkey', named: false, columns: ['id'] }] })
    const app = trueup({ database: place.database(), models: declared, logger: false })
    const { steps, drift } = await app.plan()
    assert.deepEqual([steps, drift], [[], []])
  } finally {
    await place.close()
  }
})
