import type { Probe, Session } from '../dialects/dialect.ts'
import type { Background } from '../execute/execute.ts'
import { anyOf } from '../execute/execute.ts'
import { readOpen } from '../ledger/ledger.ts'
import type { OpenPart } from '../plan/open.ts'
import type { App, Call } from '../survey/context.ts'
import { survey } from '../survey/survey.ts'
import { lookAtOpen } from './open-steps.ts'
import type { OpenWork, Taken } from './open-work.ts'
import { isParking, letGo, takeFree, workOn } from './open-work.ts'
import { remember } from './remember.ts'
import { look } from './session.ts'
import type { Start } from './start.ts'

/**
 * Takes the open parts that nobody works on, over a session of its own, and goes on with them behind the start. Called under
 * the starters' lock: the next start finds them taken.
 *
 * @param record - writes into the ledger what was taken
 * @returns false when nothing was taken
 */
export async function goOn(start: Start, open: readonly OpenPart[], probe: Probe, record: (taken: readonly Taken[]) => Promise<void>): Promise<boolean> {
  const { app, background } = start
  const wanted = await worthTrying(start, open, probe)
  const session = wanted.length === 0 ? null : await openBeside(app, start.call)
  if (session === null) {
    await record([])
    return false
  }
  let taken: readonly Taken[] = []
  try {
    taken = await takeFree(app, session, wanted)
    await record(taken)
  } catch (error) {
    await letGo(taken)
    await session.release()
    throw error
  }
  const { run } = start
  if (taken.length === 0 || run === null) {
    await session.release()
    return false
  }
  const held = { session, taken, run }
  background.run(() => workBehind(start, background, held), (error) => app.logger.error(`Long steps stopped in the background: ${messageOf(error)}`))
  return true
}

/** What nobody works on. A step that failed is tried again by a start, not by somebody who only looks after the others. */
async function worthTrying({ app, call, session }: Start, open: readonly OpenPart[], probe: Probe): Promise<readonly OpenPart[]> {
  const records = readOpen(probe.ledger?.state)
  const free = (await lookAtOpen(app, session, open)).filter(({ isHeld }) => !isHeld).map(({ part }) => part)
  return call.onlyOpen === true ? free.filter(({ keys }) => keys.every((key) => records.get(key)?.state !== 'failed')) : free
}

/** Without a second session the start is none the worse: what is open is taken up later. */
async function openBeside(app: App, call: Call): Promise<Session | null> {
  try {
    return (await app.database.beside?.({ connectTimeout: Math.min(call.connectTimeout, BESIDE_WITHIN), ...(call.signal && { signal: call.signal }) })) ?? null
  } catch (error) {
    app.logger.warn(`Long steps stay open, because there is no second connection for them: ${messageOf(error)}`)
    return null
  }
}

/** Milliseconds for which a start waits for its second connection. */
const BESIDE_WITHIN = 10_000

interface Held {
  readonly session: Session
  readonly taken: readonly Taken[]
  readonly run: NonNullable<Start['run']>
}

async function workBehind(start: Start, background: Background, { session, taken, run }: Held): Promise<void> {
  const { app, tally } = start
  const signal = anyOf([start.call.signal, background.signal])
  const call: Call = { ...start.call, signal }
  const breaker = breakOff(app, signal)
  const failures: unknown[] = []
  let isBroken = false
  try {
    await workOn({
      app, call, session, journal: run.journal, taken, tally, begins: breaker.begins,
      failed: (error, part) => {
        failures.push(error)
        tell(app, error, part, signal)
        isBroken = app.dialect.failure(error).kind === 'connection'
        if (isBroken || signal.aborted) throw error
      },
    })
  } catch (error) {
    isBroken ||= app.dialect.failure(error).kind === 'connection'
    if (failures.length === 0) throw error
  } finally {
    await breaker.end()
    if (!isBroken) await closeRun(start, session, run, failures)
    await session.release({ broken: isBroken })
  }
}

function tell(app: App, error: unknown, part: OpenPart, signal: AbortSignal): void {
  const title = part.steps[0]?.title ?? part.keys.join(', ')
  if (signal.aborted) app.logger.info(`Parked: ${title}. The next start takes it up.`)
  else if (isParking(error)) app.logger.warn(`Still open: ${title}. ${messageOf(error)}`)
  else app.logger.error(`A long step failed in the background, and stays open: ${title}. ${messageOf(error)}`)
}

/** The end of the run, and the pair for the fast path when all is in line now. */
async function closeRun({ app, call, fingerprint }: Start, session: Session, run: Held['run'], failures: readonly unknown[]): Promise<void> {
  try {
    const outcome = failures.length === 0 ? 'done' : failures.every(isParking) ? 'parked' : 'failed'
    await session.script(['BEGIN', ...app.writer.finishRun(run.id, outcome, failures.length === 0 ? null : messageOf(failures[0])), 'COMMIT'])
    if (failures.length > 0) return
    const seen = await survey(app, call, session, await look(app, session))
    if (seen.plan.steps.length === 0 && seen.plan.adopt.length === 0) await remember(app, session, seen, fingerprint)
  } catch (error) {
    app.logger.debug?.(`The end of work in the background could not be recorded: ${messageOf(error)}`)
  }
}

/** A single statement that takes long is broken off when the work shall stop; batches end by themselves. */
function breakOff(app: App, signal: AbortSignal): { readonly begins: NonNullable<OpenWork['begins']>; end(): Promise<void> } {
  let backend: number | null = null
  let breaking: Promise<void> = Promise.resolve()
  const onAbort = (): void => {
    if (backend !== null) breaking = app.dialect.cancel?.(backend) ?? breaking
  }
  signal.addEventListener('abort', onAbort, { once: true })
  return {
    begins: (step, lease) => {
      backend = step.kind === 'ddl' && step.long ? (lease.backend ?? null) : null
    },
    end: async () => {
      signal.removeEventListener('abort', onAbort)
      await breaking
    },
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
