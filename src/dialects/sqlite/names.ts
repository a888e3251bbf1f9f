import type { SqlWriter } from '../../sql.ts'
import { TrueupError } from '../../errors.ts'
import { RESERVED } from './keywords.ts'

/** A name, quoted always. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as a literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** True for a name that SQLite reads as itself without quotes. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toUpperCase())

/** The same name to SQLite: it folds ASCII letters only. */
export const foldName = (name: string): string => (/[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name)

/** True when SQLite takes the two names for one. */
export const sameName = (a: string, b: string): boolean => foldName(a) === foldName(b)

/** How SQLite writes names and values. */
export const sqliteWriter: SqlWriter = { name: quoteName, literal }

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  switch (typeof value) {
    case 'string':
      // A literal ends at a NUL character, so that the text is given as its bytes.
      return value.includes('\u0000') ? `CAST(${bytes(new TextEncoder().encode(value))} AS TEXT)` : quoteText(value)
    case 'boolean':
      return value ? '1' : '0'
    case 'bigint':
      return literalOfBigint(value)
    case 'number':
      if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
      if (Number.isNaN(value)) throw new TrueupError('config-invalid', 'SQLite has no value NaN.', { hint: 'Use null, or a text.' })
      return value > 0 ? '9e999' : '-9e999'
  }
  if (value instanceof Uint8Array) return bytes(value)
  if (value instanceof Date) return quoteText(value.toISOString())
  if (typeof value === 'object') return quoteText(JSON.stringify(value))
  throw new TrueupError('config-invalid', `A ${typeof value} cannot be written as an SQLite value.`, { hint: 'Give a text, number, bigint, boolean, date, bytes, plain data or null.' })
}

function literalOfBigint(value: bigint): string {
  if (value > 9223372036854775807n || value < -9223372036854775808n) {
    throw new TrueupError('config-invalid', `${value} does not fit SQLite's 64-bit integers.`, { hint: 'Give it as a text.' })
  }
  return String(value)
}

const bytes = (value: Uint8Array): string => `X'${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}'`
