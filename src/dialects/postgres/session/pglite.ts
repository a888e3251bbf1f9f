import type { Row } from '../../dialect.ts'
import type { Outcome, Wire } from './wire.ts'
import { firstValue, joined, outcome } from './wire.ts'

/** The parts of PGlite that are used. */
export interface Pglite {
  query(text: string, params?: readonly unknown[], options?: Options): Promise<Result>
  exec(text: string, options?: Options): Promise<readonly Result[]>
  close(): Promise<void>
  /** A copy in memory, with the extensions that the original was made with. */
  clone?(): Promise<Pglite>
  readonly waitReady: Promise<void>
  readonly dataDir?: string
}

interface Options {
  readonly rowMode?: 'array'
  readonly parsers?: Readonly<Record<number, (value: string) => unknown>>
}

interface Result {
  readonly rows: readonly unknown[]
  readonly command?: string
  /** Counted on over the statements of one message. */
  readonly affectedRows?: number
}

export function isPglite(value: object): value is Pglite {
  const handle = value as Partial<Pglite>
  return typeof handle.query === 'function' && typeof handle.exec === 'function' && 'waitReady' in value
}

/** PGlite has one session; statements of other callers may come between two of ours, but not inside one message. */
export async function pgliteWire(handle: Pglite, done: () => Promise<void>): Promise<Wire> {
  await handle.waitReady
  return {
    handle,
    afterUse: 'restore',
    told: () => null,
    // A statement's rows have the shape that the driver's user asked it for.
    rows: async (statement) => ((await handle.exec(statement)).at(-1)?.rows ?? []) as readonly Row[],
    text: async (statement) => {
      const results = await handle.exec(statement, { rowMode: 'array', parsers: TEXT_PARSERS })
      // With `rowMode` rows are arrays, and with these parsers the values that we ask for are text.
      const [row] = (results.at(-1)?.rows ?? []) as readonly (readonly (string | null)[])[]
      return row?.[0]
    },
    script: async (statements) => {
      const results = await handle.exec(joined(statements), { rowMode: 'array', parsers: TEXT_PARSERS })
      return results.map((one, i): Outcome => {
        const changed = (one.affectedRows ?? 0) - (results[i - 1]?.affectedRows ?? 0)
        return one.command === undefined ? { command: '', changed } : outcome(one.command, changed, firstValue(one.rows))
      })
    },
    release: done,
  }
}

/** Catalogue answers are of these types: boolean, name, bigint, integer, text, json, varchar, jsonb. */
const TEXT_PARSERS = Object.fromEntries([16, 19, 20, 21, 23, 25, 114, 1043, 3802].map((oid) => [oid, (value: string) => value]))
