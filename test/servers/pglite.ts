import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { openAsBlob, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cacheFolder, settle } from './binaries.ts'

/**
 * A PGlite that starts from a stored data folder, because initdb takes seconds. Without `dataDir` it lives in memory. For
 * an existing folder, open it with `new PGlite(folder)`.
 */
export async function openPglite(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({ ...options, loadDataDir: await storedData() })
}

/** A folder with a fresh PGlite database in it, closed, for tests that open it by path; gone with this process. */
export async function pgliteFolder(): Promise<string> {
  const parent = mkdtempSync(join(cacheFolder(), 'pglite-'))
  process.once('exit', () => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, 'data')
  const database = await openPglite({ dataDir: folder })
  await database.close()
  return folder
}

async function storedData(): Promise<Blob> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
  const place = join(cacheFolder(), `pglite-${manifest.version}.tar`)
  if (!existsSync(place)) {
    const fresh = await PGlite.create()
    const dump = await fresh.dumpDataDir('none')
    await fresh.close()
    const draft = `${place}.${process.pid}`
    writeFileSync(draft, Buffer.from(await dump.arrayBuffer()))
    settle(draft, place)
  }
  return openAsBlob(place)
}
