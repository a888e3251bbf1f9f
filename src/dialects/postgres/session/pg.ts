import type { Row } from '../../dialect.ts'
import type { Outcome, Wire } from './wire.ts'
import { firstValue, joined, outcome } from './wire.ts'

/** The parts of a node-postgres client that are used. */
export interface PgClient {
  query(query: string | PgQuery): Promise<PgResult | readonly PgResult[]>
  connect(): Promise<unknown>
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
  readonly processID?: number | null
  /** A pooled client has it. */
  release?(broken?: boolean | Error): void
  readonly connectionParameters?: Readonly<Record<string, unknown>>
  readonly _connected?: boolean
  readonly _connecting?: boolean
}

export interface PgPool {
  connect(): Promise<PgClient>
  readonly options?: Readonly<Record<string, unknown>>
  readonly totalCount: number
  /** The class of its clients. */
  readonly Client?: PgClientClass
  on?(event: 'error', listener: (error: Error) => void): unknown
  removeListener?(event: 'error', listener: (error: Error) => void): unknown
  listenerCount?(event: 'error'): number
}

export type PgClientClass = new (options: Readonly<Record<string, unknown>>) => PgClient

interface PgQuery {
  readonly text: string
  /** Of a statement that the server shall keep. */
  readonly name?: string
  readonly rowMode?: 'array'
  readonly types?: { getTypeParser(): (value: string) => unknown }
  readonly query_timeout?: number
}

interface PgResult {
  readonly command?: string | null
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
}

/** Every value as the text that the server sent. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }
/** The longest that a timer takes. Milliseconds. */
const NEVER = 2 ** 31 - 1

/** A wire over a connected client. `done` gives it back. */
export function pgWire(client: PgClient, afterUse: Wire['afterUse'], done: (broken: boolean) => Promise<void>): Wire {
  // A connection that dies while nobody waits for it tells by an event; unheard, it would end the process.
  client.on('error', ignore)
  // A limit that the application sets for its own queries would abandon a long step, which then goes on in the server.
  const limit = client.connectionParameters?.['query_timeout'] ? { query_timeout: NEVER } : {}
  const send = async (query: PgQuery): Promise<readonly PgResult[]> => {
    const result = await client.query({ ...query, ...limit })
    return Array.isArray(result) ? (result as readonly PgResult[]) : [result as PgResult]
  }
  const first = async (query: Pick<PgQuery, 'text' | 'name'>): Promise<string | null | undefined> => {
    const results = await send({ ...query, rowMode: 'array', types: AS_TEXT })
    // With `rowMode` rows are arrays, and with these types their values are text.
    const [row] = (results.at(-1)?.rows ?? []) as readonly (readonly (string | null)[])[]
    return row?.[0]
  }
  return {
    handle: client,
    afterUse,
    told: () => client.processID ?? null,
    // A statement's rows have the shape that the driver's user asked it for.
    rows: async (statement) => ((await send({ text: statement })).at(-1)?.rows ?? []) as readonly Row[],
    text: (statement) => first({ text: statement }),
    kept: (statement, name) => first({ text: statement, name }),
    script: async (statements) => (await send({ text: joined(statements), rowMode: 'array', types: AS_TEXT })).map((one): Outcome => outcome(one.command, one.rowCount, firstValue(one.rows))),
    release: async (broken) => {
      await done(broken)
      if (!broken) client.removeListener?.('error', ignore)
    },
  }
}

export function ignore(): void {}

export function isPgPool(value: object): value is PgPool {
  return typeof (value as Partial<PgPool>).connect === 'function' && typeof (value as Partial<PgPool>).totalCount === 'number'
}

export function isPgClient(value: object): value is PgClient {
  const client = value as Partial<PgClient>
  return typeof client.query === 'function' && typeof client.connect === 'function' && client.connectionParameters !== undefined
}
