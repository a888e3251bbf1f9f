import type { HeldLock, LockProtocol, Session } from '../dialect.ts'
import { literal } from './literal.ts'

/** Stands in the error of a fence that found no lock. */
export const NOT_HELD = 'trueup lock not held'

/**
 * A session's advisory lock, asked for without waiting. Two hashes of the key, computed by the server, are the two halves of
 * the lock's number.
 */
export const lock: LockProtocol = {
  tryAcquire: async (session, key) => {
    const got = await session.json<boolean>(`SELECT to_json(pg_catalog.pg_try_advisory_lock(${halves(key)}))::text`)
    return got === true ? held(session, key) : null
  },
  holder: async (session, key) =>
    session.json<string>(
      `SELECT to_json(concat('pid ', l.pid, ' ' || nullif(a.application_name, ''), ' from ' || host(a.client_addr), ', since ' || to_char(a.state_change AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC'))::text ` +
        `FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid) WHERE ${isOurs(key)} AND l.granted LIMIT 1`,
    ),
}

const halves = (key: string): string => `pg_catalog.hashtext(${literal(key)}), pg_catalog.hashtext(${literal(`${key} trueup`)})`

function isOurs(key: string): string {
  const half = (text: string): string => `(pg_catalog.hashtext(${literal(text)})::bigint & 4294967295)::pg_catalog.oid`
  return `l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND l.classid = ${half(key)} AND l.objid = ${half(`${key} trueup`)} AND l.objsubid = 2`
}

function held(session: Session, key: string): HeldLock {
  // A cast that fails when this backend does not hold the lock. The text is made from the backend's number, so that no planner evaluates it early.
  const fence =
    `SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE ${isOurs(key)} AND l.pid = pg_catalog.pg_backend_pid() AND l.granted) THEN 0 ` +
    `ELSE (${literal(`${NOT_HELD} by backend `)} || pg_catalog.pg_backend_pid())::integer END`
  return {
    fence: [fence],
    release: async () => {
      try {
        return (await session.json<boolean>(`SELECT to_json(pg_catalog.pg_advisory_unlock(${halves(key)}))::text`)) === true
      } catch {
        // The connection is gone, and the lock with it.
        return false
      }
    },
  }
}
