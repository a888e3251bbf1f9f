import { progressView } from '../progress.ts'
import { reportLines } from '../print/report.ts'
import type { Command } from '../run.ts'
import { showPlan } from './plan.ts'

export const command: Command<'apply'> = async (context, { flags }) => {
  const { app, io, printer, interruption } = context
  const allow = flags.allow === undefined ? {} : { allow: flags.allow }
  if (flags['dry-run']) {
    await showPlan(context, { ...allow, include: flags.include }, flags)
    return 0
  }
  const loaded = await app()
  const view = progressView(io, printer)
  try {
    const report = await loaded.applyMigrations({
      ...allow,
      // Whoever types `apply` means it: a service may verify only and leave the work to this command.
      mode: 'apply',
      include: flags.include,
      ...(flags.confirm !== undefined && { confirm: flags.confirm }),
      ...(flags['on-ahead'] !== undefined && { onAhead: flags['on-ahead'] }),
      ...(flags['lock-timeout'] !== undefined && { lockTimeout: flags['lock-timeout'] }),
      ...(flags['wait-for-lock'] !== undefined && { waitForLock: flags['wait-for-lock'] }),
      signal: interruption.signal,
      onProgress: (progress) => {
        view.report(progress)
        loaded.options.onProgress?.(progress)
      },
    })
    view.end()
    if (flags.json) printer.json(report)
    else printer.lines(...reportLines(report, loaded.options.database.address, printer.paint, loaded.options.logger === undefined))
    return 0
  } finally {
    view.end()
  }
}
