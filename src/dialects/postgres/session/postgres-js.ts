import type { Row } from '../../dialect.ts'
import type { Outcome, Wire } from './wire.ts'
import { joined, outcome } from './wire.ts'
import { splitStatements } from '../text/split.ts'

/** The parts of postgres.js that are used. */
export interface PostgresJs {
  reserve(): Promise<Reserved>
  end(options?: { readonly timeout?: number }): Promise<void>
  unsafe(text: string): Pending
  readonly options: {
    readonly host?: readonly string[]
    readonly port?: readonly number[]
    readonly path?: unknown
    readonly database?: string
    readonly user?: string
    readonly pass?: unknown
    readonly ssl?: unknown
  }
  /** What the server told of itself, after the first connection. */
  readonly parameters?: Readonly<Record<string, string>>
}

interface Reserved {
  unsafe(text: string): Pending
  release(): void
}

interface Facts {
  readonly count?: number | null
  readonly command?: string | null
  readonly state?: { readonly pid?: number | null }
  readonly columns?: readonly { readonly type: number }[] | null
}
type Result = readonly Row[] & Facts
type RawResult = readonly (readonly (Uint8Array | null)[])[] & Facts

interface Pending extends PromiseLike<Result> {
  simple(): { raw(): PromiseLike<RawResult | readonly RawResult[]> }
  raw(): PromiseLike<RawResult>
}

export function isPostgresJs(value: unknown): value is PostgresJs {
  return typeof value === 'function' && typeof (value as Partial<PostgresJs>).reserve === 'function' && typeof (value as Partial<PostgresJs>).unsafe === 'function'
}

/** postgres.js sends a message of this many bytes at once, a shorter one in the next turn of the event loop. */
const SENT_AT_ONCE = 1024

/**
 * A statement that is sent at once. On a connection that was lost while it was idle, postgres.js 3.4 throws when it sends: at
 * once that becomes a rejection, in a later turn it ends the process.
 */
const padded = (text: string): string => text.padEnd(SENT_AT_ONCE, ' ')

/** A wire over one reserved connection. `done` is told after it was given back. */
export async function postgresJsWire(sql: PostgresJs, afterUse: Wire['afterUse'], done: () => Promise<void>): Promise<Wire> {
  const reserved = await sql.reserve()
  let pid: number | null = null
  // A reserved connection that was lost is opened anew under the same name, with nothing of what the session had.
  const same = <T extends Facts>(result: T): T => {
    const now = result.state?.pid ?? null
    if (pid !== null && now !== null && now !== pid) throw new Replaced()
    pid = now ?? pid
    return result
  }
  return {
    handle: reserved,
    afterUse,
    rows: async (statement) => [...lastOf(await reserved.unsafe(padded(statement)))],
    text: async (statement) => {
      const [row] = same(await reserved.unsafe(padded(statement)).raw())
      const value = row?.[0]
      return value == null ? value : new TextDecoder().decode(value)
    },
    script: async (statements) => {
      const single = statements.flatMap((statement) => (HAS_MORE.test(statement) ? splitStatements(statement).map(({ text }) => text) : [statement]))
      const text = single.length === 1 ? single : single.flatMap((statement) => [SEPARATOR, statement])
      const results = rawListOf(await reserved.unsafe(padded(joined(text))).simple().raw()).map(same)
      return single.length === 1 ? results.map((one) => outcome(one.command, one.count)) : outcomesOf(results)
    },
    release: async (broken) => {
      // There is no way to throw away one connection of a pool but to have the server end it.
      if (broken) await reserved.unsafe(padded('SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())')).then(undefined, () => {})
      reserved.release()
      await done()
    },
  }
}

class Replaced extends Error {
  readonly code = 'CONNECTION_CLOSED'
  constructor() {
    super('The connection was lost, and the driver opened another one.')
  }
}

/** A semicolon that is not the last thing. */
const HAS_MORE = /;[\s\S]*\S/

/**
 * postgres.js 3.4 opens a new result only when rows are announced, and keeps the first count of each: statements without
 * rows melt into one. A SHOW between them announces rows, and its tag has no count.
 */
const SEPARATOR = 'SHOW server_version_num'
const VERSION = /^\d{5,7}$/

function outcomesOf(results: readonly RawResult[]): readonly Outcome[] {
  const outcomes: Outcome[] = []
  for (const result of results) {
    const one = outcome(result.command, result.count)
    if (isSeparator(result)) outcomes.push(one)
    else outcomes[outcomes.length - 1] = one
  }
  return outcomes
}

function isSeparator(result: RawResult): boolean {
  const [row] = result
  const value = row?.[0]
  return result.length === 1 && row?.length === 1 && value != null && VERSION.test(new TextDecoder().decode(value)) && result.columns?.[0]?.type === TEXT
}

/** The type of what SHOW gives. */
const TEXT = 25

/** Several results come as a plain list, a single one as a list with facts of its own. */
function rawListOf(result: RawResult | readonly RawResult[]): readonly RawResult[] {
  return 'command' in result ? [result as RawResult] : (result as readonly RawResult[])
}

const lastOf = (result: Result | readonly Result[]): readonly Row[] => {
  const last: unknown = result.at(-1)
  // Several statements give a list of results, each of which is a list of rows.
  return (Array.isArray(last) ? last : result) as readonly Row[]
}
