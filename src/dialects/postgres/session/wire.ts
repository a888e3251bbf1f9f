import type { Row } from '../../dialect.ts'

/** What is needed of a driver: one pinned connection. Rejections are the driver's own errors. */
export interface Wire {
  /** Rows as the driver gives them to its user. */
  rows(statement: string): Promise<readonly Row[]>
  /** The first column of the first row as the server's own text, past every parser; `undefined` without a row. */
  text(statement: string): Promise<string | null | undefined>
  /** The same, planned when it comes for the first time and kept by the server under this name. Left out where the driver has no names of ours. */
  kept?(statement: string, name: string): Promise<string | null | undefined>
  /** Sends several statements as one message; what became of each, in order. A text may hold more than one of them. */
  script(statements: readonly string[]): Promise<readonly Outcome[]>
  /** The text that `script` sends, where it is another than `joined` gives. */
  sent?(statements: readonly string[]): string
  /** Gives the connection back; a broken one is thrown away. */
  release(broken: boolean): Promise<void>
  readonly handle: unknown
  /** The backend's number as it was told when the connection was set up: a pooler makes one up. `null` where the driver does not say. */
  told(): number | null
  /** What a session must do before it gives a connection back on which statements of the author's ran. */
  readonly afterUse: 'nothing' | 'discard' | 'restore'
}

/** The end of one statement. */
export interface Outcome {
  /** `UPDATE`, `CREATE`, `ROLLBACK`, … */
  readonly command: string
  /** Rows that it changed; those that it only read do not count. */
  readonly changed: number
  /** The first column of its first row; `undefined` without one. */
  readonly value?: unknown
}

/** One message. A line comment at the end of a statement must not swallow the semicolon. */
export const joined = (statements: readonly string[]): string => (statements.length === 1 ? (statements[0] ?? '') : statements.map((statement) => `${statement}\n;`).join('\n'))

const CHANGING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

/** An outcome from a command tag and the row count that came with it. */
export function outcome(command: string | null | undefined, rows: number | null | undefined, value?: unknown): Outcome {
  const word = (command ?? '').split(' ')[0] ?? ''
  return { command: word, changed: CHANGING.has(word) ? (rows ?? 0) : 0, ...(value !== undefined && { value }) }
}

/** Of a result whose rows are lists. */
export function firstValue(rows: readonly unknown[] | undefined): unknown {
  const row: unknown = rows?.[0]
  return Array.isArray(row) ? (row as readonly unknown[])[0] : undefined
}

/** `15.20 (Debian 15.20-0)` as 150020. */
export function versionNumber(text: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(major) * 10_000 + Number(minor)
}
