import { TrueupError } from '../../../errors.ts'

/** What is used of `node:fs`. */
interface Files {
  readFileSync(path: string, encoding: 'utf8'): string
  writeFileSync(path: string, text: string, options?: { readonly flag: 'wx' }): void
  mkdirSync(path: string, options: { readonly recursive: true }): unknown
  rmSync(path: string, options: { readonly force: true }): void
}

/** Long enough for two that take over the claim of a dead process at the same moment to see each other. Milliseconds. */
const SECOND_LOOK = 25

/**
 * Claims a PGlite folder for this process, before anything opens it. PGlite has no lock of its own: a second process that
 * only opens the same folder ruins it. The number of the process stands in a file beside the folder; a process that died
 * has no claim.
 *
 * Where data lies in a folder there is a file system, and Node gives it without an import, so that nothing is added to a
 * bundle for a target that has none.
 *
 * @throws TrueupError `database-in-use` with the number of the process that has it
 */
export async function claimFolder(folder: string | undefined): Promise<void> {
  const files = fileSystem()
  if (files === null || !isFolder(folder)) return
  const claim = claimFile(folder)
  const mine = globalThis.process.pid
  const parent = /^(.*)[\\/][^\\/]*$/.exec(claim)?.[1]
  if (parent !== undefined && parent !== '') files.mkdirSync(parent, { recursive: true })
  if (create(files, claim, mine)) return
  const holder = read(files, claim)
  if (holder === mine) return
  if (holder !== null && isAlive(holder)) throw inUse(folder, holder, claim)
  files.writeFileSync(claim, `${mine}\n`)
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK))
  const winner = read(files, claim)
  if (winner !== null && winner !== mine) throw inUse(folder, winner, claim)
}

/** Gives the folder up, after it was closed. */
export function dropClaim(folder: string | undefined): void {
  const files = fileSystem()
  if (files === null || !isFolder(folder)) return
  const claim = claimFile(folder)
  if (read(files, claim) === globalThis.process.pid) files.rmSync(claim, { force: true })
}

function fileSystem(): Files | null {
  const give = (globalThis.process as { readonly getBuiltinModule?: (name: string) => unknown } | undefined)?.getBuiltinModule
  return give === undefined ? null : ((give('node:fs') as Files | undefined) ?? null)
}

function isFolder(place: string | undefined): place is string {
  return place !== undefined && place !== '' && !/^(memory|idb|opfs-ahp):\/\//.test(place)
}

const claimFile = (folder: string): string => `${folder.replace(/^file:\/\//, '').replace(/[\\/]+$/, '')}.trueup-pid`

/** False when the file is there already: the file system decides between two that come at once. */
function create(files: Files, claim: string, pid: number): boolean {
  try {
    files.writeFileSync(claim, `${pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function read(files: Files, claim: string): number | null {
  try {
    const pid = Number.parseInt(files.readFileSync(claim, 'utf8'), 10)
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    // Given up by its owner in this moment.
    return null
  }
}

/** Signal 0 only asks. A process of another user answers with EPERM, and is alive. */
function isAlive(pid: number): boolean {
  try {
    globalThis.process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function inUse(folder: string, pid: number, claim: string): TrueupError {
  return new TrueupError('database-in-use', `The PGlite folder ${folder} is in use by process ${pid}. PGlite serves one process at a time; a second one would damage it.`, {
    hint: `Stop process ${pid} first. If that is another program that got the number of a process which is gone, remove ${claim}.`,
    details: { pid },
  })
}
