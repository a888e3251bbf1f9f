import type { DrizzleColumn } from './entity.ts'
import { dimensionsOf, hasKind } from './entity.ts'
import { LITERALS, hex } from '../literals.ts'

/** How one database writes the values that Drizzle's models hold. */
export interface Notation {
  /** A value after Drizzle mapped it for the driver, as a literal. */
  literal(value: unknown): string
  /** A value of the model's type as Drizzle would hand it to the driver for this column. */
  driverValue(column: DrizzleColumn, value: unknown): unknown
}

export const postgresNotation: Notation = {
  literal: LITERALS.postgres,
  driverValue(column, value) {
    if (hasKind(column, 'PgArray') || dimensionsOf(column) > 0) return Array.isArray(value) ? arrayText(column, value) : value
    const mapped = scalar(column, value)
    // A column of type numeric hands numbers to the driver as text; drizzle-kit writes the default as the number that it is.
    return (typeof value === 'number' || typeof value === 'bigint') && mapped === String(value) ? value : mapped
  },
}

export const sqliteNotation: Notation = { literal: LITERALS.sqlite, driverValue: (column, value) => column.mapToDriverValue(value) }

function scalar(column: DrizzleColumn, value: unknown): unknown {
  // drizzle-orm 1.0 leaves JSON to the codec of the driver, so the column itself maps nothing.
  const json = column.columnType === 'PgJson' || column.columnType === 'PgJsonb'
  return json ? JSON.stringify(value) : column.mapToDriverValue(value)
}

/** `{1,NULL,"a b"}`: PostgreSQL's text form of an array. */
function arrayText(column: DrizzleColumn, value: readonly unknown[]): string {
  const base = column.baseColumn
  const element = (item: unknown): string => {
    if (item === null || item === undefined) return 'NULL'
    if (Array.isArray(item) && (base === undefined || hasKind(base, 'PgArray'))) {
      return arrayText(base ?? column, item)
    }
    return elementText(base === undefined ? modernElement(column, item) : scalar(base, item))
  }
  return `{${value.map(element).join(',')}}`
}

/** 1.0 binds the mapping of elements into the column's own mapping of arrays: a list of one goes in and out. */
function modernElement(column: DrizzleColumn, item: unknown): unknown {
  if (column.columnType === 'PgJson' || column.columnType === 'PgJsonb') return JSON.stringify(item)
  let list: unknown = item
  for (let depth = 0; depth < dimensionsOf(column); depth++) list = [list]
  let mapped = column.mapToDriverValue(list)
  while (Array.isArray(mapped) && mapped.length === 1) mapped = mapped[0]
  return mapped
}

function elementText(value: unknown): string {
  const text = value instanceof Uint8Array ? `\\x${hex(value)}` : value instanceof Date ? value.toISOString() : plainText(value)
  return /^[\w.+-]+$/.test(text) && text.toUpperCase() !== 'NULL' ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

const plainText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
