import type { Fill, Hazard, StepClass, StepWork, TableLock } from '../dialects/dialect.ts'
import type { Operation } from '../operations/operation.ts'
import type { Named, ObjectRef } from '../schema/schema.ts'

export type Phase = 'expand' | 'migrate' | 'constrain' | 'contract'
export const PHASES: readonly Phase[] = ['expand', 'migrate', 'constrain', 'contract']

/** What a step means for those who use the database meanwhile. */
export interface StepFacts {
  /** Tables that are read as a whole. */
  readonly scans: readonly Named[]
  /** Tables that are written anew. */
  readonly rewrites: readonly Named[]
  /** What waits for its locks on tables that exist: for an instant, or as long as it works when it is `long`. */
  readonly blocks: readonly ('reads' | 'writes')[]
  /** Whether it can simply be run again after it failed or was cut off. */
  readonly retriable: boolean
}

/** How long a step will take, by the server's statistics, when nobody is in the way. */
export interface Prediction {
  readonly milliseconds: number
  /** Of the largest table that it works on. */
  readonly rows: number
  readonly bytes: number
}

interface StepCommon extends StepFacts {
  /** Unique in its plan, the same whenever the same plan is made. */
  readonly id: string
  readonly phase: Phase
  readonly title: string
  readonly class: StepClass
  /** The registry entry that it carries out. */
  readonly entry?: string
  /** Column entries that are done when this step is: the columns are part of it. */
  readonly claims?: readonly string[]
  readonly reason?: string
  readonly long: boolean
  /** It goes on behind the start, or is left for another: nothing that the code relies on waits for it. Told by `plan()` alone, and not part of its hash. */
  readonly open?: true
  /** The code relies on it: it is awaited, comes before what is planned on it, and is read back first. */
  readonly required?: boolean
  readonly locks: readonly TableLock[]
  readonly hazards: readonly Hazard[]
  /** Which tables it works on, and how. */
  readonly work?: readonly StepWork[]
  /** Left out where sizes are not known. Not part of the plan's hash: sizes change by the minute. */
  readonly predicted?: Prediction
}

/** Statements that trueup wrote, or the author's SQL. */
export interface StatementStep extends StepCommon {
  readonly kind: 'ddl' | 'sql'
  readonly statements: readonly string[]
  readonly transaction: boolean
  readonly operation?: Operation
}

export interface BackfillStep extends StepCommon {
  readonly kind: 'backfill'
  /** The statement of a batch as it is sent, with `…` for the keys. */
  readonly statements: readonly string[]
  readonly transaction: true
  /** What is filled, when no entry says so: a new column of the models. */
  readonly fill?: Fill
  readonly operation?: Operation
}

export interface RunStep extends StepCommon {
  readonly kind: 'run'
  readonly statements: readonly []
  readonly transaction: boolean
}

export type PlanStep = StatementStep | BackfillStep | RunStep

/** What would be done but is not, with the reason and the way to it. */
export interface Pending {
  readonly title: string
  readonly class: StepClass
  readonly entry?: string
  readonly because: string
  /** The entry or the option that would allow it. */
  readonly allow: string
  readonly statements: readonly string[]
}

/** A difference between the database and the models that a start does not remove. */
export interface Drift {
  /** `changed`: declared otherwise. `extra`: not declared. `invalid`: there, but not usable. `incomparable`: cannot be decided. */
  readonly kind: 'changed' | 'extra' | 'invalid' | 'incomparable'
  readonly object: string
  readonly ref: ObjectRef
  readonly field?: string
  readonly database?: string
  readonly models?: string
  readonly message: string
  readonly hint?: string
  /** Rows that hold a value in an extra column, or rows of an extra table, when they were counted. */
  readonly rows?: number
}

/** What a start would do to one database at one moment. Plain data. */
export interface Plan {
  /** Names this plan: the same database state, models, entries and options give the same hash. */
  readonly hash: string
  /** The database's digest that it was made for. */
  readonly digest: string
  readonly dialect: string
  readonly steps: readonly PlanStep[]
  readonly pending: readonly Pending[]
  readonly drift: readonly Drift[]
  /** Entries that need nothing done, only to be recorded: their effect is there, or the database is fresh for them. */
  readonly adopt: readonly { readonly entry: string; readonly state: 'applied' | 'adopted' | 'not-needed'; readonly because: string }[]
  /** Rows that destructive steps would remove. */
  readonly rowsLost: number
  readonly warnings: readonly string[]
}
