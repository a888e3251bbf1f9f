import type { Report } from '../../api.ts'
import type { Paint } from '../io.ts'
import { seconds } from '../progress.ts'
import { differs, driftLines, pendingLines } from './drift.ts'
import { openLines } from './open.ts'
import { nothingToDo, section } from './plan.ts'
import { count } from './table.ts'

/** What `apply` did. What is left undone is said here when no log line on the same screen has said it already. */
export function reportLines(report: Report, address: string, paint: Paint, logged: boolean): string[] {
  return [
    `${paint.terminal ? '✅ ' : ''}${OUTCOMES[report.outcome](report, address)}`,
    ...named('Applied', report.applied, paint),
    ...named('Adopted (was there already)', report.adopted, paint),
    ...named('Not needed (the database is new)', report.notNeeded, paint),
    ...section('Open', openLines(report.open, paint), paint),
    ...(logged ? [] : leftLines(report, paint)),
  ]
}

function leftLines(report: Report, paint: Paint): string[] {
  return [
    ...named('Held after a rollback (run again with --include ID)', report.held, paint),
    ...named('Known to the ledger only (from a newer build)', report.ahead, paint),
    ...section('Not done', pendingLines(report.pending, paint), paint),
    ...section('Drift', driftLines(report.drift, paint), paint),
  ]
}

const OUTCOMES: { readonly [K in Report['outcome']]: (report: Report, address: string) => string } = {
  current: (report, address) => (report.open.length > 0 ? `Nothing but long steps is to do in ${address}.` : report.ahead.length > 0 ? `Nothing was done: ${address} is ahead of this build.` : nothingToDo(address, report)),
  applied: (report, address) => `${outcomeOf(report, address)}: ${count(report.steps.length, 'step')} in ${seconds(report.duration)}${waited(report)}.`,
  verified: (_, address) => `${address} was verified.`,
  off: () => 'Nothing was done: mode is off.',
}

function outcomeOf(report: Report, address: string): string {
  if (report.open.length > 0) return `Did all but long steps in ${address}`
  if (report.pending.length > 0) return `Did what is allowed in ${address}`
  return differs(report.drift) ? `Did what is to do in ${address}, which still differs` : `${address} is in line`
}

/** Milliseconds of waiting that nobody notices. */
const UNNOTICED = 100

function waited(report: Report): string {
  const forTables = report.steps.reduce((sum, step) => sum + step.lockWait, 0)
  const parts = [
    ...(report.waited > UNNOTICED ? [`${seconds(report.waited)} for another starter`] : []),
    ...(forTables > UNNOTICED ? [`${seconds(forTables)} for table locks`] : []),
  ]
  return parts.length === 0 ? '' : `, of it waiting: ${parts.join(', ')}`
}

const named = (heading: string, ids: readonly string[], paint: Paint): string[] => section(heading, ids.map((id) => `  ${id}`), paint)
