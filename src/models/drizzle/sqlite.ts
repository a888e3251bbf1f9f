import type { Check, Column, Constraint, ForeignKey, Index, IndexKey, Kind, Schema, Table } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import type { DrizzleCheck, DrizzleColumn, DrizzleForeignKey, DrizzleIndex, DrizzleIndexColumn, DrizzleKey } from './entity.ts'
import { columnsOf, extrasOf, isDrizzleSql, isKind, isModern, kindsOf, member, tableName } from './entity.ts'
import { sqliteIndexElement } from './index-element.ts'
import { classicUniqueName } from './names.ts'
import type { Place, Reading } from './reading.ts'
import { actionOf, checkConstraints, checkTarget, defaultOf, explicitName, generatedOf, placeOf, referenceOf, writeOwn } from './reading.ts'
import { viewOf } from './views.ts'

const COVERS: readonly Kind[] = ['table', 'column', 'constraint', 'index', 'view']

export function sqliteSchema(reading: Reading): Schema {
  const tables = [...reading.models.tables].map(([table, subject]) => sqliteTable(reading, table, subject))
  const views = [...reading.models.views].flatMap(([view, subject]) => viewOf(reading, view, subject) ?? [])
  return makeSchema({ table: tables, view: views, covers: COVERS })
}

function sqliteTable(reading: Reading, table: object, subject: string): Table {
  const place = placeOf(reading, table, subject)
  const constraints: Constraint[] = []
  const indexes: Index[] = []
  const columns = Object.entries(columnsOf(table))
  const primary = columns.filter(([, column]) => column.primary === true).map(([, column]) => reading.names.column(column))
  if (primary.length > 0) constraints.push({ type: 'primaryKey', ...keyName(reading, place, undefined, primary), columns: primary })
  for (const [, column] of columns) {
    if (column.isUnique !== true) continue
    const given = column.uniqueName === classicUniqueName(tableName(table), column) ? undefined : column.uniqueName
    indexes.push(uniqueIndex(reading, place, [reading.names.column(column)], given))
  }
  const inline = Object.values(member<Record<string, DrizzleForeignKey>>(table, 'drizzle:SQLiteInlineForeignKeys') ?? {})
  for (const key of inline) reading.problems.attempt(subject, 'references', undefined, () => void constraints.push(foreignKey(reading, place, key)))
  for (const extra of reading.problems.attempt(subject, undefined, [], () => extrasOf(table))) {
    const field = explicitName(extra) ?? explicitName(member<object>(extra, 'config') ?? {})
    reading.problems.attempt(subject, field, undefined, () => addExtra(reading, place, extra, constraints, indexes))
  }
  checkConstraints(reading, subject, constraints)
  return {
    schema: reading.defaultSchema, name: place.name, constraints, indexes,
    columns: columns.map(([key, column]) => sqliteColumn(reading, place, key, column)),
  }
}

function sqliteColumn(reading: Reading, place: Place, key: string, column: DrizzleColumn): Column {
  const generated = reading.problems.attempt(place.subject, key, null, () => generatedOf(reading, column))
  return {
    name: reading.names.column(column),
    type: reading.problems.attempt(place.subject, key, 'blob', () => column.getSQLType()),
    notNull: column.notNull === true && !isLooseKey(place, column),
    default: generated === null ? reading.problems.attempt(place.subject, key, null, () => defaultOf(reading, column)) : null,
    generated,
    autoIncrement: column.autoIncrement === true,
  }
}

/** drizzle-kit 1.0 leaves NOT NULL away from a column that is the key, and SQLite lets it be NULL where it is not the number of the row. */
const isLooseKey = (place: Place, column: DrizzleColumn): boolean => column.primary === true && isModern(place.table) && !/^int/i.test(column.getSQLType())

/** As for PostgreSQL: the kind that was asked for is the class that the cast names. */
function addExtra(reading: Reading, place: Place, extra: object, constraints: Constraint[], indexes: Index[]): void {
  if (isKind(extra, 'SQLiteIndex')) indexes.push(index(reading, place, extra as DrizzleIndex))
  else if (isKind(extra, 'SQLiteCheck')) constraints.push(check(reading, extra as DrizzleCheck))
  else if (isKind(extra, 'SQLiteUniqueConstraint')) indexes.push(tableUnique(reading, place, extra as DrizzleKey))
  else if (isKind(extra, 'SQLiteForeignKey')) constraints.push(foreignKey(reading, place, extra as DrizzleForeignKey))
  else if (isKind(extra, 'SQLitePrimaryKey')) {
    const key = extra as DrizzleKey
    const columns = columnNames(reading, place, key)
    constraints.push({ type: 'primaryKey', ...keyName(reading, place, key.name, columns), columns })
  } else {
    const what = [...kindsOf(extra)][0] ?? 'a plain object'
    reading.problems.add(place.subject, undefined, `${what} is nothing that a table can have`, 'Return builders in a list: (t) => [index(\'name\').on(t.id)].')
  }
}

function keyName(reading: Reading, place: Place, explicit: string | undefined, columns: readonly string[]): { name: string; named: boolean } {
  const named = explicit !== undefined
  return { name: named ? explicit : reading.names.madeUp(place.schema, place.table, { for: 'primaryKey', columns }), named }
}

const columnNames = (reading: Reading, place: Place, key: DrizzleKey): readonly string[] =>
  key.columns.map((column) => reading.names.column({ name: column.name, keyAsName: column.keyAsName === true, table: place.table }))

function tableUnique(reading: Reading, place: Place, key: DrizzleKey): Index {
  const raw = `${tableName(place.table)}_${key.columns.map((column) => column.name).join('_')}_unique`
  const explicit = (member<boolean>(key, 'isNameExplicit') ?? key.name !== raw) ? key.name : undefined
  return uniqueIndex(reading, place, columnNames(reading, place, key), explicit)
}

/** Drizzle's unique constraints are unique indexes on SQLite, so that they can be added to a table that exists. */
function uniqueIndex(reading: Reading, place: Place, columns: readonly string[], explicit: string | undefined): Index {
  return {
    name: explicit ?? reading.names.madeUp(place.schema, place.table, { for: 'unique', columns }),
    named: explicit !== undefined, unique: true, method: 'btree', where: null,
    keys: columns.map((column) => columnKey(column)),
  }
}

const columnKey = (column: string): IndexKey => ({ column, expression: null, order: 'asc', nulls: 'first' })

function index(reading: Reading, place: Place, extra: DrizzleIndex): Index {
  const { config } = extra
  const keys = config.columns.map((column): IndexKey => {
    if (isDrizzleSql(column)) return sqliteIndexElement(writeOwn(reading, column))
    // What is no SQL is a column of the table.
    const { name, keyAsName } = column as DrizzleIndexColumn
    return columnKey(reading.names.column({ name, keyAsName: keyAsName === true, table: place.table }))
  })
  const made = (): string => reading.names.madeUp(place.schema, place.table, { for: 'index', columns: keys.map((key) => key.column ?? 'expr') })
  return {
    name: config.name || made(), named: Boolean(config.name), unique: config.unique, method: 'btree', keys,
    where: config.where === undefined ? null : writeOwn(reading, config.where),
  }
}

const check = (reading: Reading, extra: DrizzleCheck): Check => ({
  type: 'check', name: extra.name, named: true, expression: writeOwn(reading, extra.value),
})

function foreignKey(reading: Reading, place: Place, key: DrizzleForeignKey): ForeignKey {
  checkTarget(reading, place, key)
  const { explicit, columns, references } = referenceOf(reading, place, key)
  const made = (): string => reading.names.madeUp(place.schema, place.table, { for: 'foreignKey', columns, toTable: references.table, toColumns: references.columns })
  return {
    type: 'foreignKey', name: explicit ?? made(), named: explicit !== undefined, columns, references,
    onDelete: actionOf(key.onDelete), onUpdate: actionOf(key.onUpdate),
  }
}
