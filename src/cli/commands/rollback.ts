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
  if (report.entries.length === 0) return ['Nothing to undo.']
  const lost = report.steps.reduce((sum, step) => sum + step.rowsLost, 0)
  const heading = report.dryRun ? `Would undo ${count(report.entries.length, 'entry', 'entries')}; nothing was changed.` : `Undid ${count(report.entries.length, 'entry', 'entries')}.`
  return [
    heading,
    ...section('Entries', report.entries.map((id) => `  ${id}`), paint),
    ...section('Steps', report.steps.flatMap((step) => [
      `  ${step.title}  ${step.entry}${step.rowsLost > 0 ? paint('red', `  ${count(step.rowsLost, 'row')} with data ${report.dryRun ? 'would be ' : ''}lost`) : ''}`,
      ...step.statements.flatMap((statement) => indent(statement, 5).map((line) => paint('cyan', line))),
    ]), paint),
    ...(lost > 0 && report.dryRun ? ['', paint('red', `${count(lost, 'row')} would lose data.`)] : []),
    ...(report.dryRun ? [] : ['', 'They are held now: they run again when their content changes, or with', ...report.entries.map((id) => `  trueup apply --include ${id}`)]),
  ]
}
