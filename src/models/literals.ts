import { Refusal } from './problems.ts'

/** A name in double quotes, as PostgreSQL and SQLite write it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * A value as a literal, for each database that models can be for.
 *
 * @throws Refusal for what has no literal there
 */
export const LITERALS: Readonly<Record<'postgres' | 'sqlite', (value: unknown) => string>> = {
  postgres(value) {
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    if (value instanceof Uint8Array) return postgresText(`\\x${hex(value)}`)
    if (typeof value === 'number' && !Number.isFinite(value)) return postgresText(String(value))
    return plainLiteral(value, postgresText)
  },
  sqlite(value) {
    if (typeof value === 'boolean') return value ? '1' : '0'
    if (value instanceof Uint8Array) return `X'${hex(value)}'`
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Refusal(`SQLite has no literal for ${value}`)
    return plainLiteral(value, sqliteText)
  },
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

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

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
