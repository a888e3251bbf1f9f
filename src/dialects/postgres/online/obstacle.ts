import type { Pair, Quiet } from '../../online.ts'
import type { Session } from '../../dialect.ts'
import { literal, qualified } from '../render/names.ts'
import { introspectSides } from './sides.ts'
import { outOfStep } from './keeper.ts'

interface Seen {
  /** Sessions of this database of which this role sees nothing but their number. */
  readonly hidden: number
  readonly matching: readonly string[]
  readonly older: readonly string[]
  /** Seconds since the old side was written last. */
  readonly quiet: number | null
  readonly needed: number
}

/** Why the old side must stay yet. What cannot be seen counts as somebody who uses it. */
export async function obstacle(session: Session, pair: Pair, quiet: Quiet): Promise<string | null> {
  if (pair.stage !== 'ready') return 'the new column is not complete yet'
  const seen = await session.json<Seen>(question(pair, quiet))
  if (seen === null) return 'nothing could be learned of the sessions'
  if (seen.hidden > 0) return `${count(seen.hidden, 'session')} of other roles cannot be seen by this role: grant it pg_read_all_stats`
  if (seen.matching.length > 0) return `${count(seen.matching.length, 'session')} of the old release ${seen.matching.length === 1 ? 'is' : 'are'} connected: ${names(seen.matching)}`
  if (quiet.application.length === 0 && seen.older.length > 0) return `${count(seen.older.length, 'session')} may be of the old release, being older than the new column: ${names(seen.older)}`
  if (seen.needed > 0 && pair.kind === 'rename' && (seen.quiet === null || seen.quiet < seen.needed)) return `${pair.from} was written ${seen.quiet ?? 'an unknown number of'} s ago or less, and shall have been unused for ${quiet.unusedFor}`
  if (seen.needed > 0 && pair.kind === 'retype' && (seen.quiet === null || seen.quiet < seen.needed)) return `the column has its new type for ${seen.quiet ?? 'an unknown number of'} s only, not yet for ${quiet.unusedFor}`
  // Read last: it may be all of a large table.
  const sides = await introspectSides(session, pair)
  if (sides === null) return 'its columns are not both there'
  const [row] = await session.query(`SELECT EXISTS (SELECT 1 FROM ${qualified(pair.table)} WHERE ${outOfStep(pair, sides)})::text AS "differs"`)
  return row?.['differs'] === 'false' ? null : `there are rows in which ${pair.from} and ${pair.to} are not in step`
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`

/** Applications, not queries: what somebody sends is theirs. */
const names = (all: readonly string[]): string => [...new Set(all)].sort().map((name) => (name === '' ? '(no application_name)' : name)).join(', ')

function question(pair: Pair, quiet: Quiet): string {
  const others = 'FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()'
  const mine = `${others} AND backend_type = 'client backend'`
  const list = (condition: string): string => `coalesce((SELECT json_agg(application_name) ${mine} AND ${condition}), '[]'::json)`
  const patterns = quiet.application.map((pattern) => literal(pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%')))
  const matching = patterns.length === 0 ? 'false' : `application_name LIKE ANY (ARRAY[${patterns.join(', ')}])`
  const own = qualified({ schema: pair.table.schema, name: pair.name })
  return `SELECT json_build_object(
  'hidden', (SELECT count(*) ${others} AND backend_type IS NULL),
  'matching', ${list(matching)},
  'older', ${list(`backend_start < to_timestamp(${pair.since ?? 0})`)},
  'quiet', date_part('epoch', clock_timestamp())::bigint - (SELECT last_value FROM ${own}),
  'needed', date_part('epoch', ${literal(quiet.unusedFor ?? '0 seconds')}::interval)::bigint)::text`
}
