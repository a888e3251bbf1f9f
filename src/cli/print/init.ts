import { relative } from 'node:path'
import type { InitReport } from '../init/report.ts'
import type { Paint } from '../io.ts'
import { checkLines } from './check.ts'
import { otherLines } from './others.ts'
import { section } from './plan.ts'

/** What was found and written, what the database says, and what comes next. */
export function initLines(report: InitReport, cwd: string, paint: Paint): readonly string[] {
  const { config, models, look } = report
  const shown = relative(cwd, config.file) || config.file
  return [
    `${models.title}: ${models.files.length === 0 ? 'no models of its own' : shortList(models.files)}`,
    ...report.alsoFound.map((one) => `Also found: ${one.title}${one.files.length === 0 ? '' : ` (${shortList(one.files)})`}`),
    `Database: ${report.dialect === 'postgres' ? 'PostgreSQL' : 'SQLite'}${report.variable === null ? '' : `, from ${report.variable}`}${report.drivers.length === 0 ? '' : `, by ${report.drivers.map((one) => one.name).join(', ')}`}`,
    ...models.notes.map((note) => `${paint('yellow', 'note')}: ${note}`),
    '', ...(config.written ? [paint('green', `Wrote ${shown}`)] : [`Would write ${shown}`]),
    ...(config.written ? [] : ['', ...config.text.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${line}`))]),
    ...section('Other migration tools', report.otherTools.flatMap((tool) => [
      `  ${tool.title}: ${tool.where}${tool.migrations === 0 ? '' : `, ${tool.migrations} ${tool.migrations === 1 ? 'migration' : 'migrations'}`}`,
      ...(tool.scripts.length === 0 ? [] : [`      run by ${tool.scripts.map((name) => `npm run ${name}`).join(', ')}`]),
    ]), paint),
    ...(look === null ? [] : look.reached
      ? ['', ...checkLines(look.check, look.address, paint), ...section('Ledgers of other tools', look.others.flatMap((one) => otherLines(one, one.takenOver)), paint)]
      : ['', `${paint('yellow', 'The database was not asked')}: ${look.because}`, ...look.hint.split('\n').map((line) => `  ${line}`)]),
    ...section(`In ${report.entry.file ?? 'the file that starts the service'}`, report.entry.lines.map((line) => (line === '' ? '' : `  ${line}`)), paint),
    ...section('Next', report.next.map((line, at) => `  ${at + 1}. ${line}`), paint),
  ]
}

const shortList = (files: readonly string[]): string => (files.length <= 4 ? files.join(', ') : `${files.slice(0, 3).join(', ')} and ${files.length - 3} more`)
