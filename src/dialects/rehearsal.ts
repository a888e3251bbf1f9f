/**
 * The port, too: what a rehearsal asks of a database, as statements. All queries give one JSON text.
 */
export interface RehearsalStyle {
  /** A text that two connections only share when they lead to the same database. */
  readonly identity: string
  /** Makes a session refuse to write, and ends that. */
  readonly readOnly: { readonly on: string; readonly off: string }
  /** `RehearsedSize[]`: every table of the user's, by the server's statistics. */
  readonly sizes: string
  /** Left out where a lock holds the whole database. */
  readonly locks?: LockStyle
}

export interface LockStyle {
  /** Notes, at the end of a transaction, which locks it holds. */
  readonly note: string
  /** `HeldTableLock[]`: what was noted last on this session. */
  readonly noted: string
  /** `HeldTableLock[]`: what the session of that number holds at this moment. */
  of(session: string): string
}

/** A table's size. Of a partitioned one: all its partitions together. */
export interface RehearsedSize {
  readonly schema: string
  readonly name: string
  /** The server's estimate. */
  readonly rows: number
  /** With what is stored apart, without indexes; 0 where the server does not tell. */
  readonly bytes: number
  readonly indexBytes: number
}

export interface HeldTableLock {
  readonly schema: string
  readonly name: string
  /** `ACCESS EXCLUSIVE`. */
  readonly mode: string
}
