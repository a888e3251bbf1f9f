import type { StepReport } from '../api.ts'
import type { Fill } from '../dialects/dialect.ts'
import { fillRequest } from '../plan/entry-steps.ts'
import type { BackfillStep } from '../plan/plan.ts'
import { findTable } from '../schema/schema.ts'
import type { Execution } from './context.ts'
import { recordFailure } from './ddl.ts'
import { placeKey, statePlace } from './place.ts'
import { walk } from './walk.ts'

/** Gives the rows of a table the value of a new column of the models. */
export async function runFill(execution: Execution, step: BackfillStep, fill: Fill): Promise<StepReport> {
  const began = Date.now()
  const seq = execution.journal.next()
  try {
    const table = findTable(execution.target, fill.table)
    if (table === undefined) throw new Error(`the table of ${fill.column} is gone`)
    const { rows, lockWait, attempts } = await walk(execution, { step, seq, request: fillRequest(fill, table), store: statePlace(execution, placeKey(fill)), pacing: {} })
    const entry = step.entry === undefined ? {} : { entry: step.entry }
    return { id: step.id, title: step.title, phase: step.phase, ...entry, rows, lockWait, attempts, duration: Date.now() - began }
  } catch (error) {
    const { entry: _entry, ...rest } = step
    throw await recordFailure(execution, { step: { ...rest }, seq }, error)
  }
}
