import { compare } from '../../index.ts'
import { UsageError } from '../arguments.ts'
import { comparisonLines, comparisonSql } from '../print/diff.ts'
import type { Command } from '../run.ts'
import { understandSource } from '../sources/given.ts'
import { readOptions } from '../sources/options.ts'
import { placeFor } from '../sources/place.ts'
import { Sources } from '../sources/sources.ts'

export const command: Command<'diff'> = async ({ app, io, printer }, { flags }) => {
  const outputs = (['sql', 'text', 'json'] as const).filter((name) => flags[name])
  if (outputs.length > 1) throw new UsageError(`${outputs.map((name) => `--${name}`).join(' and ')} exclude each other`, 'diff')
  const [first, second] = [flags.from ?? 'database', flags.to ?? 'models'].map((word) => understandSource(word, io.cwd, 'diff'))
  const place = flags.on === undefined ? undefined : understandSource(flags.on, io.cwd, 'diff', 'database')
  if (first === undefined || second === undefined) throw new UsageError('two sides are needed', 'diff')
  const sources = new Sources(app)
  try {
    const [from, to] = [await sources.side(first), await sources.side(second)]
    const named = place === undefined ? null : (await sources.side(place)).database
    if (place !== undefined && named === null) throw new UsageError('--on needs a database: a URL, a SQLite file, or the word database', 'diff')
    const on = await placeFor(sources, [from, to], named, flags.dialect, printer)
    // Not raced with a signal: it removes its scratch database itself.
    const comparison = await compare({ from: from.source, to: to.source, on, ...readOptions([from, to], printer, flags) })
    if (flags.json) printer.json(comparison)
    else if (flags.text) printer.lines(...comparisonLines(comparison, from.title, to.title, printer.paint))
    else printer.lines(...comparisonSql(comparison, from.title, to.title))
    return flags['exit-code'] && !comparison.same ? 2 : 0
  } finally {
    await sources.close()
  }
}
