/** The door for trying a plan on a copy before production meets it. */
import type { AllowedClass, ApplyOptions, Progress, Report, Trueup } from '../api.ts'
import type { Database, Session } from '../dialects/dialect.ts'
import { isTrueupError, TrueupError } from '../errors.ts'
import { applyMigrations } from '../methods/apply.ts'
import { plan as planOf } from '../methods/status.ts'
import type { Plan } from '../plan/plan.ts'
import type { App } from '../survey/context.ts'
import { makeApp } from '../survey/context.ts'
import { VERSION } from '../version.ts'
import { figuresOf, overheadOf } from './figures.ts'
import { keyOfPlan } from './key.ts'
import type { Looked } from './original.ts'
import { identityOf, lookAt, lookAtOriginal, refuseOther, refuseSame } from './original.ts'
import type { CopiedRows, Rehearsal, RehearsedUndo, Stage } from './report.ts'
import { notUndone, undo } from './undo.ts'
import { Watch } from './watch.ts'

export { planKey } from './key.ts'
export { requireRehearsal } from './require.ts'
export type { Requirement } from './require.ts'
export type { CopiedRows, Rehearsal, RehearsedLock, RehearsedStep, RehearsedUndo, Stage, TableFigures } from './report.ts'

export interface RehearseOptions {
  /** A copy of the application's database, ledger included. It is changed. */
  readonly copy: Database
  /** The copy by another handle, over which locks are watched while steps are at work. Left out: they are known at the end of each transaction only. */
  readonly beside?: Database
  /** What the copy holds of the original's rows. @default 'all' */
  readonly rows?: CopiedRows
  readonly allow?: AllowedClass
  readonly include?: readonly string[]
  readonly signal?: AbortSignal
  readonly onStage?: (stage: Stage) => void
  readonly onProgress?: (progress: Progress) => void
}

/** Everything that the stages find out on their way. */
interface State {
  readonly options: RehearseOptions
  readonly app: App
  readonly watch: Watch
  stage: Stage
  original: Looked | null
  plan: Plan | null
  key: string | null
  undo: RehearsedUndo | null
}

/**
 * Carries the pending plan out on a copy: compares the copy with the original, plans, applies, verifies that nothing is left,
 * undoes what can be undone, verifies that, and applies again. The original is only read, through sessions that may not write.
 *
 * @returns what happened, also when the plan failed
 * @throws TrueupError `copy-refused` when the copy is the original itself, or is not a copy of it; `connection-failed`
 */
export async function rehearse(application: Trueup, options: RehearseOptions): Promise<Rehearsal> {
  const began = Date.now()
  const beside = (await options.beside?.open()) ?? null
  const watch = new Watch(beside)
  // What the application says of its own runs stays its own; policy is judged as it would be there.
  const app = makeApp({ ...application.options, database: watch.over(options.copy), logger: false })
  const state: State = { options, app, watch, stage: 'compare', original: null, plan: null, key: null, undo: null }
  let error: unknown = null
  try {
    await play(application, state)
  } catch (failure) {
    if (state.stage === 'compare') throw failure
    error = failure
  } finally {
    await endWatch(state, beside)
  }
  return reportOf(application, state, error, Date.now() - began)
}

function enter(state: State, stage: Stage): void {
  state.stage = stage
  if (state.options.signal?.aborted === true) throw state.options.signal.reason
  state.options.onStage?.(stage)
}

async function play(application: Trueup, state: State): Promise<void> {
  const { rows = 'all', include = [], copy } = state.options
  enter(state, 'compare')
  state.original = await lookAtOriginal(makeApp({ ...application.options, logger: false }), include, rows)
  // Before anything else is opened there: even what it reads could be held back by it.
  refuseSame(state.original, await identityOf(copy), copy.address)
  const before = await lookAt(state.app, include, false)
  refuseOther(state.original, before, copy.defaultSchema, rows)
  const app: App = rows === 'none' ? { ...state.app, filled: state.original.filled } : state.app
  enter(state, 'plan')
  state.plan = await planOf(app, planOptions(state))
  state.key = await keyOfPlan(app, state.plan, planOptions(state))
  enter(state, 'apply')
  const report = await apply(app, state, [], state.plan, true)
  enter(state, 'verify')
  await verify(app, state)
  enter(state, 'undo')
  state.undo = await undo(app, report.applied, before.schema, state.options.signal)
  enter(state, 'verify undo')
  if (state.undo.verified === false) throw notAsBefore(await notUndone(app, before.schema))
  enter(state, 'apply again')
  const again = await planOf(app, { ...planOptions(state), include: [...include, ...state.undo.entries] })
  await apply(app, state, state.undo.entries, again, false)
  await verify(app, state, state.undo.entries)
}

function planOptions({ options }: State): { readonly allow?: AllowedClass; readonly include: readonly string[] } {
  return { ...(options.allow !== undefined && { allow: options.allow }), include: options.include ?? [] }
}

function apply(app: App, state: State, again: readonly string[], plan: Plan, watched: boolean): Promise<Report> {
  const { options, watch } = state
  const call: ApplyOptions = {
    ...planOptions(state), include: [...(options.include ?? []), ...again], mode: 'apply', longSteps: 'wait', ...(options.signal && { signal: options.signal }),
    ...(options.allow === 'destructive' && { confirm: plan.hash }),
    onProgress: (progress) => {
      if (watched) watch.hear(progress)
      options.onProgress?.(progress)
    },
  }
  return applyMigrations(app, call)
}

async function verify(app: App, state: State, again: readonly string[] = []): Promise<void> {
  const made = await planOf(app, { ...planOptions(state), include: [...(state.options.include ?? []), ...again] })
  const rest = [...made.steps.map(({ title }) => title), ...made.adopt.map(({ entry }) => `record entry ${entry}`)]
  if (rest.length > 0) throw new TrueupError('not-verified', `After everything was carried out, this is still to do:\n${rest.map((title) => `  - ${title}`).join('\n')}`, { hint: 'An entry undoes what the models ask for, or another asks for it again.' })
}

function notAsBefore(rest: readonly string[]): TrueupError {
  return new TrueupError('not-verified', `Everything was undone, and the schema is not the one before. To be that, it would have to:\n${rest.map((title) => `  - ${title}`).join('\n')}`, {
    hint: 'The `down` of an entry does not undo all of its `up`. Correct it before you rely on a rollback.',
  })
}

async function endWatch({ watch, options }: State, beside: Session | null): Promise<void> {
  watch.stop()
  await beside?.release()
  const session = await options.copy.open({ connectTimeout: 1_000 }).catch(() => null)
  if (session === null) return
  await watch.end(session, options.copy).catch(() => {})
  await session.release()
}

/** Codes by which policy says no, before or instead of the work. */
const POLICY: ReadonlySet<string> = new Set(['plan-refused', 'ledger-foreign', 'database-ahead', 'entry-changed', 'existing-database'])

function reportOf(application: Trueup, state: State, error: unknown, duration: number): Rehearsal {
  const { plan, watch, options } = state
  const sizes = { original: state.original?.sizes ?? [], overhead: overheadOf(watch.overheads) }
  const steps = plan === null ? [] : watch.steps.map((step) => figuresOf(step, plan, sizes))
  const failed = error !== null
  return {
    format: 1, version: VERSION,
    outcome: !failed ? 'ok' : isTrueupError(error) && POLICY.has(error.code) ? 'refused' : 'failed',
    plan: state.key, digest: plan?.digest ?? null, at: new Date().toISOString(), duration,
    original: application.options.database.address, copy: options.copy.address, rows: options.rows ?? 'all',
    steps,
    pending: (plan?.pending ?? []).map(({ title, class: one, because, allow }) => ({ title, class: one, because, allow })),
    undo: state.undo, predicted: Math.round(steps.reduce((sum, step) => sum + step.predicted, 0)),
    error: failed ? errorOf(state, error) : null,
    remarks: remarksOf(options.rows ?? 'all', options.beside === undefined && options.copy.dialect.rehearsal.locks !== undefined),
  }
}

function errorOf({ stage, options }: State, error: unknown): Rehearsal['error'] {
  const { message } = isTrueupError(error) ? error : { message: options.copy.dialect.failure(error).message }
  return { during: stage, code: isTrueupError(error) ? error.code : 'unexpected', message, hint: isTrueupError(error) ? (error.hint ?? null) : null }
}

function remarksOf(rows: CopiedRows, unwatched: boolean): readonly string[] {
  return [
    ...(rows === 'none' ? ['The copy holds no rows: whether those of the original satisfy new constraints is not known.'] : []),
    ...(typeof rows === 'number' ? [`The copy holds ${rows} rows a table and what they reference: others may violate new constraints.`] : []),
    ...(unwatched ? ['Nobody watched from beside: a lock counts as held for the whole of its transaction.'] : []),
  ]
}
