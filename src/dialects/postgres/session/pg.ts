import type { Row } from '../../dialect.ts'
import type { Wire } from './wire.ts'

/** The parts of node-postgres that are used. */
export interface PgClient {
  query(query: string | PgQuery): Promise<PgResult | readonly PgResult[]>
  connect(): Promise<unknown>
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
}

export interface PgPool {
  connect(): Promise<PgClient & { release(broken?: boolean | Error): void }>
  readonly options?: Readonly<Record<string, unknown>>
  readonly totalCount: number
}

interface PgQuery {
  readonly text: string
  readonly rowMode?: 'array'
  readonly types?: { getTypeParser(): (value: string) => unknown }
}

interface PgResult {
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
}

/** Every value as the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

/** A wire over a connected client. `done` gives it back. */
export function pgWire(client: PgClient, done: (broken: boolean) => Promise<void>): Wire {
  // A connection that dies while nobody waits for it tells by an event; unheard, it would end the process.
  const hear = (): void => {}
  client.on('error', hear)
  return {
    handle: client,
    rows: async (statement) => {
      const result = await client.query(statement)
      const [first] = Array.isArray(result) ? (result as readonly PgResult[]) : [result as PgResult]
      return (first?.rows ?? []) as readonly Row[]
    },
    text: async (statement) => {
      const result = (await client.query({ text: statement, rowMode: 'array', types: AS_TEXT })) as PgResult
      const [row] = result.rows as readonly (readonly (string | null)[])[]
      return row?.[0]
    },
    script: async (text) => {
      const result = await client.query(text)
      return (Array.isArray(result) ? (result as readonly PgResult[]) : [result as PgResult]).map((one) => one.rowCount ?? 0)
    },
    release: async (broken) => {
      client.removeListener?.('error', hear)
      await done(broken)
    },
  }
}

/** Settings of a pool or a client from which a second connection can be made. */
export function isPgPool(value: object): value is PgPool {
  return typeof (value as Partial<PgPool>).connect === 'function' && typeof (value as Partial<PgPool>).totalCount === 'number'
}

export function isPgClient(value: object): value is PgClient {
  const client = value as Partial<PgClient> & { readonly connectionParameters?: unknown }
  return typeof client.query === 'function' && typeof client.connect === 'function' && client.connectionParameters !== undefined
}
