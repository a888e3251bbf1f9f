import type { Finding, Session } from '../dialect.ts'

interface State {
  readonly invalid: readonly string[]
  readonly detaching: readonly string[]
  readonly unvalidated: readonly string[]
  readonly frozen: readonly string[]
  readonly prepared: readonly string[]
  readonly behind: readonly string[]
  readonly unknown: readonly string[]
  readonly unvacuumed: readonly string[]
  readonly old: readonly string[]
  readonly logical: readonly string[]
}

/** A table whose oldest transaction is this near to `autovacuum_freeze_max_age` will soon be vacuumed against wraparound, and no lock request sends that away. Share. */
const NEAR = 0.95
/** Of smaller tables nobody needs statistics to know that they are small. Bytes. */
const LARGE = 8_388_608
/** A transaction that is open for longer holds up every concurrent build that waits for it. Seconds. */
const OLD = 60

const list = (what: string, from: string): string => `coalesce((SELECT pg_catalog.json_agg(found.what) FROM (SELECT ${what} AS what FROM ${from} ORDER BY 1 LIMIT 20) found), '[]'::json)`
const OWN = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`
const TABLES = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND ${OWN}`
const OF = 'pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace'

const stateQuery = (old: number): string => `SELECT pg_catalog.json_build_object(
  'invalid', ${list('c.oid::regclass::text', `pg_catalog.pg_index i JOIN ${OF} ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relkind = 'i' AND ${OWN} AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid)`)},
  'detaching', ${list('c.oid::regclass::text', `pg_catalog.pg_inherits i JOIN ${OF} ON c.oid = i.inhrelid WHERE i.inhdetachpending`)},
  'unvalidated', ${list(`k.conname || ' of ' || c.oid::regclass::text`, `pg_catalog.pg_constraint k JOIN ${OF} ON c.oid = k.conrelid WHERE NOT k.convalidated AND ${OWN} AND pg_catalog.to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'`)},
  'frozen', ${list('c.oid::regclass::text', `${TABLES} AND c.relfrozenxid <> '0' AND pg_catalog.age(c.relfrozenxid) > ${NEAR} * pg_catalog.current_setting('autovacuum_freeze_max_age')::float8`)},
  'prepared', ${list(`p.gid || ', ' || (extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::bigint) || ' s old'`, 'pg_catalog.pg_prepared_xacts p WHERE p.database = pg_catalog.current_database()')},
  'behind', ${list(`r.application_name || ', ' || (extract(epoch FROM r.replay_lag)::bigint) || ' s'`, `pg_catalog.pg_stat_replication r WHERE r.replay_lag > interval '5 seconds' AND r.sent_lsn > r.replay_lsn`)},
  'unknown', ${list('c.oid::regclass::text', `${TABLES} AND c.reltuples < 0 AND pg_catalog.pg_relation_size(c.oid) > ${LARGE}`)},
  'unvacuumed', ${list('c.oid::regclass::text', `${TABLES} AND (pg_catalog.current_setting('autovacuum') = 'off' OR EXISTS (SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) o WHERE o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean)) AND pg_catalog.pg_relation_size(c.oid) > ${LARGE}`)},
  'old', ${list(`'pid ' || a.pid || CASE WHEN a.application_name = '' THEN '' ELSE ' (' || a.application_name || ')' END || ', ' || (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint) || ' s'`, `pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend' AND extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) > ${old} AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.pid = a.pid)`)},
  'logical', ${list('o.name', `(SELECT 'publication ' || p.pubname AS name FROM pg_catalog.pg_publication p WHERE p.puballtables OR EXISTS (SELECT FROM pg_catalog.pg_publication_tables t WHERE t.pubname = p.pubname) UNION ALL SELECT 'subscription ' || s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database()) o`)})::text`

type Rule = Pick<Finding, 'level' | 'topic'> & { readonly rule: string; readonly message: (names: string) => string; readonly hint: string }

/** What stands in the way of a change, or was left by one, before anybody plans it. Every rule has its page under `docs/rules`. */
const RULES: { readonly [K in keyof State]: Rule } = {
  invalid: { level: 'warning', topic: 'invalid index', rule: 'I005', message: (names) => `${names}: a build did not finish. It serves no query, costs every write, and if unique still refuses rows.`, hint: 'DROP INDEX CONCURRENTLY, then build it again. Those of the models a start rebuilds by itself.' },
  detaching: { level: 'error', topic: 'half-detached partition', rule: 'P004', message: (names) => `${names}: DETACH PARTITION … CONCURRENTLY was interrupted. Its rows are seen by nobody any more.`, hint: 'ALTER TABLE parent DETACH PARTITION name FINALIZE.' },
  unvalidated: { level: 'info', topic: 'constraint not validated', rule: 'V012', message: (names) => `${names}: new rows are checked, old ones never were.`, hint: 'ALTER TABLE … VALIDATE CONSTRAINT keeps nobody waiting. Those of the models a start validates by itself.' },
  frozen: { level: 'warning', topic: 'wraparound', rule: 'S001', message: (names) => `${names}: a vacuum against transaction id wraparound runs or is about to, and nothing sends it away. Changes of the table are parked meanwhile.`, hint: 'VACUUM (FREEZE) the table now, at a quiet time, and start when it is done.' },
  prepared: { level: 'warning', topic: 'prepared transaction', rule: 'S002', message: (names) => `${names}: it keeps its locks until somebody ends it, and belongs to no session.`, hint: 'COMMIT PREPARED or ROLLBACK PREPARED, as its coordinator decided.' },
  behind: { level: 'warning', topic: 'standby behind', rule: 'S004', message: (names) => `${names}: an exclusive lock that it replays holds up its queries. Changes that need one wait until it has caught up.`, hint: 'End the long query there, or let it catch up.' },
  unknown: { level: 'info', topic: 'size unknown', rule: 'S010', message: (names) => `${names}: never analysed, so how long a change takes cannot be foretold.`, hint: 'ANALYZE the table.' },
  unvacuumed: { level: 'warning', topic: 'no autovacuum', rule: 'S011', message: (names) => `${names}: autovacuum is off. A backfill leaves as many dead rows as it changes, and they stay.`, hint: 'ALTER TABLE … RESET (autovacuum_enabled), or VACUUM by hand after a backfill.' },
  old: { level: 'warning', topic: 'old transaction', rule: 'I011', message: (names) => `${names}: open for that long. A concurrent index build waits for its end, and vacuum keeps every row that it may still see.`, hint: 'Let it end before a change that builds an index.' },
  logical: { level: 'info', topic: 'logical replication', rule: 'S009', message: (names) => `${names}: rows are replicated, changes of the schema are not. A row with a column that the subscriber lacks stops its replication.`, hint: 'What is added comes to subscribers first and to the publisher last; what is taken away the other way round.' },
}

/** The codes of the rules that only a live server can answer. */
export const STATE_RULES: readonly string[] = Object.values(RULES).map(({ rule }) => rule)

/** Looks at catalogues and statistics that every role may read; what it may not see, it does not find. */
export async function examineState(session: Session, old = OLD): Promise<readonly Finding[]> {
  const state = await session.json<State>(stateQuery(old))
  if (state === null) return []
  return (Object.keys(RULES) as (keyof State)[]).flatMap((key) => { // the table has no other keys
    const { message, ...rule } = RULES[key]
    return state[key].length === 0 ? [] : [{ ...rule, message: message(state[key].join(', ')) }]
  })
}
