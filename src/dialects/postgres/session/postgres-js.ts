import type { Row } from '../../dialect.ts'
import { splitStatements } from '../text/split.ts'
import type { Hooks } from './postgres-js-watch.ts'
import { Watch } from './postgres-js-watch.ts'
import type { Outcome, Wire } from './wire.ts'
import { joined, outcome } from './wire.ts'

/** The parts of postgres.js that are used. */
export interface PostgresJs {
  reserve(): Promise<Reserved>
  end(options?: { readonly timeout?: number }): Promise<void>
  unsafe(text: string): Pending
  readonly options: Hooks & {
    readonly host?: readonly string[]
    readonly port?: readonly number[]
    readonly path?: unknown
    readonly database?: string
    readonly user?: string
    readonly pass?: unknown
    readonly ssl?: unknown
    readonly fetch_types?: boolean
    readonly max?: number
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
  readonly columns?: readonly { readonly type: number }[] | null
  /** Of the connection that answered. */
  readonly state?: { readonly pid?: number | null } | null
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

/** A wire over one reserved connection. `done` is told after it was given back. */
export async function postgresJsWire(sql: PostgresJs, afterUse: Wire['afterUse'], done: () => Promise<void>): Promise<Wire> {
  // Without this, postgres.js 3.4 never resolves a reservation for which it has to open a connection.
  if (sql.options.fetch_types === false) await sql.unsafe('SELECT 1')
  const reserved = await sql.reserve()
  const line = watchLine(sql.options)
  let told: number | null = null
  const send = (text: string): Pending => reserved.unsafe(line.marked(text))
  return {
    handle: reserved,
    afterUse,
    told: () => told,
    rows: async (statement) => lastOf(await send(statement)),
    text: async (statement) => {
      const result = await send(statement).raw()
      told = result.state?.pid ?? told
      const [row] = result
      const value = row?.[0]
      return value == null ? value : new TextDecoder().decode(value)
    },
    script: async (statements) => {
      const single = singleOf(statements)
      if (single.length === 0) return []
      const results = rawListOf(await send(messageOf(single)).simple().raw())
      return single.length === 1 ? results.map(outcomeOf) : outcomesOf(results)
    },
    sent: (statements) => messageOf(singleOf(statements)),
    release: async (broken) => {
      // There is no way to throw away one connection of a pool but to have the server end it.
      if (broken && !line.isLost()) await send('SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())').then(ignore, ignore)
      if (broken) await line.lost()
      line.leave()
      // A connection that was lost went back to its pool by itself; giving it back once more would hand it out as usable.
      if (!line.isLost()) reserved.release()
      await done()
    },
  }
}

interface Line {
  /** @throws when the connection was lost: nothing may be sent to it then */
  marked(text: string): string
  isLost(): boolean
  /** Resolves when it is lost, or after a second. */
  lost(): Promise<void>
  leave(): void
}

/** Knows whether our connection is still there. */
function watchLine(options: Hooks): Line {
  const watch = Watch.of(options)
  const mark = `trueup ${globalThis.crypto.randomUUID()}`
  let id: unknown
  let isLost = false
  let tellLost = ignore
  const leave = watch.onClose((closed) => {
    // Before our first message we cannot tell whose connection it was.
    if (id !== undefined && closed !== id) return
    isLost = true
    tellLost()
  })
  return {
    leave,
    isLost: () => isLost,
    marked: (text) => {
      if (isLost) throw new Lost()
      if (id !== undefined) return text
      watch.identify(mark, (found) => {
        id = found
      })
      return `${text}\n/* ${mark} */`
    },
    lost: () => new Promise((resolve) => {
      if (isLost) return resolve()
      const timer = setTimeout(resolve, LONGEST_GOODBYE)
      tellLost = () => {
        clearTimeout(timer)
        resolve()
      }
    }),
  }
}

/** Milliseconds that the server gets to end a connection. */
const LONGEST_GOODBYE = 1_000

function ignore(): void {}

class Lost extends Error {
  readonly code = 'CONNECTION_CLOSED'
  constructor() {
    super('The connection was lost.')
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

const singleOf = (statements: readonly string[]): readonly string[] => statements.flatMap((statement) => (HAS_MORE.test(statement) ? splitStatements(statement).map(({ text }) => text) : [statement]))

const messageOf = (single: readonly string[]): string => joined(single.length === 1 ? single : single.flatMap((statement) => [SEPARATOR, statement]))

function outcomeOf(result: RawResult): Outcome {
  const value = result[0]?.[0]
  return outcome(result.command, result.count, value == null ? undefined : new TextDecoder().decode(value))
}

function outcomesOf(results: readonly RawResult[]): readonly Outcome[] {
  const outcomes: Outcome[] = []
  for (const result of results) {
    const one = outcomeOf(result)
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
