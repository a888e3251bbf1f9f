import type { LedgerEntryRow } from '../dialects/dialect.ts'
import { placeKey } from '../execute/execute.ts'
import { openStateKey } from '../ledger/ledger.ts'
import { openColumnKey } from '../plan/open.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import type { Schema } from '../schema/schema.ts'
import { findTable } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'

const DONE: ReadonlySet<string> = new Set(['applied', 'adopted', 'not-needed', 'baselined'])
const BEGUN: ReadonlySet<string> = new Set(['running', 'failed'])

/** What a rollback can undo: what was done, and a backfill that came half the way. */
export const isUndoable = ({ kind, state }: LedgerEntryRow): boolean => DONE.has(state) || (kind === 'backfill' && BEGUN.has(state))

/**
 * Columns that were begun and not finished are not recorded as done: the half of an online entry is seen in the database, that of
 * a column which is being filled stands in the ledger's facts.
 */
export function withBegun(app: App, rows: readonly LedgerEntryRow[], state: Readonly<Record<string, string>>, live: Schema, named: readonly string[]): readonly LedgerEntryRow[] {
  const pairs = (app.dialect.online?.pairs(live) ?? []).map(({ id, kind }) => ({ id, kind: kind as string }))
  const columns = app.registry.entries.flatMap((entry) => (entry.kind === 'column' && isHalfFilled(app, entry, state, live) ? [{ id: entry.id, kind: 'column' }] : []))
  const begun = [...pairs, ...columns].filter(({ id }) => named.includes(id) && !rows.some((row) => row.id === id && isUndoable(row)))
  const unknown = { checksum: '', compatible: true, down: null, progress: null, rows: 0, run: '', at: '', error: null, description: null }
  return [...rows.filter((row) => !begun.some(({ id }) => id === row.id)), ...begun.map(({ id, kind }): LedgerEntryRow => ({ ...unknown, ...rows.find((row) => row.id === id), id, kind, state: 'applied' }))]
}

function isHalfFilled(app: App, { entry }: CheckedColumn, state: Readonly<Record<string, string>>, live: Schema): boolean {
  const table = { schema: entry.schema ?? app.database.defaultSchema, name: entry.table }
  if (findTable(live, table)?.columns.some((column) => column.name === entry.column) !== true) return false
  return state[placeKey({ table, column: entry.column })] !== undefined || state[openStateKey(openColumnKey(table, entry.column))] !== undefined
}
