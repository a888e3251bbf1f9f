import type { LedgerStyle } from '../dialect.ts'
import { literal } from './literal.ts'

export const ledger: LedgerStyle = {
  types: { text: 'text', integer: 'bigint', timestamp: 'timestamp with time zone' },
  now: 'pg_catalog.clock_timestamp()',
  isoText: (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  jsonRows: (columns, from) => `(SELECT coalesce(json_agg(json_build_object(${Object.entries(columns).map(([key, value]) => `${literal(key)}, ${value}`).join(', ')})), '[]'::json)::text FROM ${from})`,
  currentUser: 'current_user::text',
  clientHost: "coalesce(host(inet_client_addr()), 'local')",
}
