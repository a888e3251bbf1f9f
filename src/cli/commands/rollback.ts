import type { RollbackReport } from '../../api.ts'
import { UsageError } from '../arguments.ts'
import type { Paint } from '../io.ts'
import { section } from '../print/plan.ts'
import { count, indent } from '../print/table.ts'
import type { Command } from '../run.ts'

export const command: Command<'rollback'> = async ({ app, printer, interruption }, { flags, words }) => {
  if (flags.to !== undefined && words.length > 0) throw new UsageError('name entries or give --to, not both', 'rollback')
  const report = await (await app()).rollback({
    ...(words.length > 0 && { entries: words }),
    ...(flags.to !== undefined && { to: flags.to }),
    ...(flags.allow !== undefined && { allow: flags.allow }),
    dryRun: flags['dry-run'],
    signal: interruption.signal,
  })
  if (flags.json) printer.json(report)
  else printer.lines(...rollbackLines(report, printer.paint))
  return 0
}

function rollbackLines(report: RollbackReport, paint: Paint): string[] {
  const { dryRun, entries, steps } = report
  if (entries.length === 0) return ['Nothing to undo.']
  const many = count(entries.length, 'entry', 'entries')
  return [
    dryRun ? `Would undo ${many}; nothing was changed.` : `Undid ${many}.`,
    ...section('Entries', entries.map((id) => `  ${id}`), paint),
    ...section('Steps', steps.flatMap((step) => stepLines(step, dryRun, paint)), paint),
    ...section('Worked on now: a rollback waits for it', report.waitsFor.map(({ title, owner }) => `  ${title}, by ${owner}`), paint),
    ...(dryRun ? lossLines(report, paint) : heldLines(entries)),
  ]
}

function stepLines({ title, entry, rowsLost, statements }: RollbackReport['steps'][number], dryRun: boolean, paint: Paint): string[] {
  const lost = rowsLost > 0 ? paint('red', `  ${count(rowsLost, 'row')} with data ${dryRun ? 'would be ' : ''}lost`) : ''
  return [`  ${title}  ${entry}${lost}`, ...statements.flatMap((statement) => indent(statement, 5).map((line) => paint('cyan', line)))]
}

function lossLines({ steps }: RollbackReport, paint: Paint): string[] {
  const lost = steps.reduce((sum, step) => sum + step.rowsLost, 0)
  return lost === 0 ? [] : ['', paint('red', `${count(lost, 'row')} would lose data.`)]
}

const heldLines = (entries: readonly string[]): string[] =>
  ['', 'They are held now: they run again when their content changes, or with', ...entries.map((id) => `  trueup apply --include ${id}`)]
