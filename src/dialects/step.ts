import type { Column, Named } from '../schema/schema.ts'

/** Harmless to not: the order is that of what policy allows. */
export const STEP_CLASSES = ['safe', 'online', 'blocking', 'incompatible', 'destructive'] as const
export type StepClass = (typeof STEP_CLASSES)[number]

/** A fact about a step, found by the one who wrote its SQL. Lint judges it. */
export interface Hazard {
  readonly code: string
  readonly message: string
}

export interface TableLock {
  readonly relation: Named
  /** In the server's words: `ACCESS EXCLUSIVE`. */
  readonly mode: string
  /** False for what cannot be locked by itself beforehand: a sequence, a view. */
  readonly lockable?: false
}

/**
 * What takes time with the size of a table: `scan` reads all of it, `rewrite` writes it and its indexes anew, `index` builds one
 * index, `match` looks every row up in another table, `fill` updates its rows.
 */
export type WorkKind = 'scan' | 'rewrite' | 'index' | 'match' | 'fill'

export interface StepWork {
  readonly table: Named
  readonly kind: WorkKind
  /** The share of time at work, where it rests in between. @default 1 */
  readonly share?: number
}

/** Rows to be updated in batches along the table's key, each batch in its own transaction with its place in the ledger. */
export interface Fill {
  readonly table: Named
  /** The column that is filled. */
  readonly column: string
  /** SQL after SET. */
  readonly set: string
  /** The rows that still need it: what makes a second run harmless. */
  readonly where: string
  /** The columns to walk along, where they are not the key that the models give the table. */
  readonly key?: readonly Column[]
}

/** How: statements that belong together, with all that is needed to run them safely. */
export interface Step {
  readonly title: string
  /** In order, in one transaction; exactly one statement when `transaction` is false. */
  readonly statements: readonly string[]
  readonly transaction: boolean
  readonly class: StepClass
  /** Every relation that its statements lock more than a query does, with the strongest lock on it. */
  readonly locks: readonly TableLock[]
  readonly hazards: readonly Hazard[]
  /** Works on all rows: takes time with the size of the table. */
  readonly long: boolean
  /** Which tables it works on, and how. */
  readonly work?: readonly StepWork[]
  /** The same in batches, which a start does instead of its one statement. */
  readonly fill?: Fill
  /** What the server can be asked about it before it is carried out. */
  readonly trial?: Trial
  /** Why it is written this way, for the plan's reader. */
  readonly reason?: string
  /** What to do instead where it is more than a start may do. */
  readonly instead?: string
}

/** A change of one table, as it would be written after `ALTER TABLE name`. */
export interface Trial {
  readonly table: Named
  readonly action: string
}

/** What the server did with a trial's copy. */
export interface Verdict extends Trial {
  /** The table is written anew. */
  readonly rewrites: boolean
  /** The table is read as a whole. */
  readonly scans: boolean
  /** Indexes are built again although the table is not. */
  readonly rebuilds: boolean
}

/** A table by the server's statistics: of a partitioned one, all partitions together. */
export interface TableSize {
  readonly table: Named
  /** The server's estimate. */
  readonly rows: number
  /** Of the table without its indexes. */
  readonly bytes: number
  readonly indexBytes: number
  readonly indexes: number
  /** Bytes that the server read of it in a second just now, over some of its pages. Left out where it is too small to tell, or may not be read. */
  readonly readRate?: number
}
