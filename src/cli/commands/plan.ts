import { UsageError } from '../arguments.ts'
import { differs } from '../print/drift.ts'
import { judgePlan, NOT_JUDGED } from '../lint/entries.ts'
import { diagnosticLines } from '../lint/print.ts'
import { planLines, planSql, section } from '../print/plan.ts'
import type { Command, Context } from '../run.ts'
import type { PlanOptions } from '../../api.ts'
import type { Plan } from '../../plan/plan.ts'

export const command: Command<'plan'> = async (context, { flags }) => {
  if (flags.sql && flags.json) throw new UsageError('--sql and --json exclude each other', 'plan')
  const plan = await showPlan(context, { ...(flags.allow && { allow: flags.allow }), include: flags.include }, flags)
  return flags['exit-code'] && !isInLine(plan) ? 2 : 0
}

/** Makes the plan and prints it; shared with `apply --dry-run`. */
export async function showPlan(context: Context, options: PlanOptions, form: { readonly sql?: boolean; readonly json: boolean }): Promise<Plan> {
  const { printer, interruption } = context
  const app = await context.app()
  const plan = await interruption.race(app.plan(options))
  const { address } = app.options.database
  const diagnostics = form.sql === true ? [] : await judgePlan(app, plan)
  if (diagnostics === null) printer.remark(NOT_JUDGED)
  if (form.json) printer.json({ ...plan, diagnostics: diagnostics ?? [] })
  else if (form.sql === true) printer.lines(...planSql(plan, address))
  else printer.lines(...planLines(plan, address, printer.paint), ...section('Rules', (diagnostics ?? []).flatMap((item) => diagnosticLines(item, printer.paint)), printer.paint), ...confirmLines(plan, options))
  return plan
}

/** As `check` judges: what is extra or can't be compared is told, and does not count. */
export function isInLine(plan: Pick<Plan, 'steps' | 'pending' | 'drift' | 'adopt'>): boolean {
  return plan.steps.length === 0 && plan.pending.length === 0 && plan.adopt.length === 0 && !differs(plan.drift)
}

function confirmLines(plan: Plan, options: PlanOptions): string[] {
  if (options.allow !== 'destructive' || plan.steps.length === 0) return []
  const include = (options.include ?? []).map((id) => ` --include ${id}`).join('')
  return ['', `To carry out exactly this plan: trueup apply --allow destructive --confirm ${plan.hash}${include}`]
}
