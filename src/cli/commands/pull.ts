import { existsSync } from 'node:fs'
import { basename, dirname, extname, relative, resolve } from 'node:path'
import type { Database } from '../../dialects/dialect.ts'
import { SNAPSHOT_VERSION, toSnapshot } from '../../models/snapshot.ts'
import { readSchema, sqlFiles, SQL_MARK, type Description, type PulledFile } from '../../tools.ts'
import { UsageError } from '../arguments.ts'
import type { Parsed } from '../catalogue.ts'
import { writeSet, type FileSet } from '../file-set.ts'
import type { Command } from '../run.ts'
import { understandSource } from '../sources/given.ts'
import { readOptions } from '../sources/options.ts'
import { placeFor } from '../sources/place.ts'
import { Sources } from '../sources/sources.ts'
import { sqlPaths } from '../sources/sql-files.ts'
import { pulledModels } from '../pulled-models.ts'
import { count } from '../print/table.ts'

type Format = NonNullable<Parsed<'pull'>['flags']['format']>

export const command: Command<'pull'> = async ({ app, io, printer }, { flags }) => {
  if (flags.out === undefined) throw new UsageError('--out FOLDER is missing', 'pull')
  const out = resolve(io.cwd, flags.out)
  const given = understandSource(flags.from ?? 'database', io.cwd, 'pull', 'database')
  const place = flags.on === undefined ? undefined : understandSource(flags.on, io.cwd, 'pull', 'database')
  const sources = new Sources(app)
  try {
    const side = await sources.side(given)
    const named = place === undefined ? null : (await sources.side(place)).database
    const on = await placeFor(sources, [side], named, flags.dialect, printer)
    const description = await readSchema({ of: side.source, on, ...readOptions([side], printer, flags) })
    const { omitted, ...set } = setOf(flags.format ?? 'sql', out, description, on)
    const written = writeSet({ ...set, about: 'pull' })
    const notDescribed = description.schema.unmanaged.filter((item) => item.reason === 'unsupported')
    if (flags.json) printer.json({ from: side.title, ...written, omitted, unsupported: notDescribed })
    else {
      const where = relative(io.cwd, out) || '.'
      const unchanged = written.unchanged.length === 0 ? '' : `, ${written.unchanged.length} unchanged`
      const removed = written.removed.length === 0 ? '' : `, ${written.removed.length} removed`
      printer.lines(`${side.title}: ${count(written.written.length, 'file')} written${unchanged}${removed} in ${where}`)
      printer.lines(...notDescribed.map((item) => `Not pulled: ${item.kind} ${item.name}: ${item.because}`), ...omitted.map((line) => `Drizzle cannot say: ${line}`))
    }
    return 0
  } finally {
    await sources.close()
  }
}

type Set = Omit<FileSet, 'about'> & { readonly omitted: readonly string[] }

function setOf(format: Format, out: string, description: Description, on: Database): Set {
  switch (format) {
    case 'sql': {
      const { schema, version } = description
      const files = sqlFiles({ schema, version, dialect: on.dialect, defaultSchema: on.defaultSchema })
      return { folder: out, files, isOurs: (text) => text.startsWith(SQL_MARK), former: former(out), omitted: [] }
    }
    case 'drizzle': {
      const { text, omitted, mark } = pulledModels(description, on.defaultSchema)
      return { ...single(out, ['.ts', '.mts'], 'schema.ts', text), isOurs: (there) => there.startsWith(mark), omitted }
    }
    case 'snapshot':
      return { ...single(out, ['.json'], 'snapshot.json', snapshotText(description)), isOurs: isSnapshot, omitted: [] }
  }
}

/** Files of an earlier pull lie in folders right below; what lies deeper may be another pull's set. */
const former = (out: string): readonly string[] => (existsSync(out) ? sqlPaths(out).filter((path) => path.split('/').length === 2) : [])

/** One file: the one that is named by its ending, or one in the folder that is named. */
function single(out: string, endings: readonly string[], usual: string, text: string): { readonly folder: string; readonly files: readonly PulledFile[]; readonly former: readonly string[] } {
  const named = endings.includes(extname(out).toLowerCase())
  return { folder: named ? dirname(out) : out, files: [{ path: named ? basename(out) : usual, text }], former: [] }
}

/** Shared with `trueup snapshot`. */
export const snapshotText = ({ schema, dialect }: Description): string => `${JSON.stringify(toSnapshot({ ...schema, unmanaged: [] }, dialect), null, 2)}\n`

export function isSnapshot(text: string): boolean {
  return text.startsWith(`{\n  "trueup": `) || text.includes(`"trueup": ${SNAPSHOT_VERSION}`)
}
