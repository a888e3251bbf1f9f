import type { Named, Session, TableSize } from '../dialect.ts'
import { failure } from './failure.ts'
import { literal, quotePath } from './literal.ts'
import { IMPATIENT } from './peek.ts'
import { readRate } from './read-rate.ts'

interface Measured extends Omit<TableSize, 'table'> {
  readonly at: number
  /** The largest relation that holds rows of it, by its quoted name, and its bytes. */
  readonly largest: string
  readonly largestBytes: number
}

/** Bytes of a row in a table that was never analysed. */
const USUAL_ROW = 100

/**
 * Sizes by the server's own statistics, in one question. The estimate is scaled from the pages of the last `ANALYZE` to those of
 * now, as the planner does it; a partitioned table is the sum of its partitions. Of large ones some pages are read.
 *
 * To ask for a size takes a lock, so it is asked of no relation but these: what depends on the family alone is not worked out for
 * the whole catalogue first.
 */
export async function measure(session: Session, tables: readonly Named[]): Promise<readonly TableSize[]> {
  if (tables.length === 0) return []
  const names = tables.map((table, at) => `(${at}, pg_catalog.to_regclass(${literal(quotePath(table.schema, table.name))}))`).join(', ')
  const measured = await soon(session, `
SELECT coalesce(json_agg(json_build_object('at', t.at, 'rows', t.rows, 'bytes', t.bytes, 'indexBytes', t.index_bytes, 'indexes', t.indexes, 'largest', t.largest, 'largestBytes', t.largest_bytes)), '[]')::text FROM (
  SELECT asked.at, sum(CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN c.reltuples * (s.bytes / current_setting('block_size')::float8) / c.relpages ELSE s.bytes / ${USUAL_ROW}.0 END)::bigint AS rows,
    sum(s.bytes)::bigint AS bytes, sum(s.index_bytes)::bigint AS index_bytes, max((SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid)) AS indexes,
    (pg_catalog.array_agg(pg_catalog.format('%I.%I', n.nspname, c.relname) ORDER BY s.bytes DESC))[1] AS largest, max(s.bytes) AS largest_bytes
  FROM (VALUES ${names}) asked (at, relation)
  JOIN LATERAL (SELECT asked.relation AS oid UNION SELECT tree.relid FROM pg_catalog.pg_partition_tree(asked.relation) tree WHERE tree.isleaf) family ON true
  JOIN pg_catalog.pg_class c ON c.oid = family.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN LATERAL (SELECT coalesce(pg_catalog.pg_relation_size(family.oid), 0) AS bytes, pg_catalog.pg_indexes_size(family.oid) AS index_bytes OFFSET 0) s ON true
  GROUP BY asked.at) t`)
  const sizes: TableSize[] = []
  for (const { at, largest, largestBytes, ...size } of measured) {
    const table = tables[at]
    if (table === undefined) continue
    const rate = await readRate(session, largest, largestBytes)
    sizes.push({ table: { schema: table.schema, name: table.name }, ...size, ...(rate !== null && { readRate: rate }) })
  }
  return sizes
}

/** To ask for a size takes a lock. Nothing is known where somebody holds one of the tables. */
async function soon(session: Session, question: string): Promise<readonly Measured[]> {
  try {
    return (await session.transaction(() => session.json<readonly Measured[]>(question), { settings: [IMPATIENT] })) ?? []
  } catch (error) {
    if (failure(error).kind !== 'lock-timeout') throw error
    return []
  }
}
