import type { Check, Constraint, ForeignKey, Index, Named, PrimaryKey, ReferenceAction, Table, View } from '../../schema/schema.ts'
import { LITERALS, quoteName } from '../literals.ts'
import { withoutTwins } from '../twin-keys.ts'
import { addExtension, columnOf } from './columns.ts'
import type { Reading } from './reading.ts'
import { deferrableOf, nameOf, placeOf } from './reading.ts'
import type { ColumnLike, EntityLike, ForeignKeyLike, IndexLike } from './shapes.ts'

/** The table of an entity with all that TypeORM would create on it. */
export function tableOf(reading: Reading, entity: EntityLike): Table {
  const place = placeOf(reading, entity)
  const columns = realColumns(entity)
  const all = constraintsOf(reading, entity, place, columns)
  const { constraints, leaves = [] } = reading.dialect === 'postgres' ? withoutTwins(all) : { constraints: all }
  const left = [...leaves, ...entity.indices.filter((one) => !one.synchronize).map((one) => one.name)]
  return {
    ...place,
    columns: columns.map((column) => columnOf(reading, place, column)),
    constraints,
    indexes: entity.indices.filter((one) => one.synchronize).map((one) => indexOf(reading, place, one)),
    ...(reading.dialect === 'postgres' && { comment: entity.comment ?? null }),
    ...(entity.tableMetadataArgs?.withoutRowid === true && { withoutRowid: true }),
    ...(left.length > 0 && { leaves: left }),
  }
}

/** Virtual columns are computed in queries. */
const realColumns = (entity: EntityLike): readonly ColumnLike[] => entity.columns.filter((column) => column.isVirtualProperty !== true)

function constraintsOf(reading: Reading, entity: EntityLike, place: Named, columns: readonly ColumnLike[]): readonly Constraint[] {
  const primary = columns.filter((column) => column.isPrimary)
  const key: PrimaryKey[] = primary.length === 0 ? [] : [{ type: 'primaryKey', ...primaryName(reading, place, primary), columns: primary.map((column) => column.databaseName) }]
  return [
    ...key,
    ...entity.uniques.map((one): Constraint => ({ type: 'unique', ...nameOf(one), columns: one.columns.map((column) => column.databaseName), ...deferrableOf(one.deferrable) })),
    ...entity.checks.map((one): Check => ({ type: 'check', ...nameOf(one), expression: one.expression })),
    ...(reading.dialect === 'sqlite' ? enumChecks(columns) : entity.exclusions.map((one): Constraint => exclusionOf(reading, one))),
    ...entity.foreignKeys.filter((one) => one.referencedEntityMetadata !== undefined).map((one) => foreignKeyOf(reading, one)),
  ]
}

function primaryName(reading: Reading, place: Named, primary: readonly ColumnLike[]): { readonly name: string; readonly named: boolean } {
  const written = primary.find((column) => column.primaryKeyConstraintName !== undefined)?.primaryKeyConstraintName
  return { name: written ?? reading.source.namingStrategy.primaryKeyName(place.name, primary.map((column) => column.databaseName)), named: written !== undefined }
}

function exclusionOf(reading: Reading, one: EntityLike['exclusions'][number]): Constraint {
  if (/\bgist\b/i.test(one.expression)) addExtension(reading, 'btree_gist')
  return { type: 'exclusion', ...nameOf(one), definition: one.expression, ...deferrableOf(one.deferrable) }
}

/** SQLite has no enums: TypeORM writes the values into a check. */
function enumChecks(columns: readonly ColumnLike[]): readonly Check[] {
  return columns.filter((column) => column.enum !== undefined && !column.isArray).map((column): Check => ({
    type: 'check', name: `${column.databaseName}_values`, named: false,
    expression: `${quoteName(column.databaseName)} IN (${(column.enum ?? []).map((value) => LITERALS.sqlite(String(value))).join(',')})`,
  }))
}

const ACTIONS: Readonly<Record<string, ReferenceAction>> = { 'NO ACTION': 'no action', RESTRICT: 'restrict', CASCADE: 'cascade', 'SET NULL': 'set null', 'SET DEFAULT': 'set default', DEFAULT: 'set default' }

function foreignKeyOf(reading: Reading, key: ForeignKeyLike): ForeignKey {
  const target = placeOf(reading, key.referencedEntityMetadata)
  return {
    type: 'foreignKey', ...nameOf(key), columns: key.columnNames,
    references: { schema: target.schema, table: target.name, columns: key.referencedColumnNames },
    onDelete: ACTIONS[key.onDelete ?? 'NO ACTION'] ?? 'no action', onUpdate: ACTIONS[key.onUpdate ?? 'NO ACTION'] ?? 'no action',
    ...deferrableOf(key.deferrable),
  }
}

/** TypeORM passes the directions of an index's columns over for these databases, and so do we. */
function indexOf(reading: Reading, place: Named, index: IndexLike): Index {
  if (index.columns.length === 0) reading.problems.add(place.name, index.name, 'the index has no column', 'An index that is written by hand says synchronize: false.')
  return {
    ...nameOf(index), unique: index.isUnique, method: reading.dialect === 'sqlite' ? 'btree' : (index.type ?? (index.isSpatial ? 'gist' : 'btree')).toLowerCase(),
    keys: index.columns.map((column) => ({ column: column.databaseName, expression: null, order: 'asc', nulls: reading.dialect === 'sqlite' ? 'first' : 'last' })),
    where: index.where ?? null,
  }
}

/** A view of an entity; its text is a query of TypeORM's or the user's. */
export function viewOf(reading: Reading, entity: EntityLike): View {
  const { expression } = entity
  const definition = reading.problems.attempt(entity.name, undefined, '', () => (typeof expression === 'function' ? expression(reading.source).getQuery() : (expression ?? '')))
  const place = placeOf(reading, entity)
  const indexes = entity.indices.filter((one) => one.synchronize).map((one) => indexOf(reading, place, one))
  return { ...place, materialized: entity.tableMetadataArgs?.materialized === true, definition, ...(indexes.length > 0 && { indexes }) }
}
