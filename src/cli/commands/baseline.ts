import { driftLines } from '../print/drift.ts'
import { otherLines } from '../print/others.ts'
import { section } from '../print/plan.ts'
import { count } from '../print/table.ts'
import type { Command } from '../run.ts'

export const command: Command<'baseline'> = async ({ app, printer }, { flags }) => {
  const report = await (await app()).baseline()
  if (flags.json) {
    printer.json(report)
    return 0
  }
  const { paint } = printer
  printer.lines(
    `Recorded ${count(report.baselined.length, 'entry', 'entries')} as done; nothing else was touched (run ${report.run}).`,
    ...section('Recorded', report.baselined.map((id) => `  ${id}`), paint),
    ...section('Taken over (stop running the other tool)', report.tookOver.flatMap((ledger) => otherLines(ledger, null)), paint),
    ...section('Still to do (`trueup plan` shows how)', report.pending.map((title) => `  ${title}`), paint),
    ...section('Drift', driftLines(report.drift, paint), paint),
  )
  return 0
}
