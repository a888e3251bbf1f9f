import type { Named, Session, TableSize } from '../dialect.ts'
import { literal, quotePath } from './literal.ts'

interface Measured {
  readonly at: number
  readonly rows: number
  readonly bytes: number
  readonly indexBytes: number
  readonly indexes: number
}

/** Bytes of a row in a table that was never analysed. */
const USUAL_ROW = 100

/**
 * Sizes by the server's own statistics, in one question. The estimate is scaled from the pages of the last `ANALYZE` to those of
 * now, as the planner does it; a partitioned table is the sum of its partitions.
 */
export async function measure(session: Session, tables: readonly Named[]): Promise<readonly TableSize[]> {
  if (tables.length === 0) return []
  const names = tables.map((table, at) => `(${at}, pg_catalog.to_regclass(${literal(quotePath(table.schema, table.name))}))`).join(', ')
  const measured = await session.json<readonly Measured[]>(`
SELECT coalesce(json_agg(json_build_object('at', t.at, 'rows', t.rows, 'bytes', t.bytes, 'indexBytes', t.index_bytes, 'indexes', t.indexes)), '[]')::text FROM (
  SELECT asked.at, sum(CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN c.reltuples * (s.bytes / current_setting('block_size')::float8) / c.relpages ELSE s.bytes / ${USUAL_ROW}.0 END)::bigint AS rows,
    sum(s.bytes)::bigint AS bytes, sum(pg_catalog.pg_indexes_size(c.oid))::bigint AS index_bytes, max((SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)) AS indexes
  FROM (VALUES ${names}) asked (at, relation)
  JOIN LATERAL (SELECT asked.relation AS oid UNION SELECT tree.relid FROM pg_catalog.pg_partition_tree(asked.relation) tree WHERE tree.isleaf) family ON true
  JOIN pg_catalog.pg_class c ON c.oid = family.oid
  JOIN LATERAL (SELECT coalesce(pg_catalog.pg_relation_size(c.oid), 0) AS bytes) s ON true
  GROUP BY asked.at) t`)
  return (measured ?? []).flatMap(({ at, ...size }) => {
    const table = tables[at]
    return table === undefined ? [] : [{ table: { schema: table.schema, name: table.name }, ...size }]
  })
}
