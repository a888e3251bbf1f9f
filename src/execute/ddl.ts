import type { StepReport } from '../api.ts'
import type { PlanStep, StatementStep } from '../plan/plan.ts'
import type { Attempted } from './attempt.ts'
import { attempt, stepError } from './attempt.ts'
import type { Execution } from './context.ts'
import { culpritOf } from './culprit.ts'
import { watchStep } from './watch.ts'

/** Statements in one message at the most: a server holds a lock for each new relation until the commit. */
const STATEMENTS_A_MESSAGE = 400

/**
 * Puts steps together that touch nothing that exists, so that a thousand new tables travel in few messages. Every other
 * step goes alone: its lock is let go before the next one is asked for.
 */
export function groupSteps(steps: readonly PlanStep[]): readonly (readonly PlanStep[])[] {
  const groups: PlanStep[][] = []
  let size = 0
  for (const step of steps) {
    const last = groups[groups.length - 1]
    const count = step.statements.length
    const joins = last !== undefined && isFree(step) && isFree(last[0] as PlanStep) && last[0]?.phase === step.phase && size + count <= STATEMENTS_A_MESSAGE
    if (joins) last.push(step)
    else groups.push([step])
    size = joins ? size + count : count
  }
  return groups
}

const isFree = (step: PlanStep): boolean => step.kind === 'ddl' && step.transaction && step.locks.length === 0

/** Carries out steps that trueup wrote, as one unit where they are transactional. */
export async function runDdl(execution: Execution, steps: readonly StatementStep[]): Promise<readonly StepReport[]> {
  const began = Date.now()
  const first = steps[0] as StatementStep
  const numbered = steps.map((step) => ({ step, seq: execution.journal.next() }))
  const work = { step: { statements: steps.flatMap((step) => step.statements), transaction: first.transaction, locks: steps.flatMap((step) => step.locks) } }
  const unwatch = steps.some((step) => step.long) ? watchStep(execution, first) : (): void => {}
  const carryOut = first.transaction ? inTransaction(execution, numbered, work) : alone(execution, numbered[0] as Numbered, work)
  const done = await carryOut.finally(unwatch)
  return steps.map((step) => ({
    id: step.id, title: step.title, phase: step.phase, rows: steps.length === 1 ? done.rows : 0, duration: Date.now() - began, lockWait: done.lockWait, attempts: done.attempts,
    ...(step.entry !== undefined && { entry: step.entry }),
  }))
}

export interface Numbered {
  readonly step: StatementStep
  readonly seq: number
}

type Work = Parameters<typeof attempt>[2]

async function inTransaction(execution: Execution, numbered: readonly Numbered[], work: Work): Promise<Attempted> {
  const { journal } = execution
  const first = (numbered[0] as Numbered).step
  try {
    return await attempt(execution, first, work, (attempts, lockWait) => journal.steps(numbered.map(({ step, seq }) => ({ step, seq, outcome: 'done', attempts, lockWait }))))
  } catch (error) {
    const culprit = await culpritOf(execution, numbered, work, error)
    throw await recordFailure(execution, culprit, culprit.error)
  }
}

/** What no transaction can hold is written down before and after: a run that dies in between is found by the next. */
async function alone(execution: Execution, numbered: Numbered, work: Work): Promise<Attempted> {
  const { journal } = execution
  const { step, seq } = numbered
  await writeJournal(execution, journal.steps([{ seq, step: { ...step, claims: [] }, outcome: 'running' }]))
  try {
    const done = await attempt(execution, step, work, () => [])
    const claims = (step.claims ?? []).flatMap((id) => journal.entry(id, 'applied'))
    await writeJournal(execution, [...journal.finishStep(seq, { ...done, outcome: 'done', error: null }), ...claims])
    return done
  } catch (error) {
    const named = stepError(execution, step, error)
    const note = journal.finishStep(seq, { rows: 0, lockWait: 0, attempts: 1, outcome: named.code === 'table-lock-timeout' || named.code === 'interrupted' ? 'parked' : 'failed', error: named.message })
    await writeJournal(execution, note).catch((second: unknown) => cannotRecord(execution, second))
    throw named
  }
}

/** Sends journal statements on their own, in a transaction that the lock's fence guards. */
export async function writeJournal(execution: Execution, statements: readonly string[]): Promise<void> {
  await execution.dialect.run(execution.session, {
    step: { statements: [], transaction: true, locks: [] }, lockTimeout: execution.lockTimeout, fence: execution.lock.fence, journal: statements, defaultSchema: execution.defaultSchema,
  })
}

/** A failure is kept in the ledger. The work itself left nothing behind. */
export async function recordFailure(execution: Execution, numbered: { readonly step: PlanStep; readonly seq: number }, error: unknown): Promise<Error> {
  const { journal } = execution
  const { step, seq } = numbered
  const named = stepError(execution, step, error)
  if (named.code === 'connection-lost' || named.code === 'pooler-detected') return named
  const parked = named.code === 'interrupted' || named.code === 'table-lock-timeout'
  const entry = step.entry === undefined || parked ? [] : journal.entry(step.entry, 'failed', { error: named.message })
  try {
    await writeJournal(execution, [...journal.steps([{ seq, step: { ...step, claims: [] }, outcome: parked ? 'parked' : 'failed', error: named.message }]), ...entry])
  } catch (second) {
    cannotRecord(execution, second)
  }
  return named
}

function cannotRecord(execution: Execution, error: unknown): void {
  execution.logger.warn(`A failure could not be recorded in the ledger: ${execution.dialect.failure(error).message}`)
}
