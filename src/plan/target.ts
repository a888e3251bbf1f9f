import type { SqlWriter } from '../sql.ts'
import { isSql } from '../sql.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import type { Column, Constraint, Index, Named, Schema, Table } from '../schema/schema.ts'
import { findTable, keyOf } from '../schema/schema.ts'

/** How a dialect writes a default; part of the port. */
interface DefaultWriter {
  readonly writer: SqlWriter
  defaultLiteral(value: unknown, type: string): string
}

/** The table of a column entry. */
export const tableOf = (entry: CheckedColumn, defaultSchema: string): Named => ({ schema: entry.entry.schema ?? defaultSchema, name: entry.entry.table })

/** The column that an entry declares. */
export function columnOf(checked: CheckedColumn, dialect: DefaultWriter): Column {
  const { column, type, nullable, default: value } = checked.entry
  const text = value === undefined || value === null ? null : isSql(value) ? value.write(dialect.writer) : dialect.defaultLiteral(value, type)
  return { name: column, type, notNull: nullable === false, default: text }
}

/**
 * The declared schema as it will be with the entries: columns that only an entry declares are added, columns of held
 * entries are taken out with all that stands on them.
 */
export function withEntries(
  declared: Schema,
  live: Schema,
  entries: { readonly wanted: readonly CheckedColumn[]; readonly held: readonly CheckedColumn[] },
  dialect: DefaultWriter,
  defaultSchema: string,
): Schema {
  const tables = new Map(declared.table.map((table) => [keyOf(table), table]))
  for (const entry of entries.wanted) {
    const name = tableOf(entry, defaultSchema)
    const table = tables.get(keyOf(name)) ?? findTable(live, name)
    if (table === undefined || table.columns.some((column) => column.name === entry.entry.column)) continue
    tables.set(keyOf(name), { ...table, columns: [...table.columns, columnOf(entry, dialect)] })
  }
  for (const entry of entries.held) {
    const key = keyOf(tableOf(entry, defaultSchema))
    const table = tables.get(key)
    if (table !== undefined) tables.set(key, withoutColumn(table, entry.entry.column))
  }
  return { ...declared, table: [...tables.values()] }
}

/** A table as if the column had never been declared. */
export function withoutColumn(table: Table, column: string): Table {
  return {
    ...table,
    columns: table.columns.filter((other) => other.name !== column),
    constraints: table.constraints.filter((constraint) => !usesColumn(constraint, column)),
    indexes: table.indexes.filter((index) => !indexUses(index, column)),
  }
}

/** True when a constraint stands on the column. An expression is searched for the name as a whole word. */
export function usesColumn(constraint: Constraint, column: string): boolean {
  if (constraint.type === 'check') return mentions(constraint.expression, column)
  if (constraint.type === 'exclusion') return mentions(constraint.definition, column)
  return constraint.columns.includes(column)
}

export function indexUses(index: Index, column: string): boolean {
  return index.keys.some((key) => key.column === column || (key.expression !== null && mentions(key.expression, column))) ||
    (index.include ?? []).includes(column) || (index.where !== null && mentions(index.where, column))
}

function mentions(expression: string, column: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(^|[^\\p{L}\\p{N}_$])${escaped}($|[^\\p{L}\\p{N}_$])`, 'u').test(expression)
}
