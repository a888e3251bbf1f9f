import { isTrueupError, type ErrorCode, type TrueupError } from '../errors.ts'
import { UsageError } from './arguments.ts'
import type { Printer } from './output.ts'

/** 1 failed · 3 refused by policy · 4 gave up waiting, nothing half done. A new error code must choose one. */
export const EXIT_OF: Readonly<Record<ErrorCode, 1 | 3 | 4>> = {
  'config-invalid': 1,
  'registry-invalid': 1,
  'models-invalid': 1,
  'plan-refused': 3,
  'plan-stale': 3,
  'not-supported': 1,
  'permission-denied': 1,
  'connection-failed': 1,
  'connection-lost': 1,
  'driver-missing': 1,
  'driver-unknown': 1,
  'lock-wait-timeout': 4,
  'lock-lost': 1,
  'pooler-detected': 1,
  'table-lock-timeout': 4,
  'database-in-use': 1,
  'read-only-database': 1,
  'ledger-foreign': 3,
  'ledger-unreadable': 1,
  'database-ahead': 3,
  'entry-changed': 3,
  'entry-failed': 1,
  'existing-database': 3,
  'step-failed': 1,
  'not-verified': 1,
  'cannot-compare': 1,
  'rollback-refused': 3, 'rows-violate': 3, 'rows-unexpected': 3,
  'not-rehearsed': 3,
  'copy-refused': 1,
  interrupted: 4,
  'verify-failed': 1,
}

export function exitCodeOf(error: unknown): number {
  return isTrueupError(error) ? (EXIT_OF[error.code] ?? 1) : 1
}

/** Tells a failure to a person, on stderr. A stack is shown only for what nobody could foresee. */
export function reportFailure(error: unknown, printer: Printer): void {
  if (error instanceof UsageError) return reportUsage(error, printer)
  if (isTrueupError(error)) return reportTrueupError(error, printer)
  printer.remark(
    `${printer.paintError('red', 'error')}: unexpected: this is a bug of trueup or of an entry's code.`,
    ...stackLines(error),
  )
}

/** The same for a program: the document that `--json` prints instead of the data. */
export function failureData(error: unknown): unknown {
  if (isTrueupError(error)) {
    const { code, message, hint, problems, details, page } = error
    return { error: { code, message, hint: hint ?? null, problems, details, page } }
  }
  return { error: { code: error instanceof UsageError ? 'usage' : 'unexpected', message: error instanceof Error ? error.message : String(error) } }
}

function reportUsage(error: UsageError, { remark, paintError }: Printer): void {
  remark(`${paintError('red', 'error')}: ${error.message}`, paintError('dim', `trueup ${error.about === undefined ? '' : `${error.about} `}--help shows what there is.`))
}

function reportTrueupError(error: TrueupError, { remark, paintError }: Printer): void {
  const hint = error.hint ?? ''
  remark(`${paintError('red', `error[${error.code}]`)}: ${error.message}`)
  for (const problem of error.problems) {
    const subject = problem.field === undefined ? problem.subject : `${problem.subject}: ${problem.field}`
    // The message of many errors lists its problems itself, and the hint their remedies.
    const told = error.message.includes(problem.message)
    if (!told) remark(`  - ${paintError('bold', subject)}: ${indentRest(problem.message, 4)}`)
    if (problem.excerpt !== undefined) remark(`    ${indentRest(problem.excerpt, 4)}`)
    if (problem.hint === undefined || hint.includes(problem.hint) || error.message.includes(problem.hint)) continue
    remark(told ? `  - ${paintError('bold', subject)}: ${indentRest(problem.hint, 4)}` : `    ${indentRest(problem.hint, 4)}`)
  }
  if (hint !== '') remark(`${paintError('cyan', 'hint')}: ${indentRest(hint, 6)}`)
  const cause = causeLine(error)
  if (cause !== null) remark(paintError('dim', `cause: ${cause}`))
  remark(paintError('dim', `see ${error.page}`))
}

/** The driver's own words, unless the message has them already. */
function causeLine(error: TrueupError): string | null {
  const message = error.cause instanceof Error ? (error.cause.message.split('\n')[0] ?? '') : ''
  return message === '' || error.message.includes(message) || isTrueupError(error.cause) ? null : message
}

const indentRest = (text: string, by: number): string => text.replaceAll('\n', `\n${' '.repeat(by)}`)

function stackLines(error: unknown): string[] {
  const seen = new Set<unknown>()
  const lines: string[] = []
  for (let at = error; at !== undefined && at !== null && !seen.has(at); at = at instanceof Error ? at.cause : undefined) {
    seen.add(at)
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${at instanceof Error ? (at.stack ?? at.message) : String(at)}`)
  }
  return lines
}
