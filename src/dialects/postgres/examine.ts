import type { Finding, Session } from '../dialect.ts'
import { examineState } from './examine-state.ts'
import { toldTo } from './lock.ts'

interface Facts {
  readonly version: string
  readonly standby: boolean
  readonly readOnly: string
  readonly encoding: string
  readonly lockTimeout: string
  readonly statementTimeout: string
  readonly stats: boolean
  readonly searchPath: string
  readonly application: string
  readonly clock: number
  readonly pid: number
}

/** What is worth knowing of a server before a start. */
export async function examine(session: Session): Promise<readonly Finding[]> {
  const facts = await session.json<Facts>(
    `SELECT json_build_object('version', current_setting('server_version'), 'standby', pg_is_in_recovery(), 'readOnly', current_setting('transaction_read_only'), 'encoding', current_setting('server_encoding'), ` +
      `'lockTimeout', current_setting('lock_timeout'), 'statementTimeout', current_setting('statement_timeout'), 'stats', pg_has_role('pg_read_all_stats', 'USAGE'), 'searchPath', current_setting('search_path'), 'application', current_setting('application_name'), 'clock', extract(epoch FROM clock_timestamp()) * 1000, 'pid', pg_backend_pid())::text`,
  )
  if (facts === null) return []
  const supported = session.version >= 140_000
  return [
    versionFinding(session.version, facts.version),
    facts.standby
      ? { level: 'warning', topic: 'standby', message: 'This is a standby: a start can only look.', hint: 'Connect to the primary when something is pending.' }
      : { level: 'ok', topic: 'standby', message: 'This is a primary.' },
    ...(facts.readOnly === 'on' && !facts.standby ? [{ level: 'warning' as const, topic: 'read-only', message: 'Transactions of this role are read-only by default.', hint: 'ALTER ROLE … RESET default_transaction_read_only.' }] : []),
    await pooler(session, facts),
    clock(facts),
    facts.encoding === 'UTF8' ? { level: 'ok', topic: 'encoding', message: 'UTF8.' } : { level: 'warning', topic: 'encoding', message: `The database's encoding is ${facts.encoding}: not every name and text can be stored.` },
    { level: 'info', topic: 'settings', message: `lock_timeout ${facts.lockTimeout}, statement_timeout ${facts.statementTimeout}, search_path ${facts.searchPath}. Steps set their own.` },
    facts.stats
      ? { level: 'ok', topic: 'visibility', message: 'Other sessions can be seen: who blocks can be named.' }
      : { level: 'info', topic: 'visibility', message: 'This role cannot see what other sessions do, so a blocker is named by its pid alone.', rule: 'S003', hint: 'GRANT pg_read_all_stats to this role.' },
    ...(supported ? await examineState(session) : []),
  ]
}

/** The oldest and the newest major version that the tests run on. */
const TESTED = { from: 14, to: 18 }

/** The codes of the rules that are told from here. */
export const SERVER_RULES: readonly string[] = ['I007', 'S003', 'S005', 'S007']

/** What is to be said of a version: `server_version_num` and its name. */
export function versionFinding(version: number, name: string): Finding {
  const major = Math.floor(version / 10_000)
  // https://www.postgresql.org/docs/release/14.4/
  if (version >= 140_000 && version < 140_004) return { level: 'error', topic: 'version', rule: 'I007', message: `PostgreSQL ${name} can leave rows out of an index that is built with CONCURRENTLY.`, hint: 'Upgrade to 14.4 or newer before anything is built, and REINDEX what was built concurrently so far.' }
  if (major < TESTED.from) return { level: 'warning', topic: 'version', rule: 'S007', message: `PostgreSQL ${name} is older than ${TESTED.from}, the oldest version that is tested.`, hint: 'Upgrade the server.' }
  if (major > TESTED.to) return { level: 'warning', topic: 'version', rule: 'S007', message: `PostgreSQL ${name} is newer than ${TESTED.to}, the newest version that is tested. Which locks a change takes there is taken to be what ${TESTED.to} does.`, hint: 'Rehearse changes on a copy first: trueup rehearse.' }
  return { level: 'ok', topic: 'version', message: `PostgreSQL ${name}.` }
}

/** Seconds that clocks may differ before it is worth a word: the ledger's times are the server's. */
const CLOCK_TOLERANCE = 5

function clock(facts: Facts): Finding {
  const ahead = Math.round((facts.clock - Date.now()) / 1000)
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return { level: 'ok', topic: 'clock', message: "The server's clock agrees with this machine's." }
  return { level: 'info', topic: 'clock', message: `The server's clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine's. The ledger keeps the server's time.` }
}

/**
 * Two statements that meet two backends have a transaction pooler between them. A pooler also makes up the number of the
 * backend that it tells when the connection is set up.
 */
async function pooler(session: Session, facts: Facts): Promise<Finding> {
  const pids = new Set([facts.pid])
  for (let i = 0; i < 4; i += 1) pids.add((await session.json<number>('SELECT pg_backend_pid()::text')) ?? 0)
  if (pids.size > 1) return { level: 'error', topic: 'pooler', rule: 'S005', message: 'Statements reach different server sessions: a transaction pooler stands between.', hint: 'Give trueup a direct connection.' }
  if ((toldTo(session) ?? facts.pid) !== facts.pid) {
    return { level: 'warning', topic: 'pooler', rule: 'S005', message: 'A pooler stands between here and the server.', hint: 'It must be in session mode, or give trueup a direct connection. A start proves it before it changes anything.' }
  }
  return { level: 'ok', topic: 'pooler', message: 'Statements reach the same server session. Each transaction of a change proves it again.' }
}
