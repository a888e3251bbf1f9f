import type { ReplicaLag, Session } from '../dialect.ts'

/**
 * The replay lag as the primary knows it: how long ago the last change that a standby has replayed was written. It grows while
 * a standby stands still, and is NULL for one that has everything
 * (https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW). A copy that is being
 * taken, and a subscriber of logical replication, is none.
 */
const QUERY = `SELECT pg_catalog.json_build_object(
  'isVisible', coalesce(pg_catalog.bool_and(r.state IS NOT NULL), true),
  'milliseconds', pg_catalog.max(lag),
  'name', (pg_catalog.array_agg(nullif(r.application_name, '') ORDER BY lag DESC NULLS LAST))[1]
)::text FROM pg_catalog.pg_stat_replication r, LATERAL (SELECT CASE WHEN r.state IN ('streaming', 'catchup') AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical'
) THEN pg_catalog.round(extract(epoch FROM r.replay_lag) * 1000) END AS lag) AS lags`

/** How far the slowest standby is behind. */
export async function replicaLag(session: Session): Promise<ReplicaLag> {
  return (await session.json<ReplicaLag>(QUERY)) ?? { milliseconds: null, name: null, isVisible: true }
}
