import type { Check, EntryState, EntryStatus, PlanOptions, Status } from '../api.ts'
import type { LedgerEntryRow } from '../dialects/dialect.ts'
import { lint } from '../lint/lint.ts'
import type { EntryFact } from '../plan/input.ts'
import type { Plan } from '../plan/plan.ts'
import { stateOf } from '../plan/state.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import { unknownEntries } from '../survey/ahead.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { entryFacts } from '../survey/facts.ts'
import { countExtras } from '../survey/rows.ts'
import { survey } from '../survey/survey.ts'
import { look, withSession } from './session.ts'

/** What a start would do. Takes no lock, changes nothing. */
export async function plan(app: App, options: PlanOptions = {}): Promise<Plan> {
  const call = makeCall(app.options, options)
  return withSession(app, call, async (session) => (await survey(app, call, session, await look(app, session))).plan)
}

/** Where every entry stands, and what a start would still do. */
export async function status(app: App): Promise<Status> {
  const call = makeCall(app.options)
  return withSession(app, call, async (session) => {
    const probe = await look(app, session)
    const unknown = unknownEntries(app, probe)
    const seen = unknown.ahead.length > 0 ? null : await survey(app, call, session, probe)
    const facts = seen?.facts ?? entryFacts(app, await app.declared(), call, probe)
    const entries = [...facts.map(entryStatus), ...unknownStatus(unknown)]
    const done = entries.filter((entry) => DONE.has(entry.state))
    const open = entries.filter((entry) => entry.state === 'pending' || entry.state === 'running' || entry.state === 'failed')
    const missing = (seen?.plan.steps ?? []).filter((step) => step.entry === undefined && (step.claims ?? []).length === 0)
    return {
      address: app.database.address,
      entries,
      total: entries.length,
      applied: done.length,
      pending: open.length,
      missing: missing.map(({ title, class: one }) => ({ title, class: one })),
      notAllowed: seen?.plan.pending ?? [],
      drift: seen?.plan.drift ?? [],
      unmanaged: (seen?.live.unmanaged ?? []).map(({ kind, name, because }) => ({ kind, name, because })),
      inSync: seen !== null && inSync(seen.plan) && entries.every((entry) => entry.state !== 'changed'),
      lockedBy: await app.dialect.lock.holder(session, app.lockKey),
    }
  })
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
      ...seen.plan.pending.map((item) => ({ title: item.title, because: item.because, hint: item.allow, ...(item.entry !== undefined && { entry: item.entry }) })),
    ]
    const diagnostics = lint({ plan: { ...seen.plan, drift }, facts: seen.facts, orphaned: unknown.orphaned.map((row) => row.id) }, app.options.rules ?? {})
    return { inSync: inSync(seen.plan) && !diagnostics.some((item) => item.severity === 'error'), pending, drift, diagnostics }
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
