import type { PlanOptions, Trueup } from '../api.ts'
import { fingerprintOf } from '../hash.ts'
import type { Plan } from '../plan/plan.ts'
import type { App } from '../survey/context.ts'
import { callFingerprint, makeApp, makeCall } from '../survey/context.ts'

/**
 * Names what a plan does, as 16 digits: the texts of its statements, its entries, the models and the options. The same on the
 * original and on a copy of it, however many rows they hold.
 *
 * @param options - those that the plan was made with
 */
export async function planKey(application: Trueup, plan: Plan, options: PlanOptions = {}): Promise<string> {
  return keyOfPlan(makeApp(application.options), plan, options)
}

export async function keyOfPlan(app: App, plan: Plan, options: PlanOptions): Promise<string> {
  const fingerprint = await callFingerprint(await app.declared(), makeCall(app.options, options))
  const steps = plan.steps.map(({ kind, phase, entry, claims, transaction, statements }) => ({ kind, phase, entry, claims, transaction, statements }))
  const adopt = plan.adopt.map(({ entry, state }) => ({ entry, state }))
  return (await fingerprintOf({ fingerprint, dialect: plan.dialect, steps, adopt })).slice(0, 16)
}
