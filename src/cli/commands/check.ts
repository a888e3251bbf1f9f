import type { Check, FreshCheck } from '../../api.ts'
import type { Diagnostic } from '../../lint/diagnostic.ts'
import type { Paint } from '../io.ts'
import type { Command } from '../run.ts'
import { judgeEntries, NOT_JUDGED } from '../lint/entries.ts'
import { diagnosticLines } from '../lint/print.ts'
import { driftLines } from '../print/drift.ts'
import { section } from '../print/plan.ts'
import { unmanagedLines } from '../print/unmanaged.ts'

export const command: Command<'check'> = async ({ app, printer, interruption }, { flags }) => {
  const loaded = await app()
  if (flags.fresh) {
    // Not raced: it removes its scratch database itself.
    const fresh = await loaded.checkFresh()
    if (flags.json) printer.json(fresh)
    else printer.lines(...freshLines(fresh, printer.paint))
    return fresh.same ? 0 : 2
  }
  const own = await interruption.race(loaded.check())
  const entries = await judgeEntries(loaded.options, new Set(own.pending.flatMap(({ entry }) => entry ?? [])))
  if (entries === null) printer.remark(NOT_JUDGED)
  const check: Check = { ...own, diagnostics: [...own.diagnostics, ...(entries ?? [])] }
  if (flags.json) printer.json(check)
  else printer.lines(...checkLines(check, loaded.options.database.address, printer.paint))
  return check.inSync ? 0 : 2
}

function checkLines(check: Check, address: string, paint: Paint): string[] {
  return [
    check.inSync ? paint('green', `In sync: ${address}`) : paint('yellow', `Not in sync: ${address}`),
    ...section('Pending', check.pending.flatMap((item) => [
      `  ${item.title}${item.entry === undefined ? '' : `  ${item.entry}`}: ${item.because}`,
      ...(item.hint === undefined ? [] : [`      ${item.hint}`]),
    ]), paint),
    ...section('Drift', driftLines(check.drift, paint), paint),
    ...section('Rules', check.diagnostics.filter((item) => !isTold(item, check)).flatMap((item) => diagnosticLines(item, paint)), paint),
    ...unmanagedLines(check.unmanaged, paint),
  ]
}

/** A warning about a difference that the section above has told in the same words. */
const isTold = (diagnostic: Diagnostic, check: Check): boolean =>
  diagnostic.severity === 'warning' && check.drift.some((item) => item.message === diagnostic.message)

function freshLines(fresh: FreshCheck, paint: Paint): string[] {
  if (fresh.same) return [paint('green', 'A fresh install and an upgrade end in the same schema.'), `Upgraded from: ${fresh.upgradedFrom}`]
  return [
    paint('yellow', 'A fresh install and an upgrade end in different schemas.'),
    `Upgraded from: ${fresh.upgradedFrom}`,
    ...section('Differences', fresh.differences.map((line) => `  ${line}`), paint),
  ]
}
