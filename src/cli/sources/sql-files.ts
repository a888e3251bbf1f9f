import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceText } from '../../dialects/dialect.ts'
import type { CommandName } from '../catalogue.ts'
import { UsageError } from '../arguments.ts'

/**
 * Reads one file of SQL.
 *
 * @param name what messages call it
 */
export function readSqlFile(name: string, path: string, about: CommandName): SourceText {
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`${name}: the file is no UTF-8 text; save it as UTF-8`, about) : unreadable(name, error, about)
  }
}

/** Why a file or folder cannot be read, in the reader's words. */
export function unreadable(name: string, error: unknown, about: CommandName): UsageError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const why = code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : code === 'EISDIR' ? 'it is a folder' : error instanceof Error ? error.message : String(error)
  return new UsageError(`${name} cannot be read: ${why}`, about)
}

/** Reads all `.sql` files of a folder and of those in it, in the order of their paths by code unit. Hidden ones are left out. */
export function readSqlFolder(name: string, folder: string, about: CommandName): readonly SourceText[] {
  const shown = name.replace(/[/\\]+$/, '')
  return pathsIn(shown, folder, about).map((path) => readSqlFile(`${shown === '' ? '/' : shown}/${path}`, join(folder, path), about))
}

function pathsIn(name: string, folder: string, about: CommandName): readonly string[] {
  try {
    return sqlPaths(folder)
  } catch (error) {
    throw unreadable(name, error, about)
  }
}

/** The paths of the `.sql` files below a folder, with `/` between their parts. */
export function sqlPaths(folder: string, below = ''): string[] {
  const found = readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return sqlPaths(folder, path)
    return entry.isFile() && entry.name.toLowerCase().endsWith('.sql') ? [path] : []
  })
  return found.sort()
}
