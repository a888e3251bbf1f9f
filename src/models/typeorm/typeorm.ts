import { TrueupError } from '../../errors.ts'
import type { Flavour, Kind, Schema } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import { Problems } from '../problems.ts'
import type { DeclareContext, ModelSource } from '../source.ts'
import { keepForInitialize } from './keep.ts'
import type { Reading } from './reading.ts'
import type { DataSourceLike } from './shapes.ts'
import { tableOf, viewOf } from './tables.ts'

export { withExtensions } from '../with-extensions.ts'

/** The kinds of objects that TypeORM's entities can express. Views only where there is one. */
const POSTGRES: readonly Kind[] = ['namespace', 'extension', 'enum', 'sequence', 'table', 'column', 'constraint', 'index']
const SQLITE: readonly Kind[] = ['table', 'column', 'constraint', 'index']
const SILENT: readonly Flavour[] = ['expressionIndex', 'sequence', 'extension']

/** The `type` of TypeORM's options that belongs to each database. */
const TYPES: Readonly<Record<string, 'postgres' | 'sqlite'>> = {
  postgres: 'postgres', 'aurora-postgres': 'postgres', 'better-sqlite3': 'sqlite', sqljs: 'sqlite', expo: 'sqlite', capacitor: 'sqlite', cordova: 'sqlite', 'react-native': 'sqlite', nativescript: 'sqlite',
}

/**
 * Reads the entities of a TypeORM 1.x `DataSource`, initialised or not: decorators and `EntitySchema`, relations with their
 * tables, views. No connection is opened, and nothing of TypeORM is imported. What TypeORM builds for it is taken over by a later
 * `initialize()`.
 *
 * Names that TypeORM hashes are used to create things and are not compared. An index with `synchronize: false` is left to whoever
 * made it, an entity with `synchronize: false` is not managed.
 *
 * @throws TrueupError `models-invalid` that names entity and property of what cannot be carried
 */
export function fromTypeORM(source: object): ModelSource {
  const known = checked(source)
  return { title: 'TypeORM entities', declare: async (context) => ({ form: 'schema', schema: await read(known, context) }) }
}

function checked(source: object): DataSourceLike {
  if (typeof source === 'object' && source !== null && 'entityMetadatas' in source && 'driver' in source && 'options' in source) return source as unknown as DataSourceLike
  throw new TrueupError('models-invalid', 'fromTypeORM was given something else than a DataSource.', {
    problems: [{ subject: 'fromTypeORM', message: 'a TypeORM DataSource was expected' }], hint: 'Give the DataSource itself: fromTypeORM(dataSource). It need not be initialised.',
  })
}

/** TypeORM judges entities of its own while it builds them, and names entity and property in its words. */
async function build(source: DataSourceLike, problems: Problems): Promise<void> {
  try {
    await source.buildMetadatas?.()
    keepForInitialize(source)
  } catch (error) {
    problems.add('entities', undefined, `TypeORM itself refuses them: ${error instanceof Error ? error.message : String(error)}`)
    problems.throwIfAny('The TypeORM entities')
  }
}

async function read(source: DataSourceLike, { dialect, defaultSchema }: DeclareContext): Promise<Schema> {
  const problems = new Problems()
  const type = TYPES[source.options.type]
  if (type !== dialect) problems.add('options', 'type', `the DataSource is for ${source.options.type}, the database speaks ${dialect}`)
  problems.throwIfAny('The TypeORM entities')
  if (source.entityMetadatas.length === 0) await build(source, problems)
  const reading: Reading = { source, dialect: type ?? 'postgres', defaultSchema, problems, enums: new Map(), extensions: new Map() }
  const own = source.entityMetadatas.filter((entity) => entity.synchronize && entity.tableType !== 'entity-child')
  if (own.length === 0) problems.add('entities', undefined, 'the DataSource has none', 'List the entities in its options; patterns of files are read when it is built.')
  const table = own.filter((entity) => entity.tableType !== 'view').map((entity) => tableOf(reading, entity))
  const view = own.filter((entity) => entity.tableType === 'view').map((entity) => viewOf(reading, entity))
  problems.throwIfAny('The TypeORM entities')
  const names = [...new Set([...table, ...view, ...reading.enums.values()].map((one) => one.schema))]
  const sqlite = type === 'sqlite'
  const covers = [...(sqlite ? SQLITE : POSTGRES), ...(view.length > 0 ? ['view' as const] : [])]
  const schema = makeSchema({ namespace: sqlite ? [] : names.map((name) => ({ name })), enum: [...reading.enums.values()], extension: [...reading.extensions.values()], table, view })
  return { ...schema, covers, silent: SILENT }
}
