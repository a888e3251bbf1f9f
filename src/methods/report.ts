import type { Report } from '../api.ts'
import type { EntryFact } from '../plan/input.ts'
import { stateOf } from '../plan/state.ts'
import type { App } from '../survey/context.ts'

/** A report of a run that did nothing yet. */
export function emptyReport(outcome: Report['outcome'], began: number): Report {
  return { outcome, run: null, steps: [], applied: [], adopted: [], notNeeded: [], pending: [], drift: [], held: [], ahead: [], open: [], waited: 0, duration: Date.now() - began }
}

/** The lines that the original printed, in its order; tools of its users look for them. */
export const LINES = {
  begin: 'Applying database migrations...',
  tables: 'Ensuring all tables exist...',
  tablesDone: '✅ Tables verified',
  entries: 'Applying incremental migrations...',
  done: '✅ Migrations applied',
} as const

/** For every column entry whose column was there before this start: the original's debug line. */
export function tellSkipped(app: App, facts: readonly EntryFact[], adopted: ReadonlySet<string> = new Set()): void {
  for (const { entry, ...fact } of facts) {
    if (entry.kind !== 'column' || !(adopted.has(entry.id) || stateOf({ entry, ...fact }) === 'done')) continue
    const { table, column } = entry.entry
    app.logger.debug?.(`Column ${table}.${column} already exists in table ${table} - skipping`)
  }
}

/** What a start leaves undone, said once, in one line each. */
export function tellLeft(app: App, report: Pick<Report, 'pending' | 'drift' | 'held' | 'ahead'>, orphaned: readonly string[]): void {
  const { logger } = app
  for (const item of report.pending) logger.warn(`Not done: ${item.title}. ${item.because} ${item.allow}`)
  for (const item of report.drift) {
    const line = item.hint === undefined ? item.message : `${item.message} ${item.hint}`
    if (item.kind === 'extra') logger.debug?.(line)
    else logger.warn(`Drift: ${line}`)
  }
  for (const id of report.held) logger.warn(`Held: entry ${id} was rolled back. It runs again when its content changes, or with: trueup apply --include ${id}`)
  for (const id of orphaned) logger.warn(`Removed: entry ${id} is in the ledger and not in the migrations any more (rule removed-entry).`)
}
