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
  | 'step-failed'
  | 'not-verified'
  | 'cannot-compare'
  | 'rollback-refused'
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
