import type { BackfillRequest, BackfillStyle } from '../dialect.ts'
import { literal, quoteName, quotePath } from './literal.ts'

/** Keys leave the server as text and come back as literals of their type, so that nothing is rounded on the way. */
export const backfill: BackfillStyle = {
  boundary: (request, after) => {
    const key = names(request)
    const texts = request.key.map(textOf).join(', ')
    const next = `SELECT ${key} FROM ${table(request)}${where(above(request, after))} ORDER BY ${key} OFFSET ${request.batchSize - 1} LIMIT 1`
    return `SELECT json_build_array(${texts})::text FROM (${next}) AS last_of_batch`
  },
  batch: (request, after, upTo) => {
    const within = [above(request, after), upTo === null ? null : `(${names(request)}) <= (${values(request, upTo)})`, request.where === null ? null : `(${request.where}\n)`]
    return `UPDATE ${table(request)} SET ${request.set}\n${where(...within)}`
  },
  // Small tables are counted; of large ones the server's estimate does, summed over partitions.
  estimate: (request) => {
    const relation = `${literal(table(request))}::regclass`
    const family = `SELECT c.reltuples, pg_catalog.pg_relation_size(c.oid) AS size FROM pg_catalog.pg_class c WHERE c.oid = ${relation} OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(${relation}) WHERE isleaf)`
    const counted = `(SELECT count(*) FROM ${table(request)}${where(request.where === null ? null : `(${request.where}\n)`)})`
    return `SELECT (CASE WHEN sum(size) < ${SMALL} THEN ${counted} ELSE sum(greatest(0, reltuples))::bigint END)::text FROM (${family}) AS family`
  },
}

/** Bytes that are read in a moment. */
const SMALL = 4_000_000

/** Dates in the one notation that does not depend on the session's `DateStyle`. */
function textOf(column: BackfillRequest['key'][number]): string {
  const name = quoteName(column.name)
  return /^(date|time)/.test(column.type) ? `to_json(${name}) #>> '{}'` : `${name}::text`
}

const table = (request: BackfillRequest): string => quotePath(request.table.schema, request.table.name)
const names = (request: BackfillRequest): string => request.key.map((column) => quoteName(column.name)).join(', ')
const values = (request: BackfillRequest, key: readonly string[]): string => request.key.map((column, i) => `${literal(key[i] ?? '')}::${column.type}`).join(', ')
const above = (request: BackfillRequest, after: readonly string[] | null): string | null => (after === null ? null : `(${names(request)}) > (${values(request, after)})`)

function where(...conditions: readonly (string | null)[]): string {
  const all = conditions.filter((condition) => condition !== null)
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
}
