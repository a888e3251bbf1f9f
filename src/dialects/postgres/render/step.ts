import { describe } from '../../../operations/operation.ts'
import type { AlterOperation, Operation, RenameOperation } from '../../../operations/operation.ts'
import type { Kind, Named } from '../../../schema/schema.ts'
import type { Hazard, RenderContext, Step, TableLock } from '../../dialect.ts'

/** A step with the usual said: instant, harmless, in a transaction, no lock on anything that exists. */
export function makeStep(title: string, statements: readonly string[], more: Partial<Step> = {}): Step {
  return { title, statements, transaction: true, class: 'safe', locks: [], hazards: [], long: false, ...more }
}

type AnyOperation = Operation | AlterOperation<Kind> | RenameOperation<Kind>

/** One step for an operation, titled after it; none when there is nothing to send. */
export function stepFor(operation: AnyOperation, context: RenderContext, statements: readonly string[], more: Partial<Step> = {}): readonly Step[] {
  return statements.length === 0 ? [] : [makeStep(describe(operation as Operation, context.defaultSchema), statements, more)]
}

/** The lock that a statement takes on a relation; none on one that this plan makes, which nobody else knows. */
export function lock(context: RenderContext, relation: Named, mode: string): readonly TableLock[] {
  return context.isNew(relation) ? [] : [{ relation: { schema: relation.schema, name: relation.name }, mode }]
}

export const ACCESS_EXCLUSIVE = 'ACCESS EXCLUSIVE'
export const SHARE_ROW_EXCLUSIVE = 'SHARE ROW EXCLUSIVE'
export const SHARE_UPDATE_EXCLUSIVE = 'SHARE UPDATE EXCLUSIVE'

/** The facts that lint judges, each with its code. */
export const HAZARDS = {
  rewrite: (what: string): Hazard => ({ code: 'table-rewrite', message: `${what} rewrites the table and its indexes while nobody can read or write it` }),
  scan: (what: string): Hazard => ({ code: 'table-scan', message: `${what} reads the whole table while nobody can write it` }),
  notNull: (column: string): Hazard => ({
    code: 'not-null-without-default', message: `column ${column} is NOT NULL without a default: fails on a table with rows, and breaks INSERTs of running code`,
  }),
  dataLoss: (what: string): Hazard => ({ code: 'data-loss', message: `${what} goes with all that is in it` }),
  breaks: (what: string): Hazard => ({ code: 'breaks-running-code', message: `${what}: running code of the previous release may fail` }),
  cachedPlans: (column: string): Hazard => ({
    code: 'cached-plans', message: `prepared statements that return column ${column} fail once with "cached plan must not change result type"`,
  }),
} as const
