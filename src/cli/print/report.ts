import type { Report } from '../../api.ts'
import type { Paint } from '../io.ts'
import { seconds } from '../progress.ts'
import { driftLines, pendingLines } from './drift.ts'
import { section } from './plan.ts'
import { count } from './table.ts'

/** What `apply` did, after the log lines. */
export function reportLines(report: Report, address: string, paint: Paint): string[] {
  return [
    `${paint.terminal ? '✅ ' : ''}${OUTCOMES[report.outcome](report, address)}`,
    ...named('Applied', report.applied, paint),
    ...named('Adopted (was there already)', report.adopted, paint),
    ...named('Not needed (the database is new)', report.notNeeded, paint),
    ...named('Held after a rollback (run again with --include ID)', report.held, paint),
    ...named('Known to the ledger only (from a newer build)', report.ahead, paint),
    ...section('Not done', pendingLines(report.pending, paint), paint),
    ...section('Drift', driftLines(report.drift, paint), paint),
  ]
}

const OUTCOMES: { readonly [K in Report['outcome']]: (report: Report, address: string) => string } = {
  current: (_, address) => `Nothing to do: ${address} is in line.`,
  applied: (report, address) => `${address} is in line: ${count(report.steps.length, 'step')} in ${seconds(report.duration)}${waited(report)}.`,
  verified: (_, address) => `${address} was verified.`,
  off: () => 'Nothing was done: mode is off.',
}

function waited(report: Report): string {
  const forTables = report.steps.reduce((sum, step) => sum + step.lockWait, 0)
  const parts = [
    ...(report.waited > 0 ? [`${seconds(report.waited)} for another starter`] : []),
    ...(forTables > 0 ? [`${seconds(forTables)} for table locks`] : []),
  ]
  return parts.length === 0 ? '' : `, of it waiting: ${parts.join(', ')}`
}

const named = (heading: string, ids: readonly string[], paint: Paint): string[] => section(heading, ids.map((id) => `  ${id}`), paint)
