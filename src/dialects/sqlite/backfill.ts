import type { BackfillRequest, BackfillStyle, Key } from '../dialect.ts'
import { quoteName, quoteText } from './names.ts'

/** Batches by key. Keys travel as the literals that quote() gives, so that no driver rounds them. */
export const backfill: BackfillStyle = {
  statement: (request) => update(request, null, null),
  count: (request) => `SELECT count(*) AS "rows" FROM ${quoteName(request.table.name)}${conditions([request.where])}`,
  open: async (session, request, after) => {
    const left = await session.json<number>(`SELECT count(*) AS "rows" FROM ${quoteName(request.table.name)}${conditions([afterKey(keysOf(request), after), request.where])}`)
    return {
      toChange: left,
      toRead: left,
      next: async (from, size) => {
        // A question costs no turn here: there is nobody to send it to.
        const upTo = await session.json<Key>(boundary(request, from, size))
        return {
          statements: upTo === null ? [] : [update(request, from, upTo)],
          after: quoteText(JSON.stringify(upTo ?? from)),
          changed: upTo === null ? '0' : 'changes()',
          done: ({ rows }) => ({ after: upTo ?? from, changed: rows, isLast: upTo === null }),
        }
      },
    }
  },
}

/** The last key of the next batch; no row when nothing is left. */
function boundary(request: BackfillRequest, after: Key | null, size: number): string {
  const keys = keysOf(request)
  const columns = keys.map((key, index) => `${key} AS k${index}`).join(', ')
  const next = `SELECT ${columns} FROM ${quoteName(request.table.name)}${conditions([afterKey(keys, after), request.where])} ORDER BY ${keys.join(', ')} LIMIT ${size}`
  return `SELECT json_array(${keys.map((_, index) => `quote(k${index})`).join(', ')}) AS "key" FROM (${next}) ORDER BY ${keys.map((_, index) => `k${index} DESC`).join(', ')} LIMIT 1`
}

function update(request: BackfillRequest, after: Key | null, upTo: Key | null): string {
  const keys = keysOf(request)
  const end = upTo === null ? null : `(${keys.join(', ')}) <= (${upTo.join(', ')})`
  return `UPDATE ${quoteName(request.table.name)} SET ${request.set}${conditions([afterKey(keys, after), end, request.where])}`
}

/**
 * The columns that a batch goes along. Without a key, or with one that lets NULL in, as SQLite's primary keys do, the row number
 * serves (https://www.sqlite.org/lang_createtable.html#the_primary_key).
 */
function keysOf(request: BackfillRequest): readonly string[] {
  const usable = request.key.length > 0 && request.key.every((column) => column.notNull)
  return usable ? request.key.map((column) => quoteName(column.name)) : ['_rowid_']
}

const afterKey = (keys: readonly string[], after: Key | null): string | null => (after === null ? null : `(${keys.join(', ')}) > (${after.join(', ')})`)

function conditions(found: readonly (string | null)[]): string {
  const all = found.filter((condition) => condition !== null).map((condition) => `(${condition})`)
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
}
