import type { Logger, Progress, StepReport } from '../api.ts'
import type { Dialect, HeldLock, Session } from '../dialects/dialect.ts'
import type { EntryFact } from '../plan/input.ts'
import type { Schema } from '../schema/schema.ts'
import type { Journal } from './journal.ts'

/** What the executors of all kinds of steps share. */
export interface Execution {
  readonly dialect: Dialect
  readonly session: Session
  readonly lock: HeldLock
  readonly journal: Journal
  readonly facts: ReadonlyMap<string, EntryFact>
  /** The schema that the plan leads to: backfills find their keys there. */
  readonly target: Schema
  readonly defaultSchema: string
  /** Milliseconds a try may wait for a table lock. */
  readonly lockTimeout: number
  /** Milliseconds after which a step that never gets its lock is given up. */
  readonly lockPatience: number
  readonly signal: AbortSignal | undefined
  readonly logger: Logger
  readonly onProgress: (progress: Progress) => void
  /** For a check that could only be asked now. */
  askCheck(check: string): Promise<boolean | null>
}

/** What the execution of one plan did. */
export interface Executed {
  readonly reports: readonly StepReport[]
  /** Entries whose effect turned out to be there when their turn came. */
  readonly adopted: readonly string[]
}
