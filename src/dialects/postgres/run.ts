import { TrueupError } from '../../errors.ts'
import type { RunRequest, RunResult, Session, TableLock } from '../dialect.ts'
import { literal, quoteName, quotePath } from './literal.ts'

/** A weak lock may be waited for longer than the server needs to send autovacuum away: no query notices it. Milliseconds beyond `deadlock_timeout`. */
const BEYOND_DEADLOCK_TIMEOUT = 1_500
const STRONG: ReadonlySet<string> = new Set(['SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'])
const MARK = 'trueup.transaction'

/**
 * Runs a step. A transactional one travels as one message, so that a pause of ours never leaves a lock behind; a statement
 * that no transaction can hold goes alone.
 */
export async function run(session: Session, request: RunRequest): Promise<RunResult> {
  return request.step.transaction ? inTransaction(session, request) : alone(session, request)
}

async function inTransaction(session: Session, request: RunRequest): Promise<RunResult> {
  const { step, journal } = request
  const before = ['BEGIN', ...settings(request), ...request.fence, ...preLocks(step.locks, request.lockTimeout), ...mark(step.statements)]
  // The author's text may hold several statements: what they changed is all that lies between what we sent before and after.
  const after = [...checkMark(step.statements), ...journal, 'COMMIT']
  try {
    const counts = await session.script([...before, ...step.statements.map(terminated), ...after])
    const own = counts.slice(before.length, counts.length - after.length)
    return { rows: own.reduce((sum, count) => sum + count, 0) }
  } catch (error) {
    await leaveTransaction(session)
    throw explainMark(error)
  }
}

function settings(request: RunRequest): string[] {
  return [
    'SET LOCAL statement_timeout = 0',
    'SET LOCAL idle_in_transaction_session_timeout = 60000',
    'SET LOCAL client_min_messages = warning',
    `SET LOCAL lock_timeout = ${Math.max(1, Math.round(request.lockTimeout))}`,
    noticeDeath(true),
    ...userSettings(request.defaultSchema),
  ]
}

const NOTICE = 'client_connection_check_interval'

/**
 * Without it a server goes on with the statement of a client that died, and keeps the starters' lock until it ends. Servers
 * before 14 do not have it, and outside of Linux most refuse it
 * (https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL).
 */
const noticeDeath = (local: boolean): string =>
  `SELECT CASE WHEN pg_catalog.version() LIKE '%linux%' AND pg_catalog.current_setting('${NOTICE}', true) = '0' THEN pg_catalog.set_config('${NOTICE}', '1s', ${local}) END`

/** Unqualified names of the author's SQL mean the default schema. */
export function userSettings(defaultSchema: string): string[] {
  return [`SET LOCAL search_path = ${quoteName(defaultSchema)}`]
}

/**
 * The ladder: a lock that only other schema changes and autovacuum mind, waited for long enough that the server sends
 * autovacuum away; then the strong one, for moments only.
 */
function preLocks(locks: readonly TableLock[], lockTimeout: number): string[] {
  const tables = [...new Set(locks.filter((lock) => STRONG.has(lock.mode)).map((lock) => quotePath(lock.relation.schema, lock.relation.name)))]
  if (tables.length === 0) return []
  const patience = `SELECT pg_catalog.set_config('lock_timeout', (extract(epoch FROM pg_catalog.current_setting('deadlock_timeout')::interval) * 1000 + ${BEYOND_DEADLOCK_TIMEOUT})::integer::text, true)`
  return [patience, ...tables.map((table) => `LOCK TABLE ONLY ${table} IN SHARE UPDATE EXCLUSIVE MODE`), `SET LOCAL lock_timeout = ${Math.max(1, Math.round(lockTimeout))}`]
}

/** The author's own COMMIT would end our transaction: a setting that lives as long as the transaction tells. */
function mark(statements: readonly string[]): string[] {
  return statements.length === 0 ? [] : [`SET LOCAL ${MARK} = 'open'`]
}

function checkMark(statements: readonly string[]): string[] {
  if (statements.length === 0) return []
  return [`SELECT CASE WHEN pg_catalog.current_setting('${MARK}', true) = 'open' THEN 0 ELSE (${literal('trueup transaction ended by its own statements, backend ')} || pg_catalog.pg_backend_pid())::integer END`]
}

function explainMark(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes('trueup transaction ended by its own statements')) return error
  return new TrueupError('entry-failed', 'The SQL ends the transaction that it runs in: it holds COMMIT, ROLLBACK or BEGIN of its own.', {
    hint: 'Take them out: the entry and its record are one transaction. For statements that no transaction may hold, use transaction: false with a check.', cause: error,
  })
}

async function leaveTransaction(session: Session): Promise<void> {
  try {
    await session.execute('ROLLBACK')
  } catch {
    // The connection is gone, and the transaction with it.
  }
}

async function alone(session: Session, request: RunRequest): Promise<RunResult> {
  let rows = 0
  const former = await session.json<Readonly<Record<string, string | null>>>(
    `SELECT json_build_object('lock_timeout', pg_catalog.current_setting('lock_timeout'), 'statement_timeout', pg_catalog.current_setting('statement_timeout'), 'search_path', pg_catalog.current_setting('search_path'), '${NOTICE}', pg_catalog.current_setting('${NOTICE}', true))::text`,
  )
  try {
    // A concurrent build waits for old snapshots, which no query notices: a budget would only leave an invalid index behind.
    await set(session, { lock_timeout: '0', statement_timeout: '0', search_path: quoteName(request.defaultSchema) })
    await session.query(noticeDeath(false))
    for (const statement of request.step.statements) rows += await session.execute(statement)
  } finally {
    await set(session, former ?? {}).catch(() => {})
  }
  if (request.journal.length > 0) await session.script(['BEGIN', ...request.fence, ...request.journal, 'COMMIT'])
  return { rows }
}

async function set(session: Session, values: Readonly<Record<string, string | null>>): Promise<void> {
  const calls = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [`pg_catalog.set_config('${name}', ${literal(value)}, false)`]))
  if (calls.length > 0) await session.json(`SELECT json_build_array(${calls.join(', ')})::text`)
}

/** A last line comment must not swallow what follows. */
const terminated = (statement: string): string => statement.replace(/[\s;]+$/, '')
