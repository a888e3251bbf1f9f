import { historyLines } from '../print/history.ts'
import type { Command } from '../run.ts'

const RUNS = 20

export const command: Command<'history'> = async ({ app, printer, interruption }, { flags }) => {
  const runs = await interruption.race((await app()).history({ limit: flags.limit ?? RUNS }))
  if (flags.json) printer.json(runs)
  else printer.lines(...historyLines(runs, flags.steps, printer.paint))
  return 0
}
