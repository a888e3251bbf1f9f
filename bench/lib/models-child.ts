// Prints how long each part of reading 200 models of the source named on the command line takes; with `asked`, what the ORM's own part of that takes.
import { findEngine, prismaSql } from '../../src/models/prisma/engine.ts'

type Source = { declare(context: { readonly dialect: string; readonly defaultSchema: string }): unknown }
interface Way {
  readonly orm: () => Promise<unknown>
  readonly make: () => Promise<unknown>
  /** What the ORM makes of the models whenever an application starts with them; left out where it makes nothing. */
  readonly own?: (models: never) => unknown
  readonly door: () => Promise<(models: never) => Source>
  /** The question that reading asks the ORM, alone; left out where everything is read from the models. */
  readonly asked?: (models: never) => Promise<unknown>
}

const COUNT = 200
// The parts are loaded as an application would load them: at this point of time, not before.
const WAYS: Readonly<Record<string, Way>> = {
  Drizzle: {
    orm: () => import('drizzle-orm/pg-core'),
    make: async () => {
      const { check, index, integer, pgTable, text, timestamp } = await import('drizzle-orm/pg-core')
      const { sql } = await import('drizzle-orm')
      return Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [`t${n}`, pgTable(`t${n}`, {
        id: integer('id').generatedAlwaysAsIdentity().primaryKey(), name: text('name').notNull().default('x'), size: integer('size').default(n), at: timestamp('at', { withTimezone: true }).defaultNow(),
      }, (t) => [index(`t${n}_name`).on(t.name.desc()).where(sql`${t.size} > 1`), check(`t${n}_size`, sql`${t.size} > 0`)])]))
    },
    door: async () => (await import('../../dist/models/drizzle/drizzle.js')).fromDrizzle as never,
  },
  TypeORM: {
    orm: () => import('typeorm'),
    make: async () => new (await import('typeorm')).DataSource({ type: 'postgres', entities: (await import('../../test/models/typeorm/entities.ts')).largeEntities(COUNT, 'postgres') as never }),
    // initialize() does this, and does not do it again where our reading did.
    own: async (source: { buildMetadatas(): Promise<void> }) => (await source.buildMetadatas(), source),
    door: async () => (await import('../../dist/models/typeorm/typeorm.js')).fromTypeORM as never,
  },
  MikroORM: {
    orm: () => import('@mikro-orm/postgresql'),
    make: async () => (await import('../../test/models/mikro-orm/entities.ts')).largeEntities(COUNT),
    // The discovery of the entities: an application's own instance does the same.
    own: async (entities: never) => new (await import('@mikro-orm/postgresql')).MikroORM({ entities, dbName: 'x', connect: false } as never),
    door: async () => (await import('../../dist/models/mikro-orm/mikro-orm.js')).fromMikroOrm as never,
    asked: async (orm: { readonly schema: { getTargetSchema(): unknown } }) => orm.schema.getTargetSchema(),
  },
  Sequelize: {
    orm: () => import('sequelize'),
    make: async () => (await import('../../test/models/sequelize/models.ts')).large(COUNT, { dialect: 'postgres' }),
    door: async () => (await import('../../dist/models/sequelize/sequelize.js')).fromSequelize as never,
  },
  Prisma: {
    orm: async () => null,
    make: async () => (await import('../../test/models/prisma/schemas.ts')).largeSchema(COUNT, 'postgresql'),
    door: async () => (await import('../../dist/models/prisma/prisma.js')).fromPrisma as never,
    asked: async (text: string) => prismaSql(await findEngine(), [{ name: 'schema.prisma', text }], 'postgres'),
  },
  'declared tables': {
    orm: async () => null,
    make: async () => {
      const { column, index, table } = await import('../../dist/models/tables/tables.js')
      return Array.from({ length: COUNT }, (_, n) => table(`t${n}`, { id: column('integer').identity().primaryKey(), name: column('text').notNull().default('x') }, (t) => [index([t.name])]))
    },
    door: async () => (await import('../../dist/models/tables/tables.js')).fromTables as never,
  },
}

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [T, number]> {
  const begin = performance.now()
  const value = await work()
  return [value, performance.now() - begin]
}

const way = WAYS[process.argv[2] ?? '']
if (way === undefined) throw new Error(`one of ${Object.keys(WAYS).join(', ')} was expected`)
const [, orm] = await timed(way.orm)
const [made, make] = await timed(way.make)
const [models, own] = await timed(() => way.own?.(made as never) ?? made)
if (process.argv[3] === 'asked') console.log(JSON.stringify({ asked: way.asked === undefined ? 0 : (await timed(() => way.asked?.(models as never)))[1] }))
else {
  const [from, door] = await timed(way.door)
  const [, read] = await timed(() => from(models as never).declare({ dialect: 'postgres', defaultSchema: 'public' }))
  console.log(JSON.stringify({ orm, models: make, own, door, read }))
}
