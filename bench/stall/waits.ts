import pg from 'pg'

/**
 * The longest time for which a query of the load was seen waiting for a lock, in milliseconds. Where other programs share the
 * machine, the longest stall is mostly theirs; this is the part of it that somebody else's lock made.
 */
export interface Waits {
  /** For a lock on a table: only what changes the schema makes queries wait for one. */
  readonly table: number
  /** For a row that another transaction has changed. */
  readonly row: number
  /** What queries slower than 20 ms were at when they were seen, in seconds of all of them together. At least so much: one that ends before the next look stays unseen. */
  readonly slow: { readonly [R in Reason]: number }
}

/** `log`: the write-ahead log on its way to the disk, behind what others have written there. `running`: no wait that the server knows of. */
const REASONS = ['table', 'row', 'log', 'disk', 'running', 'other'] as const
type Reason = (typeof REASONS)[number]

/** Milliseconds between two looks: shorter waits may stay unseen. */
const EVERY = 8
/** Milliseconds from which a query is slow. */
const SLOW = 20
const LOOK = `SELECT concat_ws(' ', pid, extract(epoch FROM query_start)) AS query, (extract(epoch FROM clock_timestamp() - query_start) * 1000)::float8 AS age,
    CASE WHEN wait_event_type = 'Lock' THEN CASE wait_event WHEN 'relation' THEN 'table' ELSE 'row' END WHEN upper(wait_event) LIKE 'WAL%' THEN 'log' WHEN wait_event_type = 'IO' THEN 'disk' WHEN wait_event IS NULL THEN 'running' ELSE 'other' END AS reason
  FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'load' AND state = 'active'`

interface Seen {
  readonly query: string
  readonly age: number
  readonly reason: Reason
}

/** Seconds of slow queries that were seen at the server. */
export const slowAtServer = ({ slow }: Waits): number => REASONS.reduce((sum, reason) => sum + slow[reason], 0)

/** The largest parts of the time of slow queries, in words. */
export const slowIn = ({ slow }: Waits): string =>
  REASONS.filter((reason) => slow[reason] >= 0.005).sort((a, b) => slow[b] - slow[a]).map((reason) => `${reason} ${slow[reason].toFixed(2)}`).join(', ')

/** Looks at what the load's sessions wait for, again and again, until it is ended. */
export async function watchWaits(url: string): Promise<{ end(): Promise<Waits> }> {
  const client = new pg.Client({ connectionString: url, application_name: 'watch' })
  client.on('error', () => {})
  await client.connect()
  const longest = { table: 0, row: 0 }
  const slow: Record<Reason, number> = { table: 0, row: 0, log: 0, disk: 0, running: 0, other: 0 }
  const state = { isOver: false }
  const looking = (async () => {
    // How much of each query has been counted.
    for (let before = new Map<string, number>(); !state.isOver; ) {
      const { rows } = await client.query<Seen>({ name: 'look', text: LOOK })
      for (const { age, reason } of rows) if (reason === 'table' || reason === 'row') longest[reason] = Math.max(longest[reason], age)
      const late = rows.filter(({ age }) => age > SLOW)
      for (const { query, age, reason } of late) slow[reason] += (age - (before.get(query) ?? 0)) / 1_000
      before = new Map(late.map(({ query, age }) => [query, age]))
      await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  })()
  // Whether it failed is asked at the end.
  looking.catch(() => {})
  return {
    end: async () => {
      state.isOver = true
      try {
        await looking
        return { ...longest, slow }
      } finally {
        await client.end()
      }
    },
  }
}
