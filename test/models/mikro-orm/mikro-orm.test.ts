import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { MikroORM as LibsqlOrm } from '@mikro-orm/libsql'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Options } from '@mikro-orm/postgresql'
import { EntitySchema } from '@mikro-orm/core'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../../src/errors.ts'
import { fromMikroOrm } from '../../../src/models/mikro-orm/mikro-orm.ts'
import { trueup } from '../../../src/trueup.ts'
import { described } from '../described.ts'
import { assertSamePair } from '../sqlite-pair.ts'
import { newestServer } from '../newest-server.ts'
import { largeEntities, MEMORIES } from './entities.ts'
import { families } from './families.ts'

const server = newestServer()
after(() => server.stop())

const ormOf = (entities: readonly unknown[], clientUrl: string): MikroORM => new MikroORM({ entities: entities as unknown as NonNullable<Options['entities']>, clientUrl, discovery: { warnWhenNoEntities: false } })

describe('MikroORM, on PostgreSQL', () => {
  for (const [title, entities, schemas] of [['the memories application', MEMORIES, ['public', 'audit']], ['124 tables', largeEntities(62), ['public']], ['66 tables of classes with heirs, embedded columns, keys of two columns and trees', families(11), ['public']]] as const) {
    test(`${title}: what MikroORM makes and what we make is the same, and MikroORM’s own database is in line`, async (t) => {
      const [theirs, ours] = [await server.createDatabase(), await server.createDatabase()]
      const orm = ormOf(entities, theirs)
      await orm.schema.create()
      t.after(() => orm.close())
      const options = { logger: false, schemas } as const
      const there = trueup({ database: postgres(theirs), models: fromMikroOrm(orm), ...options })
      const check = await there.check()
      assert.deepEqual([check.pending, check.drift.filter((drift) => drift.kind !== 'incomparable')], [[], []])
      const here = trueup({ database: postgres(ours), models: fromMikroOrm(ormOf(entities, ours)), ...options })
      assert.equal((await here.applyMigrations()).outcome, 'applied')
      assert.deepEqual(await described(postgres(ours), schemas), await described(postgres(theirs), schemas))
      assert.equal((await here.applyMigrations()).outcome, 'current')
      await Promise.all([there.close(), here.close()])
    })
  }

  test('what cannot be carried is named with its table', () => {
    const Item = new EntitySchema({ name: 'Item', properties: { id: { type: 'integer', primary: true }, data: { type: 'json', default: {} as never } }, indexes: [{ name: 'odd', expression: 'cluster item' }], triggers: [{ name: 'seen', timing: 'after', events: ['insert'], body: 'return new' }] } as unknown as ConstructorParameters<typeof EntitySchema>[0])
    const source = fromMikroOrm(ormOf([Item], 'postgres://nowhere/x'))
    assert.throws(() => source.declare({ dialect: 'postgres', defaultSchema: 'public' }), (error) => {
      assert.ok(isTrueupError(error))
      const found = error.problems.map((one) => `${one.subject}.${one.field}: ${one.message}`).join('\n')
      assert.match(found, /item\.data: its default is an object/)
      assert.match(found, /item\.odd: CREATE was expected/)
      assert.match(found, /item\.seen: triggers of entities are not carried/)
      return true
    })
    assert.throws(() => fromMikroOrm({}), (error) => isTrueupError(error) && error.code === 'models-invalid')
    assert.throws(() => source.declare({ dialect: 'sqlite', defaultSchema: 'main' }), (error) => isTrueupError(error) && error.problems[0]?.message.includes('the database speaks sqlite') === true)
  })
})

describe('MikroORM, on SQLite', () => {
  for (const [title, entities] of [['124 tables', largeEntities(62)], ['66 tables of classes with heirs, embedded columns, keys of two columns and trees', families(11)]] as const) test(`${title}: what MikroORM makes and what we make is the same, and MikroORM’s own database is in line`, async (t) => {
    const ormOfFile = (dbName: string): LibsqlOrm => new LibsqlOrm({ entities: [...entities], dbName })
    await assertSamePair(t, {
      models: fromMikroOrm(ormOfFile(':memory:')),
      async make(path) {
        const orm = ormOfFile(path)
        await orm.schema.create()
        await orm.close()
      },
    })
  })
})
