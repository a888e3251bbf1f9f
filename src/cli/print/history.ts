import type { HistoryRun, HistoryStep } from '../../api.ts'
import type { Paint } from '../io.ts'
import { seconds } from '../progress.ts'
import { count, indent, table, time } from './table.ts'

/** Runs as a table, newest first; with their statements when asked for. */
export function historyLines(runs: readonly HistoryRun[], withSteps: boolean, paint: Paint): string[] {
  if (runs.length === 0) return ['Nothing was run yet.']
  const header = ['run', 'started (UTC)', 'command', 'outcome', 'took', 'steps', 'by', 'build', 'trueup'].map((title) => paint('bold', title))
  const lines = table([header, ...runs.map((run) => runCells(run, paint))])
  return [
    lines[0] ?? '',
    ...runs.flatMap((run, index) => [
      lines[index + 1] ?? '',
      ...errorLines(run.error, paint),
      ...(withSteps ? run.steps.flatMap((step) => stepLines(step, paint)) : []),
    ]),
  ]
}

function runCells(run: HistoryRun, paint: Paint): string[] {
  return [
    run.id, time(run.started), run.command, paintOutcome(run.outcome, paint), took(run.started, run.finished),
    String(run.steps.length), [run.user, run.host].filter((part) => part !== '').join('@'), run.build || '-', run.version,
  ]
}

function stepLines(step: HistoryStep, paint: Paint): string[] {
  const waited = step.lockWait > 0 ? `, ${seconds(step.lockWait)} for locks` : ''
  const entry = step.entry === null ? '' : `  ${step.entry}`
  return [
    `  ${step.seq}. ${step.title}  ${paintOutcome(step.outcome, paint)}${entry}  ${took(step.started, step.finished)}${waited}, ${count(step.rows, 'row')}`,
    ...(step.sql === '' ? [] : indent(step.sql, 5).map((line) => paint('cyan', line))),
    ...errorLines(step.error, paint),
  ]
}

const errorLines = (error: string | null, paint: Paint): string[] => (error === null ? [] : indent(error, 4).map((line) => paint('red', line)))

const paintOutcome = (outcome: string, paint: Paint): string => (/fail|error/.test(outcome) ? paint('red', outcome) : outcome)

function took(started: string, finished: string | null): string {
  const milliseconds = finished === null ? Number.NaN : Date.parse(finished) - Date.parse(started)
  return Number.isNaN(milliseconds) ? '-' : seconds(milliseconds)
}
