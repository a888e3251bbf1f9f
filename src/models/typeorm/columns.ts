import type { Column, Named } from '../../schema/schema.ts'
import { Refusal } from '../problems.ts'
import { LITERALS, quoteName } from '../literals.ts'
import type { Reading } from './reading.ts'
import type { ColumnLike } from './shapes.ts'

const SERIALS: Readonly<Record<string, string>> = { integer: 'serial', int: 'serial', int4: 'serial', smallint: 'smallserial', int2: 'smallserial', bigint: 'bigserial', int8: 'bigserial' }

/** One column, as TypeORM would create it. */
export function columnOf(reading: Reading, table: Named, column: ColumnLike): Column {
  const subject = `${table.name}`
  const type = reading.problems.attempt(subject, column.propertyPath, 'text', () => typeOf(reading, table, column))
  const initial = reading.problems.attempt(subject, column.propertyPath, null, () => defaultOf(reading, column))
  const identity = column.isGenerated && column.generationStrategy === 'identity'
  const autoIncrement = reading.dialect === 'sqlite' && column.isGenerated && column.generationStrategy === 'increment'
  return {
    name: column.databaseName,
    type,
    notNull: !column.isNullable || column.isPrimary,
    default: initial,
    generated: generatedOf(reading, column),
    ...(reading.dialect === 'postgres' && { identity: identity ? { always: column.generatedIdentity === 'ALWAYS' } : null }),
    ...(autoIncrement && { autoIncrement }),
    ...(column.collation !== undefined && { collation: reading.dialect === 'postgres' ? quoteName(column.collation) : column.collation }),
    ...(reading.dialect === 'postgres' && { comment: column.comment ?? null }),
  }
}

function generatedOf(reading: Reading, column: ColumnLike): NonNullable<Column['generated']> | null {
  if (column.asExpression === undefined || column.generatedType === undefined) return null
  // PostgreSQL: TypeORM writes only stored ones, and a virtual one as a plain column.
  if (reading.dialect === 'postgres' && column.generatedType !== 'STORED') return null
  return { expression: column.asExpression, stored: column.generatedType === 'STORED' }
}

function typeOf(reading: Reading, table: Named, column: ColumnLike): string {
  const { driver } = reading.source
  const type = driver.normalizeType(column)
  if (reading.dialect === 'postgres') {
    if (type === 'enum' || type === 'simple-enum') return `${enumOf(reading, table, column)}${column.isArray ? '[]' : ''}`
    const serial = column.isGenerated && column.generationStrategy === 'increment' ? SERIALS[type] : undefined
    if (serial !== undefined) return serial
    extensionOf(reading, type)
  }
  const { isArray, precision, scale, width, unsigned, spatialFeatureType, srid } = column
  if (typeof type !== 'string' || type === '') throw new Refusal('has no type that TypeORM could name', 'Give its decorator a type: @Column(\'varchar\').')
  return driver.createFullType({ type, length: driver.getColumnLength(column), precision, scale, width, unsigned, isArray, spatialFeatureType, srid })
}

/** The enum types that TypeORM names after table and column, unless `enumName` says otherwise. */
function enumOf(reading: Reading, table: Named, column: ColumnLike): string {
  const written = (column.enumName ?? `${table.name}_${column.databaseName.toLowerCase()}_enum`).split('.')
  const name = written.pop() ?? ''
  const schema = written[0] ?? table.schema
  reading.enums.set(`${schema}\u0000${name}`, { schema, name, values: (column.enum ?? []).map(String) })
  return `${bare(schema)}.${bare(name)}`
}

const bare = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name))

const TYPE_EXTENSIONS: Readonly<Record<string, string>> = { citext: 'citext', hstore: 'hstore', ltree: 'ltree', cube: 'cube', geometry: 'postgis', geography: 'postgis', vector: 'vector', halfvec: 'vector' }

/** TypeORM installs what its types need when it connects, unless it is told not to. */
function extensionOf(reading: Reading, type: string): void {
  const extension = TYPE_EXTENSIONS[type]
  if (extension !== undefined) addExtension(reading, extension)
}

/** Declares an extension, unless the application said that it installs its own. */
export function addExtension(reading: Reading, name: string): void {
  if (reading.source.options.installExtensions !== false) reading.extensions.set(name, { name })
}

function defaultOf(reading: Reading, column: ColumnLike): string | null {
  const literal = LITERALS[reading.dialect]
  const value = column.default
  if (value === undefined || value === null) return generatedDefault(reading, column)
  if (typeof value === 'function') return expressionOf(reading, String(value()))
  if (column.isArray && Array.isArray(value)) return literal(`{${value.map(element).join(',')}}`)
  if (Array.isArray(value) && column.type === 'simple-enum') return literal(value.join(','))
  if (typeof value === 'object') return reading.dialect === 'sqlite' && column.type === 'jsonb' ? `(jsonb(${literal(JSON.stringify(value))}))` : literal(JSON.stringify(value))
  if (typeof value === 'boolean') return literal(value)
  // TypeORM writes numbers as text too, and leaves the quotes inside of a text alone: a text with one would be broken SQL there.
  return reading.dialect === 'sqlite' && typeof value === 'number' ? String(value) : literal(String(value))
}

/** An element of an array's text form, in quotes where it must be. */
function element(value: unknown): string {
  const text = String(value)
  return /^[\w.+-]+$/.test(text) && text.toUpperCase() !== 'NULL' ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function generatedDefault(reading: Reading, column: ColumnLike): string | null {
  if (reading.dialect === 'sqlite' || !column.isGenerated || column.generationStrategy !== 'uuid') return null
  if (reading.source.options.uuidExtension === 'pgcrypto') return 'gen_random_uuid()'
  addExtension(reading, 'uuid-ossp')
  return 'uuid_generate_v4()'
}

const CURRENT: Readonly<Record<string, (precision: string) => string>> = {
  CURRENT_TIMESTAMP: (precision) => (precision === '' ? 'now()' : `('now'::text)::timestamp${precision} with time zone`),
  CURRENT_DATE: () => "('now'::text)::date",
  CURRENT_TIME: (precision) => `('now'::text)::time${precision} with time zone`,
  LOCALTIMESTAMP: (precision) => `('now'::text)::timestamp${precision} without time zone`,
  LOCALTIME: (precision) => `('now'::text)::time${precision} without time zone`,
}

/** What TypeORM writes for an expression: it has spellings of its own for the current time. */
function expressionOf(reading: Reading, text: string): string {
  if (reading.dialect === 'sqlite') return `(${text})`
  const [, word = '', precision = ''] = /^([A-Z_]+)(\(\d+\))?$/.exec(text.trim().toUpperCase()) ?? []
  return CURRENT[word]?.(precision) ?? text
}
