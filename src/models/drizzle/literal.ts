import type { DrizzleColumn } from './entity.ts'
import { dimensionsOf, hasKind } from './entity.ts'
import { Refusal } from './problems.ts'

/** How one database writes the values that Drizzle's models hold. */
export interface Notation {
  /** A value after Drizzle mapped it for the driver, as a literal. */
  literal(value: unknown): string
  /** A value of the model's type as Drizzle would hand it to the driver for this column. */
  driverValue(column: DrizzleColumn, value: unknown): unknown
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const postgresNotation: Notation = {
  literal(value) {
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    if (value instanceof Uint8Array) return postgresText(`\\x${hex(value)}`)
    if (typeof value === 'number' && !Number.isFinite(value)) return postgresText(String(value))
    return plainLiteral(value, postgresText)
  },
  driverValue(column, value) {
    if (hasKind(column, 'PgArray') || dimensionsOf(column) > 0) return Array.isArray(value) ? arrayText(column, value) : value
    return scalar(column, value)
  },
}

export const sqliteNotation: Notation = {
  literal(value) {
    if (typeof value === 'boolean') return value ? '1' : '0'
    if (value instanceof Uint8Array) return `X'${hex(value)}'`
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal(`SQLite has no literal for ${value}`)
    return plainLiteral(value, sqliteText)
  },
  driverValue: (column, value) => column.mapToDriverValue(value),
}

function plainLiteral(value: unknown, text: (value: string) => string): string {
  if (value === null) return 'NULL'
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '0' : String(value)
    case 'bigint':
      return String(value)
    case 'string':
      return text(value)
    case 'object':
      return text(value instanceof Date ? value.toISOString() : JSON.stringify(value))
    default:
      throw new Refusal(`a ${typeof value} cannot be written as a literal`)
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function withoutNul(value: string): string {
  if (value.includes('\u0000')) throw new Refusal('a text with a NUL character cannot be written as a literal')
  return value
}

const sqliteText = (value: string): string => `'${withoutNul(value).replaceAll("'", "''")}'`

/** `E'…'` where a backslash is in it, so that the meaning does not hang on `standard_conforming_strings`. */
function postgresText(value: string): string {
  const quoted = withoutNul(value).replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

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
