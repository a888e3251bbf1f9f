import { TrueupError } from '../../errors.ts'
import type { SqlWriter } from '../../sql.ts'
import { literal as textLiteral, quoteName } from './literal.ts'

/** How PostgreSQL writes names and values. */
export const writer: SqlWriter = {
  name: (name) => {
    if (name === '' || name.includes('\u0000')) throw new TrueupError('plan-refused', `A name is empty or holds a zero byte: ${JSON.stringify(name)}.`, { hint: 'No database takes such a name. Correct the models or the entry.' })
    return quoteName(name)
  },
  literal,
}

/** A value as a literal whatever the session's settings are. Objects and arrays become JSON. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  switch (typeof value) {
    case 'string':
      return textOf(value)
    case 'number':
      // A negative number in brackets, so that it does not melt with what stands before it.
      return Number.isFinite(value) ? (value < 0 || Object.is(value, -0) ? `(${value})` : String(value)) : `'${value}'::float8`
    case 'bigint':
      return value < 0n ? `(${value})` : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return objectLiteral(value)
    default:
      throw unwritable(`A ${typeof value}`)
  }
}

function objectLiteral(value: object): string {
  if (value instanceof Date) return textOf(isoText(value))
  // Written for a session with any `standard_conforming_strings`.
  if (value instanceof Uint8Array) return `E'\\\\x${hex(value)}'`
  return textOf(jsonText(value))
}

function isoText(date: Date): string {
  if (Number.isNaN(date.getTime())) throw unwritable('An invalid Date')
  return date.toISOString()
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function jsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text
  } catch {
    // A bigint or a cycle in it: refused below.
  }
  throw unwritable('An object that is not JSON, because of a bigint, a function or a cycle in it,')
}

function unwritable(what: string): TrueupError {
  return new TrueupError('plan-refused', `${what} cannot be written as SQL.`, { hint: 'Give a plain value, or SQL by the sql tag.' })
}

function textOf(text: string): string {
  if (text.includes('\u0000')) throw new TrueupError('plan-refused', 'A text holds a zero byte, which PostgreSQL cannot store.', { hint: 'Use a bytea column for such data.' })
  return textLiteral(text).trimStart()
}

const ARRAY = /\[\s*\d*\s*\]\s*$|\barray\b/i
const JSON_TYPE = /^(pg_catalog\.)?jsonb?$/i
/** Types whose default may stand as a bare number. */
const NUMBER_TYPE = /^(pg_catalog\.)?(small|big)?(int(?!erval|\d*(multi)?range)|serial)|^(pg_catalog\.)?(numeric|decimal|dec|real|float|double|oid)/i

/**
 * A value as the DEFAULT of a column of this type: an array becomes an array there and JSON elsewhere, a value of a JSON
 * column becomes JSON, and what is no number in the server's eyes is written as text, which fits every type.
 */
export function defaultLiteral(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'NULL'
  const name = type.trim()
  if (ARRAY.test(name)) return Array.isArray(value) ? textOf(arrayText(value)) : literal(value)
  if (JSON_TYPE.test(name)) return textOf(typeof value === 'string' && isJson(value) ? value : jsonText(value))
  if (typeof value === 'number' || typeof value === 'bigint') return NUMBER_TYPE.test(name) && Number.isFinite(Number(value)) ? String(value) : textOf(String(value))
  return literal(value)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL'
    if (Array.isArray(value)) return arrayText(value)
    return `"${elementText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${items.join(',')}}`
}

function elementText(value: unknown): string {
  if (value instanceof Date) return isoText(value)
  if (value instanceof Uint8Array) return `\\x${hex(value)}`
  return typeof value === 'object' ? jsonText(value) : String(value)
}
