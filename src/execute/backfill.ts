import type { StepReport } from '../api.ts'
import type { BackfillRequest } from '../dialects/dialect.ts'
import { requestOf } from '../plan/entry-steps.ts'
import type { BackfillStep } from '../plan/plan.ts'
import type { CheckedBackfill } from '../registry/registry.ts'
import { findTable } from '../schema/schema.ts'
import type { Execution } from './context.ts'
import { recordFailure, writeJournal } from './ddl.ts'
import { expectation } from './expect.ts'
import { entryPlace } from './place.ts'
import { walk } from './walk.ts'

/** Carries a backfill entry out. Its place and its rows so far are in the ledger after every batch. */
export async function runBackfill(execution: Execution, step: BackfillStep): Promise<StepReport> {
  const began = Date.now()
  const seq = execution.journal.next()
  const id = step.entry ?? ''
  try {
    const entry = entryOf(execution, id)
    const request = requestFor(execution, entry)
    const { rows, lockWait, attempts } = await walk(execution, {
      step, seq, request, store: entryPlace(execution, id), pacing: entry.entry.backfill, ...expectation(execution, entry, request),
    })
    return { id: step.id, title: step.title, phase: step.phase, entry: id, rows, lockWait, attempts, duration: Date.now() - began }
  } catch (error) {
    throw await failed(execution, step, seq, error)
  }
}

/** A backfill that was stopped or failed stays at its place: the next start goes on there. */
async function failed(execution: Execution, step: BackfillStep, seq: number, error: unknown): Promise<Error> {
  const { entry, ...rest } = step
  const named = await recordFailure(execution, { step: { ...rest }, seq }, error)
  const isOver = 'code' in named && ['interrupted', 'table-lock-timeout', 'connection-lost', 'pooler-detected'].includes(String(named.code))
  // Best effort, like the record of any failure: the error itself is what counts.
  if (!isOver && entry !== undefined) await writeJournal(execution, execution.journal.failEntry(entry, named.message)).catch(() => {})
  return named
}

function entryOf(execution: Execution, id: string): CheckedBackfill {
  const entry = execution.facts.get(id)?.entry
  if (entry?.kind !== 'backfill') throw new Error(`entry ${id} is not a backfill`)
  return entry
}

function requestFor(execution: Execution, entry: CheckedBackfill): BackfillRequest {
  const name = { schema: entry.entry.backfill.schema ?? execution.defaultSchema, name: entry.entry.backfill.table }
  const table = findTable(execution.target, name)
  if (table === undefined) throw new Error(`the table of backfill ${entry.id} is gone`)
  return requestOf(entry, table, execution.dialect.writer)
}
