/**
 * Every failure that trueup can name. A code never changes its meaning; each has a page `docs/errors/<code>.md`.
 */
export type ErrorCode =
  | 'config-invalid'
  | 'registry-invalid'
  | 'models-invalid'
  | 'plan-refused'
  | 'plan-stale'
  | 'not-supported'
  | 'permission-denied'
  | 'connection-failed'
  | 'connection-lost'
  | 'driver-missing'
  | 'driver-unknown'
  | 'lock-wait-timeout'
  | 'lock-lost'
  | 'pooler-detected'
  | 'table-lock-timeout'
  | 'database-in-use'
  | 'read-only-database'
  | 'ledger-foreign'
  | 'ledger-unreadable'
  | 'database-ahead'
  | 'entry-changed'
  | 'entry-failed'
  | 'existing-database'
  | 'rows-violate'
  | 'rows-unexpected'
  | 'step-failed'
  | 'not-verified'
  | 'cannot-compare'
  | 'rollback-refused'
  | 'not-rehearsed'
  | 'copy-refused'
  | 'interrupted'
  | 'verify-failed'

/** One finding of many: which thing is wrong, and how it is mended. */
export interface Problem {
  /** The user's own name of the thing: an entry id, a table, a file with its line. */
  readonly subject: string
  /** The field of the thing, when one is to blame. */
  readonly field?: string
  readonly message: string
  readonly hint?: string
  /** The line of a text that is to blame, with a mark below the place; never one that may hold a password. */
  readonly excerpt?: string
}

export interface TrueupErrorOptions {
  /** What the reader does next, in one or more lines. */
  readonly hint?: string
  readonly problems?: readonly Problem[]
  /** Facts for programs: never a credential, never a row's content. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * The only error class that trueup throws. `message` says what happened and to what, `hint` what to do next;
 * `problems` lists every finding when several were found at once.
 */
export class TrueupError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly problems: readonly Problem[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: TrueupErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TrueupError'
    this.code = code
    this.hint = options.hint
    this.problems = options.problems ?? []
    this.details = options.details ?? {}
  }

  /** The page that explains this code, relative to the package. */
  get page(): string {
    return `docs/errors/${this.code}.md`
  }
}

/** True for errors of this package, also when they come from another copy of it. */
export function isTrueupError(error: unknown): error is TrueupError {
  return error instanceof Error && error.name === 'TrueupError' && 'code' in error
}

/** One line a problem: `subject.field: message (hint)`. */
export function describeProblem(problem: Problem): string {
  const subject = problem.field === undefined ? problem.subject : `${problem.subject}: ${problem.field}`
  const hint = problem.hint === undefined ? '' : ` ${problem.hint}`
  return `${subject}: ${problem.message}${hint}`
}

/**
 * The line of a text with its number, and a mark below a place in it; `undefined` for a line that may hold a password.
 *
 * @param line one-based
 * @param column one-based, in characters
 */
export function excerptOf(text: string, { line, column }: { readonly line: number; readonly column: number }): string | undefined {
  const whole = text.split('\n')[line - 1]?.trimEnd() ?? ''
  if (whole === '' || /password/i.test(whole)) return undefined
  const characters = Array.from(whole.replaceAll('\t', ' '))
  const start = Math.max(0, Math.min(column - 1 - BEFORE, characters.length - LINE))
  const shown = characters.slice(start, start + LINE).join('')
  const number = String(line)
  return `${number} | ${start > 0 ? '…' : ''}${shown}${start + LINE < characters.length ? '…' : ''}\n${' '.repeat(number.length)} | ${' '.repeat(column - 1 - start + (start > 0 ? 1 : 0))}^`
}

/** How much of a long line is shown, and how much of that before the place. */
const LINE = 120
const BEFORE = 60
