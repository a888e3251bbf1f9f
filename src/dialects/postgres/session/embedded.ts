import { TrueupError } from '../../../errors.ts'
import { claimFolder, dropClaim } from './claim.ts'
import type { Pglite } from './pglite.ts'
import { pgliteWire } from './pglite.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { missingDriver } from './source.ts'

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
    single: true,
    embedded: get,
    connect: async () => {
      try {
        return await pgliteSession(await get())
      } catch (error) {
        handle = null
        throw error
      }
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

/** A session over PGlite, once its folder is this process's own. */
export async function pgliteSession(handle: Pglite): Promise<PostgresSession> {
  await claimFolder(handle.dataDir)
  return PostgresSession.over(await pgliteWire(handle))
}

async function create(folder: string | undefined): Promise<Pglite> {
  await claimFolder(folder)
  let PGlite: { create(folder?: string): Promise<unknown> }
  try {
    ;({ PGlite } = await import('@electric-sql/pglite'))
  } catch (error) {
    throw missingDriver(['@electric-sql/pglite'], error)
  }
  return (await PGlite.create(folder)) as Pglite
}

/** An empty database in memory, of the same version and with the same extensions as far as the handle tells. */
export async function scratchEmbedded<T>(get: () => Promise<Pglite>, work: (scratch: Source) => Promise<T>): Promise<T> {
  const original = await get()
  const make = (original as object).constructor as new () => Pglite
  const handle = new make()
  try {
    await handle.waitReady
    const source: Source = { address: 'PGlite in memory', single: true, embedded: async () => handle, connect: () => pgliteSession(handle), elsewhere: () => null, close: async () => {} }
    return await work(source)
  } catch (error) {
    if (error instanceof TypeError && /not a constructor/.test(error.message)) throw new TrueupError('not-supported', 'A second PGlite cannot be made from this handle.', { cause: error })
    throw error
  } finally {
    await handle.close().catch(() => {})
  }
}
