import type { LedgerEntryRow, Probe } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { App, Call } from './context.ts'

/** Entries that the ledger knows and this build does not. */
export interface UnknownEntries {
  /** Written by a newer build: one whose registry held all of ours. */
  readonly ahead: readonly LedgerEntryRow[]
  /** Taken out of the registry, or of a build that never knew ours. */
  readonly orphaned: readonly LedgerEntryRow[]
}

/** Tells newer builds' entries from removed ones by the list of ids that each run stored. */
export function unknownEntries(app: App, probe: Probe): UnknownEntries {
  const ours = new Set(app.registry.entries.map((entry) => entry.id))
  const unknown = (probe.ledger?.entries ?? []).filter((row) => !ours.has(row.id) && row.state !== 'held' && row.state !== 'failed')
  const lists = new Map((probe.ledger?.runs ?? []).map((run) => [run.id, run.entries]))
  // The youngest run whose list holds the entry tells who last knew it.
  const lastList = (row: LedgerEntryRow): readonly string[] =>
    (probe.ledger?.runs ?? []).find((run) => run.entries.includes(row.id))?.entries ?? lists.get(row.run) ?? []
  const isAhead = (row: LedgerEntryRow): boolean => {
    const list = new Set(lastList(row))
    return list.has(row.id) && [...ours].every((id) => list.has(id))
  }
  return { ahead: unknown.filter(isAhead), orphaned: unknown.filter((row) => !isAhead(row)) }
}

/**
 * What a build does on a database that a newer one has changed: nothing. It may go on when every unknown entry was recorded
 * as compatible, or when it was told to tolerate.
 *
 * @throws TrueupError `database-ahead`
 */
export function judgeAhead(app: App, call: Call, probe: Probe, unknown: UnknownEntries): void {
  if (unknown.ahead.length === 0) return
  const incompatible = unknown.ahead.filter((row) => !row.compatible)
  const policy = call.onAhead ?? (incompatible.length === 0 ? 'tolerate' : 'refuse')
  if (policy === 'tolerate') return
  const builds = probe.ledger?.runs.find((run) => run.entries.includes(unknown.ahead[0]?.id ?? ''))?.build
  const by = builds === undefined || builds === '' ? 'a newer build' : `build ${builds}`
  const own = app.options.build === undefined ? 'This build' : `This build (${app.options.build})`
  throw new TrueupError(
    'database-ahead',
    `${app.database.address} was migrated by ${by}. ${own} does not know ${unknown.ahead.length === 1 ? 'this entry' : `these ${unknown.ahead.length} entries`}: ${unknown.ahead.map((row) => row.id).join(', ')}.`,
    {
      hint: "Deploy the newer build again, or roll its entries back with it. If this build works with the newer schema, start it with onAhead: 'tolerate', or mark those entries compatible: true. If the entries were only taken out of the migrations, put them back.",
      details: { ahead: unknown.ahead.map((row) => row.id) },
    },
  )
}
