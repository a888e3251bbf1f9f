import type { Session } from '../dialect.ts'
import { failure } from './failure.ts'
import { IMPATIENT } from './peek.ts'

/** Places of a table that are looked at, and the bytes that are read at each: little beside the table, enough for a clock. */
const PLACES = 4
const BYTES = 2_097_152
/** Smaller tables are read in no time. */
const SMALLEST = PLACES * BYTES * 4
/** A server that is slower than this is told by the usual figures. */
const WITHIN = "SET LOCAL statement_timeout = '500ms'"

/**
 * How many bytes of a relation the server reads in a second, by its own clock: some pages at places all over it, so that what of it
 * is in memory counts as what is not. `null` where it is small, or may not be read.
 *
 * @param relation - its quoted name
 */
export async function readRate(session: Session, relation: string, bytes: number): Promise<number | null> {
  if (bytes < SMALLEST) return null
  try {
    const milliseconds = Number(await session.transaction(() => session.first(question(relation, bytes)), { settings: [WITHIN, IMPATIENT] }))
    return milliseconds > 0 ? Math.round((PLACES * BYTES * 1000) / milliseconds) : null
  } catch (error) {
    if (failure(error).kind === 'connection') throw error
    return null
  }
}

/** The clock is read before the pages are, because each of them waits for its row, and after them, because they are counted. */
function question(relation: string, bytes: number): string {
  const places = Array.from({ length: PLACES }, (_, place) => Math.floor((bytes / PLACES) * place))
  const page = (offset: number): string => `(pg_catalog.format('(%s,0)', ${offset} / b.block)::tid)`
  const reads = places.map((offset) => `(SELECT count(*) FROM ${relation} AS t WHERE b.at IS NOT NULL AND t.ctid >= ${page(offset)} AND t.ctid < ${page(offset + BYTES)})`)
  return `SELECT extract(epoch FROM clock_timestamp() - b.at) * 1000 + 0 * c.rows
FROM (SELECT clock_timestamp() AS at, current_setting('block_size')::integer AS block OFFSET 0) AS b, LATERAL (SELECT ${reads.join(' + ')} AS rows OFFSET 0) AS c`
}
