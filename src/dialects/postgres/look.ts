import type { TableLock } from '../dialect.ts'
import { literal, quotePath } from './literal.ts'

/** One who has, or waits for, a lock that conflicts with one of ours. */
export interface Holder {
  /** `null` for a prepared transaction. */
  readonly pid: number | null
  readonly vxid: string
  readonly relation: string
  readonly mode: string
  readonly user: string | null
  readonly application: string | null
  readonly state: string | null
  readonly backend: string | null
  /** Milliseconds, `null` where this role may not see it. */
  readonly age: number | null
  readonly wraparound: boolean
  readonly prepared: string | null
}

export interface Seen {
  /** Places, in the list that was asked for, of relations that a LOCK statement of this role may name. */
  readonly lockable: readonly number[]
  readonly holders: readonly Holder[]
  /** Standbys that are behind; `lag` in milliseconds. */
  readonly standbys: readonly { readonly name: string; readonly lag: number }[]
}

/** Weakest first, and who conflicts with whom (PostgreSQL manual, table 13.2). */
const MODES = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const

const CONFLICTS: Readonly<Record<string, readonly string[]>> = {
  SHARE: MODES.filter((mode) => !['ACCESS SHARE', 'ROW SHARE', 'SHARE'].includes(mode)),
  'SHARE ROW EXCLUSIVE': MODES.slice(2),
  EXCLUSIVE: MODES.slice(1),
  'ACCESS EXCLUSIVE': MODES,
}

/** As `pg_locks` writes it: `ACCESS SHARE` is `AccessShareLock`. */
const lockName = (mode: string): string => `${mode.split(' ').map((word) => word.slice(0, 1) + word.slice(1).toLowerCase()).join('')}Lock`

/** A standby that is further behind is let catch up first: locks are replayed there, and a query in their way holds all others up. */
const STANDBY_BEHIND = '5 seconds'

/** Those of the database at hand, but not our own. */
const OTHERS = `l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()`

/** Whether a vacuum of this table would be one against wraparound, from what every role may read. */
const isDue = (relation: string): string =>
  `(SELECT pg_catalog.age(c.relfrozenxid) > least(pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint, (SELECT o.option_value::bigint FROM pg_catalog.pg_options_to_table(c.reloptions) o WHERE o.option_name = 'autovacuum_freeze_max_age')) FROM pg_catalog.pg_class c WHERE c.oid = ${relation} AND c.relfrozenxid <> '0')`

const MODE = `CASE h.mode ${MODES.map((mode) => `WHEN '${lockName(mode)}' THEN '${mode}'`).join(' ')} ELSE h.mode END`

const holders = `coalesce((SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
  'pid', h.pid, 'vxid', h.vxid, 'relation', h.relation::regclass::text, 'mode', ${MODE},
  'user', coalesce(a.usename, p.owner), 'application', a.application_name, 'state', a.state, 'backend', a.backend_type,
  'age', (extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared)) * 1000)::bigint, 'prepared', p.gid,
  'wraparound', coalesce(a.query LIKE 'autovacuum:%(to prevent wraparound)', false) OR (a.backend_type IS NULL AND a.usename IS NULL AND ${isDue('h.relation')})))
FROM held h LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = h.pid LEFT JOIN pg_catalog.pg_prepared_xacts p ON h.pid IS NULL
  AND EXISTS (SELECT FROM pg_catalog.pg_locks x WHERE x.locktype = 'transactionid' AND x.pid IS NULL AND x.virtualtransaction = h.vxid AND x.transactionid = p.transaction)), '[]'::json)`

/**
 * Who would hold up these locks, on the tables themselves and on all that inherit from them. Reads catalogues and statistics
 * only, needs no privilege, takes no lock on any of the tables.
 */
export function lookStatement(locks: readonly TableLock[]): string {
  const wanted = locks.map(({ relation, mode }, place) => `(${place}, pg_catalog.to_regclass(${literal(quotePath(relation.schema, relation.name))})::oid, '{${(CONFLICTS[mode] ?? []).map(lockName).join(',')}}'::text[])`)
  const standbys = locks.some(({ mode }) => mode === 'ACCESS EXCLUSIVE')
    ? `(SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', r.application_name, 'lag', (extract(epoch FROM r.replay_lag) * 1000)::bigint)) FROM pg_catalog.pg_stat_replication r WHERE r.replay_lag > interval '${STANDBY_BEHIND}' AND r.sent_lsn > r.replay_lsn)`
    : 'NULL'
  return `WITH RECURSIVE wanted (place, relation, modes) AS (VALUES ${wanted.join(', ')}),
family AS (SELECT relation, modes FROM wanted WHERE relation IS NOT NULL UNION SELECT i.inhrelid, f.modes FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relation),
held AS (SELECT DISTINCT l.pid, l.virtualtransaction AS vxid, l.relation, l.mode FROM pg_catalog.pg_locks l JOIN family f ON f.relation = l.relation AND l.mode = ANY (f.modes) WHERE ${OTHERS})
SELECT pg_catalog.json_build_object('lockable', coalesce((SELECT pg_catalog.json_agg(w.place) FROM wanted w JOIN pg_catalog.pg_class c ON c.oid = w.relation WHERE c.relkind IN ('r', 'p')
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')), '[]'::json), 'standbys', coalesce(${standbys}, '[]'::json), 'holders', ${holders})::text`
}

/** Who keeps even readers from a relation of this database, whichever it is. */
export function readersStatement(): string {
  return `WITH held AS (SELECT DISTINCT l.pid, l.virtualtransaction AS vxid, l.relation, l.mode FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
  WHERE ${OTHERS} AND l.mode = 'AccessExclusiveLock' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S'))
SELECT ${holders}::text`
}
