import type { ObjectRef } from '../../schema/schema.ts'
import type { DrizzleColumn, DrizzleView } from './entity.ts'
import { hasKind, isAlias, isDrizzleSql, isEnum, isKind, isTable, kindsOf, member, tableName, tableSchema } from './entity.ts'
import type { Notation } from './literal.ts'
import { quoteName } from '../literals.ts'
import { Refusal } from '../problems.ts'

/** How a piece of Drizzle's SQL becomes text. */
export interface Writing {
  readonly notation: Notation
  /** The column's name in the database, casing applied. */
  columnName(column: { readonly name: string; readonly keyAsName?: boolean; readonly table?: object }): string
  /** `table.column` as a query needs it; an expression of one table names its columns alone. */
  readonly qualify: boolean
  /** The schema of tables and types whose models name none; used to say what is read. */
  readonly defaultSchema: string
  /** Told of each table and view that the text reads. */
  reads?(ref: ObjectRef): void
  /** Renames the bare names of a query that was built before casing was known. */
  bareName?(name: string): string
}

/**
 * The text of a piece of SQL, values inlined as literals.
 *
 * @throws Refusal for placeholders and for values that no literal can hold
 */
export function writeSql(sql: object, writing: Writing): string {
  return chunk(sql, writing)
}

function chunk(part: unknown, writing: Writing): string {
  if (part === undefined) return ''
  if (Array.isArray(part)) return `(${part.map((each) => chunk(each, writing)).join(', ')})`
  if (isEnum(part)) return qualified(part.schema, part.enumName)
  if (typeof part !== 'object' || part === null) return inline(part, writing)
  const kinds = kindsOf(part)
  for (const [kind, write] of WRITERS) if (kinds.has(kind)) return write(part, writing)
  const getSql = member<() => object>(part, 'getSQL')
  if (typeof getSql !== 'function') return inline(part, writing)
  const inner = chunk(getSql.call(part), writing)
  return member<() => boolean>(part, 'shouldOmitSQLParens')?.call(part) === true ? inner : `(${inner})`
}

type Write = (part: object, writing: Writing) => string

/** The first that fits is taken: a subquery, for example, is a wrapper of SQL too. */
const WRITERS: readonly (readonly [kind: string, write: Write])[] = [
  ['StringChunk', (part) => [member<string | readonly string[]>(part, 'value') ?? ''].flat().join('')],
  ['SQL', (part, writing) => (member<readonly unknown[]>(part, 'queryChunks') ?? []).map((each) => chunk(each, writing)).join('')],
  ['Name', (part, writing) => quoteName((writing.bareName ?? same)(member<string>(part, 'value') ?? ''))],
  ['Column', writeColumn],
  ['Table', writeTable],
  ['View', writeView],
  ['Param', writeParam],
  ['Placeholder', refusePlaceholder],
  ['SQL.Aliased', writeAliased],
  ['Subquery', writeSubquery],
]

const same = (name: string): string => name

const qualified = (schema: string | undefined, name: string): string =>
  schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`

function writeColumn(part: object, writing: Writing): string {
  // `Column` is the class of the part: the caller looked it up by that name.
  const column = part as DrizzleColumn & { readonly isAlias?: boolean }
  const name = quoteName(writing.columnName(column))
  if (!writing.qualify || column.isAlias === true) return name
  const schema = isAlias(column.table) ? undefined : tableSchema(column.table)
  return `${qualified(schema, tableName(column.table))}.${name}`
}

function writeTable(table: object, writing: Writing): string {
  if (isAlias(table)) return quoteName(tableName(table))
  writing.reads?.({ kind: 'table', schema: tableSchema(table) ?? writing.defaultSchema, name: tableName(table) })
  return qualified(tableSchema(table), tableName(table))
}

function writeView(part: object, writing: Writing): string {
  const view = member<DrizzleView>(part, 'drizzle:ViewBaseConfig')
  if (view === undefined) throw new Refusal('a view without a definition')
  if (view.isAlias === true) return quoteName(view.name)
  writing.reads?.({ kind: 'view', schema: view.schema ?? writing.defaultSchema, name: view.name })
  return qualified(view.schema, view.name)
}

function writeParam(part: object, writing: Writing): string {
  const value = member<unknown>(part, 'value')
  if (value === null) return 'NULL'
  if (isDrizzleSql(value)) return chunk(value, writing)
  if (isKind(value, 'Placeholder')) return refusePlaceholder(value)
  const encoder = member<DrizzleColumn>(part, 'encoder')
  if (encoder === undefined) return inline(value, writing)
  const mapped = hasKind(encoder, 'Column') ? writing.notation.driverValue(encoder, value) : encoder.mapToDriverValue(value)
  return isDrizzleSql(mapped) ? chunk(mapped, writing) : inline(mapped, writing)
}

function refusePlaceholder(part: object): string {
  throw new Refusal(`the placeholder ${JSON.stringify(member(part, 'name') ?? '')} has no value here`, 'Write the value itself.')
}

function writeAliased(part: object, writing: Writing): string {
  const alias = member<string>(part, 'fieldAlias')
  if (alias === undefined) return chunk(member(part, 'sql'), writing)
  const origin = member<string>(part, 'origin')
  return qualified(origin, alias)
}

function writeSubquery(part: object, writing: Writing): string {
  const inner = member<{ readonly sql: object; readonly alias: string; readonly isWith?: boolean }>(part, '_')
  if (inner === undefined) throw new Refusal('a subquery without a query')
  return inner.isWith === true ? quoteName(inner.alias) : `(${chunk(inner.sql, writing)}) ${quoteName(inner.alias)}`
}

/** A value inside an expression. A negative number gets parentheses: `1-${-1}` must not become a comment. */
function inline(value: unknown, writing: Writing): string {
  if (isTable(value)) return writeTable(value, writing)
  const literal = writing.notation.literal(value)
  return literal.startsWith('-') ? `(${literal})` : literal
}
