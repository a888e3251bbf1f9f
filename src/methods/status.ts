import type { Check, EntryState, EntryStatus, PlanOptions, Status } from '../api.ts'
import type { LedgerEntryRow, Session } from '../dialects/dialect.ts'
import { PARKED } from '../ledger/ledger.ts'
import { lint } from '../lint/lint.ts'
import type { Demand } from '../plan/demands.ts'
import type { EntryFact } from '../plan/input.ts'
import { openKey } from '../plan/open.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import { stateOf } from '../plan/state.ts'
import { tablesAtWork, withPredictions } from '../plan/step-facts.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import { unknownEntries } from '../survey/ahead.ts'
import { readOthers, takenOver } from '../takeover/read.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { entryFacts } from '../survey/facts.ts'
import { countExtras } from '../survey/rows.ts'
import { survey } from '../survey/survey.ts'
import type { Survey } from '../survey/survey.ts'
import { describeUnknown, describeViolation, findViolations } from '../survey/violations.ts'
import { lookAtOpen, openSteps, splitOf, withFigures, withOpenMarks } from './open-steps.ts'
import { look, withSession } from './session.ts'

/** What a start would do. Takes no lock, changes nothing. */
export async function plan(app: App, options: PlanOptions = {}): Promise<Plan> {
  const call = makeCall(app.options, options)
  return withSession(app, call, async (session) => {
    const seen = await survey(app, call, session, await look(app, session), { countsLost: true })
    const steps = await withTimes(app, session, withOpenMarks(app, call, seen))
    return { ...seen.plan, steps, warnings: [...seen.plan.warnings, ...(await inTheWay(app, session, seen))] }
  })
}

/** How long the steps will take, by the server's own statistics and as fast as it reads now. */
async function withTimes(app: App, session: Session, steps: readonly PlanStep[]): Promise<readonly PlanStep[]> {
  const tables = tablesAtWork(steps)
  if (tables.length === 0 || app.dialect.measure === undefined) return steps
  return withPredictions(steps, await app.dialect.measure(session, tables))
}

/** Rows that would make a start refuse the plan, and where nobody knows of any. */
async function inTheWay(app: App, session: Session, seen: Survey): Promise<readonly string[]> {
  const unknown: Demand[] = []
  const found = await findViolations(app, session, seen, new Set(), unknown)
  const { defaultSchema } = app.database
  return [...found.map((violation) => `${describeViolation(violation, defaultSchema)} (error rows-violate)`), ...unknown.map((demand) => describeUnknown(demand, defaultSchema))]
}

/** Where every entry stands, and what a start would still do. */
export async function status(app: App): Promise<Status> {
  const call = makeCall(app.options)
  return withSession(app, call, async (session) => {
    const probe = await look(app, session)
    const unknown = unknownEntries(app, probe)
    const seen = unknown.ahead.length > 0 ? null : await survey(app, call, session, probe)
    const models = await app.declared()
    const facts = seen?.facts ?? entryFacts(app, models, call, probe)
    const entries = [...facts.map(entryStatus), ...unknownStatus(unknown)]
    const done = entries.filter((entry) => DONE.has(entry.state))
    const undone = entries.filter((entry) => entry.state === 'pending' || entry.state === 'running' || entry.state === 'failed')
    const isInSync = seen !== null && inSync(seen.plan) && entries.every((entry) => entry.state !== 'changed')
    const parked = probe.ledger?.state[PARKED] ?? ''
    const open = seen === null ? [] : await openOf(app, session, seen)
    const isOpen = new Set(open.map(({ id }) => id))
    const missing = (seen?.plan.steps ?? []).filter((step) => step.entry === undefined && (step.claims ?? []).length === 0 && !isOpen.has(openKey(step)))
    return {
      address: app.database.address,
      entries,
      total: entries.length,
      applied: done.length,
      pending: undone.length,
      open,
      missing: missing.map(({ title, class: one }) => ({ title, class: one })),
      notAllowed: seen?.plan.pending ?? [],
      drift: seen?.plan.drift ?? [],
      unmanaged: seen?.live.unmanaged ?? [],
      others: (await readOthers(session, app.dialect, models.scope)).map((ledger) => ({ ...ledger, takenOver: takenOver(ledger, probe.ledger?.state) })),
      inSync: isInSync,
      lockedBy: await app.dialect.lock.holder(session, app.lockKey),
      parked: isInSync || parked === '' ? null : parked,
    }
  })
}

/** What a start would not wait for, whoever works on it. */
async function openOf(app: App, session: Session, seen: Survey): Promise<Status['open']> {
  // Whatever this application does itself, others may leave steps open.
  const { open } = splitOf(app, { longSteps: makeCall(app.options).longSteps === 'inline' ? 'inline' : 'background' }, seen)
  return withFigures(app, openSteps(await lookAtOpen(app, session, open), seen.probe, seen.facts), seen.probe)
}

const DONE: ReadonlySet<EntryState> = new Set(['applied', 'adopted', 'not-needed', 'baselined'])

/** Whether a start would find nothing to do, what differs, and what the rules say. */
export async function check(app: App): Promise<Check> {
  const call = makeCall(app.options)
  return withSession(app, call, async (session) => {
    const probe = await look(app, session)
    const seen = await survey(app, call, session, probe)
    const drift = await countExtras(app, session, seen.live, seen.target, seen.plan.drift)
    const unknown = unknownEntries(app, probe)
    const pending = [
      ...seen.plan.steps.map((step) => ({ title: step.title, because: 'A start would do it.', ...(step.entry !== undefined && { entry: step.entry }) })),
      ...seen.plan.adopt.map((item) => ({ title: `record entry ${item.entry} as ${item.state}`, entry: item.entry, because: item.because })),
      ...(await findViolations(app, session, seen)).map((violation) => ({ title: violation.demand.title, because: describeViolation(violation, app.database.defaultSchema), hint: 'Correct the rows, or write an entry that does it.' })),
      ...seen.plan.pending.map((item) => ({ title: item.title, because: item.because, hint: item.allow, ...(item.entry !== undefined && { entry: item.entry }) })),
    ]
    // Loaded here alone: a start asks no rule, and shall not read them.
    const { lintSteps } = await import('../lint/steps.ts')
    const steps = lintSteps(seen.plan, app.options.lint?.rules, (id) => seen.facts.find(({ entry }) => entry.id === id)?.entry.entry.allow)
    const diagnostics = [...steps, ...lint({ plan: { ...seen.plan, drift }, facts: seen.facts, orphaned: unknown.orphaned.map((row) => row.id) }, app.options.lint?.rules ?? {})]
    return { inSync: inSync(seen.plan) && !diagnostics.some((item) => item.severity === 'error'), pending, drift, diagnostics, unmanaged: seen.live.unmanaged }
  })
}

function inSync(made: Plan): boolean {
  return made.steps.length === 0 && made.adopt.length === 0 && made.pending.length === 0 && made.drift.every((item) => item.kind === 'extra' || item.kind === 'incomparable')
}

function entryStatus(fact: EntryFact): EntryStatus {
  const { entry, recorded } = fact
  const state = stateOf(fact)
  const shown: EntryState = state === 'pending' && (recorded?.state === 'failed' || recorded?.state === 'running') ? (recorded.state as EntryState) : state === 'done' ? (recorded?.state as EntryState) : (state as EntryState)
  return {
    id: entry.id, kind: entry.kind, state: shown, description: entry.description, at: recorded?.at ?? null, error: recorded?.error ?? null,
    rows: entry.kind === 'backfill' ? (recorded?.rows ?? null) : null,
  }
}

function unknownStatus(unknown: UnknownEntries): readonly EntryStatus[] {
  const one = (state: EntryState) => (row: LedgerEntryRow): EntryStatus => ({ id: row.id, kind: 'unknown', state, description: row.description, at: row.at, error: row.error, rows: null })
  return [...unknown.ahead.map(one('ahead')), ...unknown.orphaned.map(one('orphaned'))]
}
