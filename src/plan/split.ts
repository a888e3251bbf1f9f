import type { Operation } from '../operations/operation.ts'
import type { Column, Constraint, EnumType, Index, Schema } from '../schema/schema.ts'
import { findTable } from '../schema/schema.ts'

/**
 * True for what a start may do by itself: it only adds. Everything else that a diff finds is reported.
 * Policies on tables that exist are not added by the way: who sees which row is decided by an entry.
 */
export function isAdditive(operation: Operation, live: Schema): boolean {
  if (operation.verb === 'create') return operation.kind !== 'policy' || findTable(live, { schema: operation.ref.schema, name: operation.ref.table ?? '' }) === undefined
  if (operation.verb !== 'alter') return false
  if (operation.kind === 'enum') return operation.fields.join() === 'values' && onlyAddsValues(operation.from, operation.to)
  if (operation.kind === 'index') return isRepair(operation.from, operation.fields)
  if (operation.kind === 'column') return onlyRequires(operation.from, operation.to, operation.fields)
  if (operation.kind === 'constraint') return operation.fields.join() === 'validated' && isUnvalidated(operation.from)
  return false
}

/** A NOT NULL that comes is a constraint like any other: it is proved first, and refused when rows are in its way. */
const onlyRequires = (from: Column, to: Column, fields: readonly string[]): boolean =>
  to.notNull && to.notNullValidated !== false && fields.every((field) => field.startsWith('notNull')) && (!from.notNull || from.notNullValidated === false)

/** True when every old value stands in the new list in the old order. */
function onlyAddsValues(from: EnumType, to: EnumType): boolean {
  let at = 0
  for (const value of to.values) if (value === from.values[at]) at += 1
  return at === from.values.length
}

/** The left-over of a build that did not finish serves nobody: building it again only adds. */
const isRepair = (from: Index, fields: readonly string[]): boolean => from.valid === false && fields.join() === 'valid'

/** A constraint that was added without looking at the old rows, by a run that did not come to its end. */
const isUnvalidated = (from: Constraint): boolean => from.validated === false
