import { TrueupError } from '../../errors.ts'
import type { Answered, RunRequest, RunResult, Session, TableLock } from '../dialect.ts'
import { shiftPlace } from './failure-place.ts'
import { literal, quoteName } from './literal.ts'
import { castFailure, explainFence } from './lock.ts'
import { withoutLimits } from './session/settings.ts'
import { splitStatements } from './text/split.ts'
import { isStrong, strongBudget, strongLocks, weakLocks } from './weak-locks.ts'

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
  refuseOwnEnds(step.statements)
  // What is written down is written before a lock that holds others up: then nobody waits for that, too. Texts of an author's, which may end the
  // transaction, have no locks that are known, so that theirs is written when the mark was seen.
  const isEarly = step.locks.some(isStrong) && request.note === undefined
  const before = ['BEGIN', ...settings(session, request), ...request.fence, ...(isEarly ? journal : []), ...preLocks(step.locks, request.lockTimeout), ...mark(step.statements)]
  // The author's text may hold several statements: what they changed is all that lies between what we sent before and after.
  const after = [...checkMark(step.statements), ...(request.note === undefined ? [] : [request.note]), ...(isEarly ? [] : journal), ...(request.answer === undefined ? [] : [request.answer]), 'COMMIT']
  try {
    const statements = [...before, ...step.statements.map(terminated), ...after]
    const outcomes: readonly Answered[] = (await session.exchange?.(statements)) ?? (await session.script(statements)).map((changed) => ({ changed }))
    const rows = outcomes.slice(before.length, outcomes.length - after.length).reduce((sum, { changed }) => sum + changed, 0)
    return request.answer === undefined ? { rows } : { rows, answer: textOf(outcomes.at(-2)?.value) }
  } catch (error) {
    shiftPlace(error, before.length, step.statements.length)
    throw explainMark(explainFence(error))
  }
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

function settings(session: Session, request: RunRequest): string[] {
  return [
    ...withoutLimits(session.version),
    'SET LOCAL idle_in_transaction_session_timeout = 60000',
    'SET LOCAL client_min_messages = warning',
    strongBudget(request.step.locks, request.lockTimeout),
    noticeDeath(true),
    // Nobody shall wait for the disk, or for a synchronous standby, behind our lock. The end of the run is written to the disk, and all before it with it.
    ...(request.step.locks.some(isStrong) ? ['SET LOCAL synchronous_commit = off'] : []),
    `SET LOCAL search_path = ${quoteName(request.defaultSchema)}`,
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

const budget = (request: RunRequest): number => Math.max(1, Math.round(request.lockTimeout))

/** Unqualified names of the author's SQL mean the default schema. */
export const userSettings = (defaultSchema: string): readonly string[] => [`SET LOCAL search_path = ${quoteName(defaultSchema)}`]

/** Most texts do not have such a word at all, and need no closer reading. */
const MAY_END = /\b(begin|start|commit|end|rollback|abort|prepare)\b/i
const ENDS = new Set(['begin', 'start', 'commit', 'end', 'rollback', 'abort'])

/** Found before anything is sent: afterwards a part of it would be committed. The mark below is for what a reader of text cannot see. */
function refuseOwnEnds(statements: readonly string[]): void {
  for (const { text, tokens } of statements.filter((statement) => MAY_END.test(statement)).flatMap(splitStatements)) {
    const [first, second, third] = tokens.map((token) => (token.kind === 'word' ? token.value : ''))
    const isPartial = first === 'rollback' && (second === 'to' || (third === 'to' && (second === 'work' || second === 'transaction')))
    const isPrepare = first === 'prepare' && second === 'transaction'
    if ((first !== undefined && ENDS.has(first) && !isPartial) || isPrepare) throw endsTransaction(text.slice(0, 60), undefined)
  }
}

/** The ladder: the weak locks, waited for patiently, then the strong ones, for moments only. */
function preLocks(locks: readonly TableLock[], lockTimeout: number): string[] {
  const weak = weakLocks(locks)
  return weak.length === 0 ? [] : [...weak, ...strongLocks(locks, lockTimeout)]
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
  return castFailure(error)?.includes('trueup transaction ended by its own statements') === true ? endsTransaction(null, error) : error
}

function endsTransaction(statement: string | null, cause: unknown): TrueupError {
  const which = statement === null ? 'it holds COMMIT, ROLLBACK or BEGIN of its own' : `it holds ${JSON.stringify(statement)}. Nothing of it was run`
  return new TrueupError('entry-failed', `The SQL ends the transaction that it runs in: ${which}.`, {
    hint: 'Take such statements out: the entry and its record are one transaction. For statements that no transaction may hold, use transaction: false with a check.', cause,
  })
}

/** Settings that a statement outside a transaction is run with, and that are put back after it. */
const limitsOf = (session: Session): readonly string[] => ['lock_timeout', 'statement_timeout', ...(session.version >= 170_000 ? ['transaction_timeout'] : [])]

async function alone(session: Session, request: RunRequest): Promise<RunResult> {
  let rows = 0
  const texts = [...limitsOf(session), 'search_path', NOTICE].map((name) => `'${name}', pg_catalog.current_setting('${name}', true)`).join(', ')
  const former = await session.json<Readonly<Record<string, string | null>>>(`SELECT json_build_object(${texts})::text`)
  await guarded(session, request, [])
  const limits = Object.fromEntries(limitsOf(session).map((name) => [name, '0']))
  try {
    await session.query(noticeDeath(false))
    // Several statements in one message would be one transaction.
    for (const { text, tokens } of request.step.statements.flatMap(splitStatements)) {
      // A concurrent build waits for old snapshots, which no query notices: a budget would only leave an invalid index behind.
      const isConcurrent = tokens.some((token) => token.kind === 'word' && token.value === 'concurrently')
      await set(session, { ...limits, lock_timeout: isConcurrent ? '0' : String(budget(request)), search_path: quoteName(request.defaultSchema) })
      rows += await session.execute(text)
    }
  } finally {
    await set(session, former ?? {}).catch(() => {})
  }
  if (request.journal.length > 0) await guarded(session, request, request.journal)
  return { rows }
}

/** Statements of ours that run only while the starters' lock is held. */
async function guarded(session: Session, request: RunRequest, statements: readonly string[]): Promise<void> {
  if (request.fence.length + statements.length === 0) return
  try {
    await session.script(['BEGIN', ...withoutLimits(session.version), ...request.fence, ...statements, 'COMMIT'])
  } catch (error) {
    throw explainFence(error)
  }
}

async function set(session: Session, values: Readonly<Record<string, string | null>>): Promise<void> {
  const calls = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [`pg_catalog.set_config('${name}', ${literal(value)}, false)`]))
  if (calls.length > 0) await session.json(`SELECT json_build_array(${calls.join(', ')})::text`)
}

/** A last line comment must not swallow what follows. */
const terminated = (statement: string): string => statement.replace(/[\s;]+$/, '')
