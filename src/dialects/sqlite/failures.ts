import type { Failure, FailureKind } from '../dialect.ts'
import { isTrueupError } from '../../errors.ts'

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html) and what each means to the stages. */
const CODES: readonly (readonly [number, string, FailureKind])[] = [
  [1, 'SQLITE_ERROR', 'invalid'], [3, 'SQLITE_PERM', 'permission'], [5, 'SQLITE_BUSY', 'busy'], [6, 'SQLITE_LOCKED', 'busy'],
  [7, 'SQLITE_NOMEM', 'other'], [8, 'SQLITE_READONLY', 'read-only'], [9, 'SQLITE_INTERRUPT', 'cancelled'], [10, 'SQLITE_IOERR', 'connection'],
  [11, 'SQLITE_CORRUPT', 'other'], [13, 'SQLITE_FULL', 'other'], [14, 'SQLITE_CANTOPEN', 'missing-database'], [15, 'SQLITE_PROTOCOL', 'busy'],
  [17, 'SQLITE_SCHEMA', 'busy'], [18, 'SQLITE_TOOBIG', 'invalid'], [19, 'SQLITE_CONSTRAINT', 'violation'], [20, 'SQLITE_MISMATCH', 'violation'],
  [21, 'SQLITE_MISUSE', 'other'], [23, 'SQLITE_AUTH', 'permission'], [25, 'SQLITE_RANGE', 'invalid'], [26, 'SQLITE_NOTADB', 'missing-database'],
]

const HINTS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'Another connection is writing. Try again when it has committed.',
  SQLITE_READONLY: 'Make the database file and its folder writable for the user that runs this (chmod u+w), or open it for writing.',
  SQLITE_CANTOPEN: 'Check that the folder exists and that the user that runs this may write in it.',
  SQLITE_NOTADB: 'The file is no SQLite database, or it is encrypted. Check the path.',
  SQLITE_FULL: 'The disk is full.',
  SQLITE_CORRUPT: 'Run PRAGMA integrity_check and restore the file from a backup.',
}

/** What an error of any of the drivers means. */
export function failureOf(error: unknown): Failure {
  if (isTrueupError(error)) {
    const kind: FailureKind = error.code === 'lock-lost' ? 'fence' : error.code === 'database-in-use' ? 'busy' : 'other'
    return { kind, code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
  }
  const facts: { readonly code?: unknown; readonly errcode?: unknown; readonly message?: unknown } = typeof error === 'object' && error !== null ? error : {}
  const message = String(facts.message ?? error)
  const found = findCode(facts.code, facts.errcode)
  if (found === undefined) return { kind: /database connection is not open|database is not open/i.test(message) ? 'connection' : 'other', code: String(facts.code ?? ''), message }
  const [, name, kind] = found
  const code = typeof facts.code === 'string' && facts.code.startsWith('SQLITE_') ? facts.code : name
  const hint = HINTS[name]
  return { kind: /^no such table|no such table:/.test(message) ? 'missing-relation' : kind, code, message, ...(hint !== undefined && { hint }) }
}

function findCode(code: unknown, number: unknown): (typeof CODES)[number] | undefined {
  // node:sqlite gives the extended result code as a number, whose low byte is the primary one.
  if (typeof number === 'number' || typeof number === 'bigint') return CODES.find(([primary]) => primary === (Number(number) & 0xff))
  if (typeof code !== 'string') return undefined
  return CODES.find(([, name]) => code === name || code.startsWith(`${name}_`))
}
