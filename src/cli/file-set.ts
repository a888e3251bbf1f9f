import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PulledFile } from '../tools.ts'
import type { CommandName } from './catalogue.ts'
import { UsageError } from './arguments.ts'

/** What became of the files. Paths are below the folder. */
export interface Written {
  readonly written: readonly string[]
  readonly unchanged: readonly string[]
  readonly removed: readonly string[]
}

export interface FileSet {
  readonly folder: string
  readonly files: readonly PulledFile[]
  /** Whether a file with this text was written by us before. */
  isOurs(text: string): boolean
  /** The paths below the folder among which those of ours that are not in the set any more are removed. */
  readonly former: readonly string[]
  readonly about: CommandName
}

/**
 * Brings a folder into line with a set of files. Looks at all of them before it touches one.
 *
 * @throws UsageError for every file that is there and is not ours
 */
export function writeSet({ folder, files, isOurs, former, about }: FileSet): Written {
  const there = new Map(files.map((file) => [file.path, textOf(join(folder, file.path))]))
  const foreign = files.filter((file) => {
    const text = there.get(file.path)
    return text !== null && text !== undefined && text !== file.text && !isOurs(text)
  })
  if (foreign.length > 0) {
    const names = foreign.map((file) => join(folder, file.path)).join(', ')
    throw new UsageError(`${names}: not written by trueup ${about}, so it stays as it is, and nothing was written; choose another --out, or move it away`, about)
  }
  const gone = former.filter((path) => !there.has(path) && isOurs(textOf(join(folder, path)) ?? ''))
  const changed = files.filter((file) => there.get(file.path) !== file.text)
  try {
    for (const file of changed) {
      mkdirSync(dirname(join(folder, file.path)), { recursive: true })
      writeFileSync(join(folder, file.path), file.text)
    }
    for (const path of gone) {
      rmSync(join(folder, path))
      removeEmpty(folder, dirname(path))
    }
  } catch (error) {
    throw error instanceof Error && 'code' in error ? new UsageError(`could not be written: ${error.message}`, about) : error
  }
  const paths = new Set(changed.map((file) => file.path))
  return { written: [...paths], unchanged: files.flatMap((file) => (paths.has(file.path) ? [] : [file.path])), removed: gone }
}

/** `null` for a file that is not there; a link or a folder in its place counts as somebody else's text. */
function textOf(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return null
  return stats.isFile() ? readFileSync(path, 'utf8') : ''
}

function removeEmpty(folder: string, below: string): void {
  if (below === '.' || readdirSync(join(folder, below)).length > 0) return
  rmdirSync(join(folder, below))
  removeEmpty(folder, dirname(below))
}
