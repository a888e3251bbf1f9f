import type { Column, Constraint, EnumType, ForeignKey, Index, IndexKey, Named, ReferenceAction, Table } from '../../schema/schema.ts'
import { postgresIndexElement } from '../drizzle/index-element.ts'
import { quoteName } from '../literals.ts'
import { madeUpName } from '../made-up-names.ts'
import type { Problems } from '../problems.ts'
import type { AttributeLike, GeneratorLike, IndexFieldLike, IndexLike, ModelLike, TypeLike } from './shapes.ts'

/** What every part of one reading is told, and the enum types that it finds. */
export interface Reading {
  readonly dialect: 'postgres' | 'sqlite'
  readonly defaultSchema: string
  readonly generator: GeneratorLike
  readonly problems: Problems
  readonly enums: Map<string, EnumType>
  normalize(attribute: AttributeLike): AttributeLike
}

/** The table of a model with all that `sync()` would create on it. */
export function tableOf(reading: Reading, model: ModelLike): Table {
  const place = placeOf(reading, model)
  const attributes = Object.entries(model.tableAttributes ?? model.rawAttributes).filter(([, attribute]) => attribute.type?.key !== 'VIRTUAL')
    .map(([key, attribute]) => ({ field: attribute.field ?? key, attribute: reading.normalize(attribute) }))
  const primary = attributes.filter(({ attribute }) => attribute.primaryKey === true).map(({ field }) => field)
  const keys: readonly Constraint[] = primary.length === 0 ? [] : [{ type: 'primaryKey', name: madeUpName(place.name, [], 'pkey'), named: false, columns: primary }]
  return {
    ...place,
    columns: attributes.map(({ field, attribute }) => columnOf(reading, place, model, primary.length > 1, field, attribute)),
    constraints: [...keys, ...uniquesOf(reading, place, model, primary), ...attributes.flatMap(({ field, attribute }) => foreignKeyOf(reading, place, field, attribute))],
    indexes: (model._indexes ?? []).flatMap((index) => reading.problems.attempt(model.name, index.name, [], () => [indexOf(reading, place, index)])),
    // Sequelize 6 gives the comment of a model to the tables of its many-to-many relations too; nothing else of it is passed on.
    ...(reading.dialect === 'postgres' && { comment: model.options.comment ?? null }),
  }
}

const placeOf = (reading: Reading, model: ModelLike): Named => ({ schema: reading.dialect === 'sqlite' ? reading.defaultSchema : (model._schema || reading.defaultSchema), name: model.tableName })

/**
 * Sequelize leaves the names of these to the server. A relation of many to many makes its two columns unique, also where they are
 * the key already: PostgreSQL passes over what a table says twice.
 */
function uniquesOf(reading: Reading, place: Named, model: ModelLike, primary: readonly string[]): readonly Constraint[] {
  const keys = Object.values(model.uniqueKeys ?? {}).filter(({ fields }) => reading.dialect === 'sqlite' || fields.length !== primary.length || fields.some((field, at) => field !== primary[at]))
  return keys.map((key) => ({ type: 'unique', name: madeUpName(place.name, key.fields, 'key'), named: false, columns: key.fields }))
}

const SERIALS: Readonly<Record<string, string>> = { INTEGER: 'serial', BIGINT: 'bigserial', SMALLINT: 'smallserial' }

function columnOf(reading: Reading, place: Named, model: ModelLike, composite: boolean, field: string, attribute: AttributeLike): Column {
  const counts = attribute.autoIncrement === true
  const serial = counts && attribute.autoIncrementIdentity !== true && reading.dialect === 'postgres'
  const identity = counts && attribute.autoIncrementIdentity === true && reading.dialect === 'postgres'
  const plain = reading.problems.attempt(model.name, field, 'text', () => typeOf(reading, place, field, attribute, attribute.type))
  return {
    name: field,
    type: serial ? (SERIALS[plain.toUpperCase()] ?? 'serial') : plain,
    notNull: isNotNull(reading, attribute, composite),
    default: counts ? null : reading.problems.attempt(model.name, field, null, () => defaultOf(reading, attribute)),
    ...(reading.dialect === 'postgres' && { identity: identity ? { always: false } : null, comment: attribute.comment ?? null }),
    ...(counts && reading.dialect === 'sqlite' && { autoIncrement: true }),
  }
}

/** SQLite lets a key be NULL where nothing forbids it; Sequelize forbids it where the model does, and in keys of several columns. */
function isNotNull({ dialect }: Reading, attribute: AttributeLike, composite: boolean): boolean {
  const counts = attribute.autoIncrement === true
  if (dialect === 'postgres') return attribute.allowNull === false || attribute.primaryKey === true || counts
  return (attribute.allowNull === false && !counts) || (attribute.primaryKey === true && composite)
}

function typeOf(reading: Reading, place: Named, field: string, attribute: AttributeLike, type: TypeLike): string {
  if (type.key === 'ARRAY' && type.type !== undefined) return `${typeOf(reading, place, field, attribute, type.type)}[]`
  if (type.key === 'ENUM') return reading.dialect === 'sqlite' ? 'TEXT' : enumOf(reading, place, field, attribute.values ?? type.values ?? [])
  if (typeof type.toSql !== 'function') throw new Error('its type has no SQL')
  return type.toSql()
}

/** The enum types that Sequelize names after table and column. */
function enumOf(reading: Reading, place: Named, field: string, values: readonly string[]): string {
  const name = `enum_${place.name}_${field}`
  reading.enums.set(`${place.schema}\u0000${name}`, { schema: place.schema, name, values: [...values] })
  return `${quoteName(place.schema)}.${quoteName(name)}`
}

/** What is computed by Sequelize for each row: never a default of the database. */
const COMPUTED: ReadonlySet<string> = new Set(['NOW', 'UUIDV1', 'UUIDV4'])

function defaultOf(reading: Reading, attribute: AttributeLike): string | null {
  const value = attribute.defaultValue
  if (value === undefined || value === null || typeof value === 'function') return null
  if (typeof value === 'object' && 'key' in value && COMPUTED.has(String(value.key))) return null
  // SQLite's numbers come back as numbers.
  return String(reading.generator.escape(value, attribute))
}

const ACTIONS: Readonly<Record<string, ReferenceAction>> = { 'NO ACTION': 'no action', RESTRICT: 'restrict', CASCADE: 'cascade', 'SET NULL': 'set null', 'SET DEFAULT': 'set default' }

function foreignKeyOf(reading: Reading, place: Named, field: string, attribute: AttributeLike): readonly ForeignKey[] {
  const { references } = attribute
  if (references?.model === undefined) return []
  const target = typeof references.model === 'string' ? { tableName: references.model, schema: undefined } : references.model
  const action = (word: string | undefined): ReferenceAction => ACTIONS[(word ?? 'NO ACTION').toUpperCase()] ?? 'no action'
  const defer = references.deferrable === undefined ? '' : String(references.deferrable)
  return [{
    type: 'foreignKey', name: madeUpName(place.name, [field], 'fkey'), named: false, columns: [field],
    // A name alone is a table of the default schema, also where Sequelize's own SQL looks for it beside the referring one.
    references: { schema: target.schema || reading.defaultSchema, table: target.tableName, columns: [references.key ?? 'id'] },
    onDelete: action(attribute.onDelete), onUpdate: action(attribute.onUpdate),
    ...(/DEFERRABLE/i.test(defer) && !/NOT DEFERRABLE/i.test(defer) && { deferrable: /INITIALLY DEFERRED/i.test(defer) ? 'deferred' : 'immediate' }),
  }]
}

function indexOf(reading: Reading, place: Named, index: IndexLike): Index {
  const keys = index.fields.map((field) => keyOf(reading, index, field))
  const made = madeUpName(place.name, keys.map((key) => key.column ?? 'expr'), 'idx')
  const where = index.where === undefined || Reflect.ownKeys(index.where).length === 0 ? null : reading.generator.whereQuery(index.where).replace(/^\s*WHERE\s+/i, '')
  return { name: index.name ?? made, named: index.name !== undefined, unique: index.unique === true, method: (index.using ?? 'btree').toLowerCase(), keys, where }
}

function keyOf(reading: Reading, index: IndexLike, field: string | IndexFieldLike): IndexKey {
  if (typeof field === 'string') return columnKey(reading, field, {}, index.operator)
  const name = field.name ?? field.attribute
  if (name !== undefined && typeof name === 'string') return columnKey(reading, name, field, field.operator ?? index.operator)
  return postgresIndexElement(reading.generator.handleSequelizeMethod(field))
}

function columnKey(reading: Reading, column: string, field: IndexFieldLike, operator: string | undefined): IndexKey {
  const order = /^desc/i.test(field.order ?? '') ? 'desc' : 'asc'
  const nulls = reading.dialect === 'sqlite' ? (order === 'desc' ? 'last' : 'first') : order === 'desc' ? 'first' : 'last'
  return {
    column, expression: null, order, nulls,
    ...(reading.dialect === 'postgres' && operator !== undefined && { opclass: operator }), ...(field.collate !== undefined && { collation: quoteName(field.collate) }),
  }
}
