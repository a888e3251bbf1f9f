import type { Row } from '../../dialect.ts'
import type { Wire } from './wire.ts'

/** The parts of PGlite that are used. */
export interface Pglite {
  query(text: string, params?: readonly unknown[], options?: { readonly rowMode?: 'array'; readonly parsers?: Readonly<Record<number, (value: string) => unknown>> }): Promise<{ readonly rows: readonly unknown[] }>
  exec(text: string): Promise<readonly { readonly affectedRows?: number }[]>
  close(): Promise<void>
  readonly waitReady: Promise<void>
  readonly dataDir?: string
}

export function isPglite(value: object): value is Pglite {
  const handle = value as Partial<Pglite>
  return typeof handle.query === 'function' && typeof handle.exec === 'function' && 'waitReady' in value
}

/** PGlite has one session; statements of other callers may come between two of ours, but not inside one message. */
export async function pgliteWire(handle: Pglite): Promise<Wire> {
  await handle.waitReady
  return {
    handle,
    rows: async (statement) => (await handle.query(statement)).rows as readonly Row[],
    text: async (statement) => {
      const { rows } = await handle.query(statement, [], { rowMode: 'array', parsers: TEXT_PARSERS })
      const [row] = rows as readonly (readonly (string | null)[])[]
      return row?.[0]
    },
    script: async (text) => (await handle.exec(text)).map((one) => one.affectedRows ?? 0),
    release: async () => {},
  }
}

/** Catalogue answers are of these types: text, json, name, bigint, integer, boolean. */
const TEXT_PARSERS = Object.fromEntries([16, 19, 20, 21, 23, 25, 114, 1043, 3802].map((oid) => [oid, (value: string) => value]))
