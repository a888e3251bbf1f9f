import type { Column, Constraint, ForeignKey, Schema, Table } from '../../schema/schema.ts'
import type { Operation } from '../../operations/operation.ts'
import { namesIn } from './canonical.ts'
import { isConstantDefault } from './defaults.ts'
import { foldName, sameName } from './names.ts'

/** True when ALTER TABLE ADD COLUMN takes the column together with the foreign key that it brings. */
export function canAdd(column: Column, table: Table): boolean {
  if (!isConstantDefault(column.default)) return false
  if (column.generated && (column.generated.stored || column.notNull)) return false
  const keyed = table.constraints.some((constraint) => (constraint.type === 'primaryKey' || constraint.type === 'unique') && has(constraint.columns, column.name))
  if (keyed) return false
  const references = foreignKeyOf(column, table.constraints) !== undefined
  return !(references && column.default !== null && column.default.toUpperCase() !== 'NULL')
}

/** True when ALTER TABLE DROP COLUMN takes it: nothing but rows may know the column (lang_altertable.html#altertabdropcol). */
export function canDrop(column: string, table: Table, schema: Schema): boolean {
  if (table.columns.length < 2) return false
  const usedHere = table.constraints.some((constraint) => mentions(constraint, column))
    || table.columns.some((other) => other.name !== column && other.generated && reads(other.generated.expression, column))
  if (usedHere) return false
  const texts = [...schema.view.map((view) => view.definition), ...[...schema.table, ...schema.view].flatMap((relation) => (relation.triggers ?? []).map((trigger) => trigger.definition))]
  return !texts.some((text) => reads(text, table.name) && reads(text, column))
}

/** True when a constraint concerns a column. */
export function mentions(constraint: Constraint, column: string): boolean {
  if (constraint.type === 'check') return reads(constraint.expression, column)
  return constraint.type !== 'exclusion' && has(constraint.columns, column)
}

/** True when a text names something. */
export const reads = (text: string, name: string): boolean => namesIn(text).has(foldName(name))

/** The foreign key of one column alone. */
export function foreignKeyOf(column: Column, constraints: readonly Constraint[]): ForeignKey | undefined {
  return constraints.find((constraint): constraint is ForeignKey => constraint.type === 'foreignKey' && constraint.columns.length === 1 && has(constraint.columns, column.name))
}

/**
 * The new constraints that ADD COLUMN can bring along with a new column, by the name of the column that brings them: a foreign
 * key of that column alone, and checks that read it and no column that comes otherwise.
 */
export function inlined(operations: readonly Operation[], addable: readonly string[], added: readonly string[]): ReadonlyMap<Constraint, string> {
  const found = new Map<Constraint, string>()
  for (const operation of operations) {
    if (operation.kind !== 'constraint' || operation.verb !== 'create') continue
    const bringer = bringerOf(operation.to, addable, added)
    if (bringer !== undefined) found.set(operation.to, bringer)
  }
  return found
}

function bringerOf(constraint: Constraint, addable: readonly string[], added: readonly string[]): string | undefined {
  if (constraint.type === 'check') {
    const read = added.filter((name) => reads(constraint.expression, name))
    return read.every((name) => addable.includes(name)) ? addable.findLast((name) => read.includes(name)) : undefined
  }
  if (constraint.type !== 'foreignKey' || constraint.columns.length !== 1) return undefined
  return addable.find((name) => has(constraint.columns, name))
}

const has = (columns: readonly string[], name: string): boolean => columns.some((column) => sameName(column, name))
