import type { StepReport } from '../api.ts'
import type { HeldLock, Probe, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { Execution, Journal } from '../execute/execute.ts'
import { execute, writeJournal } from '../execute/execute.ts'
import type { Demand } from '../plan/demands.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { App, Call } from '../survey/context.ts'
import { askCheck } from '../survey/facts.ts'
import type { Survey } from '../survey/survey.ts'
import { survey } from '../survey/survey.ts'
import { deferredDemands, refuseViolations } from '../survey/violations.ts'
import { look } from './session.ts'

/** What a start has done so far. */
export class Tally {
  readonly reports: StepReport[] = []
  readonly applied = new Set<string>()
  readonly adopted = new Set<string>()
  readonly notNeeded = new Set<string>()
  /** Keys of tables that it created. */
  readonly created = new Set<string>()
  /** What its steps ask of rows and was counted: the step itself says what has come since. */
  readonly counted = new Set<string>()
}

/** How a session of this start carries steps out, under the lock that is given. */
export function executionOf(app: App, call: Call, session: Session, lock: HeldLock, journal: Journal, seen: Survey): Execution {
  return {
    dialect: app.dialect, session, lock, journal, facts: new Map(seen.facts.map((fact) => [fact.entry.id, fact])), target: seen.target,
    defaultSchema: app.database.defaultSchema, lockTimeout: call.lockTimeout, lockPatience: Math.min(call.waitForLock, 60_000), signal: call.signal, logger: app.logger,
    onProgress: call.onProgress, askCheck: (check) => askCheck(app, session, check),
  }
}

/** The same survey, as if its plan held these steps alone. */
export const withSteps = (seen: Survey, steps: readonly PlanStep[]): Survey => ({ ...seen, plan: { ...seen.plan, steps } })

/**
 * Runs those steps of a plan that are chosen. After renames and entries that only running them shows, what follows is planned
 * again on what is there then; everything before it is carried out as printed.
 *
 * @returns the look after the last step
 */
export async function carryOut(app: App, call: Call, execution: Execution, first: Survey, tally: Tally, choose: (seen: Survey) => readonly PlanStep[]): Promise<Probe> {
  const { journal, session } = execution
  let seen = first
  for (let round = 0; ; round += 1) {
    const mine = choose(seen)
    for (const key of seen.creates) tally.created.add(key)
    await recordAdopted(execution, seen, tally)
    // What an entry may have mended is counted after it ran, and before the first constraint is asked for.
    if (round > 0) await refuseViolations(app, session, withSteps(seen, mine), tally.counted)
    const steps = beforeDeferred(untilOpaque(mine), deferredDemands(withSteps(seen, mine), app.database.defaultSchema))
    const done = await execute({ ...execution, target: seen.target, facts: new Map(seen.facts.map((fact) => [fact.entry.id, fact])) }, steps)
    tally.reports.push(...done.reports)
    done.adopted.forEach((id) => tally.adopted.add(id))
    steps.flatMap((step) => [...(step.claims ?? []), ...(step.entry === undefined || done.adopted.includes(step.entry) ? [] : [step.entry])]).forEach((id) => tally.applied.add(id))
    const last = await look(app, session)
    if (steps.length === mine.length) return last
    const next = await survey(app, call, session, last, { created: tally.created, run: journal.run })
    if (round > app.registry.entries.length + 2) throw new Error(`the plan does not end: ${next.plan.steps.map((step) => step.title).join(', ')}; run ${journal.run}`)
    seen = next
  }
}

/** Entries that need nothing done are recorded before anything else: a run that dies later must not forget that they were fresh. */
async function recordAdopted(execution: Execution, seen: Survey, tally: Tally): Promise<void> {
  if (seen.plan.adopt.length === 0) return
  await writeJournal(execution, seen.plan.adopt.flatMap(({ entry, state }) => execution.journal.entry(entry, state)))
  for (const { entry, state } of seen.plan.adopt) ({ applied: tally.applied, adopted: tally.adopted, 'not-needed': tally.notNeeded })[state].add(entry)
}

/** The steps up to and with the last one whose effect must be read back before the rest is planned. */
function untilOpaque(steps: readonly PlanStep[]): readonly PlanStep[] {
  const isRename = (step: PlanStep): boolean => step.required === true || ('operation' in step && step.operation?.verb === 'rename')
  const renames = steps.filter(isRename)
  if (renames.length > 0) return renames
  const lastOpaque = steps.findLastIndex((step) => step.kind === 'sql' || step.kind === 'run')
  const rest = steps.slice(lastOpaque + 1)
  return lastOpaque >= 0 && rest.some((step) => step.kind === 'ddl') ? steps.slice(0, lastOpaque + 1) : steps
}

/** Where an entry may mend what a constraint needs, the constraints wait until it ran and the rows are counted. */
function beforeDeferred(steps: readonly PlanStep[], deferred: readonly Demand[]): readonly PlanStep[] {
  if (deferred.length === 0) return steps
  const early = steps.filter((step) => step.phase === 'expand' || step.phase === 'migrate')
  return early.some((step) => step.phase === 'migrate') && early.length < steps.length ? early : steps
}

/** Something that was to be done is still to do. */
export function notVerified(app: App, left: readonly string[]): TrueupError {
  return new TrueupError('not-verified', `Everything was carried out, but reading ${app.database.address} back shows that this is still to do:\n${left.map((title) => `  - ${title}`).join('\n')}`, {
    hint: 'Something else changed the schema at the same time, or an entry undid what the models ask for. Start again; if it comes back, look at the entries of this run in `trueup history`.',
    details: { left },
  })
}
