/** A handle that is pinned to one connection. One statement a call. */
export interface Session {
  /** The server's number for this connection, where it has one. */
  readonly id: string
  /** The version of the server as one number: 150020 for PostgreSQL 15.20, 3045001 for SQLite 3.45.1. */
  readonly version: number
  /** Rows as objects. Values come as the driver gives them: ask for text or JSON text where it matters. */
  query(statement: string): Promise<readonly Row[]>
  /** The first column of the first row as the server's own text, past everything that a driver or its user makes of values; `null` without a row, too. */
  first(statement: string): Promise<string | null>
  /** The first column of the first row, parsed as JSON; `null` without a row. The way catalogues are read. */
  json<T>(statement: string, options?: AskOptions): Promise<T | null>
  /** Runs a statement and tells how many rows it changed. */
  execute(statement: string): Promise<number>
  /** Sends several statements as one message where the protocol can; they take effect together or not at all. Gives the row counts of all. */
  script(statements: readonly string[]): Promise<readonly number[]>
  /** The same, with the first value that each statement gave. Left out where one message is no faster than several. */
  exchange?(statements: readonly string[]): Promise<readonly Answered[]>
  /** Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Sees all that the caller sees: the user's own client, for `run` entries. */
  readonly handle: unknown
  /** Gives the connection back, clean. A broken one is thrown away. */
  release(options?: { readonly broken?: boolean }): Promise<void>
}

export interface AskOptions {
  /** The same statement will come again on this connection: where nobody else ever gets it, the server may keep the plan. */
  readonly often?: boolean
}

/** What came of one statement of several: the rows that it changed, and the first column of its first row. */
export interface Answered {
  readonly changed: number
  readonly value?: unknown
}

export interface TransactionOptions {
  /** Statements that run first inside it, such as SET LOCAL. */
  readonly settings?: readonly string[]
}

export type Row = Readonly<Record<string, unknown>>

/** Rows of a query that were found in the time that there was. */
export interface Sample {
  /** The first of them. */
  readonly rows: readonly Row[]
  readonly count: number
  /** False: there are at least so many. */
  readonly isExact: boolean
}
