import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import Libsql from 'libsql'
import { DataSource, EntitySchema, EventSubscriber } from 'typeorm'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../../src/errors.ts'
import { fromTypeORM } from '../../../src/models/typeorm/typeorm.ts'
import { trueup } from '../../../src/trueup.ts'
import { newestServer } from '../newest-server.ts'
import { described } from '../described.ts'
import { assertSamePair } from '../sqlite-pair.ts'
import { largeEntities, MEMORIES } from './entities.ts'
import { families } from './families.ts'

const server = newestServer()
after(() => server.stop())

type Entities = NonNullable<ConstructorParameters<typeof DataSource>[0]['entities']>

describe('TypeORM, on PostgreSQL', () => {
  for (const [title, entities, schemas] of [['the memories application', MEMORIES, ['public', 'audit']], ['64 tables with every type', largeEntities(64, 'postgres'), ['public']], ['72 tables of classes with heirs, trees, keys of two columns and embedded columns', families(9), ['public']]] as const) {
    test(`${title}: what TypeORM makes and what we make is the same, and TypeORM’s own database is in line`, async (t) => {
      const [theirs, ours] = [await server.createDatabase(), await server.createDatabase()]
      // The options' type of entities is a mutable list.
      const source = new DataSource({ type: 'postgres', url: theirs, entities: entities as unknown as Entities })
      await source.initialize()
      await source.query('CREATE SCHEMA IF NOT EXISTS audit')
      await source.synchronize()
      t.after(() => source.destroy())
      const options = { logger: false, schemas, tolerate: ['typeorm_metadata'] } as const
      const there = trueup({ database: postgres(theirs), models: fromTypeORM(source), ...options })
      const check = await there.check()
      assert.deepEqual([check.pending, check.drift.filter((drift) => drift.kind !== 'incomparable')], [[], []])
      const untouched = new DataSource({ type: 'postgres', url: ours, entities: entities as unknown as Entities })
      const here = trueup({ database: postgres(ours), models: fromTypeORM(untouched), ...options })
      assert.equal((await here.applyMigrations()).outcome, 'applied')
      assert.equal(untouched.isInitialized, false)
      assert.deepEqual(await described(postgres(ours), schemas), await described(postgres(theirs), schemas))
      assert.equal((await here.applyMigrations()).outcome, 'current')
      await Promise.all([there.close(), here.close()])
    })
  }

  test('a DataSource that was read builds nothing a second time when it is initialised, unless its options changed', async (t) => {
    const made: object[] = []
    // TypeORM makes subscribers whenever it builds its metadata.
    class Subscriber {
      readonly place = made.push(this)
    }
    EventSubscriber()(Subscriber)
    const entity = (name: string): EntitySchema => new EntitySchema({ name, columns: { id: { type: Number, primary: true }, name: { type: String } } })
    const sourceOf = (url: string): DataSource => new DataSource({ type: 'postgres', url, entities: [entity('Item')], subscribers: [Subscriber] })
    const url = await server.createDatabase()
    const source = sourceOf(url)
    const schema = trueup({ database: postgres(url), models: fromTypeORM(source), logger: false })
    t.after(() => schema.close())
    await schema.applyMigrations()
    const { entityMetadatas } = source
    await source.initialize()
    assert.deepEqual([made.length, source.entityMetadatas === entityMetadatas], [1, true])
    await source.getRepository('Item').save({ id: 1, name: 'one' })
    assert.deepEqual(await source.getRepository('Item').find(), [{ id: 1, name: 'one' }])
    await source.destroy()
    await source.initialize()
    assert.deepEqual([made.length, source.entityMetadatas === entityMetadatas], [2, false])
    await source.destroy()

    const changed = sourceOf(url)
    await fromTypeORM(changed).declare({ dialect: 'postgres', defaultSchema: 'public' })
    changed.setOptions({ entities: [entity('Item'), entity('Other')] })
    await changed.initialize()
    assert.deepEqual(changed.entityMetadatas.map((one) => one.name), ['Item', 'Other'])
    await changed.destroy()
  })

  test('what TypeORM leaves to others stays, even when everything is made equal', async () => {
    const url = await server.createDatabase()
    const client = await server.connect(url)
    const source = new DataSource({ type: 'postgres', url, entities: [new EntitySchema({ name: 'Item', columns: { id: { type: Number, primary: true }, name: { type: String } }, indices: [{ name: 'by hand', synchronize: false }] })] })
    const schema = trueup({ database: postgres(url), models: fromTypeORM(source), logger: false })
    await schema.applyMigrations()
    await client.query(`CREATE INDEX "by hand" ON item (name DESC) INCLUDE (id); CREATE INDEX expression ON item (lower(name)); CREATE SEQUENCE numbers; CREATE EXTENSION hstore; CREATE VIEW seen AS SELECT id FROM item`)
    assert.deepEqual((await schema.check()).drift, [])
    assert.deepEqual((await schema.plan({ allow: 'destructive' })).steps, [])
    await Promise.all([client.end(), schema.close()])
  })

  test('another database, no entities and no DataSource are refused in words', async () => {
    const refusal = (make: () => unknown, message: RegExp): Promise<void> => assert.rejects(async () => make(), (error) => isTrueupError(error) && error.code === 'models-invalid' && error.problems.some((one) => message.test(one.message)))
    const context = { dialect: 'postgres', defaultSchema: 'public' }
    await refusal(() => fromTypeORM({}), /DataSource was expected/)
    await refusal(() => fromTypeORM(new DataSource({ type: 'better-sqlite3', database: ':memory:', driver: {}, entities: [] })).declare(context), /is for better-sqlite3, the database speaks postgres/)
    await refusal(() => fromTypeORM(new DataSource({ type: 'postgres', entities: [] })).declare(context), /has none/)
  })
})

describe('TypeORM, on SQLite', () => {
  for (const [title, entities] of [['124 tables', largeEntities(62, 'sqlite')], ['72 tables of classes with heirs, trees, keys of two columns and embedded columns', families(9)]] as const) test(`${title}: what TypeORM makes and what we make is the same, and TypeORM’s own database is in line`, async (t) => {
    // libsql is what better-sqlite3 is to TypeORM, and runs on every Node. To read the entities no driver is needed at all.
    const sourceOf = (database: string, driver: unknown): DataSource => new DataSource({ type: 'better-sqlite3', database, driver, entities: entities as unknown as Entities })
    await assertSamePair(t, {
      models: fromTypeORM(sourceOf(':memory:', {})),
      async make(path) {
        const source = sourceOf(path, Libsql)
        await source.initialize()
        await source.synchronize()
        await source.destroy()
      },
    })
  })
})
