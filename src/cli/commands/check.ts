import type { Check, FreshCheck } from '../../api.ts'
import type { Paint } from '../io.ts'
import type { Command } from '../run.ts'
import { judgeEntries, NOT_JUDGED } from '../lint/entries.ts'
import { checkLines } from '../print/check.ts'
import { section } from '../print/plan.ts'

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

function freshLines(fresh: FreshCheck, paint: Paint): string[] {
  if (fresh.same) return [paint('green', 'A fresh install and an upgrade end in the same schema.'), `Upgraded from: ${fresh.upgradedFrom}`]
  return [
    paint('yellow', 'A fresh install and an upgrade end in different schemas.'),
    `Upgraded from: ${fresh.upgradedFrom}`,
    ...section('Differences', fresh.differences.map((line) => `  ${line}`), paint),
  ]
}
