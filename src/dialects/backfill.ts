import type { Column, Named } from '../schema/schema.ts'
import type { RunResult, Session } from './dialect.ts'

/** How the rows of a table are updated batch by batch along its key. */
export interface BackfillStyle {
  /** The UPDATE of all batches together, as a plan shows it. */
  statement(request: BackfillRequest): string
  /** How many rows still need it, counted. The answer is one number as JSON. */
  count(request: BackfillRequest): string
  /** Looks at the table once, and gives what writes the batches. `after`: the literals of the last key done. */
  open(session: Session, request: BackfillRequest, after: Key | null): Promise<Batches>
}

/** What is updated. */
export interface BackfillRequest {
  readonly table: Named
  /** The columns of a key without NULLs; without any, the dialect's own number of a row. */
  readonly key: readonly Column[]
  /** SQL after SET. */
  readonly set: string
  /** Rows that still need it; `null`: all. */
  readonly where: string | null
}

/** A key as literals of its columns' types: nothing is rounded on the way through a driver. */
export type Key = readonly string[]

export interface Batches {
  /** About how many rows will be changed, and how many rows lie on the way. `null`: not known. */
  readonly toChange: number | null
  readonly toRead: number | null
  /** The batch of the next `size` rows after a key. */
  next(after: Key | null, size: number): Promise<Batch>
}

/** One batch, to be run in one transaction. */
export interface Batch {
  readonly statements: readonly string[]
  /** SQL for the first statement of the journal: the last key as JSON text, and how many rows were changed. */
  readonly after: string
  readonly changed: string
  /** A query that is run last: its one value is needed to tell what was done. */
  readonly answer?: string
  /** What was done, by the result of the run. */
  done(result: RunResult): BatchDone
}

export interface BatchDone {
  readonly after: Key | null
  readonly changed: number
  /** Nothing lies behind this batch. */
  readonly isLast: boolean
  /** How long the database was at work on it, where it tells: without the way there and back. */
  readonly milliseconds?: number
}

/** How far the standbys are behind. */
export interface ReplicaLag {
  /** Of the slowest one, by what it has replayed. Milliseconds; `null`: no standby is behind. */
  readonly milliseconds: number | null
  /** The slowest one's name. */
  readonly name: string | null
  /** False when there are standbys of which this role may see nothing. */
  readonly isVisible: boolean
}
