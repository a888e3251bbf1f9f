import type { StepReport } from '../api.ts'
import type { PlanStep, StatementStep } from '../plan/plan.ts'
import { runBackfill } from './backfill.ts'
import type { Executed, Execution } from './context.ts'
import { groupSteps, runDdl } from './ddl.ts'
import { runFill } from './fill.ts'
import { runOpaque } from './opaque.ts'
import { stopIfAborted } from './wait.ts'

export type { Executed, Execution } from './context.ts'
export { filledSoFar, placeKey } from './place.ts'
export { acquireLock } from './lock.ts'
export { leaseHolder, leaseKey, takeLeases } from './lease.ts'
export { Journal } from './journal.ts'
export { runDdl, writeJournal } from './ddl.ts'
export { attempt, stepError } from './attempt.ts'
export { interrupted, jitter, pause, stopIfAborted } from './wait.ts'

/** Carries out steps in their order; stops between two of them when it is told to. */
export async function execute(execution: Execution, steps: readonly PlanStep[]): Promise<Executed> {
  const reports: StepReport[] = []
  const adopted: string[] = []
  let done = 0
  for (const group of groupSteps(steps)) {
    stopIfAborted(execution.signal)
    const [first] = group
    if (first === undefined) continue
    execution.logger.debug?.(group.length === 1 ? `${first.phase}: ${first.title}` : `${first.phase}: ${group.length} steps, from "${first.title}"`)
    const began = Date.now()
    execution.onProgress({ event: 'step', title: first.title, step: done + 1, steps: steps.length, elapsed: 0, ...(first.entry !== undefined && { entry: first.entry }) })
    const report = await runGroup(execution, group, first)
    if (report === null) adopted.push(first.entry ?? '')
    else reports.push(...report)
    done += group.length
    execution.onProgress({ event: 'done', title: first.title, step: done, steps: steps.length, elapsed: Date.now() - began, ...(first.entry !== undefined && { entry: first.entry }) })
  }
  return { reports, adopted }
}

async function runGroup(execution: Execution, group: readonly PlanStep[], first: PlanStep): Promise<readonly StepReport[] | null> {
  switch (first.kind) {
    case 'ddl':
      return runDdl(execution, group.filter(isStatements))
    case 'backfill':
      return [first.fill === undefined ? await runBackfill(execution, first) : await runFill(execution, first, first.fill)]
    case 'sql':
    case 'run': {
      const report = await runOpaque(execution, first)
      return report === null ? null : [report]
    }
  }
}

const isStatements = (step: PlanStep): step is StatementStep => step.kind === 'ddl'
export { Background, anyOf } from './background.ts'
