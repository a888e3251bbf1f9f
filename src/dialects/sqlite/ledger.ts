import type { BackfillRequest, BackfillStyle, LedgerStyle } from '../dialect.ts'
import { quoteName, quoteText } from './names.ts'

/** How the ledger's tables are written: times as ISO texts in UTC, which sort as they are. */
export const ledger: LedgerStyle = {
  types: { text: 'TEXT', integer: 'INTEGER', timestamp: 'TEXT' },
  now: `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
  isoText: (column) => column,
  jsonRows: (columns, from) => {
    const members = Object.entries(columns).map(([name, expression]) => `${quoteText(name)}, ${expression}`).join(', ')
    // A subquery makes a plain text of JSON in some versions; the outer json() says again what it is.
    return `json((SELECT json_group_array(json("row")) FROM (SELECT json_object(${members}) AS "row" FROM ${from})))`
  },
  currentUser: `''`,
}

/** Batches by key. Keys travel as the literals that quote() gives, so that no driver rounds them. */
export const backfill: BackfillStyle = {
  boundary: (request, after) => {
    const keys = keysOf(request)
    const columns = keys.map((key, index) => `${key} AS k${index}`).join(', ')
    const order = (direction: string): string => keys.map((_, index) => `k${index}${direction}`).join(', ')
    const next = `SELECT ${columns} FROM ${quoteName(request.table.name)}${conditions([afterKey(keys, after), request.where])} ORDER BY ${keys.join(', ')} LIMIT ${request.batchSize}`
    return `SELECT json_array(${keys.map((_, index) => `quote(k${index})`).join(', ')}) AS "key" FROM (${next}) ORDER BY ${order(' DESC')} LIMIT 1`
  },
  batch: (request, after, upTo) => {
    const keys = keysOf(request)
    const end = upTo === null ? null : `(${keys.join(', ')}) <= (${upTo.join(', ')})`
    return `UPDATE ${quoteName(request.table.name)} SET ${request.set}${conditions([afterKey(keys, after), end, request.where])}`
  },
  estimate: (request) => `SELECT count(*) AS "rows" FROM ${quoteName(request.table.name)}`,
}

/**
 * The columns that a batch goes along. Without a key, or with one that lets NULL in, as SQLite's primary keys do, the row number
 * serves (https://www.sqlite.org/lang_createtable.html#the_primary_key).
 */
function keysOf(request: BackfillRequest): readonly string[] {
  const usable = request.key.length > 0 && request.key.every((column) => column.notNull)
  return usable ? request.key.map((column) => quoteName(column.name)) : ['_rowid_']
}

const afterKey = (keys: readonly string[], after: readonly string[] | null): string | null => (after === null ? null : `(${keys.join(', ')}) > (${after.join(', ')})`)

function conditions(found: readonly (string | null)[]): string {
  const all = found.filter((condition) => condition !== null).map((condition) => `(${condition})`)
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
}
