import type { Failure, RunRequest } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Execution } from './context.ts'
import { interrupted } from './wait.ts'
import { Way } from './way.ts'

export interface Attempted {
  readonly rows: number
  readonly attempts: number
  /** Milliseconds spent on tries that did not get their lock, and between tries. */
  readonly lockWait: number
  /** What the work's `answer` asked for. */
  readonly answer?: string | null
}

const PASSING: ReadonlySet<Failure['kind']> = new Set(['lock-timeout', 'deadlock', 'serialization', 'busy'])

/**
 * Sends one unit of work when the way to its locks is free, and tries again while somebody else is in the way: each try waits
 * for a lock only for moments, so that no query queues up behind it.
 *
 * @param journal - the statements that commit with the work, given the number of the try
 * @throws TrueupError `table-lock-timeout`, `lock-lost`, `pooler-detected`, `connection-lost`, `permission-denied`, `step-failed`
 */
export async function attempt(execution: Execution, step: PlanStep, work: Pick<RunRequest, 'step' | 'answer'>, journal: (attempts: number, lockWait: number) => readonly string[]): Promise<Attempted> {
  const began = Date.now()
  const way = new Way(execution, step, work.step.locks)
  for (let attempts = 1; ; attempts += 1) {
    await way.clear()
    const asked = Date.now()
    const lockWait = asked - began
    try {
      const result = await execution.dialect.run(execution.session, {
        step: { ...work.step, locks: way.beforehand }, lockTimeout: way.budget, fence: execution.lock.fence, journal: journal(attempts, lockWait), defaultSchema: execution.defaultSchema,
        ...(work.answer !== undefined && { answer: work.answer }),
      })
      return { ...result, attempts, lockWait }
    } catch (error) {
      const failure = execution.dialect.failure(error)
      // It was broken off because we were asked to stop.
      if (failure.kind === 'cancelled' && execution.signal?.aborted === true) throw interrupted()
      if (!PASSING.has(failure.kind)) throw stepError(execution, step, error, failure)
      await way.rest(failure, Date.now() - asked, error)
    }
  }
}

/** A failure in the words of the one who has to mend it. */
export function stepError(execution: Execution, step: PlanStep, error: unknown, failure: Failure = execution.dialect.failure(error)): TrueupError {
  if (error instanceof TrueupError) return error
  const subject = step.entry === undefined ? step.title : `entry ${step.entry}`
  if (failure.kind === 'fence') {
    return new TrueupError('pooler-detected', 'This session does not hold the lock that it took: the connection goes through a pooler that gives every transaction another session.', {
      hint: 'Give trueup a direct connection to the database, for example a second URL for migrations. Nothing was changed.', cause: error,
    })
  }
  if (failure.kind === 'connection') {
    return new TrueupError('connection-lost', `The connection was lost while trueup did this: ${step.title} (${failure.message}).`, {
      hint: 'Start again: the ledger tells what was done, and the next start goes on from there.', cause: error,
    })
  }
  const where = placeIn(step, failure)
  const detail = failure.detail === undefined ? '' : `\n  ${failure.detail}`
  const code = failure.kind === 'permission' ? 'permission-denied' : step.entry === undefined || step.kind === 'ddl' ? 'step-failed' : 'entry-failed'
  return new TrueupError(code, `${capital(subject)} failed: ${failure.message} (${failure.code}${where}).${detail}`, {
    hint: failure.hint ?? (step.transaction ? 'It was rolled back; what ran before it is recorded. Correct it and start again.' : 'It ran outside a transaction: look at what it left behind, correct it and start again.'),
    details: { step: step.title, ...(step.entry !== undefined && { entry: step.entry }), code: failure.code, ...(failure.position !== undefined && { position: failure.position }) },
    cause: error,
  })
}

/** Where in the statement it is, and in which one where the step has several. */
function placeIn({ statements }: PlanStep, { position, statement = 0 }: Failure): string {
  if (position === undefined) return ''
  const of = statements.length > 1 ? ` of statement ${statement + 1} of ${statements.length}` : ''
  const before = [...(statements[statement] ?? '')].slice(0, position - 1).join('').split('\n')
  return before.length > 1 ? ` at line ${before.length}, character ${[...(before.at(-1) ?? '')].length + 1}${of}` : ` at character ${position}${of}`
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
