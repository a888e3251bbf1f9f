import type { ApplyOptions, Report, StepReport } from '../api.ts'
import { STEP_CLASSES } from '../dialects/dialect.ts'
import type { HeldLock, Probe, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import { execute, Journal, acquireLock, stopIfAborted, writeJournal } from '../execute/execute.ts'
import type { Execution } from '../execute/execute.ts'
import type { Demand } from '../plan/demands.ts'
import type { PlanStep } from '../plan/plan.ts'
import { stateOf } from '../plan/state.ts'
import type { App, Call } from '../survey/context.ts'
import { callFingerprint, makeCall } from '../survey/context.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import { judgeAhead, unknownEntries } from '../survey/ahead.ts'
import { askCheck, entryFacts, refuseChanged } from '../survey/facts.ts'
import type { Survey } from '../survey/survey.ts'
import { survey } from '../survey/survey.ts'
import { PARKED } from '../ledger/ledger.ts'
import { ledgerStatements, openRun } from './ledger-setup.ts'
import { deferredDemands, refuseViolations } from '../survey/violations.ts'
import { LINES, emptyReport, tellLeft, tellSkipped } from './report.ts'
import { requireRights } from './rights.ts'
import { look, unmoved, withSession } from './session.ts'

/** Brings the database into line: look, plan, and only where something is to do: lock, look again, execute, verify. */
export async function applyMigrations(app: App, options: ApplyOptions = {}): Promise<Report> {
  const call = makeCall(app.options, options)
  const began = Date.now()
  if (call.mode === 'off') return emptyReport('off', began)
  refuseUnconfirmed(call)
  stopIfAborted(call.signal)
  app.logger.info(LINES.begin)
  app.logger.info(LINES.tables)
  const report = await withSession(app, call, async (session) => {
    const early = await unmoved(app, call, session, (probe) => firstLook(app, call, session, probe, began))
    return early ?? changeUnderLock(app, call, session, await callFingerprint(await app.declared(), call), began)
  })
  app.logger.info(LINES.done)
  return report
}

/** All that is decided without the lock: `null` when there is work, and it may be done. */
async function firstLook(app: App, call: Call, session: Session, probe: Probe, began: number): Promise<Report | null> {
  const fingerprint = await callFingerprint(await app.declared(), call)
  const judged = await judge(app, call, probe)
  const early = await settled(app, call, probe, fingerprint, judged, began)
  if (early !== null) return early
  const seen = await survey(app, call, session, probe)
  if (isDone(seen)) return nothingToDo(app, call, session, seen, fingerprint, judged, began)
  if (call.mode === 'verify') throw refuseToChange(app, seen)
  refuseReadOnly(app, seen)
  refuseAbove(call, seen)
  await requireRights(app, session, seen)
  await refuseViolations(app, session, seen)
  return null
}

function refuseUnconfirmed(call: Call): void {
  if (call.allow !== 'destructive' || call.confirm !== null) return
  throw new TrueupError('plan-refused', "allow: 'destructive' needs confirm: the hash of a plan that was made for exactly this database.", {
    hint: "Call plan({ allow: 'destructive' }), read it, and pass its hash: applyMigrations({ allow: 'destructive', confirm: plan.hash }).",
  })
}

/** What the ledger alone tells: entries of other builds, and entries that changed. */
async function judge(app: App, call: Call, probe: Probe): Promise<UnknownEntries> {
  if (probe.readOnly && probe.ledger === null) return { ahead: [], orphaned: [] }
  const unknown = unknownEntries(app, probe)
  judgeAhead(app, call, probe, unknown)
  if (unknown.ahead.length === 0) refuseChanged(app, entryFacts(app, await app.declared(), call, probe))
  return unknown
}

/** The fast path: the ledger has seen this code beside this very schema, or a newer build is in charge. */
async function settled(app: App, call: Call, probe: Probe, fingerprint: string, unknown: UnknownEntries, began: number): Promise<Report | null> {
  const facts = entryFacts(app, await app.declared(), call, probe)
  const known = probe.ledger?.pairs.some((pair) => pair.fingerprint === fingerprint && pair.digest === probe.digest) === true
  const open = facts.some((fact) => stateOf(fact) === 'pending')
  if (unknown.ahead.length === 0 && (!known || open)) return null
  const ahead = unknown.ahead.map((row) => row.id)
  if (ahead.length > 0) app.logger.warn(`The database is ahead of this build: it knows ${ahead.join(', ')}. Nothing is changed.`)
  return close(app, { ...emptyReport(call.mode === 'verify' ? 'verified' : 'current', began), held: heldOf(facts), ahead }, facts, unknown)
}

const heldOf = (facts: Survey['facts']): readonly string[] => facts.filter((fact) => stateOf(fact) === 'held').map((fact) => fact.entry.id)

const isDone = (seen: Survey): boolean => seen.plan.steps.length === 0 && seen.plan.adopt.length === 0

/** The last lines of the original, and what is left undone. */
function close(app: App, report: Report, facts: Survey['facts'], unknown: UnknownEntries): Report {
  app.logger.info(LINES.tablesDone)
  app.logger.info(LINES.entries)
  tellSkipped(app, facts, new Set(report.adopted))
  tellLeft(app, report, unknown.orphaned.map((row) => row.id))
  return { ...report, duration: report.duration }
}

async function nothingToDo(app: App, call: Call, session: Session, seen: Survey, fingerprint: string, unknown: UnknownEntries, began: number, held?: HeldLock): Promise<Report> {
  if (call.mode === 'apply') await remember(app, session, seen, fingerprint, held)
  const report = { ...emptyReport(call.mode === 'verify' ? 'verified' : 'current', began), pending: seen.plan.pending, drift: seen.plan.drift, held: heldOf(seen.facts) }
  return close(app, report, seen.facts, unknown)
}

/**
 * Stores that this code fits this schema, so that the next start is one round trip, and closes the run of a start that died
 * when all was done. Makes the ledger where there is none: a database that was in line from the beginning would be read whole
 * at every start. Best effort: a role that may not write starts all the same. Under the lock, because only there whoever is
 * down as running is known to be dead.
 */
async function remember(app: App, session: Session, seen: Survey, fingerprint: string, held?: HeldLock): Promise<void> {
  if (!isClean(seen) || seen.probe.readOnly || seen.probe.ledgerProblem !== undefined) return
  let lock: HeldLock | null = null
  try {
    if (seen.probe.ledger === null && !(await mayCreateLedger(app, session))) return
    lock = held ?? (await app.dialect.lock.tryAcquire(session, app.lockKey))
    if (lock === null) return
    const again = await look(app, session)
    const pair = pairOf(app, seen, again, fingerprint)
    if (pair.length === 0 || again.ledgerProblem !== undefined) return
    const journal = [...ledgerStatements(app, session, again), ...pair]
    await app.dialect.run(session, { step: { statements: [], transaction: true, locks: [] }, lockTimeout: 50, fence: lock.fence, journal, defaultSchema: app.database.defaultSchema })
  } catch (error) {
    const failure = app.dialect.failure(error)
    if (failure.kind === 'connection') throw error
    app.logger.debug?.(`The fast path was not stored: ${failure.message}`)
  } finally {
    if (held === undefined) await lock?.release()
  }
}

/** Asked first, so that a role without the right does not leave an error in the server's log at every start. */
async function mayCreateLedger(app: App, session: Session): Promise<boolean> {
  return (await app.dialect.missingRights(session, [{ right: 'create-in-schema', schema: app.ledger.schema }])).length === 0
}

/** The statements that store fingerprint and digest together. None while something is pending or drifts, every start shall say so, or when something moved since. */
function pairOf(app: App, seen: Survey, again: Probe, fingerprint: string): readonly string[] {
  return isClean(seen) && again.digest === seen.probe.digest ? app.writer.pair(fingerprint, again.digest) : []
}

const isClean = ({ plan }: Survey): boolean => plan.pending.length === 0 && plan.drift.every((item) => item.kind === 'extra' || item.kind === 'incomparable')

function refuseToChange(app: App, seen: Survey): TrueupError {
  const titles = [...seen.plan.steps.map((step) => step.title), ...seen.plan.adopt.map((item) => `record entry ${item.entry} as ${item.state}`)]
  return new TrueupError('verify-failed', `${app.database.address} is not in line, and mode 'verify' changes nothing. To do:\n${titles.map((title) => `  - ${title}`).join('\n')}`, {
    hint: 'Run `trueup apply` with a role that may change the schema, then start again.',
  })
}

function refuseReadOnly(app: App, seen: Survey): void {
  if (!seen.probe.readOnly) return
  throw new TrueupError('read-only-database', `${app.database.address} is read-only, and ${seen.plan.steps.length + seen.plan.adopt.length} steps are to be done.`, {
    hint: 'Start once against the primary, or with a role and a transaction mode that may write. Nothing was changed.',
  })
}

async function changeUnderLock(app: App, call: Call, session: Session, fingerprint: string, began: number): Promise<Report> {
  const { lock, waited } = await acquireLock(app.dialect.lock, session, {
    key: app.lockKey, patience: call.waitForLock, signal: call.signal,
    onWait: (holder, elapsed) => {
      app.logger.info(`Waiting for another start to finish (${holder ?? 'its session cannot be seen by this role'}), ${Math.round(elapsed / 1000)} s so far.`)
      call.onProgress({ event: 'waiting', title: holder ?? 'another start', elapsed })
    },
  })
  let released = false
  try {
    const report = await change(app, call, session, lock, { fingerprint, began, waited })
    released = await lock.release()
    if (!released) app.logger.warn("The starters' lock was not held any more at the end. If a connection pooler stands between, give trueup a direct connection.")
    return report
  } finally {
    if (!released) await lock.release()
  }
}

interface Timing {
  readonly fingerprint: string
  readonly began: number
  readonly waited: number
}

/** Everything is read again once the lock is held: another starter may have done all of it. */
async function change(app: App, call: Call, session: Session, lock: HeldLock, timing: Timing): Promise<Report> {
  const probe = await look(app, session)
  const unknown = await judge(app, call, probe)
  const early = await settled(app, call, probe, timing.fingerprint, unknown, timing.began)
  if (early !== null) return { ...early, waited: timing.waited }
  const seen = await survey(app, call, session, probe)
  if (isDone(seen)) return { ...(await nothingToDo(app, call, session, seen, timing.fingerprint, unknown, timing.began, lock)), waited: timing.waited }
  refuseStale(call, seen)
  refuseAbove(call, seen)
  const run = await openRun(app, call, session, lock, probe, 'apply')
  const journal = new Journal(run, app.writer, app.dialect.writer, seen.facts)
  const execution = executionOf(app, call, session, lock, journal, seen)
  try {
    const done = await carryOut(app, call, execution, seen)
    const after = await verify(app, call, session, done.created, done.last)
    await writeJournal(execution, [...pairOf(app, after, await look(app, session), timing.fingerprint), ...app.writer.finishRun(run, 'done', null), ...(probe.ledger?.state[PARKED] === undefined ? [] : app.writer.state(PARKED, ''))])
    const report: Report = {
      outcome: 'applied', run, steps: done.reports, ...outcomes(done), pending: after.plan.pending, drift: after.plan.drift, held: heldOf(after.facts), ahead: [],
      waited: timing.waited, duration: Date.now() - timing.began,
    }
    return close(app, report, seen.facts.filter((fact) => stateOf(fact) === 'done' || report.adopted.includes(fact.entry.id)), unknown)
  } catch (error) {
    await noteFailure(app, execution, run, error)
    throw error
  }
}

function refuseStale(call: Call, seen: Survey): void {
  if (call.confirm === null || call.confirm === seen.plan.hash) return
  throw new TrueupError('plan-stale', `The plan that was confirmed (${call.confirm}) is not the plan for this database now (${seen.plan.hash}): the database, the models or the rows that would go have changed.`, {
    hint: 'Make the plan again, read it, and confirm its hash. Nothing was changed.',
  })
}

/** `strict`: an entry is its author's word, but not one that may do more than the start is allowed. */
function refuseAbove(call: Call, seen: Survey): void {
  if (!call.strict) return
  const above = seen.plan.steps.filter((step) => step.entry !== undefined && STEP_CLASSES.indexOf(step.class) > STEP_CLASSES.indexOf(call.allow))
  if (above.length === 0) return
  throw new TrueupError('plan-refused', `${above.length === 1 ? 'An entry does' : `${above.length} entries do`} more than the start is allowed (${call.allow}), and it is strict. Nothing was changed.`, {
    problems: above.map((step) => ({ subject: `entry ${step.entry}`, message: `${step.title} is ${step.class}.`, hint: `Run it on its own at a time when that may happen: trueup apply --allow ${step.class}.` })),
    hint: 'Take strict away, or allow the class for one call.',
  })
}

function executionOf(app: App, call: Call, session: Session, lock: HeldLock, journal: Journal, seen: Survey): Execution {
  return {
    dialect: app.dialect, session, lock, journal, facts: new Map(seen.facts.map((fact) => [fact.entry.id, fact])), target: seen.target,
    defaultSchema: app.database.defaultSchema, lockTimeout: call.lockTimeout, lockPatience: Math.min(call.waitForLock, 60_000), signal: call.signal, logger: app.logger,
    onProgress: call.onProgress, askCheck: (check) => askCheck(app, session, check),
  }
}

interface CarriedOut {
  readonly reports: readonly StepReport[]
  readonly applied: readonly string[]
  readonly adopted: readonly string[]
  readonly notNeeded: readonly string[]
  readonly created: ReadonlySet<string>
  readonly last: Probe
}

const outcomes = ({ applied, adopted, notNeeded }: CarriedOut): Pick<Report, 'applied' | 'adopted' | 'notNeeded'> => ({ applied, adopted, notNeeded })

/**
 * Runs the plan. After renames and entries that only running them shows, what follows is planned again on what is there
 * then; everything before it is carried out as printed.
 */
async function carryOut(app: App, call: Call, execution: Execution, first: Survey): Promise<CarriedOut> {
  const { journal, session } = execution
  const reports: StepReport[] = []
  const adopted = new Set<string>()
  const notNeeded = new Set<string>()
  const applied = new Set<string>()
  const created = new Set<string>()
  let seen = first
  for (let round = 0; ; round += 1) {
    for (const key of seen.creates) created.add(key)
    await recordAdopted(execution, seen, adopted, notNeeded)
    // What an entry may have mended is counted after it ran, and before the first constraint is asked for.
    if (round > 0) await refuseViolations(app, session, seen)
    const steps = beforeDeferred(untilOpaque(seen.plan.steps), deferredDemands(seen, app.database.defaultSchema))
    const done = await execute({ ...execution, target: seen.target, facts: new Map(seen.facts.map((fact) => [fact.entry.id, fact])) }, steps)
    reports.push(...done.reports)
    done.adopted.forEach((id) => adopted.add(id))
    steps.flatMap((step) => [...(step.claims ?? []), ...(step.entry === undefined || done.adopted.includes(step.entry) ? [] : [step.entry])]).forEach((id) => applied.add(id))
    const last = await look(app, session)
    if (steps.length === seen.plan.steps.length) return { reports, applied: [...applied], adopted: [...adopted], notNeeded: [...notNeeded], created, last }
    const next = await survey(app, { ...call, confirm: null }, session, last, { created })
    if (round > app.registry.entries.length + 2) throw new Error(`the plan does not end: ${next.plan.steps.map((step) => step.title).join(', ')}; run ${journal.run}`)
    seen = next
  }
}

/** Entries that need nothing done are recorded before anything else: a run that dies later must not forget that they were fresh. */
async function recordAdopted(execution: Execution, seen: Survey, adopted: Set<string>, notNeeded: Set<string>): Promise<void> {
  if (seen.plan.adopt.length === 0) return
  await writeJournal(execution, seen.plan.adopt.flatMap(({ entry, state }) => execution.journal.entry(entry, state)))
  for (const { entry, state } of seen.plan.adopt) (state === 'adopted' ? adopted : notNeeded).add(entry)
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

/** @throws TrueupError `not-verified` when something that was to be done is still to do */
async function verify(app: App, call: Call, session: Session, created: ReadonlySet<string>, last: Probe): Promise<Survey> {
  const after = await survey(app, call, session, last, { created })
  if (isDone(after)) return after
  const left = [...after.plan.steps.map((step) => step.title), ...after.plan.adopt.map((item) => `record ${item.entry}`)]
  throw new TrueupError('not-verified', `Everything was carried out, but reading ${app.database.address} back shows that this is still to do:\n${left.map((title) => `  - ${title}`).join('\n')}`, {
    hint: 'Something else changed the schema at the same time, or an entry undid what the models ask for. Start again; if it comes back, look at the entries of this run in `trueup history`.',
    details: { left },
  })
}

async function noteFailure(app: App, execution: Execution, run: string, error: unknown): Promise<void> {
  const blocked = error instanceof TrueupError && error.code === 'table-lock-timeout'
  const parked = blocked || (error instanceof TrueupError && error.code === 'interrupted')
  const message = error instanceof Error ? error.message : String(error)
  try {
    await writeJournal(execution, [...app.writer.finishRun(run, parked ? 'parked' : 'failed', message), ...(blocked ? app.writer.state(PARKED, message) : [])])
  } catch (second) {
    app.logger.debug?.(`The end of the run could not be recorded: ${app.dialect.failure(second).message}`)
  }
}
