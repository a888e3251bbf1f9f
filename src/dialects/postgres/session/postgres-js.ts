import type { Row } from '../../dialect.ts'
import type { Wire } from './wire.ts'

/** The parts of postgres.js that are used. */
export interface PostgresJs {
  reserve(): Promise<Reserved>
  end(options?: { readonly timeout?: number }): Promise<void>
  unsafe(text: string): Pending
  readonly options: { readonly host?: readonly string[]; readonly port?: readonly number[]; readonly database?: string; readonly user?: string; readonly pass?: unknown; readonly ssl?: unknown }
}

interface Reserved {
  unsafe(text: string): Pending
  release(): void
}

type Result = readonly Row[] & { readonly count?: number | null }

interface Pending extends PromiseLike<Result> {
  simple(): PromiseLike<Result | readonly Result[]>
  raw(): PromiseLike<readonly (readonly (Uint8Array | null)[])[]>
}

export function isPostgresJs(value: unknown): value is PostgresJs {
  return typeof value === 'function' && typeof (value as Partial<PostgresJs>).reserve === 'function' && typeof (value as Partial<PostgresJs>).unsafe === 'function'
}

/** A wire over one reserved connection. */
export async function postgresJsWire(sql: PostgresJs): Promise<Wire> {
  const reserved = await sql.reserve()
  return {
    handle: reserved,
    rows: async (statement) => [...(await reserved.unsafe(statement))],
    text: async (statement) => {
      const [row] = await reserved.unsafe(statement).raw()
      const value = row?.[0]
      return value == null ? value : new TextDecoder().decode(value)
    },
    script: async (text) => {
      const result = await reserved.unsafe(text).simple()
      const list = Array.isArray(result[0]) ? (result as readonly Result[]) : [result as Result]
      return list.map((one) => one.count ?? 0)
    },
    release: async () => reserved.release(),
  }
}
