import pg from 'pg'

/** A session of somebody else, with a transaction that can be left open. */
export interface Other {
  readonly client: pg.Client
  /** Begins a transaction and leaves it open. */
  hold(...statements: readonly string[]): Promise<void>
  letGo(): Promise<void>
  close(): Promise<void>
}

export async function other(url: string, application = 'the "other" one'): Promise<Other> {
  const client = new pg.Client({ connectionString: url, application_name: application })
  client.on('error', () => {})
  await client.connect()
  return {
    client,
    hold: async (...statements) => {
      await client.query('BEGIN')
      for (const statement of statements) await client.query(statement)
    },
    letGo: async () => void (await client.query('ROLLBACK')),
    close: () => client.end().catch(() => {}),
  }
}

/** Asks a table again and again and remembers the longest that an answer took, from the moment at which it was due. */
export function watchTable(client: pg.Client, statement: string, every = 5): { stop(): Promise<number> } {
  let longest = 0
  const state = { isOver: false }
  const loop = (async () => {
    for (let due = performance.now(); !state.isOver; due += every) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
      // What this process did meanwhile is not the server's fault.
      const asked = performance.now()
      await client.query(statement)
      longest = Math.max(longest, performance.now() - asked)
    }
  })()
  return {
    stop: async () => {
      state.isOver = true
      await loop
      return longest
    },
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
