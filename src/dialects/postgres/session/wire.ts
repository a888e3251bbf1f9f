import type { Row } from '../../dialect.ts'

/** What is needed of a driver: one pinned connection. */
export interface Wire {
  /** Rows as the driver gives them to its user. */
  rows(statement: string): Promise<readonly Row[]>
  /** The first column of the first row as the server's own text, past every parser; `undefined` without a row. */
  text(statement: string): Promise<string | null | undefined>
  /** Sends several statements as one message; gives how many rows each changed, in order. */
  script(text: string): Promise<readonly number[]>
  /** Gives the connection back; a broken one is thrown away. */
  release(broken: boolean): Promise<void>
  readonly handle: unknown
}
