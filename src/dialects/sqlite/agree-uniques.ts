import type { Constraint, Index, Table } from '../../schema/schema.ts'
import { foldName } from './names.ts'

/**
 * A unique key is an index to SQLite, whether it was written into the table or beside it, and the first can only be changed by
 * copying the table. Where one side has the one and the other side the other over the same columns, the live one is taken.
 */
export function agreeUniques(declared: Table, live: Table): Pick<Table, 'constraints' | 'indexes'> {
  const mine = { constraints: byColumns(declared.constraints, constraintColumns), indexes: byColumns(declared.indexes, indexColumns) }
  const theirs = { constraints: byColumns(live.constraints, constraintColumns), indexes: byColumns(live.indexes, indexColumns) }
  const constraints: Constraint[] = []
  const indexes: Index[] = []
  for (const one of declared.constraints) {
    const key = constraintColumns(one)
    const other = key === null || theirs.constraints.has(key) || mine.indexes.has(key) ? undefined : theirs.indexes.get(key)
    if (other === undefined) constraints.push(one)
    else indexes.push(other)
  }
  for (const one of declared.indexes) {
    const key = indexColumns(one)
    const other = key === null || theirs.indexes.has(key) || mine.constraints.has(key) ? undefined : theirs.constraints.get(key)
    if (other === undefined) indexes.push(one)
    else if (!constraints.includes(other)) constraints.push(other)
  }
  return { constraints, indexes }
}

function byColumns<T>(items: readonly T[], columnsOf: (item: T) => string | null): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const item of items) {
    const key = columnsOf(item)
    if (key !== null) found.set(key, item)
  }
  return found
}

const keyOf = (columns: readonly string[]): string => columns.map(foldName).join('\u0000')

const constraintColumns = (constraint: Constraint): string | null => (constraint.type === 'unique' ? keyOf(constraint.columns) : null)

/** Of a unique index that a unique key could be: all rows, columns as they are. */
function indexColumns(index: Index): string | null {
  if (!index.unique || index.where !== null) return null
  const columns = index.keys.map((key) => (key.order === 'asc' && key.expression === null && (key.collation ?? null) === null ? key.column : null))
  return columns.includes(null) ? null : keyOf(columns.filter((column) => column !== null))
}
