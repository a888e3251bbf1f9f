import pg from 'pg'
import type { TestServer } from '../../test/servers/postgres.ts'

/** What else goes on in the database while it is changed. */
export interface Disturbance {
  readonly title: string
  /** Migrators that start at once. */
  readonly instances?: number
  /** Milliseconds for which the migrator is stopped as soon as it holds a lock. */
  readonly pause?: number
  /** Begins it; resolves at the phase at which the change is to begin. The result ends it. */
  begin?(server: TestServer, name: string): Promise<() => Promise<void>>
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Sessions that do something again and again until they are told to stop. */
async function loops(server: TestServer, name: string, count: number, turn: (client: pg.Client, number: number) => Promise<void>): Promise<() => Promise<void>> {
  const state = { isOver: false }
  const clients = await Promise.all(Array.from({ length: count }, async () => {
    const client = new pg.Client({ connectionString: server.url(name), application_name: 'disturbance' })
    client.on('error', () => {})
    await client.connect()
    return client
  }))
  const running = clients.map(async (client, number) => {
    while (!state.isOver) await turn(client, number).catch(() => client.query('ROLLBACK').catch(() => {}))
  })
  return async () => {
    state.isOver = true
    // One that sleeps for seconds is not waited for.
    await Promise.race([Promise.all(running), sleep(100)])
    await Promise.all(clients.map((client) => server.sql(`SELECT pg_terminate_backend(${(client as unknown as { processID: number }).processID})`).then(() => client.end().catch(() => {}))))
  }
}

export const DISTURBANCES = {
  quiet: { title: 'quiet' },
  'idle-reader': {
    title: 'a reader idle in transaction for 5 s every 7 s',
    begin: async (server, name) => {
      const end = await loops(server, name, 1, async (client) => {
        await client.query('BEGIN; SELECT n FROM items WHERE id = 1')
        await sleep(5_000)
        await client.query('COMMIT')
        await sleep(2_000)
      })
      await sleep(1_000)
      return end
    },
  },
  overlapping: {
    title: 'overlapping transactions of 20 to 50 ms',
    begin: async (server, name) => {
      const end = await loops(server, name, 4, async (client, number) => {
        await client.query(`BEGIN; UPDATE items SET n = n + 1 WHERE id = ${number + 1}`)
        await sleep(20 + Math.random() * 30)
        await client.query('COMMIT')
      })
      await sleep(200)
      return end
    },
  },
  autovacuum: {
    title: 'a throttled autovacuum of the table',
    begin: async (server, name) => {
      await server.sql('ALTER TABLE items SET (autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0)', name)
      await server.sql('UPDATE items SET n = n WHERE id % 50 = 0', name)
      for (let tries = 0; tries < 300; tries += 1) {
        const [row] = await server.sql("SELECT count(*)::integer AS n FROM pg_stat_progress_vacuum WHERE relid = 'items'::regclass", name)
        if (row?.['n'] === 1) {
          // What waited for a row of that UPDATE has its answer by then: it waited for no change.
          await sleep(300)
          return async () => {}
        }
        await sleep(100)
      }
      throw new Error('autovacuum did not come')
    },
  },
  snapshot: {
    title: 'a long snapshot on another table',
    begin: async (server, name) => {
      const end = await loops(server, name, 1, async (client) => {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM elsewhere')
        await sleep(6_000)
        await client.query('COMMIT')
        await sleep(1_000)
      })
      await sleep(500)
      return end
    },
  },
  'two-tables': {
    title: 'writers that lock two tables in both orders',
    begin: async (server, name) => {
      const end = await loops(server, name, 4, async (client, number) => {
        // Few enough rows for a deadlock now and then.
        const row = 1 + Math.floor(Math.random() * 30)
        const both = [`UPDATE items SET n = n + 1 WHERE id = ${row}`, `UPDATE parents SET name = 'new' WHERE id = ${row}`]
        await client.query('BEGIN')
        for (const statement of number % 2 === 0 ? both : both.toReversed()) {
          await client.query(statement)
          await sleep(5)
        }
        await client.query('COMMIT')
        await sleep(10)
      })
      await sleep(200)
      return end
    },
  },
  paused: { title: 'the migrator paused for 5 s', pause: 5_000 },
  eight: { title: 'eight instances that start at once', instances: 8 },
} satisfies Readonly<Record<string, Disturbance>>

export type DisturbanceName = keyof typeof DISTURBANCES
