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
      throw new TrueupError('plan-refused', `A ${typeof value} cannot be written as SQL.`, { hint: 'Give a value, or SQL by the sql tag.' })
  }
}

function objectLiteral(value: object): string {
  if (value instanceof Date) return textOf(value.toISOString())
  if (value instanceof Uint8Array) return `'\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}'`.replace(/^/, 'E').replace('\\x', '\\\\x')
  return textOf(JSON.stringify(value))
}

function textOf(text: string): string {
  if (text.includes('\u0000')) throw new TrueupError('plan-refused', 'A text holds a zero byte, which PostgreSQL cannot store.', { hint: 'Use a bytea column for such data.' })
  return textLiteral(text).trimStart()
}

/** A value as the DEFAULT of a column of this type: an array becomes an array there, and JSON elsewhere. */
export function defaultLiteral(value: unknown, type: string): string {
  if (Array.isArray(value) && /\[\s*\d*\s*\]\s*$|\barray\b/i.test(type)) return textOf(arrayText(value))
  return literal(value).replace(/^\((-.*)\)$/, '$1')
}

function arrayText(values: readonly unknown[]): string {
  const items = values.map((value) => {
    if (value === null || value === undefined) return 'NULL'
    if (Array.isArray(value)) return arrayText(value)
    const text = value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${items.join(',')}}`
}
