import type { Command } from '../run.ts'
import { statusLines } from '../print/status.ts'

export const command: Command<'status'> = async ({ app, printer, interruption }, { flags }) => {
  const status = await interruption.race((await app()).status())
  if (flags.json) printer.json(status)
  else printer.lines(...statusLines(status, printer.paint))
  return 0
}
