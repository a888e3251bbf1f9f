import pg from 'pg'

/** Code of one release: what it does to row after row, with a counter. */
export type Worker = (client: pg.Client, turn: number) => Promise<unknown>

/** Connections that work until they are told to stop. Every error is kept. */
export async function load(url: string, workers: readonly (readonly [application: string, work: Worker])[]): Promise<{ stop(): Promise<{ readonly errors: readonly string[]; readonly turns: readonly number[] }> }> {
  const errors: string[] = []
  const turns = workers.map(() => 0)
  const over = new AbortController()
  const running = workers.map(async ([application, work], at) => {
    const client = new pg.Client({ connectionString: url, application_name: application })
    await client.connect()
    try {
      while (!over.signal.aborted) {
        await work(client, at * 1_000_000 + (turns[at] as number)).catch((error: unknown) => errors.push(`${application}: ${String(error)}`))
        turns[at] = (turns[at] as number) + 1
      }
    } finally {
      await client.end()
    }
  })
  return {
    stop: async () => {
      over.abort()
      await Promise.all(running)
      return { errors, turns }
    },
  }
}
