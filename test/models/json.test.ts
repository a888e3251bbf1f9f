import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { isTrueupError } from '../../src/errors.ts'
import { fromJson } from '../../src/models/json.ts'
import type { JsonModels } from '../../src/models/json.ts'
import { trueup } from '../../src/trueup.ts'
import { openPglite } from '../servers/pglite.ts'

const TABLES = [
  { name: 'users', columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'mail', type: 'text', notNull: true, default: "'none'" }], constraints: [{ type: 'primaryKey', columns: ['id'] }], indexes: [{ keys: ['mail'], unique: true }] },
  {
    name: 'odd "name"', columns: [{ name: 'user', type: 'integer' }, { name: 'size', type: 'integer' }],
    constraints: [{ type: 'foreignKey', columns: ['user'], references: { table: 'users', columns: ['id'] }, onDelete: 'cascade' }, { type: 'check', name: 'positive', expression: 'size > 0' }],
    indexes: [{ name: 'half', keys: [{ expression: '(size / 2)', order: 'desc' }, 'user'], where: 'size > 9' }],
  },
]
const MODELS: JsonModels = {
  enum: [{ name: 'role', values: ['owner', "guest's"] }],
  table: [...TABLES, { name: 'members', columns: [{ name: 'role', type: 'role', default: "'owner'" }, { name: 'no', type: 'serial' }] }],
  view: [{ name: 'mails', definition: 'SELECT mail FROM users' }],
}

describe('models as JSON', () => {
  test('are made from nothing, in line afterwards, on PostgreSQL', async (t) => {
    const client = await openPglite()
    t.after(() => client.close())
    const schema = trueup({ database: postgres(client), models: fromJson(JSON.stringify(MODELS)), logger: false })
    assert.equal((await schema.applyMigrations()).outcome, 'applied')
    const check = await schema.check()
    assert.deepEqual([check.pending, check.drift.filter((drift) => drift.kind !== 'incomparable')], [[], []])
    await client.exec(`INSERT INTO members DEFAULT VALUES; SELECT mail FROM mails; CREATE SEQUENCE numbers`)
    assert.deepEqual((await schema.check()).drift.filter((drift) => drift.kind === 'extra'), [])
  })

  test('are made from nothing, in line afterwards, on SQLite', async (t) => {
    const database = sqlite(':memory:')
    t.after(() => database.close())
    const schema = trueup({ database, models: fromJson({ table: TABLES }), logger: false })
    assert.equal((await schema.applyMigrations()).outcome, 'applied')
    const check = await schema.check()
    assert.deepEqual([check.pending, check.drift], [[], []])
  })

  test('every mistake is named by its path', () => {
    const refused = (models: unknown): readonly string[] => {
      try {
        void fromJson(models as JsonModels).declare({ dialect: 'postgres', defaultSchema: 'public' })
      } catch (error) {
        if (isTrueupError(error)) return error.problems.map(({ subject, message }) => `${subject}: ${message}`)
      }
      return []
    }
    assert.deepEqual(refused({ table: [{ name: 'a', columns: [{ name: 'b' }, 7], constraints: [{ type: 'magic' }] }], silent: ['moon'] }), [
      'table[0].columns[0].type: a text was expected, nothing is there', 'table[0].columns[1]: an object was expected',
      'table[0].constraints[0].type: one of primaryKey, unique, foreignKey, check, exclusion was expected', 'silent: "moon" is none of check, exclusion, partialIndex, expressionIndex, sequence, extension',
    ])
    assert.match(refused({ tables: [] })[0] ?? '', /^tables: no kind of object has this name; there are namespace,/)
    assert.match(refused('{')[0] ?? '', /^\$: /)
  })
})
