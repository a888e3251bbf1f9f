import type { Session, TableLock } from './dialect.ts'

/**
 * How a session comes to the strong locks of a step without holding anybody up: it looks from outside of the queue, and asks
 * only when the way seems free.
 */
export interface Approach {
  /** Who would keep the step from its locks now; `null` when it may ask. Waits inside the database only where no query notices it. */
  look(): Promise<Obstacle | null>
  /** After a look: the step's locks that may be taken beforehand, weakly. A sequence cannot be locked, and some roles may not lock a table that they may change. */
  readonly beforehand: readonly TableLock[]
  /** After a look: among those in the way are transactions that last, and one of them began less than so many milliseconds ago. It will hardly be over within as many. */
  hasJustBegun(budget: number): boolean
}

export interface ApproachRequest {
  readonly session: Session
  readonly locks: readonly TableLock[]
  /** Milliseconds that the strong request may be queued at a time. */
  readonly lockTimeout: number
}

/** How far the statement is that a backend works on, where the server tells. */
export interface Figures {
  /** In the server's words: `building index: scanning table`. */
  readonly phase: string
  readonly done: number
  readonly of: number
  readonly unit: string
}

/** What stands in the way of a lock. */
export interface Obstacle {
  readonly kind: 'session' | 'prepared-transaction' | 'vacuum' | 'wraparound-vacuum' | 'standby'
  /** One line: who holds what, as far as this role may see. Never the text of a query. */
  readonly message: string
  /** What a person can do about it. */
  readonly hint: string
  /** True when it will not go by itself within moments: the step is parked at once. */
  readonly lasting: boolean
  readonly blockers: readonly Blocker[]
}

/** One that holds or waits for a lock; `null` where this role may not see it, or where there is no such thing. */
export interface Blocker {
  readonly pid: number | null
  readonly user: string | null
  readonly application: string | null
  readonly state: string | null
  /** Milliseconds since its transaction began, or since we first saw it. */
  readonly age: number | null
  readonly relation: string
  readonly mode: string
}
