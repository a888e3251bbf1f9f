import type { StepClass } from '../dialects/dialect.ts'
import type { Phase } from '../plan/plan.ts'

/** What the copy holds of the original's rows: all, none, or so many a table with all that they reference. */
export type CopiedRows = 'all' | 'none' | number

export interface RehearsedLock {
  /** `schema.table` */
  readonly table: string
  /** The strongest that was held, `ACCESS EXCLUSIVE` */
  readonly mode: string
  /** Milliseconds, from the moment at which it was seen first to the end of its transaction; at most so long where nobody watched. */
  readonly held: number
}

export interface TableFigures {
  /** `schema.table`; empty for the whole file. */
  readonly table: string
  readonly rows: number
  readonly bytes: number
  readonly indexBytes: number
}

export interface RehearsedStep {
  readonly title: string
  /** Steps of the plan that travelled together. */
  readonly steps: number
  readonly phase: Phase | null
  readonly class: StepClass | null
  readonly entry: string | null
  readonly outcome: 'done' | 'failed'
  /** Milliseconds at work on the copy, without waiting between tries. */
  readonly duration: number
  /** Rows that its statements changed. */
  readonly rows: number
  readonly locks: readonly RehearsedLock[]
  /** Of the tables that it locked or changed. */
  readonly before: readonly TableFigures[]
  readonly after: readonly TableFigures[]
  /** Milliseconds that it will take on the original, when nobody is in the way. */
  readonly predicted: number
  /** `measured`: the copy is as large. `scaled`: by the sizes of both. `constant`: by usual speeds, as the copy is too small to tell. `instant`: does not grow with the table. */
  readonly basis: 'measured' | 'scaled' | 'constant' | 'instant'
}

export interface RehearsedUndo {
  /** Entries that were rolled back. */
  readonly entries: readonly string[]
  /** Entries that have no way back. */
  readonly kept: readonly { readonly entry: string; readonly because: string }[]
  /** Whether what the models had brought was taken back, too: only when no entry was kept that may rest on it. */
  readonly models: boolean
  /** Whether the schema was the one before. `null`: not everything was undone. */
  readonly verified: boolean | null
}

/** What became of a plan on a copy. Plain data, without credentials. */
export interface Rehearsal {
  readonly format: 1
  /** The version of trueup. */
  readonly version: string
  /** `ok`: it went through, was verified, undone as far as possible, and went through again. `refused`: policy does not allow it. */
  readonly outcome: 'ok' | 'failed' | 'refused'
  /** Names what the plan does: texts, entries, models and options, independent of rows. `null` when there was none. */
  readonly plan: string | null
  /** The digest of the schema that it was made for. */
  readonly digest: string | null
  /** When it ended, ISO 8601. */
  readonly at: string
  readonly duration: number
  readonly original: string
  readonly copy: string
  readonly rows: CopiedRows
  readonly steps: readonly RehearsedStep[]
  /** What the plan leaves out because it is not allowed: neither rehearsed nor done by a start. */
  readonly pending: readonly { readonly title: string; readonly class: StepClass; readonly because: string; readonly allow: string }[]
  readonly undo: RehearsedUndo | null
  /** Milliseconds that the whole will take on the original. */
  readonly predicted: number
  /** What went wrong. */
  readonly error: { readonly during: Stage; readonly code: string; readonly message: string; readonly hint: string | null } | null
  /** What the figures do not tell. */
  readonly remarks: readonly string[]
}

/** Where a rehearsal is. */
export type Stage = 'compare' | 'plan' | 'apply' | 'verify' | 'undo' | 'verify undo' | 'apply again'
