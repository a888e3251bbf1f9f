import type { Report } from '../api.ts'
import type { HeldLock } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import { acquireLock, leaseHolder, leaseKey, writeJournal } from '../execute/execute.ts'
import { PARKED, openStateKey, readOpen } from '../ledger/ledger.ts'
import type { OpenPart } from '../plan/open.ts'
import { stateOf } from '../plan/state.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import type { Survey } from '../survey/survey.ts'
import { survey } from '../survey/survey.ts'
import { refuseViolations } from '../survey/violations.ts'
import { carryOut, executionOf, notVerified, withSteps } from './carry-out.ts'
import { goOn } from './go-on.ts'
import { ledgerStatements, openRun } from './ledger-setup.ts'
import { lookAtOpen, newSteps, openSteps, splitOf } from './open-steps.ts'
import type { Taken } from './open-work.ts'
import { letGo, recordOpen, takeFree, workOn } from './open-work.ts'
import { refuseAbove, refuseStale } from './refusals.ts'
import { pairOf, remember } from './remember.ts'
import { look, lookToRemember } from './session.ts'
import type { Start } from './start.ts'
import { judge, lastWords, settled } from './start.ts'

/** What a start that waits has to wait for once it has let go of the starters' lock. */
interface Awaited {
  readonly parts: readonly OpenPart[]
  /** Those that it works on itself. */
  readonly taken: readonly Taken[]
  readonly seen: Survey
}

/**
 * Does what is to do. The starters' lock covers what the code relies on and all that is instant; long steps come after it,
 * each under its own lease, so that nobody waits for them who does not want to.
 */
export async function changeUnderLock(start: Start): Promise<Report> {
  for (;;) {
    const result = await underLock(start)
    if ('outcome' in result) return result
    await workAndWait(start, result)
  }
}

async function underLock(start: Start): Promise<Report | Awaited> {
  const { app, call, session } = start
  const { lock, waited } = await acquireLock(app.dialect.lock, session, {
    key: app.lockKey, patience: call.waitForLock, signal: call.signal,
    onWait: (holder, elapsed) => {
      app.logger.info(`Waiting for another start to finish (${holder ?? 'its session cannot be seen by this role'}), ${Math.round(elapsed / 1000)} s so far.`)
      call.onProgress({ event: 'waiting', title: holder ?? 'another start', elapsed })
    },
  })
  start.waited += waited
  let released = false
  try {
    const result = await change(start, lock)
    released = await lock.release()
    if (!released) app.logger.warn("The starters' lock was not held any more at the end. If a connection pooler stands between, give trueup a direct connection.")
    return result
  } finally {
    if (!released) await lock.release()
  }
}

/** Everything is read again once the lock is held: another starter may have done all of it. */
async function change(start: Start, lock: HeldLock): Promise<Report | Awaited> {
  const { app, call, session } = start
  const isFirst = start.run === null
  const probe = await look(app, session)
  const unknown = await judge(app, call, probe)
  const early = isFirst ? await settled(start, probe, unknown) : null
  if (early !== null) return early
  const seen = await survey(app, call, session, probe, { created: start.tally.created, run: start.run?.id, countsLost: isFirst })
  const { now } = splitOf(app, call, seen)
  const isOnlyOpen = now.length === 0 && seen.plan.adopt.length === 0
  if (isOnlyOpen && seen.plan.steps.length === 0 && start.run === null) {
    await remember(app, session, seen, start.fingerprint, lock)
    return lastWords(app, start.report(seen, []), seen.facts, unknown)
  }
  if (call.onlyOpen === true && !isOnlyOpen) return start.report(seen, [])
  if (isFirst && !isOnlyOpen) {
    refuseStale(call, seen)
    refuseAbove(call, seen)
  }
  // Under the lock: of many that start at once, one goes over the rows.
  if (isFirst) await refuseViolations(app, session, withSteps(seen, newSteps(app, call, seen)), start.tally.counted)
  try {
    const after = isOnlyOpen ? seen : await doNow(start, lock, seen)
    return await withOpen(start, lock, after, unknown)
  } catch (error) {
    await noteFailure(start, lock, seen, error)
    throw error
  }
}

/** @throws TrueupError `not-verified` when something that was to be done is still to do */
async function doNow(start: Start, lock: HeldLock, seen: Survey): Promise<Survey> {
  const { app, call, session, tally } = start
  const { journal } = start.run ?? start.write(await openRun(app, call, session, lock, seen.probe, 'apply'), seen)
  const execution = executionOf(app, call, session, lock, journal, seen)
  const last = await carryOut(app, call, execution, seen, tally, (now) => splitOf(app, call, now).now)
  const after = await survey(app, call, session, last, { created: tally.created, run: journal.run })
  const left = [...splitOf(app, call, after).now.map((step) => step.title), ...after.plan.adopt.map((item) => `record ${item.entry}`)]
  if (left.length > 0) throw notVerified(app, left)
  return after
}

/** Decides who does what is still open, records it, and ends what the lock has to cover. */
async function withOpen(start: Start, lock: HeldLock, seen: Survey, unknown: UnknownEntries): Promise<Report | Awaited> {
  const { app, call, session } = start
  const { open } = splitOf(app, call, seen)
  if (open.length === 0) {
    await finish(start, lock, seen, true)
    return ended(start, seen, [], unknown)
  }
  refuseStandstill(start, open)
  if (call.longSteps === 'wait') {
    const free = (await lookAtOpen(app, session, open)).filter(({ isHeld }) => !isHeld).map(({ part }) => part)
    const taken = await stillOpen(start, await takeFree(app, session, free))
    // Whoever had them has ended between the look and now: nothing of it is left for us.
    if (free.length > 0 && taken.length === 0) return { parts: [], taken, seen }
    await record(start, lock, seen, open, taken).catch((error: unknown) => letGo(taken).then(() => { throw error }))
    return { parts: open, taken, seen }
  }
  const isGoingOn = call.longSteps === 'background' && (await goOn(start, open, seen.probe, (taken) => record(start, lock, seen, open, taken)))
  if (call.longSteps === 'defer') await record(start, lock, seen, open, [])
  if (!isGoingOn) await finish(start, lock, seen, false)
  const now = await look(app, session)
  return ended(start, seen, openSteps(await lookAtOpen(app, session, open), now, seen.facts), unknown)
}

/** Lets go of what was done while its leases were taken. A start that has begun to write looks at each part again anyway. */
async function stillOpen(start: Start, taken: readonly Taken[]): Promise<readonly Taken[]> {
  const { app, call, session } = start
  if (taken.length === 0 || start.run !== null) return taken
  const seen = await survey(app, call, session, await look(app, session), { created: start.tally.created })
  const open = new Set(splitOf(app, call, seen).open.flatMap(({ keys }) => keys))
  const left = taken.filter(({ part }) => part.keys.some((key) => open.has(key)))
  await letGo(taken.filter((one) => !left.includes(one)))
  return left
}

/** Puts what is open into the ledger, under a run of its own where this start has not written yet. */
async function record(start: Start, lock: HeldLock, seen: Survey, open: readonly OpenPart[], taken: readonly Taken[]): Promise<void> {
  const { app, call, session } = start
  const { probe } = seen
  const mine = new Set(taken.flatMap(({ part }) => part.keys))
  if (taken.length > 0) start.run ??= start.write(await openRun(app, call, session, lock, probe, 'apply', mine), seen)
  const parked = (probe.ledger?.state[PARKED] ?? '') === '' ? [] : app.writer.state(PARKED, '')
  const statements = [...recordOpen(app, probe, open, taken, start.run?.id ?? null), ...parked]
  if (statements.length === 0) return
  const ledger = start.run === null ? await ledgerStatements(app, session, probe) : []
  await app.dialect.run(session, {
    step: { statements: [], transaction: true, locks: [] }, lockTimeout: call.lockTimeout, fence: lock.fence, journal: [...ledger, ...statements], defaultSchema: app.database.defaultSchema,
  })
}

/** Ends the run, and stores the pair when all is in line. Records of open steps that nobody asks for any more go. */
async function finish(start: Start, lock: HeldLock, seen: Survey, isInLine: boolean): Promise<void> {
  const { app, call, session, run } = start
  if (run === null) return
  const again = await lookToRemember(app, session)
  const state = again.probe.ledger?.state
  const wanted = new Set(splitOf(app, call, seen).open.flatMap(({ keys }) => keys))
  const stale: string[] = []
  for (const key of readOpen(state).keys()) {
    if (!wanted.has(key) && (await leaseHolder(app.dialect.lock, session, app.lockKey, key)) === null) stale.push(...app.writer.forgetState(openStateKey(key)))
  }
  await writeJournal(executionOf(app, call, session, lock, run.journal, seen), [
    ...(isInLine ? pairOf(app, seen, again, start.fingerprint) : []), ...stale, ...app.writer.finishRun(run.id, 'done', null),
    ...(state?.[PARKED] === undefined ? [] : app.writer.state(PARKED, '')),
  ])
}

function ended(start: Start, seen: Survey, open: Report['open'], unknown: UnknownEntries): Report {
  const report = start.report(seen, open)
  return lastWords(start.app, report, seen.facts.filter((fact) => stateOf(fact) === 'done' || report.adopted.includes(fact.entry.id)), unknown)
}

/** @throws TrueupError `not-verified` when what this start has done is asked for again */
function refuseStandstill({ app, worked }: Start, open: readonly OpenPart[]): void {
  const again = open.filter(({ keys }) => keys.every((key) => worked.has(key)))
  if (again.length > 0) throw notVerified(app, again.flatMap(({ steps }) => steps.map((step) => step.title)))
}

/** Works on the parts that this start has taken; where others have them all, waits until one of those is free. */
async function workAndWait(start: Start, { parts, taken, seen }: Awaited): Promise<void> {
  const { app, call, session, tally, run } = start
  if (taken.length === 0) return waitForOther(start, parts)
  if (run === null) throw new Error('open steps were taken without a run')
  try {
    await workOn({
      app, call, session, journal: run.journal, taken, tally,
      failed: (error) => {
        throw error
      },
    })
  } catch (error) {
    await noteFailure(start, NONE, seen, error)
    throw error
  }
  for (const { part } of taken) for (const key of part.keys) start.worked.add(key)
}

/** The end of a run is its own business, whoever holds which lock. */
const NONE: HeldLock = { fence: [], release: async () => true }

async function waitForOther(start: Start, parts: readonly OpenPart[]): Promise<void> {
  const { app, call, session } = start
  const [key] = parts[0]?.keys ?? []
  if (key === undefined) return
  // Only looks: who found the lease taken for a moment by one who waits would leave the step alone.
  const { lock: protocol } = app.dialect
  const { waited } = await acquireLock({ ...protocol, tryAcquire: async (own, name) => ((await protocol.holder(own, name)) === null ? NONE : null) }, session, {
    key: leaseKey(app.lockKey, key), patience: call.waitForLock, signal: call.signal,
    onWait: (holder, elapsed) => {
      app.logger.info(`Waiting for another start to finish (${holder ?? 'its session cannot be seen by this role'}) with ${parts[0]?.steps[0]?.title ?? key}, ${Math.round(elapsed / 1000)} s so far.`)
      call.onProgress({ event: 'waiting', title: holder ?? 'another start', elapsed })
    },
  })
  start.waited += waited
}

async function noteFailure(start: Start, lock: HeldLock, seen: Survey, error: unknown): Promise<void> {
  const { app, call, session, run } = start
  if (run === null) return
  const blocked = error instanceof TrueupError && error.code === 'table-lock-timeout'
  const parked = blocked || (error instanceof TrueupError && error.code === 'interrupted')
  const message = error instanceof Error ? error.message : String(error)
  try {
    await writeJournal(executionOf(app, call, session, lock, run.journal, seen), [...app.writer.finishRun(run.id, parked ? 'parked' : 'failed', message), ...(blocked ? app.writer.state(PARKED, message) : [])])
  } catch (second) {
    app.logger.debug?.(`The end of the run could not be recorded: ${app.dialect.failure(second).message}`)
  }
}
