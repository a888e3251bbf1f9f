import type { RollbackOptions, RollbackReport } from '../api.ts'
import { TrueupError, describeProblem } from '../errors.ts'
import type { Session } from '../dialects/dialect.ts'
import { Journal, attempt, placeKey, stopIfAborted } from '../execute/execute.ts'
import type { Execution } from '../execute/execute.ts'
import { figuresKey, openStateKey } from '../ledger/ledger.ts'
import { openColumnKey } from '../plan/open.ts'
import { factsOf } from '../plan/step-facts.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { askCheck, entryFacts } from '../survey/facts.ts'
import { readable } from '../survey/readable.ts'
import { openRun } from './ledger-setup.ts'
import { acquireIdle, busyWith } from './rollback-busy.ts'
import { planRollback } from './rollback-plan.ts'
import type { UndoStep } from './rollback-plan.ts'
import { look, patient, withSession } from './session.ts'

/** Undoes entries, newest first, all or none of them begun before all can be planned. What was undone is held. */
export async function rollback(given: App, options: RollbackOptions = {}): Promise<RollbackReport> {
  const call = makeCall(given.options, options.signal === undefined ? {} : { signal: options.signal })
  const app = patient(given, call)
  return withSession(app, call, async (session) => {
    if (options.dryRun === true) {
      const steps = await planned(app, session, options)
      return reportOf(true, null, steps, await busyWith(app, session, steps))
    }
    if ((await look(app, session)).readOnly) throw new TrueupError('read-only-database', `${app.database.address} is read-only: nothing can be rolled back there.`, { hint: 'Connect to the primary.' })
    const { lock, steps } = await acquireIdle(app, session, call, () => planned(app, session, options))
    try {
      if (steps.length === 0) return reportOf(false, null, steps, [])
      const probe = await look(app, session)
      const { scope } = await app.declared()
      const facts = entryFacts(app, await app.declared(), call, probe)
      const run = await openRun(app, call, session, lock, probe, 'rollback')
      const execution: Execution = {
        dialect: app.dialect, session, lock, journal: new Journal(run, app.writer, app.dialect.writer, facts), facts: new Map(), target: await readable(app, session, () => app.dialect.introspect(session, scope)),
        defaultSchema: app.database.defaultSchema, lockTimeout: call.lockTimeout, lockPatience: 60_000, signal: call.signal, logger: app.logger, onProgress: call.onProgress,
        askCheck: (check) => askCheck(app, session, check),
      }
      await undoAll(app, execution, run, steps)
      return reportOf(false, run, steps, [])
    } finally {
      await lock.release()
    }
  })
}

async function planned(app: App, session: Session, options: RollbackOptions): Promise<readonly UndoStep[]> {
  const { steps, problems } = await planRollback(app, session, options)
  if (problems.length === 0) return steps
  throw new TrueupError('rollback-refused', `This cannot be rolled back as a whole, so nothing of it was:\n${problems.map((problem) => `  - ${describeProblem(problem)}`).join('\n')}`, {
    problems, hint: 'Name the entries that can be undone, or write a new entry that goes forward.',
  })
}

async function undoAll(app: App, execution: Execution, run: string, steps: readonly UndoStep[]): Promise<void> {
  try {
    for (const step of steps) {
      stopIfAborted(execution.signal)
      await undo(app, execution, run, step)
      app.logger.info(`Rolled back: ${step.title}`)
    }
    await write(execution, app.writer.finishRun(run, 'done', null))
  } catch (error) {
    await write(execution, app.writer.finishRun(run, 'failed', error instanceof Error ? error.message : String(error))).catch((second: unknown) => {
      app.logger.debug?.(`The end of the run could not be recorded: ${app.dialect.failure(second).message}`)
    })
    throw error
  }
}

/** The undo and its record commit together. */
async function undo(app: App, execution: Execution, run: string, step: UndoStep): Promise<void> {
  const { row } = step
  const draft = {
    kind: 'sql' as const, phase: 'contract' as const, title: step.title, class: 'destructive' as const, entry: row.id, long: false, locks: step.locks, hazards: [],
    statements: step.statements, transaction: true,
  }
  const planStep = { id: row.id, ...draft, ...factsOf(draft) }
  const checksum = (await app.declared()).checksums.get(row.id) ?? row.checksum
  const held = [
    ...app.writer.entry(run, { ...row, checksum: row.checksum === '' ? checksum : row.checksum, state: 'held', error: null, progress: null }),
    ...(step.unfilled === undefined ? [] : app.writer.forgetState(placeKey(step.unfilled))),
    ...openKeysOf(step).flatMap((key) => [...app.writer.forgetState(openStateKey(key)), ...app.writer.forgetState(figuresKey(key))]),
  ]
  const seq = execution.journal.next()
  const journal = (attempts: number, lockWait: number): readonly string[] => [...execution.journal.steps([{ seq, step: planStep, outcome: 'done', attempts, lockWait }]), ...held]
  await attempt(execution, planStep, { step: { statements: step.statements, transaction: true, locks: step.locks } }, journal)
}

/** What a start may have left open of the entry. */
const openKeysOf = ({ row, unfilled }: UndoStep): readonly string[] => [`entry ${row.id}`, ...(unfilled === undefined ? [] : [openColumnKey(unfilled.table, unfilled.column)])]

async function write(execution: Execution, statements: readonly string[]): Promise<void> {
  await execution.dialect.run(execution.session, {
    step: { statements: [], transaction: true, locks: [] }, lockTimeout: execution.lockTimeout, fence: execution.lock.fence, journal: statements, defaultSchema: execution.defaultSchema,
  })
}

function reportOf(dryRun: boolean, run: string | null, steps: readonly UndoStep[], waitsFor: RollbackReport['waitsFor']): RollbackReport {
  return {
    dryRun, run, waitsFor, entries: steps.map((step) => step.row.id),
    steps: steps.map(({ title, row, statements, rowsLost }) => ({ title, entry: row.id, statements, rowsLost })),
  }
}
