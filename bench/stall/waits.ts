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
}

/** Milliseconds between two looks: shorter waits may stay unseen. */
const EVERY = 8
const LOOK = `SELECT wait_event = 'relation' AS "isTable", max(extract(epoch FROM clock_timestamp() - query_start) * 1000)::float8 AS waited
  FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'load' AND wait_event_type = 'Lock' GROUP BY 1`

/** Looks at what the load's sessions wait for, again and again, until it is ended. */
export async function watchWaits(url: string): Promise<{ end(): Promise<Waits> }> {
  const client = new pg.Client({ connectionString: url, application_name: 'watch' })
  client.on('error', () => {})
  await client.connect()
  const longest = { table: 0, row: 0 }
  const state = { isOver: false }
  const looking = (async () => {
    while (!state.isOver) {
      const { rows } = await client.query<{ isTable: boolean; waited: number }>({ name: 'look', text: LOOK })
      for (const { isTable, waited } of rows) {
        const kind = isTable ? 'table' : 'row'
        longest[kind] = Math.max(longest[kind], waited)
      }
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
        return longest
      } finally {
        await client.end()
      }
    },
  }
}
