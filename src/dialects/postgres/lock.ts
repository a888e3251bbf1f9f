import { TrueupError } from '../../errors.ts'
import type { HeldLock, LockProtocol, Session } from '../dialect.ts'
import { literal } from './literal.ts'

/** Stands in the error of a fence that found no lock. */
export const NOT_HELD = 'trueup lock not held'

/**
 * A session's advisory lock, asked for without waiting. Two hashes of the key, computed by the server, are the two halves of
 * the lock's number.
 */
export const makeLock = (openBeside: OpenBeside): LockProtocol => ({
  tryAcquire: async (session, key) => {
    const got = await session.json<{ readonly got: boolean; readonly pid: number }>(
      `SELECT json_build_object('got', pg_catalog.pg_try_advisory_lock(${halves(key)}), 'pid', pg_catalog.pg_backend_pid())::text`,
    )
    if (got?.got !== true) return null
    const proof = await session.json<number>(`SELECT CASE WHEN ${isHeld(key)} THEN 0 ELSE pg_catalog.pg_backend_pid() END::text`)
    if (proof === 0 && !(await isShared(session, got.pid, openBeside))) return held(session, key, got.pid)
    await releaseStray(session, key, got.pid)
    throw poolerDetected(undefined)
  },
  holder: async (session, key) =>
    session.json<string>(
      `SELECT to_json(concat('pid ', l.pid, ' ' || nullif(a.application_name, ''), ' from ' || host(a.client_addr), ', since ' || to_char(a.state_change AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC'))::text ` +
        `FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) WHERE ${isOurs(key)} AND l.granted LIMIT 1`,
    ),
})

/** Lets work have another session on the same way, for so many milliseconds; `null` where none can be had, or it did not answer in time. */
export type OpenBeside = <T>(milliseconds: number, work: (session: Session) => Promise<T>) => Promise<T | null>

/** Where there is no second connection within this time, all of a pooler's sessions are taken, each by its own client. Milliseconds. */
const BESIDE_WITHIN = 3_000

/** Questions that a second session asks; most poolers hand out the backend that was used last. */
const QUESTIONS = 6

/**
 * Whether a pooler gives our backend to others between two transactions, although two statements of ours met the same one: a
 * pool of one backend, or one that nobody else uses at the moment. A pooler gives itself away by the number that it made up
 * for the backend; whether it shares, a second session finds out: it meets our backend, or another one each time.
 */
async function isShared(session: Session, pid: number, openBeside: OpenBeside): Promise<boolean> {
  const told = toldTo(session)
  if (told === null || told === pid) return false
  const shared = await openBeside(BESIDE_WITHIN, async (beside) => {
    let before: number | null = null
    for (let i = 0; i < QUESTIONS; i += 1) {
      const met = await beside.json<number>('SELECT pg_catalog.pg_backend_pid()::text')
      if (met === pid || (before !== null && met !== before)) return true
      before = met
    }
    return false
  })
  return shared === true
}

/** Only sessions of this dialect come here, and they know; a session that others wrote does not have to. */
export const toldTo = (session: Session): number | null => ('told' in session && typeof session.told === 'number' ? session.told : null)

const halves = (key: string): string => `pg_catalog.hashtext(${literal(key)}), pg_catalog.hashtext(${literal(`${key} trueup`)})`

function isOurs(key: string): string {
  const half = (text: string): string => `(pg_catalog.hashtext(${literal(text)})::bigint & 4294967295)::pg_catalog.oid`
  return `l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND l.classid = ${half(key)} AND l.objid = ${half(`${key} trueup`)} AND l.objsubid = 2`
}

const isHeld = (key: string): string => `EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE ${isOurs(key)} AND l.pid = pg_catalog.pg_backend_pid() AND l.granted)`

function held(session: Session, key: string, pid: number): HeldLock {
  // A cast that fails when this backend does not hold the lock. The text is made from the backend's number, so that no planner evaluates it early.
  const fence = `SELECT CASE WHEN ${isHeld(key)} THEN 0 ELSE (${literal(`${NOT_HELD}, taken by backend ${pid}, now backend `)} || pg_catalog.pg_backend_pid())::integer END`
  return {
    backend: pid,
    fence: [fence],
    release: async () => {
      try {
        if ((await session.json<boolean>(`SELECT to_json(pg_catalog.pg_advisory_unlock(${halves(key)}))::text`)) === true) return true
        await releaseStray(session, key, pid)
      } catch {
        // The connection is gone, and the lock with it.
      }
      return false
    },
  }
}

/** A pooler hands the holder's backend out again sooner or later: tries that make it likely, at a few milliseconds each. */
const TRIES = 25

/**
 * A lock that a transaction pooler left on a backend that is no longer ours would stop every further start until the pooler
 * closes that backend. It is given back as soon as we meet that backend again; else the backend is ended while it is idle.
 */
async function releaseStray(session: Session, key: string, pid: number): Promise<void> {
  for (let i = 0; i < TRIES; i += 1) {
    const there = await session.json<{ readonly back: boolean; readonly stray: boolean }>(
      `SELECT json_build_object('back', CASE WHEN pg_catalog.pg_backend_pid() = ${pid} AND ${isHeld(key)} THEN pg_catalog.pg_advisory_unlock(${halves(key)}) ELSE false END, ` +
        `'stray', EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE ${isOurs(key)} AND l.pid = ${pid}))::text`,
    )
    if (there?.back === true || there?.stray !== true) return
  }
  await session.query(`SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = ${pid} AND state = 'idle'`)
}

/**
 * The message of a cast that failed. Other errors may repeat our own SQL in their message, so that its words alone prove
 * nothing.
 */
export function castFailure(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && error.code === '22P02' ? error.message : undefined
}

/** Tells a pooler, which gave our transaction another backend, from a lock that this backend has lost. */
export function explainFence(error: unknown): unknown {
  const [, before, now] = /trueup lock not held, taken by backend (\d+), now backend (\d+)/.exec(castFailure(error) ?? '') ?? []
  if (before === undefined) return error
  if (before !== now) return poolerDetected(error)
  return new TrueupError('lock-lost', 'This session no longer holds the lock that keeps other starts away. The step was not run.', {
    hint: 'Look for a statement of an entry that lets go of advisory locks, such as DISCARD ALL or pg_advisory_unlock_all(). What was done is in the ledger; start again.', cause: error,
  })
}

function poolerDetected(cause: unknown): TrueupError {
  return new TrueupError('pooler-detected', 'The connection goes through a pooler that gives every transaction another session of the server: a lock does not stay with it.', {
    hint: 'Give trueup a direct connection, or one through a pool in session mode: for example a second URL that only migrations use. Nothing was changed by this step.', cause,
  })
}
