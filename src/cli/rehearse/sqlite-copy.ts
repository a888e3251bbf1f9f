import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { sqlite } from '../../dialects/sqlite/sqlite.ts'
import { TrueupError } from '../../errors.ts'
import type { Database } from '../../dialects/dialect.ts'

export interface FileCopy {
  readonly path: string
  end(keep: boolean): void
}

const NAME = /^trueup_rehearsal_(\d+)_[0-9a-f]{8}\.db(-journal|-wal|-shm|-trueup-lock|\.mark)?$/

/**
 * Copies a SQLite database into a file of its own, as of one moment and whoever writes meanwhile.
 *
 * @param on - a folder, or a file that is not there or empty, or a copy of ours from before; left out: a folder of its own
 */
export async function copySqlite(original: Database, on: string | undefined, cwd: string, say: (line: string) => void): Promise<FileCopy> {
  const made = on === undefined ? mkdtempSync(join(tmpdir(), 'trueup-rehearsal-')) : null
  const place = made ?? resolve(cwd, (on ?? '').replace(/^(sqlite|file):(\/\/)?/, ''))
  const path = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true ? inFolder(place, say) : place
  const mark = `${path}.mark`
  const remove = (): void => {
    for (const ending of ['', '-journal', '-wal', '-shm', '-trueup-lock', '.mark']) rmSync(`${path}${ending}`, { force: true })
    if (made !== null) rmSync(made, { recursive: true, force: true })
  }
  if (existsSync(path) && resolve(path) === resolve(cwd, original.url?.() ?? '')) throw new TrueupError('copy-refused', `${path} is the application's own database. Nothing was changed.`, { hint: 'Name another file, or a folder.' })
  if (existsSync(path) && statSync(path).size > 0 && !(existsSync(mark) && readFileSync(mark, 'utf8').startsWith(MARK))) {
    throw new TrueupError('copy-refused', `${path} is not empty, and it is no copy that an earlier rehearsal made. Nothing was changed.`, { hint: 'Name a file that is not there, or a folder. If it is a copy that you made yourself, say so: --by given' })
  }
  rmSync(path, { force: true })
  writeFileSync(mark, `${MARK} of ${basename(original.address)}\n`)
  const session = await original.open()
  try {
    await session.execute(`VACUUM INTO '${path.replaceAll("'", "''")}'`)
  } catch (error) {
    remove()
    throw new TrueupError('copy-refused', `${original.address} could not be copied to ${path}: ${original.dialect.failure(error).message}.`, { hint: 'Name another file or folder with --on.', cause: error })
  } finally {
    await session.release()
  }
  return { path, end: (keep) => (keep ? undefined : remove()) }
}

const MARK = 'trueup rehearsal: a copy'

/** A name of this process; copies of processes that are gone are taken away. */
function inFolder(folder: string, say: (line: string) => void): string {
  for (const name of readdirSync(folder)) {
    const [, pid, ending] = NAME.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    rmSync(join(folder, name), { force: true })
    if (ending === undefined) say(`Removed ${name}, which a rehearsal that was interrupted had left.`)
  }
  return join(folder, `trueup_rehearsal_${process.pid}_${randomBytes(4).toString('hex')}.db`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The copy as a database. */
export const openCopy = (path: string): Database => sqlite(path)
