import type { ErrorCode } from '../../errors.ts'
import { isTrueupError } from '../../errors.ts'
import type { Failure, FailureKind } from '../dialect.ts'
import { missingHint } from './missing.ts'
import { placeOf } from './failure-place.ts'
import { NOT_HELD } from './lock.ts'

/** By SQLSTATE (PostgreSQL manual, appendix A), longest first. */
const BY_STATE: readonly (readonly [string, FailureKind])[] = [
  ['55P03', 'lock-timeout'], ['40P01', 'deadlock'], ['40001', 'serialization'], ['57P03', 'not-ready'], ['53300', 'not-ready'], ['28', 'authentication'], ['3D000', 'missing-database'],
  ['42501', 'permission'], ['42P01', 'missing-relation'], ['3F000', 'missing-relation'], ['42703', 'missing-relation'], ['42704', 'invalid'], ['25006', 'read-only'], ['57014', 'cancelled'],
  ['57P01', 'connection'], ['57P02', 'connection'], ['57P05', 'connection'], ['25P03', 'connection'], ['25P04', 'connection'], ['55006', 'busy'], ['08', 'connection'], ['23', 'violation'], ['22', 'invalid'], ['42', 'invalid'],
]

const BY_NODE: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'not-ready', ENOTFOUND: 'not-ready', EAI_AGAIN: 'not-ready', ETIMEDOUT: 'not-ready', EHOSTUNREACH: 'not-ready', ENOENT: 'not-ready', CONNECT_TIMEOUT: 'not-ready',
  ECONNRESET: 'connection', EPIPE: 'connection', CONNECTION_CLOSED: 'connection', CONNECTION_ENDED: 'connection', CONNECTION_DESTROYED: 'connection',
  ERR_POSTGRES_CONNECTION_REFUSED: 'not-ready', ERR_POSTGRES_CONNECTION_TIMEOUT: 'not-ready', ERR_POSTGRES_CONNECTION_CLOSED: 'connection', ERR_POSTGRES_LIFETIME_TIMEOUT: 'connection', ERR_POSTGRES_IDLE_TIMEOUT: 'connection',
}

/** How drivers tell of a lost connection without a code; the last one is postgres.js, writing to a socket that it let go. */
const LOST = /Connection terminated|connection .*closed|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Client was closed|reading 'write'/i

/** Errors that were put into words already. */
const OWN: { readonly [K in ErrorCode]?: FailureKind } = { 'connection-lost': 'connection', 'pooler-detected': 'fence', 'lock-lost': 'fence', 'permission-denied': 'permission' }

/** What an error of pg, postgres.js, PGlite or Bun means. */
export function failure(error: unknown): Failure {
  if (isTrueupError(error)) return { kind: OWN[error.code] ?? 'other', code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) }
  const facts = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>
  const nested = Array.isArray(facts['errors']) ? (facts['errors'][0] as unknown) : undefined
  const message = error instanceof Error && error.message !== '' ? error.message : nested instanceof Error ? nested.message : String(error)
  // Bun has a name of its own under `code`, and the server's state beside it.
  const code = stateOf(facts['errno']) ?? text(facts['code']) ?? text((nested as { readonly code?: unknown } | undefined)?.code) ?? 'unknown'
  const place = placeOf(error)
  const position = place === undefined ? Number(facts['position']) : (place?.position ?? 0)
  const detail = text(facts['detail'])
  const hint = missingHint(code, message) ?? text(facts['hint'])
  return {
    kind: kindOf(code, message), code, message,
    ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }), ...(Number.isInteger(position) && position > 0 && { position }), ...(place != null && { statement: place.statement }),
  }
}

function kindOf(code: string, message: string): FailureKind {
  if (code === '22P02' && message.includes(NOT_HELD)) return 'fence'
  const known = BY_NODE[code]
  if (known !== undefined) return known
  // node-postgres tells of a lost connection, and of a try that took too long, without a code.
  if (code === 'unknown' && LOST.test(message)) return 'connection'
  return BY_STATE.find(([state]) => code.startsWith(state))?.[1] ?? 'other'
}

const stateOf = (value: unknown): string | undefined => (typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value) ? value : undefined)

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
