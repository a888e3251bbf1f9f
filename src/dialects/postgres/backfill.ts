import type { BackfillRequest, BackfillStyle } from '../dialect.ts'
import { literal, quoteName, quotePath } from './literal.ts'

/** Keys leave the server as text and come back as literals of their type, so that nothing is rounded on the way. */
export const backfill: BackfillStyle = {
  boundary: (request, after) => {
    const key = names(request)
    const texts = request.key.map((column) => `${quoteName(column.name)}::text`).join(', ')
    const next = `SELECT ${key} FROM ${table(request)}${where(above(request, after))} ORDER BY ${key} OFFSET ${request.batchSize - 1} LIMIT 1`
    return `SELECT json_build_array(${texts})::text FROM (${next}) AS last_of_batch`
  },
  batch: (request, after, upTo) => {
    const within = [above(request, after), upTo === null ? null : `(${names(request)}) <= (${values(request, upTo)})`, request.where === null ? null : `(${request.where}\n)`]
    return `UPDATE ${table(request)} SET ${request.set}\n${where(...within)}`
  },
  estimate: (request) => `SELECT greatest(0, reltuples)::bigint::text FROM pg_catalog.pg_class WHERE oid = ${literal(table(request))}::regclass`,
}

const table = (request: BackfillRequest): string => quotePath(request.table.schema, request.table.name)
const names = (request: BackfillRequest): string => request.key.map((column) => quoteName(column.name)).join(', ')
const values = (request: BackfillRequest, key: readonly string[]): string => request.key.map((column, i) => `${literal(key[i] ?? '')}::${column.type}`).join(', ')
const above = (request: BackfillRequest, after: readonly string[] | null): string | null => (after === null ? null : `(${names(request)}) > (${values(request, after)})`)

function where(...conditions: readonly (string | null)[]): string {
  const all = conditions.filter((condition) => condition !== null)
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
}
