import { TrueupError } from '../../errors.ts'
import type { EnumType, Flavour, Kind, Schema, View } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import { Problems } from '../problems.ts'
import type { DeclareContext, ModelSource } from '../source.ts'
import type { MikroOrmLike, PlatformLike } from './shapes.ts'
import type { Reading } from './tables.ts'
import { indexOf, schemaOf, tableOf } from './tables.ts'

export { withExtensions } from '../with-extensions.ts'

const POSTGRES: readonly Kind[] = ['namespace', 'enum', 'sequence', 'table', 'column', 'constraint', 'index', 'policy']
const SQLITE: readonly Kind[] = ['table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['sequence']

/**
 * Reads the entities of a MikroORM 7 instance, connected or not: decorators, `EntitySchema` and `defineEntity`, relations with
 * their tables, checks, native enums, views and policies. Nothing of MikroORM is imported, no connection is opened.
 *
 * Names that the naming strategy makes up are used to create things and are not compared.
 *
 * @param orm `new MikroORM({ …, connect: false })`, or the application's own
 * @throws TrueupError `models-invalid` that names table and column of what cannot be carried: triggers, routines, partitions
 */
export function fromMikroOrm(orm: object): ModelSource {
  if (!('schema' in orm) || !('config' in orm)) {
    throw new TrueupError('models-invalid', 'fromMikroOrm was given something else than a MikroORM instance.', {
      problems: [{ subject: 'fromMikroOrm', message: 'a MikroORM instance was expected' }], hint: 'Give the instance: fromMikroOrm(new MikroORM({ entities, dbName, connect: false })).',
    })
  }
  // The two members were found; the rest of the shape is MikroORM's own.
  const known = orm as unknown as MikroOrmLike
  return { title: 'MikroORM entities', declare: (context) => ({ form: 'schema', schema: read(known, context) }) }
}

function platformOf(orm: MikroOrmLike): PlatformLike | undefined {
  const em: unknown = Reflect.get(orm, 'em')
  const fromEm = typeof em === 'object' && em !== null && 'getPlatform' in em && typeof em.getPlatform === 'function' ? (em.getPlatform() as PlatformLike) : undefined
  return fromEm ?? orm.driver?.getPlatform()
}

function read(orm: MikroOrmLike, { dialect, defaultSchema }: DeclareContext): Schema {
  const problems = new Problems()
  const platform = platformOf(orm)
  const kind = /postgre/i.test(platform?.constructor.name ?? '') ? 'postgres' : /sqlite|libsql/i.test(platform?.constructor.name ?? '') ? 'sqlite' : null
  if (platform === undefined || kind === null || kind !== dialect) problems.add('driver', undefined, `the instance is for ${platform?.constructor.name ?? 'no database'}, the database speaks ${dialect}`)
  problems.throwIfAny('The MikroORM entities')
  const target = orm.schema.getTargetSchema()
  const reading: Reading = { dialect: kind ?? 'postgres', defaultSchema, platform: platform as PlatformLike, problems }
  for (const routine of target.getRoutines()) problems.add(routine.name, undefined, 'routines are not carried', 'Write the routine as an entry of SQL, and take it out of the entities.')
  const table = target.getTables().map((one) => tableOf(reading, one))
  if (table.length === 0) problems.add('entities', undefined, 'the instance has none', 'List them under entities.')
  const enums = Object.values(target.getNativeEnums()).map((one): EnumType => ({ schema: schemaOf(reading, one.schema === '*' ? undefined : one.schema), name: one.name.split('.').at(-1) ?? one.name, values: one.items }))
  const view = target.getViews().map((one): View => ({
    schema: schemaOf(reading, one.schema), name: one.name, definition: one.definition, materialized: one.materialized === true,
    ...(one.indexes !== undefined && one.indexes.length > 0 && { indexes: one.indexes.map((key) => indexOf(reading, { schema: defaultSchema, name: one.name }, key)) }),
  }))
  problems.throwIfAny('The MikroORM entities')
  const names = [...new Set([...table, ...view, ...enums].map((one) => one.schema))]
  const covers = [...(kind === 'sqlite' ? SQLITE : POSTGRES), ...(view.length > 0 ? ['view' as const] : [])]
  const schema = makeSchema({ namespace: kind === 'sqlite' ? [] : names.map((name) => ({ name })), enum: kind === 'sqlite' ? [] : enums, table, view })
  return { ...schema, covers, silent: SILENT }
}
