import { STEP_CLASSES } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { App, Call } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'

/** @throws TrueupError `plan-refused` */
export function refuseUnconfirmed(call: Call): void {
  if (call.allow !== 'destructive' || call.confirm !== null) return
  throw new TrueupError('plan-refused', "allow: 'destructive' needs confirm: the hash of a plan that was made for exactly this database.", {
    hint: "Call plan({ allow: 'destructive' }), read it, and pass its hash: applyMigrations({ allow: 'destructive', confirm: plan.hash }).",
  })
}

/** For mode `verify`, given the steps that it would have to wait for. */
export function refuseToChange(app: App, seen: Survey, steps: readonly PlanStep[]): TrueupError {
  const titles = [...steps.map((step) => step.title), ...seen.plan.adopt.map((item) => `record entry ${item.entry} as ${item.state}`)]
  return new TrueupError('verify-failed', `${app.database.address} is not in line, and mode 'verify' changes nothing. To do:\n${titles.map((title) => `  - ${title}`).join('\n')}`, {
    hint: 'Run `trueup apply` with a role that may change the schema, then start again.',
  })
}

/** @throws TrueupError `read-only-database` */
export function refuseReadOnly(app: App, seen: Survey): void {
  if (!seen.probe.readOnly) return
  throw new TrueupError('read-only-database', `${app.database.address} is read-only, and ${seen.plan.steps.length + seen.plan.adopt.length} steps are to be done.`, {
    hint: 'Start once against the primary, or with a role and a transaction mode that may write. Nothing was changed.',
  })
}

/** @throws TrueupError `plan-stale` */
export function refuseStale(call: Call, seen: Survey): void {
  if (call.confirm === null || call.confirm === seen.plan.hash) return
  throw new TrueupError('plan-stale', `The plan that was confirmed (${call.confirm}) is not the plan for this database now (${seen.plan.hash}): the database, the models or the rows that would go have changed.`, {
    hint: 'Make the plan again, read it, and confirm its hash. Nothing was changed.',
  })
}

/**
 * `strict`: an entry is its author's word, but not one that may do more than the start is allowed.
 *
 * @throws TrueupError `plan-refused`
 */
export function refuseAbove(call: Call, seen: Survey): void {
  if (!call.strict) return
  const above = seen.plan.steps.filter((step) => step.entry !== undefined && STEP_CLASSES.indexOf(step.class) > STEP_CLASSES.indexOf(call.allow))
  if (above.length === 0) return
  throw new TrueupError('plan-refused', `${above.length === 1 ? 'An entry does' : `${above.length} entries do`} more than the start is allowed (${call.allow}), and it is strict. Nothing was changed.`, {
    problems: above.map((step) => ({ subject: `entry ${step.entry}`, message: `${step.title} is ${step.class}.`, hint: `Run it on its own at a time when that may happen: trueup apply --allow ${step.class}.` })),
    hint: 'Take strict away, or allow the class for one call.',
  })
}
