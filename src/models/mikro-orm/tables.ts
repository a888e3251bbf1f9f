import type { Check, Column, Constraint, ForeignKey, Index, IndexKey, Named, Policy, ReferenceAction, Table } from '../../schema/schema.ts'
import { readIndexStatement } from '../index-statement.ts'
import { quoteName } from '../literals.ts'
import type { Problems } from '../problems.ts'
import type { PlatformLike, TargetColumn, TargetForeignKey, TargetIndex, TargetPolicy, TargetTable } from './shapes.ts'

/** What every part of one reading is told. */
export interface Reading {
  readonly dialect: 'postgres' | 'sqlite'
  readonly defaultSchema: string
  readonly platform: PlatformLike
  readonly problems: Problems
}

/** One table, as MikroORM's schema generator would create it. */
export function tableOf(reading: Reading, table: TargetTable): Table {
  const place = { schema: schemaOf(reading, table.schema), name: table.name }
  const { problems, dialect } = reading
  for (const trigger of table.getTriggers?.() ?? []) problems.add(table.name, trigger.name, 'triggers of entities are not carried', 'Write the trigger and its function as an entry of SQL, and take it out of the entity.')
  if (table.getPartitioning?.() != null) problems.add(table.name, undefined, 'partitioned tables are not carried', 'Write that table as SQL models.')
  // Asked once: MikroORM compares every index with every other one each time.
  const keys = table.getIndexes()
  const composite = (keys.find((key) => key.primary)?.columnNames.length ?? 0) > 1
  const policies = table.getPolicies?.() ?? []
  return {
    ...place,
    columns: table.getColumns().map((column) => columnOf(reading, table, column, composite)),
    constraints: [...constraintsOf(reading, place, table, keys), ...Object.values(table.getForeignKeys()).map((key) => foreignKeyOf(reading, place, key))],
    indexes: keys.filter((key) => !key.primary && !isConstraint(reading, key)).flatMap((key) => reading.problems.attempt(table.name, key.keyName, [], () => [indexOf(reading, place, key)])),
    ...(dialect === 'postgres' && {
      comment: table.comment ?? null,
      ...(policies.length + (table.rlsEnabled === true ? 1 : 0) > 0 && { policies: policies.map(policyOf), rowSecurity: table.rlsForced === true ? 'forced' : 'enabled' }),
    }),
  }
}

export const schemaOf = (reading: Reading, schema: string | undefined): string => (reading.dialect === 'sqlite' || schema === undefined ? reading.defaultSchema : schema)

/** On SQLite, MikroORM makes every unique key as an index. */
const isConstraint = (reading: Reading, key: TargetIndex): boolean =>
  reading.dialect === 'postgres' && key.unique && key.constraint && key.expression === undefined && !key.columnNames.some((name) => name.includes('.'))

function columnOf(reading: Reading, table: TargetTable, column: TargetColumn, composite: boolean): Column {
  const counts = column.autoincrement === true && column.generated === undefined
  const serial = counts && !composite && reading.dialect === 'postgres'
  const identity = column.generated === 'by default as identity'
  const initial = counts || column.default == null || column.default === 'null' ? null : column.default
  if (initial?.includes('[object Object]') === true) reading.problems.add(table.name, column.name, 'its default is an object that MikroORM writes as "[object Object]"', 'Give it as text: default: JSON.stringify(…), or defaultRaw.')
  return {
    name: column.name,
    type: serial ? column.mappedType.getColumnType({ autoincrement: true }, reading.platform) : typeOf(reading, table, column),
    notNull: column.nullable !== true || column.primary === true || serial,
    default: initial,
    generated: column.generated === undefined || identity ? null : { expression: column.generated.replace(/\s+(stored|virtual)\s*$/i, ''), stored: !/\svirtual\s*$/i.test(column.generated) },
    ...(reading.dialect === 'postgres' && { identity: identity ? { always: false } : null, comment: column.comment ?? null }),
    ...(column.collation !== undefined && { collation: reading.dialect === 'postgres' ? quoteName(column.collation) : column.collation }),
    ...(counts && reading.dialect === 'sqlite' && { autoIncrement: true }),
  }
}

/** Enums of the database are named, with their schema where it is another one. */
function typeOf(reading: Reading, table: TargetTable, column: TargetColumn): string {
  if (column.nativeEnumName === undefined || reading.dialect === 'sqlite') return column.type
  const array = column.type.endsWith('[]')
  const parts = (array ? column.type.slice(0, -2) : column.type).split('.')
  const name = parts.pop() ?? ''
  const schema = parts[0] === undefined || parts[0] === '*' ? schemaOf(reading, table.schema) : parts[0]
  return `${quoteName(schema)}.${quoteName(name)}${array ? '[]' : ''}`
}

function constraintsOf(reading: Reading, place: Named, table: TargetTable, keys: readonly TargetIndex[]): readonly Constraint[] {
  return [
    ...keys.filter((key) => key.primary || isConstraint(reading, key)).map((key): Constraint => ({ type: key.primary ? 'primaryKey' : 'unique', ...nameOf(reading, place, key), columns: key.columnNames, ...deferrableOf(key.deferMode) })),
    ...table.getChecks().map((check): Constraint => checkOf(check)),
  ]
}

/** A "check" may hold the whole body of an exclusion constraint. */
function checkOf(check: { readonly name: string; readonly expression: unknown }): Check | Constraint {
  const text = String(check.expression)
  const exclusion = /^\s*exclude\b\s*/i.exec(text)
  return exclusion === null ? { type: 'check', name: check.name, named: true, expression: text } : { type: 'exclusion', name: check.name, named: true, definition: text.slice(exclusion[0].length) }
}

/** The names that MikroORM's naming strategy makes up are not compared. */
function nameOf(reading: Reading, place: Named, key: TargetIndex): { readonly name: string; readonly named: boolean } {
  const made = reading.platform.getIndexName(place.name, key.columnNames, key.primary ? 'primary' : key.unique ? 'unique' : 'index')
  // The server makes the name of a primary key.
  const name = key.primary && key.keyName === made ? `${place.name}_pkey` : key.keyName
  return { name, named: key.keyName !== made }
}

const deferrableOf = (mode: string | undefined): { readonly deferrable?: 'immediate' | 'deferred' } => (mode === undefined ? {} : { deferrable: mode === 'deferred' ? 'deferred' : 'immediate' })

const ACTIONS: Readonly<Record<string, ReferenceAction>> = { 'no action': 'no action', restrict: 'restrict', cascade: 'cascade', 'set null': 'set null', 'set default': 'set default' }

function foreignKeyOf(reading: Reading, place: Named, key: TargetForeignKey): ForeignKey {
  const parts = key.referencedTableName.split('.')
  const table = parts.pop() ?? ''
  const made = reading.platform.getIndexName(place.name, key.columnNames, 'foreign')
  const action = (rule: string | undefined): ReferenceAction => ACTIONS[(rule ?? 'no action').toLowerCase()] ?? 'no action'
  return {
    type: 'foreignKey', name: key.constraintName, named: key.constraintName !== made, columns: key.columnNames,
    references: { schema: schemaOf(reading, parts[0] === '*' ? place.schema : parts[0]), table, columns: key.referencedColumnNames },
    onDelete: action(key.deleteRule), onUpdate: action(key.updateRule), ...deferrableOf(key.deferMode),
  }
}

/** An index, or a unique one that is no constraint. */
export function indexOf(reading: Reading, place: Named, key: TargetIndex): Index {
  if (key.expression !== undefined) return readIndexStatement(key.expression)
  const json = key.columnNames.some((name) => name.includes('.'))
  const keys = json ? reading.platform.getJsonIndexDefinition(key).map(jsonKey) : key.columnNames.map((name) => columnKey(reading, key, name))
  const method = typeof key.type === 'string' ? key.type : key.type?.indexType
  return {
    ...nameOf(reading, place, key), unique: key.unique, method: reading.dialect === 'postgres' && method !== undefined ? method.toLowerCase() : 'btree', keys, where: key.where ?? null,
    ...(key.include !== undefined && key.include.length > 0 && { include: key.include }),
    ...(key.fillFactor !== undefined && { parameters: [`fillfactor=${key.fillFactor}`] }),
  }
}

const jsonKey = (expression: string): IndexKey => ({ column: null, expression, order: 'asc', nulls: 'last' })

function columnKey(reading: Reading, key: TargetIndex, name: string): IndexKey {
  const option = key.columns?.find((one) => one.name === name)
  const order = option?.sort?.toLowerCase() === 'desc' ? 'desc' : 'asc'
  const usual = reading.dialect === 'sqlite' ? (order === 'desc' ? 'last' : 'first') : order === 'desc' ? 'first' : 'last'
  const nulls = option?.nulls === undefined ? usual : option.nulls.toLowerCase() === 'first' ? 'first' : 'last'
  return { column: name, expression: null, order, nulls, ...(option?.collation !== undefined && { collation: quoteName(option.collation) }) }
}

const policyOf = (policy: TargetPolicy): Policy => ({
  name: policy.name, command: policy.command, permissive: policy.type === 'permissive', roles: policy.roles.length === 0 ? ['public'] : policy.roles, using: policy.using ?? null, check: policy.check ?? null,
})
