import { LOCK_MODES, type Action, type LockFact, type LockMode, type StatementFacts, type WorkFact } from '../dialects/facts.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'
import { judge } from './sql/judge.ts'

/** What the rules about statements say of a plan's steps, from the facts that the plan carries: no SQL is read. */
export function lintSteps(plan: Plan, rules: Readonly<Record<string, Severity>> | undefined, allowed: (entry: string) => Readonly<Record<string, string>> | undefined): readonly Diagnostic[] {
  const made = new Set<string>()
  return plan.steps.flatMap((step) => {
    const statements = [factsOf(step, made)]
    if (step.kind !== 'backfill' && step.kind !== 'run' && step.operation?.verb === 'create' && step.operation.kind === 'table') made.add(keyOf(step.operation.ref))
    const allow = step.entry === undefined ? undefined : allowed(step.entry)
    const found = judge([{ file: step.id, text: step.title, statements, runner: { transaction: step.transaction, lockTimeout: 0, major: 14 }, ...(step.entry !== undefined && { entry: step.entry }), ...(allow !== undefined && { allow }) }], { ...(rules !== undefined && { rules }) })
    // Whether an allowance is needed is for those to say who read the entry's SQL. A step has no place in a file.
    return found.filter(({ code }) => code !== 'X002').map(({ code, severity, subject, message, why, hint, entry }) => ({ code, severity, subject, message, ...(why !== undefined && { why }), ...(hint !== undefined && { hint }), ...(entry !== undefined && { entry }) }))
  })
}

const keyOf = (relation: { readonly schema: string; readonly name: string }): string => `${relation.schema}.${relation.name}`
const isMode = (mode: string): mode is LockMode => (LOCK_MODES as readonly string[]).includes(mode)

function factsOf(step: PlanStep, made: ReadonlySet<string>): StatementFacts {
  const locks = step.locks.flatMap(({ relation, mode }): readonly LockFact[] => (isMode(mode) ? [{ relation, mode, isNew: made.has(keyOf(relation)) }] : []))
  return { text: step.title, start: 0, transaction: step.transaction ? 1 : null, timeouts: { lock: 0, statement: 0 }, locks, works: worksOf(step, locks), actions: actionsOf(step, made), parts: 1 }
}

/** Hazards that say that rows are read or written, by their codes. */
const WORKS: Readonly<Record<string, WorkFact['kind']>> = { 'table-rewrite': 'rewrite', 'table-rebuild': 'rewrite', 'table-scan': 'scan' }

function worksOf(step: PlanStep, locks: readonly LockFact[]): readonly WorkFact[] {
  const lock = locks[0]
  return lock === undefined ? [] : step.hazards.flatMap(({ code }) => (WORKS[code] === undefined ? [] : [{ kind: WORKS[code], relation: lock.relation, isNew: lock.isNew, under: lock.mode }]))
}

function actionsOf(step: PlanStep, made: ReadonlySet<string>): readonly Action[] {
  if (step.kind === 'run') return [{ do: 'opaque', what: 'code' }]
  if (step.kind !== 'ddl' || step.operation === undefined) return []
  const { verb, kind, ref } = step.operation
  const table = { schema: ref.schema, name: ref.table ?? ref.name }
  const on = { table, isNew: made.has(keyOf(table)) }
  const rewrite: readonly Action[] = step.hazards.some(({ code }) => code === 'table-rewrite') ? [{ do: 'rewrite', ...on, how: step.title, unlogged: false }] : []
  if (verb === 'rename') {
    const to = step.operation.newName
    return kind === 'table' || kind === 'column' || kind === 'view' ? [{ do: 'rename', ...on, what: kind, from: ref.name, to, viewLeft: false }] : [{ do: 'rename-object', what: kind, from: ref.name, to }]
  }
  if (verb !== 'drop') return rewrite
  if (kind === 'table') return [{ do: 'drop-table', ...on, cascade: false, ifExists: false, references: [] }]
  if (kind === 'column') return [{ do: 'drop-column', ...on, column: ref.name, cascade: false, ifExists: false }]
  return [{ do: 'drop-object', what: kind, name: ref.name, cascade: false, ifExists: false }]
}
