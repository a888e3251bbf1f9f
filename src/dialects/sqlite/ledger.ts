import type { LedgerStyle } from '../dialect.ts'
import { quoteText } from './names.ts'

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
