import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Options } from 'sequelize'
import { Sequelize } from 'sequelize'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../../src/errors.ts'
import { fromSequelize } from '../../../src/models/sequelize/sequelize.ts'
import { trueup } from '../../../src/trueup.ts'
import { described } from '../described.ts'
import { newestServer } from '../newest-server.ts'
import { assertSamePair } from '../sqlite-pair.ts'
import { CALLBACKS } from './callbacks.ts'
import { families, large, memories } from './models.ts'

const server = newestServer()
after(() => server.stop())

describe('Sequelize 6, on PostgreSQL', () => {
  for (const [title, make, schemas] of [['the memories application', memories, ['public', 'audit']], ['62 tables', (url: string) => large(62, url), ['public']], ['66 tables with relations of every kind', (url: string) => families(11, url), ['public']]] as const) {
    test(`${title}: what Sequelize makes and what we make is the same, and Sequelize’s own database is in line`, async (t) => {
      const [theirs, ours] = [await server.createDatabase(), await server.createDatabase()]
      const sequelize = make(theirs)
      t.after(() => sequelize.close())
      await sequelize.createSchema('audit', {})
      await sequelize.sync()
      const options = { logger: false, schemas } as const
      const there = trueup({ database: postgres(theirs), models: fromSequelize(sequelize), ...options })
      const check = await there.check()
      assert.deepEqual([check.pending, check.drift], [[], []])
      const here = trueup({ database: postgres(ours), models: fromSequelize(make(ours)), ...options })
      assert.equal((await here.applyMigrations()).outcome, 'applied')
      assert.deepEqual(await described(postgres(ours), schemas), await described(postgres(theirs), schemas))
      assert.equal((await here.applyMigrations()).outcome, 'current')
      await Promise.all([there.close(), here.close()])
    })
  }

  test('another database, no models and no instance are refused in words', () => {
    const refusal = (make: () => unknown, message: RegExp): void => assert.throws(make, (error) => isTrueupError(error) && error.code === 'models-invalid' && error.problems.some((one) => message.test(one.message)))
    refusal(() => fromSequelize({}), /Sequelize instance was expected/)
    refusal(() => fromSequelize(memories('postgres://nowhere/x')).declare({ dialect: 'sqlite', defaultSchema: 'main' }), /is for postgres, the database speaks sqlite/)
    refusal(() => fromSequelize(new Sequelize('postgres://nowhere/x')).declare({ dialect: 'postgres', defaultSchema: 'public' }), /has none/)
  })
})

describe('Sequelize 6, on SQLite', () => {
  for (const [title, make] of [['62 tables', (options: Options) => large(62, options)], ['66 tables with relations of every kind', (options: Options) => families(11, options)]] as const) test(`${title}: what Sequelize makes and what we make is the same, and Sequelize’s own database is in line`, async (t) => {
    const sequelizeOf = (storage: string, dialectModule: object): Sequelize => make({ dialect: 'sqlite', storage, dialectModule, logging: false })
    await assertSamePair(t, {
      // No driver is needed to read the models.
      models: fromSequelize(sequelizeOf(':memory:', {})),
      async make(path) {
        const sequelize = sequelizeOf(path, CALLBACKS)
        await sequelize.sync()
        await sequelize.close()
      },
    })
  })
})
