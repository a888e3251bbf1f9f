import type { StepReport } from '../api.ts'
import type { BackfillRequest, Fill } from '../dialects/dialect.ts'
import { fillRequest } from '../plan/entry-steps.ts'
import type { BackfillStep } from '../plan/plan.ts'
import { findTable, keyOf } from '../schema/schema.ts'
import { attempt } from './attempt.ts'
import type { Execution } from './context.ts'
import { recordFailure, writeJournal } from './ddl.ts'
import { stopIfAborted } from './wait.ts'

/** How far a column was filled, as the ledger's state keeps it: the literals of the last key done, and the rows so far. */
interface Place {
  readonly after: readonly string[] | null
  readonly rows: number
}

const START: Place = { after: null, rows: 0 }
/** Milliseconds that a batch should take: short enough that who waits for one of its rows does not notice. */
const TARGET = 100
const SMALLEST = 100
const LARGEST = 20_000

/**
 * Gives the rows of a table the value of a new column, batch by batch along its key. Each batch commits with its place in the
 * ledger: a start that dies is followed by one that goes on there.
 */
export async function runFill(execution: Execution, step: BackfillStep, fill: Fill): Promise<StepReport> {
  const began = Date.now()
  const seq = execution.journal.next()
  try {
    const done = await walk(execution, step, fill, seq, began)
    const entry = step.entry === undefined ? {} : { entry: step.entry }
    return { id: step.id, title: step.title, phase: step.phase, ...entry, ...done, duration: Date.now() - began }
  } catch (error) {
    const { entry: _entry, ...rest } = step
    throw await recordFailure(execution, { step: { ...rest }, seq }, error)
  }
}

async function walk(execution: Execution, step: BackfillStep, fill: Fill, seq: number, began: number): Promise<{ rows: number; lockWait: number; attempts: number }> {
  const { session, journal, dialect } = execution
  const key = placeKey(fill)
  const request = requestOf(execution, fill)
  const total = Number((await session.json<number>(dialect.backfill.estimate(request))) ?? 0)
  let place = await placeOf(execution, key)
  const totals = { rows: place.rows, lockWait: 0, attempts: 0 }
  let size = request.batchSize
  for (let isLast = false; !isLast; ) {
    stopIfAborted(execution.signal)
    const at = Date.now()
    const sized: BackfillRequest = { ...request, batchSize: size }
    const upTo = await session.json<readonly string[]>(dialect.backfill.boundary(sized, place.after))
    isLast = upTo === null
    const batch = { step: { statements: [dialect.backfill.batch(sized, place.after, upTo)], transaction: true, locks: [] } }
    const record = (): readonly string[] =>
      isLast ? [...journal.steps([{ seq, step, outcome: 'done', ...totals }]), ...journal.forgetState(key)] : journal.state(key, JSON.stringify({ after: upTo, rows: totals.rows }))
    const done = await attempt(execution, step, batch, record)
    totals.rows += done.rows
    totals.lockWait += done.lockWait
    totals.attempts += done.attempts
    place = { after: upTo ?? place.after, rows: totals.rows }
    execution.onProgress({ event: 'batch', title: step.title, rows: totals.rows, of: Math.max(total, totals.rows), elapsed: Date.now() - began })
    size = Math.round(Math.min(LARGEST, Math.max(SMALLEST, size * Math.min(2, TARGET / Math.max(1, Date.now() - at - done.lockWait)))))
  }
  await writeJournal(execution, journal.finishStep(seq, { ...totals, outcome: 'done', error: null }))
  return totals
}

/** Where the place of a fill is kept. */
export const placeKey = (fill: Pick<Fill, 'table' | 'column'>): string => `fill ${keyOf(fill.table).replaceAll('\u0000', '.')}.${fill.column}`

async function placeOf({ session, journal }: Execution, key: string): Promise<Place> {
  const rows = await session.query(journal.stateQuery(key))
  const value = rows[0]?.['value']
  return typeof value === 'string' ? (JSON.parse(value) as Place) : START
}

function requestOf(execution: Execution, fill: Fill): BackfillRequest {
  const table = findTable(execution.target, fill.table)
  if (table === undefined) throw new Error(`the table of ${fill.column} is gone`)
  return fillRequest(fill, table)
}
