import type { PlanOptions, Trueup } from '../../api.ts'
import { TrueupError } from '../../errors.ts'
import { UsageError } from '../arguments.ts'
import { judgePlan, NOT_JUDGED } from '../lint/entries.ts'
import { diagnosticLines } from '../lint/print.ts'
import { progressView } from '../progress.ts'
import { reportLines } from '../print/report.ts'
import type { Command, Context } from '../run.ts'
import { readReport, REPORT_FILE } from '../rehearse/file.ts'
import { showPlan } from './plan.ts'

export const command: Command<'apply'> = async (context, { flags }) => {
  const { app, io, printer, interruption } = context
  const allow = flags.allow === undefined ? {} : { allow: flags.allow }
  if (flags['dry-run']) {
    await showPlan(context, { ...allow, include: flags.include }, flags)
    return 0
  }
  if (flags['max-age'] !== undefined && flags['require-rehearsal'] === undefined) throw new UsageError('--max-age is about --require-rehearsal, which is missing', 'apply')
  const loaded = await app()
  const rehearsed = flags['require-rehearsal'] === undefined ? null : await rehearsedPlan(loaded, { ...allow, include: flags.include }, flags, context)
  // What removes data is confirmed by a person, not by a file.
  const confirm = flags.confirm ?? (flags.allow === 'destructive' ? null : rehearsed)
  await speak(loaded, { ...allow, include: flags.include }, context)
  const view = progressView(io, printer)
  try {
    const report = await loaded.applyMigrations({
      ...allow,
      // Whoever types `apply` means it: a service may verify only and leave the work to this command.
      mode: 'apply',
      include: flags.include,
      // Whatever the service does at its start: a job is there to finish.
      longSteps: flags['long-steps'] ?? 'wait',
      // Between the look at the report and the work, nothing else may have become the plan.
      ...(confirm !== null && { confirm }),
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
    // Parks at a signal; what becomes of it is in the log and in `status`.
    await loaded.settled()
    return 0
  } finally {
    view.end()
  }
}

const DAY = 86_400_000

/**
 * The hash of the plan that is to be done now, when it was rehearsed; `null` when nothing is to be done.
 *
 * @throws TrueupError `not-rehearsed`
 */
async function rehearsedPlan(app: Trueup, options: PlanOptions, flags: { readonly 'require-rehearsal'?: string | true | undefined; readonly 'max-age'?: number | undefined }, { io, interruption }: Context): Promise<string | null> {
  const { planKey, requireRehearsal } = await import('../../rehearse/rehearse.ts')
  const plan = await interruption.race(app.plan(options))
  if (plan.steps.length === 0 && plan.adopt.length === 0) return null
  const name = flags['require-rehearsal']
  const report = readReport(name === true || name === undefined ? REPORT_FILE : name, io.cwd)
  requireRehearsal(report, { plan: await planKey(app, plan, options), ...(flags['max-age'] !== undefined && { maxAge: flags['max-age'] * DAY }) })
  return plan.hash
}

/**
 * What the rules say of the SQL of entries, before it runs. An entry is its author's word, so it runs all the same; `strict`
 * refuses what a rule finds to be an error.
 */
async function speak(app: Trueup, options: PlanOptions, { printer, interruption }: Context): Promise<void> {
  if (!(app.options.migrations ?? []).some((entry) => 'up' in entry || 'backfill' in entry)) return
  const plan = await interruption.race(app.plan(options))
  const found = await judgePlan(app, plan)
  if (found === null) return printer.remark(NOT_JUDGED)
  const errors = found.filter(({ severity }) => severity === 'error')
  const refused = app.options.strict === true && errors.length > 0
  // The errors that it is refused for stand in the refusal.
  const told = found.filter(({ severity }) => severity === 'warning' || (severity === 'error' && !refused))
  printer.remark(...told.flatMap((item) => diagnosticLines(item, printer.paintError)))
  if (!refused) return
  throw new TrueupError('plan-refused', `${errors.length === 1 ? 'A rule finds an error' : `Rules find ${errors.length} errors`} in entries that are to run, and the application is strict. Nothing was changed.`, {
    problems: errors.map((item) => ({ subject: `entry ${item.entry ?? item.subject}`, field: item.code, message: item.message, ...(item.hint !== undefined && { hint: item.hint }) })),
    hint: "Follow the safe way of each rule, or accept the finding in the entry: allow: { CODE: 'the reason' }.",
  })
}
