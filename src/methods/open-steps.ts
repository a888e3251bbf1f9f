import type { OpenStep } from '../api.ts'
import type { Figures, Probe, Session } from '../dialects/dialect.ts'
import { filledSoFar, leaseHolder } from '../execute/execute.ts'
import type { WalkFigures } from '../ledger/ledger.ts'
import { readFigures, readOpen } from '../ledger/ledger.ts'
import type { EntryFact } from '../plan/input.ts'
import type { OpenPart, SplitPlan } from '../plan/open.ts'
import { openKey, splitOpen } from '../plan/open.ts'
import type { BackfillStep, PlanStep } from '../plan/plan.ts'
import type { App, Call } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'

/** What of a plan a start must wait for, and what may go on behind it. */
export function splitOf(app: App, call: Pick<Call, 'longSteps'>, seen: Survey): SplitPlan {
  const { plan, facts, live, target } = seen
  if (call.longSteps === 'inline') return { now: plan.steps, open: [] }
  return splitOpen({ steps: plan.steps, facts, live, target, defaultSchema: app.database.defaultSchema, known: new Set(readOpen(seen.probe.ledger?.state).keys()) })
}

/** The steps of a plan, with those marked that no start of this application would wait for. */
export function withOpenMarks(app: App, call: Pick<Call, 'longSteps'>, seen: Survey): readonly PlanStep[] {
  if (call.longSteps === 'wait') return seen.plan.steps
  const open = new Set(splitOf(app, call, seen).open.flatMap(({ steps }) => steps))
  return seen.plan.steps.map((step) => (open.has(step) ? { ...step, open: true } : step))
}

/** Steps whose rows have to be counted: what is open since an earlier start says by itself when it fails. */
export function newSteps(app: App, call: Pick<Call, 'longSteps'>, seen: Survey): readonly PlanStep[] {
  const records = readOpen(seen.probe.ledger?.state)
  const old = splitOf(app, call, seen).open.filter(({ keys }) => keys.some((key) => records.has(key))).flatMap(({ steps }) => steps)
  return seen.plan.steps.filter((step) => !old.includes(step))
}

/** One part that is open, with those who work on it. */
export interface OpenLook {
  readonly part: OpenPart
  /** By key; `null` where nobody does. */
  readonly holders: ReadonlyMap<string, string | null>
  readonly isHeld: boolean
}

/** Asks who works on each part. */
export async function lookAtOpen(app: App, session: Session, parts: readonly OpenPart[]): Promise<readonly OpenLook[]> {
  const looks: OpenLook[] = []
  for (const part of parts) {
    const holders = new Map<string, string | null>()
    for (const key of part.keys) holders.set(key, await leaseHolder(app.dialect.lock, session, app.lockKey, key))
    looks.push({ part, holders, isHeld: [...holders.values()].some((holder) => holder !== null) })
  }
  return looks
}

/** What a report and `status` tell of them. */
export function openSteps(looks: readonly OpenLook[], probe: Probe, facts: readonly EntryFact[]): readonly OpenStep[] {
  return looks.flatMap(({ part, holders }) => part.keys.map((key) => openStep(key, part.steps, holders.get(key) ?? null, probe, facts)))
}

function openStep(key: string, steps: readonly PlanStep[], owner: string | null, { ledger }: Probe, facts: readonly EntryFact[]): OpenStep {
  const record = readOpen(ledger?.state).get(key)
  const own = steps.filter((step) => openKey(step) === key)
  const step = own.find((one) => one.long) ?? own[0]
  const last = record === undefined || record.state === 'running' ? 'open' : record.state
  return {
    id: key, title: step?.title ?? record?.title ?? key, ...(step?.entry !== undefined && { entry: step.entry }),
    state: owner === null ? last : 'running', owner, since: record?.since ?? null, error: owner === null ? (record?.error ?? null) : null,
    progress: step?.kind === 'backfill' ? rowsOf(step, owner === null ? null : readFigures(ledger?.state, key), ledger?.state, facts) : null,
  }
}

/** The place of a walk commits with its rows; how fast it goes only whoever works on it knows. */
function rowsOf(step: BackfillStep, figures: WalkFigures | null, state: Readonly<Record<string, string>> | undefined, facts: readonly EntryFact[]): OpenStep['progress'] {
  const recorded = facts.find((fact) => fact.entry.id === step.entry)?.recorded
  const done = step.fill === undefined ? (recorded?.rows ?? 0) : filledSoFar(state, step.fill)
  if (done === 0) return null
  return {
    done, unit: 'rows', ...(figures?.of !== undefined && { of: Math.max(figures.of, done) }),
    ...(figures?.rate !== undefined && { rate: figures.rate }), ...(figures?.remaining !== undefined && { remaining: figures.remaining }),
  }
}

/** Milliseconds for the server to tell how far something is. */
const TELLS_WITHIN = 1_000

/** Adds what the server tells of work that the ledger has no figures of. */
export async function withFigures(app: App, steps: readonly OpenStep[], probe: Probe): Promise<readonly OpenStep[]> {
  const records = readOpen(probe.ledger?.state)
  const asked = steps.map(async (step): Promise<OpenStep> => {
    const backend = records.get(step.id)?.backend ?? null
    const figures = step.state !== 'running' || step.progress !== null || backend === null ? null : await figuresOf(app, backend)
    return figures === null ? step : { ...step, progress: { done: figures.done, of: figures.of, unit: figures.unit, phase: figures.phase } }
  })
  return Promise.all(asked)
}

function figuresOf(app: App, backend: number): Promise<Figures | null> {
  return new Promise((resolve) => {
    let end = (): void => {}
    const timer = setTimeout(() => finish(null), TELLS_WITHIN)
    const finish = (figures: Figures | null): void => {
      clearTimeout(timer)
      end()
      resolve(figures)
    }
    const stop = app.dialect.watch?.(backend, TELLS_WITHIN, finish)
    if (stop === undefined) finish(null)
    else end = stop
  })
}
