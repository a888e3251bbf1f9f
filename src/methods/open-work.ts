import type { HeldLock, Probe, Session } from '../dialects/dialect.ts'
import { isTrueupError } from '../errors.ts'
import type { Execution, Journal } from '../execute/execute.ts'
import { stopIfAborted, takeLeases, writeJournal } from '../execute/execute.ts'
import type { OpenRecord } from '../ledger/ledger.ts'
import { openStateKey, readOpen } from '../ledger/ledger.ts'
import type { OpenPart } from '../plan/open.ts'
import { openKey } from '../plan/open.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { App, Call } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'
import { survey } from '../survey/survey.ts'
import { refuseViolations } from '../survey/violations.ts'
import type { Tally } from './carry-out.ts'
import { carryOut, executionOf, notVerified, withSteps } from './carry-out.ts'
import { splitOf } from './open-steps.ts'
import { look } from './session.ts'

/** A part whose leases this process holds. */
export interface Taken {
  readonly part: OpenPart
  readonly lease: HeldLock
}

/** Takes the leases of those parts that nobody works on. */
export async function takeFree(app: App, session: Session, parts: readonly OpenPart[]): Promise<readonly Taken[]> {
  const taken: Taken[] = []
  try {
    for (const part of parts) {
      const lease = await takeLeases(app.dialect.lock, session, app.lockKey, part.keys)
      if (lease !== null) taken.push({ part, lease })
    }
  } catch (error) {
    await letGo(taken)
    throw error
  }
  return taken
}

export async function letGo(taken: readonly Taken[]): Promise<void> {
  for (const { lease } of taken) await lease.release()
}

/** The statements that record what is open: those of `taken` as worked on by this run. */
export function recordOpen(app: App, probe: Probe, parts: readonly OpenPart[], taken: readonly Taken[], run: string | null): readonly string[] {
  const records = readOpen(probe.ledger?.state)
  const mine = new Map(taken.flatMap(({ part, lease }) => part.keys.map((key) => [key, lease] as const)))
  return parts.flatMap(({ keys, steps }) => keys.flatMap((key) => {
    const known = records.get(key)
    const lease = mine.get(key)
    if (known !== undefined && lease === undefined) return []
    const own = steps.filter((step) => openKey(step) === key)
    const step = own.find((one) => one.long) ?? own[0]
    const record: OpenRecord = {
      key, title: step?.title ?? key, entry: step?.entry ?? null, since: known?.since ?? probe.serverTime, run: lease === undefined ? null : run,
      backend: lease?.backend ?? null, state: lease === undefined ? 'open' : 'running', error: null,
    }
    return app.writer.state(openStateKey(key), JSON.stringify(record))
  }))
}

export interface OpenWork {
  readonly app: App
  readonly call: Call
  readonly session: Session
  readonly journal: Journal
  readonly taken: readonly Taken[]
  readonly tally: Tally
  /** Told of each part that failed or was parked; throws when the rest shall not be tried. */
  readonly failed: (error: unknown, part: OpenPart) => void
  /** Told before each step. */
  readonly begins?: (step: PlanStep, lease: HeldLock) => void
}

/**
 * Works on parts one after the other, each under its own leases: what is to do is looked at again once they are held, because
 * whoever held them before may have done it.
 */
export async function workOn(work: OpenWork): Promise<void> {
  const { app, call, session, taken } = work
  const left = [...taken]
  try {
    for (let next = left[0]; next !== undefined; next = left[0]) {
      try {
        stopIfAborted(call.signal)
        const seen = await survey(app, call, session, await look(app, session))
        await workOnPart(work, next, seen)
      } catch (error) {
        await noteFailure(work, next, error)
        work.failed(error, next.part)
      } finally {
        left.shift()
        await next.lease.release()
      }
    }
  } finally {
    await letGo(left)
  }
}

async function workOnPart(work: OpenWork, { part, lease }: Taken, seen: Survey): Promise<void> {
  const { app, call, session, journal, tally } = work
  const mine = new Set(part.keys)
  const choose = (now: Survey): readonly PlanStep[] => stepsOf(app, call, now, mine)
  const chosen: PlanStep[] = []
  const steps = choose(seen)
  const execution = told(work, executionOf(app, call, session, lease, journal, seen), chosen, lease)
  if (steps.length > 0) {
    await refuseViolations(app, session, withSteps(seen, steps), tally.counted)
    const last = await carryOut(app, call, execution, withoutAdopted(seen), tally, (now) => {
      chosen.push(...choose(now))
      return choose(now)
    })
    const after = await survey(app, call, session, last, { created: tally.created, run: journal.run })
    const rest = choose(after)
    if (rest.length > 0) throw notVerified(app, rest.map((step) => step.title))
  }
  await writeJournal(execution, part.keys.flatMap((key) => journal.forgetState(openStateKey(key))))
}

/** What is to do with those keys. What has come to depend on something that is not among them is left for the next start. */
function stepsOf(app: App, call: Call, seen: Survey, keys: ReadonlySet<string>): readonly PlanStep[] {
  const others = splitOf(app, call, seen).open.filter((part) => !part.keys.every((key) => keys.has(key))).flatMap((part) => part.steps)
  return seen.plan.steps.filter((step) => keys.has(openKey(step)) && !others.includes(step))
}

/** Entries that only want to be recorded are the business of a start. */
const withoutAdopted = (seen: Survey): Survey => ({ ...seen, plan: { ...seen.plan, adopt: [] } })

function told(work: OpenWork, execution: Execution, chosen: readonly PlanStep[], lease: HeldLock): Execution {
  const { begins } = work
  if (begins === undefined) return execution
  return {
    ...execution,
    onProgress: (progress) => {
      const step = progress.event === 'step' ? chosen.find(({ title }) => title === progress.title) : undefined
      if (step !== undefined) begins(step, lease)
      execution.onProgress({ ...progress, background: true })
    },
  }
}

/** What became of a part stands in the ledger until somebody does it. A connection that was lost tells by the lease alone. */
async function noteFailure(work: OpenWork, { part, lease }: Taken, error: unknown): Promise<void> {
  const { app, call, session, journal } = work
  const message = error instanceof Error ? error.message : String(error)
  const isParked = isParking(error) || call.signal?.aborted === true
  try {
    const records = readOpen((await look(app, session)).ledger?.state)
    const note = part.keys.flatMap((key) => {
      const record = records.get(key)
      if (record === undefined) return []
      const now: OpenRecord = { ...record, backend: null, state: isParked ? 'parked' : 'failed', error: call.signal?.aborted === true ? null : message }
      return journal.state(openStateKey(key), JSON.stringify(now))
    })
    await app.dialect.run(session, { step: { statements: [], transaction: true, locks: [] }, lockTimeout: call.lockTimeout, fence: lease.fence, journal: note, defaultSchema: app.database.defaultSchema })
  } catch (second) {
    app.logger.debug?.(`What became of ${part.keys.join(', ')} could not be recorded: ${app.dialect.failure(second).message}`)
  }
}

/** True for what trying again later can mend. */
export const isParking = (error: unknown): boolean => isTrueupError(error) && (error.code === 'interrupted' || error.code === 'table-lock-timeout' || error.code === 'connection-lost')
