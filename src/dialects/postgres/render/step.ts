import { describe } from '../../../operations/operation.ts'
import type { AlterOperation, Operation, RenameOperation } from '../../../operations/operation.ts'
import type { Kind, Named } from '../../../schema/schema.ts'
import type { Hazard, RenderContext, Step, StepWork, TableLock, WorkKind } from '../../dialect.ts'
import { forAnyStrings } from '../text/any-strings.ts'
import { familyOf } from './family.ts'
import { findTable } from './find.ts'

/** A step with the usual said: instant, harmless, in a transaction, no lock on anything that exists. */
export function makeStep(title: string, statements: readonly string[], more: Partial<Step> = {}): Step {
  return { title, statements: statements.map(forAnyStrings), transaction: true, class: 'safe', locks: [], hazards: [], long: false, ...more }
}

type AnyOperation = Operation | AlterOperation<Kind> | RenameOperation<Kind>

/** One step for an operation, titled after it; none when there is nothing to send. */
export function stepFor(operation: AnyOperation, context: RenderContext, statements: readonly string[], more: Partial<Step> = {}): readonly Step[] {
  return statements.length === 0 ? [] : [makeStep(describe(operation as Operation, context.defaultSchema), statements, more)]
}

/** The lock that a statement takes on a relation; none on one that this plan makes, which nobody else knows. */
export function lock(context: RenderContext, relation: Named, mode: string): readonly TableLock[] {
  return context.isNew(relation) ? [] : lockThere(context, relation, mode)
}

/** The lock of a statement that removes what is there, also where the plan makes it anew afterwards. */
export function lockThere(context: RenderContext, relation: Named, mode: string): readonly TableLock[] {
  const table = findTable(context.before, relation)
  // LOCK TABLE takes neither sequences nor materialized views nor foreign tables, and goes from a view to its tables.
  const lockable = table !== undefined && table.foreign == null
  return [{ relation: { schema: relation.schema, name: relation.name }, mode, ...(lockable ? {} : { lockable: false as const }) }]
}

/** The lock of a statement that goes on to partitions and children of a table. */
export function lockAll(context: RenderContext, relation: Named, mode: string): readonly TableLock[] {
  if (context.isNew(relation)) return []
  return [...lock(context, relation, mode), ...familyOf(context.before, relation).flatMap((child) => lock(context, child, mode))]
}

/** True for what the plan takes away before it comes to this: a constraint over a column that goes. */
export function goesBefore(context: RenderContext, table: Named, constraint: string): boolean {
  return context.operations?.some(({ verb, kind, ref }) => verb === 'drop' && kind === 'constraint' && ref.name === constraint && ref.table === table.name && ref.schema === table.schema) === true
}

/** Work on a table that is there, or on the partitions and children that hold its rows. */
export function workOn(context: RenderContext, relation: Named, kind: WorkKind): readonly StepWork[] {
  const all = [relation, ...familyOf(context.before, relation)]
  const filled = all.filter((one) => !context.isNew(one) && findTable(context.before, one)?.partitionBy == null)
  return filled.map(({ schema, name }) => ({ table: { schema, name }, kind }))
}

export const ACCESS_EXCLUSIVE = 'ACCESS EXCLUSIVE'
export const SHARE_ROW_EXCLUSIVE = 'SHARE ROW EXCLUSIVE'
export const SHARE_UPDATE_EXCLUSIVE = 'SHARE UPDATE EXCLUSIVE'
export const SHARE = 'SHARE'

/** The facts that lint judges, each with its code. */
export const HAZARDS = {
  rewrite: (what: string): Hazard => ({ code: 'table-rewrite', message: `${what} rewrites the table and its indexes while nobody can read or write it` }),
  scan: (what: string): Hazard => ({ code: 'table-scan', message: `${what} reads the whole table while nobody can write it` }),
  indexRebuild: (what: string): Hazard => ({ code: 'index-rebuild', message: `${what} builds indexes again while nobody can read or write the table` }),
  violations: (what: string): Hazard => ({ code: 'violating-rows', message: `${what} fails when rows are in its way` }),
  notNull: (column: string): Hazard => ({
    code: 'not-null-without-default', message: `column ${column} is NOT NULL without a default: fails on a table with rows, and breaks INSERTs of running code`,
  }),
  dataLoss: (what: string): Hazard => ({ code: 'data-loss', message: `${what} goes with all that is in it` }),
  breaks: (what: string): Hazard => ({ code: 'breaks-running-code', message: `${what}: running code of the previous release may fail` }),
  locksParent: (what: string, parent: string): Hazard => ({ code: 'locks-referenced-table', message: `${what} locks the referenced table ${parent}, too: reads of it wait` }),
  cachedPlans: (column: string): Hazard => ({
    code: 'cached-plans', message: `prepared statements that return column ${column} fail once with "cached plan must not change result type"`,
  }),
} as const
