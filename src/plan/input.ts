import type { Dialect, LedgerEntryRow, Normalised, StepClass, Verdict } from '../dialects/dialect.ts'
import type { Entry } from '../registry/registry.ts'
import type { Schema } from '../schema/schema.ts'

/** One entry with all that is known of it. */
export interface EntryFact {
  readonly entry: Entry
  readonly checksum: string
  /** What the ledger says; `null` when it does not know the entry. */
  readonly recorded: LedgerEntryRow | null
  /** The answer of its `check`: `null` when it has none or could not be asked yet. */
  readonly check: boolean | null
  /** Held, but asked for by id. */
  readonly included: boolean
}

/** All that a plan is made of. No connection. */
export interface PlanInput {
  readonly dialect: Dialect
  /** The server's version number. */
  readonly version: number
  readonly defaultSchema: string
  readonly live: Schema
  /** The models with what the entries declare, in the server's words. */
  readonly target: Schema
  readonly incomparable: Normalised['incomparable']
  readonly entries: readonly EntryFact[]
  readonly allow: StepClass
  readonly strict: boolean
  /** False for a database that trueup sees for the first time. */
  readonly hasLedger: boolean
  readonly digest: string
  /** Keys of existing tables that are known to hold no row. */
  readonly emptyTables: ReadonlySet<string>
  /** What the server said when changes were tried. */
  readonly verdicts?: readonly Verdict[]
  /** Keys of columns that an earlier start began to add; `live` is as if it had not. */
  readonly resumes?: ReadonlySet<string>
  /** By contract entry: why its old side must stay yet; `null` when it may go. */
  readonly obstacles?: ReadonlyMap<string, string | null>
  /** Rows that a destructive plan would remove, by table key. */
  readonly rowCounts: ReadonlyMap<string, number>
}
