import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../errors.ts'
import { TrueupError } from '../errors.ts'
import type { Migration } from '../registry/entry.ts'
import { readMigrationFile } from './migration-file.ts'

/**
 * Reads the SQL entries of a folder, one file each, in the order of their names by code unit. For Node.js: this door uses the
 * file system.
 *
 * A file is called `0042-name.sql`; its name without the ending is the entry's id. It begins with comments that say what the
 * registry needs to know, and a line parts what is done from what undoes it:
 *
 * ```sql
 * -- trueup: description Give every memory a slug
 * -- trueup: depends-on 0041-slugs, memories.task_id
 * -- trueup: touches memories
 * -- trueup: check SELECT count(*) = 0 FROM memories WHERE slug IS NULL
 * UPDATE memories SET slug = id::text WHERE slug IS NULL;
 * -- trueup: down
 * UPDATE memories SET slug = NULL;
 * ```
 *
 * `fresh run|skip`, `transaction false`, `compatible true` and `allow CODE: reason` (a finding of lint that is accepted) are known too.
 *
 * @throws TrueupError `registry-invalid` for a folder that is missing or empty, and for every file that cannot be read, with
 *   file and line, all at once
 */
export function migrationsFrom(folder: string | URL): readonly Migration[] {
  const place = String(folder)
  const names = namesIn(folder, place)
  const problems: Problem[] = []
  const entries = names.flatMap((name): readonly Migration[] => {
    if (!/^\d+[-_].+\.sql$/.test(name)) {
      problems.push({ subject: name, message: 'it is no migration', hint: 'A migration is called 0001-name.sql. Move other files elsewhere.' })
      return []
    }
    const { entry, problems: found } = readMigrationFile(name, readText(folder, name))
    problems.push(...found)
    return entry === null ? [] : [entry]
  })
  if (names.length === 0) problems.push({ subject: place, message: 'the folder has no migration in it', hint: 'Leave the call out while there is none.' })
  if (problems.length > 0) throw new TrueupError('registry-invalid', `The migrations in ${place} cannot be read.`, { problems })
  return entries
}

function namesIn(folder: string | URL, place: string): readonly string[] {
  try {
    // Files that begin with a dot are the operating system's and the editor's. Sorted by code unit, whatever the locale.
    return readdirSync(folder).filter((name) => !name.startsWith('.')).sort()
  } catch (cause) {
    throw new TrueupError('registry-invalid', `The migrations folder ${place} cannot be opened.`, {
      cause, problems: [{ subject: place, message: 'there is no such folder, or it may not be read' }],
      hint: 'Give the folder by URL, so that it does not hang on the working directory: migrationsFrom(new URL(\'./migrations/\', import.meta.url)).',
    })
  }
}

function readText(folder: string | URL, name: string): string | null {
  try {
    const file = typeof folder === 'string' ? join(folder, name) : new URL(encodeURIComponent(name), folder.href.endsWith('/') ? folder : `${folder.href}/`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch {
    return null
  }
}
