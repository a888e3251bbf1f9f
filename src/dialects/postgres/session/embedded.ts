import { TrueupError } from '../../../errors.ts'
import { claimFolder, dropClaim } from './claim.ts'
import type { Pglite } from './pglite.ts'
import { pgliteWire } from './pglite.ts'
import type { Patience } from './patience.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { isMissing, missingDriver } from './source.ts'
import { takeTurn } from './turns.ts'

const SCHEME = /^pglite:(?:\/\/)?/

/** True for `pglite:FOLDER`, `pglite://memory` and `pglite:`. */
export const isEmbedded = (url: string): boolean => SCHEME.test(url)

/** PGlite by its place: opened at the first use, closed by `close`. */
export function openEmbedded(url: string): Source {
  const rest = url.replace(SCHEME, '')
  const folder = rest === '' || rest === 'memory' || rest === ':memory:' ? undefined : rest
  let handle: Promise<Pglite> | null = null
  const get = (): Promise<Pglite> => (handle ??= create(folder))
  return {
    address: folder === undefined ? 'PGlite in memory' : `PGlite in ${folder}`,
    embedded: get,
    several: false,
    connect: async (patience) => {
      const opening = get()
      // What could not be opened is tried anew by the next one.
      await opening.catch(() => (handle = null))
      return pgliteSession(await opening, patience)
    },
    elsewhere: () => null,
    close: async () => {
      const opened = await handle
      handle = null
      if (opened === null) return
      await opened.close()
      dropClaim(folder)
    },
  }
}

/** A session over PGlite, once its folder is this process's own and no other session uses it. */
export async function pgliteSession(handle: Pglite, patience: Patience): Promise<PostgresSession> {
  await claimFolder(handle.dataDir)
  const leave = await takeTurn(handle, patience)
  try {
    return await PostgresSession.over(await pgliteWire(handle, async () => leave()))
  } catch (error) {
    leave()
    throw error
  }
}

async function create(folder: string | undefined): Promise<Pglite> {
  await claimFolder(folder)
  const { PGlite } = await importPglite()
  return PGlite.create(folder)
}

async function importPglite(): Promise<{ readonly PGlite: { create(folder?: string): Promise<Pglite> } }> {
  try {
    return await import('@electric-sql/pglite')
  } catch (error) {
    throw isMissing(error) ? missingDriver(['@electric-sql/pglite'], error) : error
  }
}

/** An empty database in memory, of the same version and, where the original is empty itself, with the same extensions at hand. */
export async function scratchEmbedded<T>(get: () => Promise<Pglite>, work: (scratch: Source) => Promise<T>): Promise<T> {
  const handle = await another(await get())
  try {
    await handle.waitReady
    const source: Source = { address: 'PGlite in memory', embedded: async () => handle, several: false, connect: (patience) => pgliteSession(handle, patience), elsewhere: () => null, close: async () => {} }
    return await work(source)
  } finally {
    await handle.close().catch(() => {})
  }
}

/** A copy of an empty one takes a fifth of the time that a new one takes, and knows its extensions. */
async function another(original: Pglite): Promise<Pglite> {
  const result = await original.query(UNTOUCHED)
  const [row] = result.rows as readonly { readonly untouched?: boolean }[]
  if (row?.untouched === true && original.clone !== undefined) return original.clone()
  try {
    return new ((original as object).constructor as new () => Pglite)()
  } catch (error) {
    if (error instanceof TypeError && /not a constructor/.test(error.message)) throw new TrueupError('not-supported', 'A second PGlite cannot be made from this handle.', { cause: error })
    throw error
  }
}

/** Whether nothing was ever made in a database, roles included: ids below 16384 are the server's own. */
const UNTOUCHED = `SELECT NOT EXISTS (${['class', 'proc', 'type', 'namespace', 'extension', 'authid', 'cast', 'operator', 'event_trigger', 'publication', 'default_acl']
  .map((name) => `SELECT FROM pg_catalog.pg_${name} WHERE oid >= 16384`).join(' UNION ALL ')}) AS untouched`
