import type { RehearsalStyle } from '../rehearsal.ts'
import { literal } from './literal.ts'

const OTHERS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'"

/** Bytes of a row in a table that was never analysed. */
const USUAL_ROW = 100

/** `AccessExclusiveLock` becomes ACCESS EXCLUSIVE. Readers' locks are nobody's concern. */
const heldBy = (backend: string): string => `SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
  'mode', upper(trim(regexp_replace(replace(l.mode, 'Lock', ''), '([A-Z])', ${literal(' \\1')}, 'g'))))), '[]'::json)
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = ${backend} AND l.granted AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock' AND c.relkind IN ('r', 'p', 'm') AND ${OTHERS}`

/** An embedded server is made from an image: its identifier is that of all others, but it began at a moment of its own. */
const EMBEDDED = "pg_catalog.version() ~ 'emcc|emscripten|wasm'"

/** Estimated as the planner does: the density of the last ANALYZE times the pages of now. */
export const rehearsal: RehearsalStyle = {
  identity: `SELECT to_json(concat(s.system_identifier, '/', d.oid, CASE WHEN ${EMBEDDED} THEN '/' || pg_catalog.pg_postmaster_start_time() END))::text
  FROM pg_catalog.pg_control_system() s, pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()`,
  readOnly: { on: 'SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', off: 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE' },
  sizes: `SELECT coalesce(json_agg(json_build_object('schema', t.nspname, 'name', t.relname, 'rows', t.rows, 'bytes', t.bytes, 'indexBytes', t.index_bytes)), '[]'::json)::text FROM (
  SELECT n.nspname, c.relname, sum(CASE WHEN f.reltuples >= 0 AND f.relpages > 0 THEN f.reltuples * (s.main / current_setting('block_size')::float8) / f.relpages ELSE s.main / ${USUAL_ROW}.0 END)::int8 AS rows,
    sum(coalesce(pg_catalog.pg_table_size(f.oid), 0))::int8 AS bytes, sum(coalesce(pg_catalog.pg_indexes_size(f.oid), 0))::int8 AS index_bytes
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN LATERAL (SELECT c.oid UNION SELECT tree.relid FROM pg_catalog.pg_partition_tree(c.oid) tree WHERE tree.isleaf) family ON true
  JOIN pg_catalog.pg_class f ON f.oid = family.oid
  JOIN LATERAL (SELECT coalesce(pg_catalog.pg_relation_size(f.oid), 0) AS main) s ON true
  WHERE c.relkind IN ('r', 'p', 'm') AND ${OTHERS} GROUP BY n.nspname, c.relname) t`,
  locks: {
    note: `SELECT pg_catalog.set_config('trueup.locks', (${heldBy('pg_catalog.pg_backend_pid()')})::text, false)`,
    noted: `SELECT nullif(pg_catalog.current_setting('trueup.locks', true), '')`,
    of: (session) => `SELECT (${heldBy(String(Number(session)))})::text`,
  },
}
