import type { Named, Schema } from '../schema/schema.ts'
import type { Session } from './dialect.ts'
import type { Step } from './step.ts'

/** Two columns of a table that are kept in step while code of two releases runs. The database itself says so, with or without a ledger. */
export interface Pair {
  /** The id of the entry. */
  readonly id: string
  readonly kind: 'rename' | 'retype'
  readonly table: Named
  /** The column that was there first, by its name of now. */
  readonly from: string
  /** The one that takes its place, by its name of now. */
  readonly to: string
  /** `filling`: old rows have no value yet. `filled`: they have, constraints and indexes come. `ready`: new code may run. */
  readonly stage: 'filling' | 'filled' | 'ready'
  /** What keeps them in step. */
  readonly name: string
  /** How values go over and come back, of a retype. */
  readonly using: string | null
  readonly back: string | null
  /** The default of the old column as it was. */
  readonly former: string | null
  /** When it became ready: seconds since 1970 by the database's clock. */
  readonly since: number | null
}

/** What an entry asks for. */
export interface PairRequest {
  readonly id: string
  readonly table: Named
  readonly column: string
  /** The new name, of a rename. */
  readonly to?: string
  readonly type?: string
  readonly using?: string | null
  readonly back?: string | null
}

export interface PairContext {
  readonly live: Schema
  /** What the models ask for, in the server's words. */
  readonly target: Schema
  /** The server's version, as `Session.version`. */
  readonly version: number
}

/** The way to a pair that new code can rely on, from where an earlier start left it. */
export interface PairPlan {
  readonly before: readonly Step[]
  /** The schema after these steps, and the one with all that stands on the old column on the new one, too. */
  readonly after: Schema
  readonly wanted: Schema
  /** What comes when that is there. */
  readonly last: Step
}

/** What must be true before the old side goes. */
export interface Quiet {
  /** In the database's words: `7 days`. */
  readonly unusedFor: string | null
  /** Patterns of application names, `*` for any text. Empty: no session may be older than the pair. */
  readonly application: readonly string[]
}

/** What stands in the way of a request while everybody works. */
export interface Refusal {
  /** In words that name it, behind `cannot be done: `. */
  readonly reason: string
  /** How the same is reached all the same, where there is a way by hand. */
  readonly instead?: string
}

/** How a dialect keeps two columns in step. */
export interface OnlineStyle {
  /** The pairs of a database, finished or not. */
  pairs(live: Schema): readonly Pair[]
  /** The schema without what belongs to a pair alone, with the old column (`old`) or with the new one in its place (`new`). */
  hide(live: Schema, pair: Pair, side: 'old' | 'new', target: Schema): Schema
  /** How a request is carried out. `refused`: what cannot be done while everybody works. */
  prepare(request: PairRequest, pair: Pair | null, context: PairContext): PairPlan | { readonly refused: readonly Refusal[] }
  /** Takes the old side away. */
  contract(pair: Pair, context: PairContext): Step
  /** Takes the new side away, without losing what either code wrote. */
  undo(pair: Pair, context: PairContext): Step
  /** Why the old side must stay yet, in words; `null` when it may go. */
  obstacle(session: Session, pair: Pair, quiet: Quiet): Promise<string | null>
}
