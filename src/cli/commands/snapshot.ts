import { basename, dirname, relative, resolve } from 'node:path'
import type { Database } from '../../dialects/dialect.ts'
import { readSchema } from '../../tools.ts'
import { UsageError } from '../arguments.ts'
import { writeSet } from '../file-set.ts'
import { count } from '../print/table.ts'
import type { Command } from '../run.ts'
import { understandSource } from '../sources/given.ts'
import { readOptions } from '../sources/options.ts'
import { placeFor } from '../sources/place.ts'
import type { Side } from '../sources/sources.ts'
import { nameOf, Sources } from '../sources/sources.ts'
import { isSnapshot, snapshotText } from './pull.ts'

export const command: Command<'snapshot'> = async ({ app, io, printer }, { flags }) => {
  if (flags.out === undefined) throw new UsageError('--out FILE is missing', 'snapshot')
  if (flags.embedded && flags.on !== undefined) throw new UsageError('--embedded and --on exclude each other', 'snapshot')
  const out = resolve(io.cwd, flags.out)
  const given = understandSource(flags.from ?? 'models', io.cwd, 'snapshot')
  const place = flags.on === undefined ? undefined : understandSource(flags.on, io.cwd, 'snapshot', 'database')
  const sources = new Sources(app)
  try {
    const side = await sources.side(given)
    const named = place === undefined ? await ownPlace(sources, side, flags.embedded) : (await sources.side(place)).database
    const on = await placeFor(sources, [side], named, flags.dialect, printer)
    const description = await readSchema({ of: side.source, on, ...readOptions([side], printer, flags) })
    const text = snapshotText(description)
    const { unchanged } = writeSet({ folder: dirname(out), files: [{ path: basename(out), text }], isOurs: isSnapshot, former: [], about: 'snapshot' })
    const file = relative(io.cwd, out)
    if (flags.json) printer.json({ file, of: side.title, on: on.address, changed: unchanged.length === 0 })
    else printer.lines(`${file}: ${count(description.schema.table.length, 'table')} of ${side.title}, in the words of ${on.address}${unchanged.length > 0 ? '; unchanged' : ''}`)
    return 0
  } finally {
    await sources.close()
  }
}

/** The database of the configuration, which the start will use; an embedded one when asked for. */
async function ownPlace(sources: Sources, side: Side, embedded: boolean): Promise<Database | null> {
  const database = side.app?.options.database
  if (database === undefined) return null
  const dialect = nameOf(database)
  return embedded && dialect !== null ? sources.embedded(dialect, [side]) : database
}
