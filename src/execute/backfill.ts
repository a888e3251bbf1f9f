import type { StepReport } from '../api.ts'
import type { BackfillRequest } from '../dialects/dialect.ts'
import { requestOf } from '../plan/entry-steps.ts'
import type { BackfillStep } from '../plan/plan.ts'
import { findTable } from '../schema/schema.ts'
import type { Attempted } from './attempt.ts'
import { attempt } from './attempt.ts'
import type { Execution } from './context.ts'
import { recordFailure, writeJournal } from './ddl.ts'
import { stopIfAborted } from './wait.ts'

/** How far a backfill came, as it stands in the ledger: the literals of the last key done. */
interface Place {
  readonly after: readonly string[] | null
  readonly rows: number
}

/**
 * Walks along a table's key in batches. Each batch commits together with its place, so that a run that dies leaves no row
 * done twice and none out.
 */
export async function runBackfill(execution: Execution, step: BackfillStep): Promise<StepReport> {
  const began = Date.now()
  const seq = execution.journal.next()
  try {
    const done = await walk(execution, step, seq, began)
    return { id: step.id, title: step.title, phase: step.phase, entry: step.entry ?? '', ...done, duration: Date.now() - began }
  } catch (error) {
    throw await failed(execution, step, seq, error)
  }
}

async function walk(execution: Execution, step: BackfillStep, seq: number, began: number): Promise<{ rows: number; lockWait: number; attempts: number }> {
  const { session, journal, dialect } = execution
  const id = step.entry ?? ''
  const request = backfillOf(execution, id)
  let place = placeOf(execution, id)
  const total = place.rows + Number((await session.json<number>(dialect.backfill.estimate(request))) ?? 0)
  const totals = { rows: place.rows, lockWait: 0, attempts: 0 }
  await writeJournal(execution, journal.entry(id, 'running', { progress: JSON.stringify(place.after), rows: place.rows }))
  for (let isLast = false; !isLast; ) {
    stopIfAborted(execution.signal)
    const upTo = await session.json<readonly string[]>(dialect.backfill.boundary(request, place.after))
    isLast = upTo === null
    const batch = { step: { statements: [dialect.backfill.batch(request, place.after, upTo)], transaction: true, locks: [] } }
    // The ledger's row count is the one before this batch: how many rows it changes is known only after it. The next batch makes up for it.
    // The last batch commits with the end of the entry: a run that dies right after it must not do it again.
    const record = (): readonly string[] => (isLast ? finished(execution, step, seq, totals) : journal.progress(id, JSON.stringify(upTo), totals.rows))
    const done = await attempt(execution, step, batch, record)
    totals.rows += done.rows
    totals.lockWait += done.lockWait
    totals.attempts += done.attempts
    place = { after: upTo ?? place.after, rows: totals.rows }
    execution.onProgress({ event: 'batch', title: step.title, entry: id, rows: totals.rows, of: Math.max(total, totals.rows), elapsed: Date.now() - began })
  }
  await writeJournal(execution, [...journal.finishStep(seq, { ...totals, outcome: 'done', error: null }), ...journal.entry(id, 'applied', { rows: totals.rows })])
  return totals
}

const finished = ({ journal }: Execution, step: BackfillStep, seq: number, totals: Attempted): readonly string[] => [
  ...journal.steps([{ seq, step, outcome: 'done', ...totals }]), ...journal.entry(step.entry ?? '', 'applied', { rows: totals.rows }),
]

/** A backfill that failed or was stopped stays at its place: the next start goes on there. */
async function failed(execution: Execution, step: BackfillStep, seq: number, error: unknown): Promise<Error> {
  const { entry: _entry, ...rest } = step
  return recordFailure(execution, { step: { ...rest }, seq }, error)
}

function placeOf(execution: Execution, id: string): Place {
  const recorded = execution.facts.get(id)?.recorded
  if (recorded == null || recorded.state !== 'running' || recorded.progress === null) return { after: null, rows: 0 }
  return { after: JSON.parse(recorded.progress) as readonly string[] | null, rows: recorded.rows }
}

function backfillOf(execution: Execution, id: string): BackfillRequest {
  const entry = execution.facts.get(id)?.entry
  if (entry?.kind !== 'backfill') throw new Error(`entry ${id} is not a backfill`)
  const name = { schema: entry.entry.backfill.schema ?? execution.defaultSchema, name: entry.entry.backfill.table }
  const table = findTable(execution.target, name)
  if (table === undefined) throw new Error(`the table of backfill ${id} is gone`)
  return requestOf(entry, table, execution.dialect.writer)
}
