import type { Row } from '../../dialect.ts'
import type { Outcome, Wire } from './wire.ts'
import { joined, outcome } from './wire.ts'

/** The parts of Bun.SQL that are used. It has the face of postgres.js and answers otherwise. */
export interface BunSql {
  reserve(): Promise<Reserved>
  readonly options: Readonly<Record<string, unknown>>
}

interface Reserved {
  unsafe(text: string): { simple(): Pending }
  release(): unknown
}

interface Pending extends PromiseLike<Results<Row>> {
  raw(): PromiseLike<Results<readonly (Uint8Array | null)[]>>
}

interface Result<R> extends ReadonlyArray<R> {
  readonly command?: string | null
  readonly count?: number | null
}

/** Several statements give a list of results, which has no command of its own. */
type Results<R> = Result<R> | (readonly Result<R>[] & { readonly command?: undefined })

export function isBunSql(value: unknown): value is BunSql {
  if (typeof value !== 'function') return false
  const { reserve, options } = value as unknown as { readonly reserve?: unknown; readonly options?: { readonly adapter?: unknown } }
  return typeof reserve === 'function' && options?.adapter === 'postgres'
}

/** A wire over one reserved connection. Statements go by the simple protocol: what is prepared would stay behind on the connection. */
export async function bunWire(sql: BunSql): Promise<Wire> {
  const reserved = await sql.reserve()
  const send = async (text: string): Promise<readonly Result<Row>[]> => listOf(await reserved.unsafe(text).simple().then(undefined, refuse))
  const sendRaw = async (text: string): Promise<readonly Result<readonly (Uint8Array | null)[]>[]> => listOf(await reserved.unsafe(text).simple().raw().then(undefined, refuse))
  return {
    handle: reserved,
    // There is no way to throw away one connection of a pool but to have the server end it.
    afterUse: 'restore',
    told: () => null,
    rows: async (statement) => (await send(statement)).at(-1) ?? [],
    text: async (statement) => {
      const [row] = (await sendRaw(statement)).at(-1) ?? []
      return decoded(row?.[0])
    },
    script: async (statements) => (await sendRaw(joined(statements))).map((one): Outcome => outcome(one.command, one.count, decoded(one[0]?.[0]))),
    release: async (broken) => {
      if (broken) await send('SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())').then(ignore, ignore)
      reserved.release()
    },
  }
}

const decoded = (value: Uint8Array | null | undefined): string | null | undefined => (value == null ? value : new TextDecoder().decode(value))

function ignore(): void {}

/** Bun has the server's code under `errno`, and a name of its own where every other driver has the code. */
function refuse(error: unknown): never {
  const { errno } = error as { readonly errno?: unknown }
  if (!(error instanceof Error) || typeof errno !== 'string') throw error
  throw Object.assign(new Error(error.message, { cause: error }), { ...error, code: errno })
}

/** A list of results holds lists that know their command; a result holds rows, and knows its own. */
function listOf<R>(results: Results<R>): readonly Result<R>[] {
  return typeof results.command === 'string' ? [results as Result<R>] : (results as readonly Result<R>[])
}
