import type { Constraint, ReferenceAction } from '../../schema/schema.ts'
import type { Writing } from './chunks.ts'
import { writeSql } from './chunks.ts'
import type { Models } from './collect.ts'
import type { DrizzleColumn, DrizzleForeignKey } from './entity.ts'
import { columnsOf, isAlias, isDrizzleSql, member, tableName, tableSchema } from './entity.ts'
import type { Notation } from './literal.ts'
import type { Names } from './names.ts'
import type { Problems } from '../problems.ts'
import { Refusal } from '../problems.ts'

/** All that the reading of one set of models shares. */
export interface Reading {
  readonly models: Models
  readonly names: Names
  readonly notation: Notation
  readonly problems: Problems
  readonly defaultSchema: string
  /** Tables that belong to others and may be referenced all the same. */
  readonly external: ReadonlySet<object>
}

/** A table while it is read: where it is and how messages name it. */
export interface Place {
  readonly table: object
  readonly schema: string
  readonly name: string
  readonly subject: string
}

export function placeOf(reading: Reading, table: object, subject: string): Place {
  const schema = tableSchema(table)
  return {
    table, subject,
    schema: schema === undefined ? reading.defaultSchema : reading.names.written(schema),
    name: reading.names.written(tableName(table)),
  }
}

/** SQL of one table: its columns stand alone. */
export function writeOwn(reading: Reading, sql: object): string {
  return writeSql(sql, ownWriting(reading))
}

const ownWriting = (reading: Reading): Writing => ({
  notation: reading.notation, qualify: false, defaultSchema: reading.defaultSchema, columnName: reading.names.column,
})

/** The default that the database knows; functions of the application (`$defaultFn`) are none. */
export function defaultOf(reading: Reading, column: DrizzleColumn): string | null {
  const value = column.default
  if (value === undefined || value === null) return null
  if (isDrizzleSql(value)) return writeOwn(reading, value)
  const mapped = reading.notation.driverValue(column, value)
  return isDrizzleSql(mapped) ? writeOwn(reading, mapped) : reading.notation.literal(mapped)
}

export function generatedOf(reading: Reading, column: DrizzleColumn): { readonly expression: string; readonly stored: boolean } | null {
  if (column.generated === undefined) return null
  const given: unknown = column.generated.as
  const made: unknown = typeof given === 'function' ? given() : given
  const expression = isDrizzleSql(made) ? writeOwn(reading, made) : reading.notation.literal(made)
  return { expression, stored: column.generated.mode !== 'virtual' }
}

/** A foreign key's structure, names applied. */
export function referenceOf(reading: Reading, place: Place, key: DrizzleForeignKey): {
  readonly explicit: string | undefined
  readonly columns: readonly string[]
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] }
} {
  const { name, columns, foreignTable, foreignColumns } = resolve(key)
  const target = placeOf(reading, foreignTable, '')
  return {
    explicit: name,
    columns: columns.map((column) => reading.names.column({ ...nameParts(column), table: place.table })),
    references: {
      schema: target.schema, table: target.name,
      columns: foreignColumns.map((column) => reading.names.column({ ...nameParts(column), table: foreignTable })),
    },
  }
}

const nameParts = (column: DrizzleColumn): { name: string; keyAsName: boolean } => ({ name: column.name, keyAsName: column.keyAsName === true })

/** What the key points at; models whose files import each other can be read before the other table is there. */
function resolve(key: DrizzleForeignKey): ReturnType<DrizzleForeignKey['reference']> {
  try {
    const reference = key.reference()
    if (reference.foreignColumns.every((column) => column !== undefined)) return reference
  } catch (error) {
    // The function that the user wrote, or Drizzle's own, met an undefined table.
    if (!(error instanceof TypeError)) throw error
  }
  throw new Refusal('a foreign key points at a table or column that is undefined', CIRCULAR)
}

const CIRCULAR = 'Is the column there? When two files import each other, export both tables from one module and read that.'

/** Finds the key in a table by which the user knows a column. */
export function keyOfColumn(table: object, name: string): string {
  return Object.entries(columnsOf(table)).find(([, column]) => column.name === name)?.[0] ?? name
}

/** A finding for every foreign key whose target is not among the models. */
export function checkTarget(reading: Reading, place: Place, key: DrizzleForeignKey): void {
  const { columns, foreignTable } = resolve(key)
  if (reading.models.tables.has(foreignTable) || reading.external.has(foreignTable)) return
  const target = placeOf(reading, foreignTable, '')
  const twin = [...reading.models.tables.keys()].some((table) => {
    const other = placeOf(reading, table, '')
    return other.schema === target.schema && other.name === target.name
  })
  if (twin || isAlias(foreignTable)) return
  reading.problems.add(
    place.subject,
    columns.map((column) => keyOfColumn(place.table, column.name)).join(', '),
    `it references the table ${JSON.stringify(target.name)}, which is not among the models`,
    'Export that table from the module too, or name it in the option `external` when it belongs to others.',
  )
}

/** A finding for what the database would refuse as a whole. */
export function checkConstraints(reading: Reading, subject: string, constraints: readonly Constraint[]): void {
  const primary = constraints.filter((constraint) => constraint.type === 'primaryKey')
  if (primary.length < 2) return
  const keys = primary.map((key) => `(${key.columns.join(', ')})`).join(' and ')
  reading.problems.add(subject, 'primaryKey', `it has ${primary.length} primary keys: ${keys}`, 'Keep .primaryKey() at one column, or primaryKey({ columns }) of the table.')
}

const ACTIONS: readonly ReferenceAction[] = ['no action', 'restrict', 'cascade', 'set null', 'set default']

export function actionOf(action: string | undefined): ReferenceAction {
  const found = ACTIONS.find((each) => each === (action ?? 'no action'))
  if (found === undefined) throw new Refusal(`${JSON.stringify(action)} is no action of a foreign key`)
  return found
}

/** The name that a builder carries; 0.45 leaves an empty one where none was given. */
export const explicitName = (entity: object): string | undefined => member<string>(entity, 'name') || undefined
