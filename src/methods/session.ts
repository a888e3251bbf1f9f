import type { Obstacle, Probe, ProbeRequest, Session } from '../dialects/dialect.ts'
import { TrueupError, isTrueupError } from '../errors.ts'
import { jitter, pause } from '../execute/execute.ts'
import type { App, Call } from '../survey/context.ts'
import { probed } from '../survey/probed.ts'
import { readable } from '../survey/readable.ts'

/** Opens a session for one call and gives it back, clean or broken. */
export async function withSession<T>(app: App, call: Call, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await app.database.open({
    connectTimeout: call.connectTimeout,
    ...(call.signal && { signal: call.signal }),
    onRetry: tellWait(app),
  })
  let broken = false
  try {
    return await work(session)
  } catch (error) {
    broken = app.dialect.failure(error).kind === 'connection'
    const isHeld = !isTrueupError(error) && app.dialect.failure(error).kind === 'lock-timeout'
    throw isHeld ? unreadable(app, await obstacleFor(app, session)) : asTrueupError(app, error)
  } finally {
    await session.release({ broken })
  }
}

/** At once, and then each time that it has taken twice as long: half a dozen lines in a minute. */
function tellWait(app: App): (error: Error, elapsed: number) => void {
  let next = 0
  return (error, elapsed) => {
    if (elapsed < next) return
    next = Math.max(1_000, elapsed * 2)
    app.logger.warn(`Waiting for ${app.database.address} (${Math.round(elapsed / 1000)} s): ${error.message}`)
  }
}

/** The first look: one round trip, read rights only. */
export async function look(app: App, session: Session): Promise<Probe> {
  const request = await requestOf(app)
  const probe = await readable(app, session, () => probed(app, session, request))
  refuseForeign(app, probe)
  return probe
}

/** A look whose digest is to be remembered, with what the database stored just before it; `null` where that cannot be told. */
export async function lookToRemember(app: App, session: Session): Promise<{ readonly probe: Probe; readonly stored: string | null }> {
  const stored = await app.dialect.probeStored?.(session, await requestOf(app))
  return { probe: await look(app, session), stored: stored?.digest ?? null }
}

async function requestOf(app: App): Promise<ProbeRequest> {
  const { scope } = await app.declared()
  return { scope, ledger: app.ledger }
}

/**
 * Looks and decides without the lock. Another start may be at work meanwhile, so that what is read in several turns does not
 * fit together: a failure counts only when nothing has moved since the look. A database that is busy is waited for.
 */
export async function unmoved<T>(app: App, call: Call, session: Session, decide: (probe: Probe) => Promise<T>): Promise<T> {
  const began = Date.now()
  for (let tries = 1; ; tries += 1) {
    let probe: Probe | undefined
    try {
      probe = await look(app, session)
      return await decide(probe)
    } catch (error) {
      if (Date.now() - began >= call.waitForLock) throw error
      const busy = !isTrueupError(error) && app.dialect.failure(error).kind === 'busy'
      if (!busy && !(await hasMoved(app, session, probe, error))) throw error
      if (busy && tries % TELL_AT_TRY === 1) app.logger.info(`Waiting for ${app.database.address}, ${Math.round((Date.now() - began) / 1000)} s so far: ${app.dialect.failure(error).message}.`)
      await pause(jitter(RETRY_AFTER), call.signal)
    }
  }
}

const RETRY_AFTER = 100
const TELL_AT_TRY = 50

/** The application as a call sees it that may wait until others let readers in again. */
export function patient(app: App, call: Call): App {
  const heldUp = async (session: Session, elapsed: number): Promise<void> => {
    const obstacle = await obstacleFor(app, session)
    if (elapsed >= call.waitForLock) throw unreadable(app, obstacle)
    if (obstacle !== null) app.logger.info(`Waiting to read the schema of ${app.database.address}, ${Math.round(elapsed / 1000)} s so far: in the way is ${obstacle.message}.`)
    call.onProgress({ event: 'waiting', title: obstacle?.message ?? 'a table that is held', elapsed })
    await pause(jitter(RETRY_AFTER), call.signal)
  }
  return { ...app, heldUp }
}

const obstacleFor = async (app: App, session: Session): Promise<Obstacle | null> => (await app.dialect.readersObstacle?.(session).catch(() => null)) ?? null

/** Somebody holds a table against readers, and what describes it cannot be read. */
function unreadable(app: App, obstacle: Obstacle | null): TrueupError {
  const who = obstacle === null ? 'a table of it was held against readers' : `in the way is ${obstacle.message}`
  return new TrueupError('table-lock-timeout', `Could not read the schema of ${app.database.address}: ${who}.`, {
    hint: `${obstacle?.hint ?? 'Look for a session that holds a table in ACCESS EXCLUSIVE mode.'} Then start again.`,
    details: { reason: obstacle?.kind ?? 'session', blockers: obstacle?.blockers ?? [] },
  })
}

async function hasMoved(app: App, session: Session, before: Probe | undefined, error: unknown): Promise<boolean> {
  if (before === undefined || app.dialect.failure(error).kind === 'connection') return false
  try {
    const now = await look(app, session)
    return now.digest !== before.digest || JSON.stringify(now.ledger) !== JSON.stringify(before.ledger)
  } catch {
    // The first error says more.
    return false
  }
}

function refuseForeign(app: App, probe: Probe): void {
  if (probe.ledgerProblem !== undefined) {
    throw new TrueupError('ledger-unreadable', `The ledger in ${app.database.address} cannot be read: ${probe.ledgerProblem}.`, {
      hint: `Grant SELECT on ${app.ledger.state}, ${app.ledger.entries}, ${app.ledger.runs} and ${app.ledger.pairs} to this role.`,
    })
  }
  for (const key of ['application', 'environment'] as const) {
    const mine = app.options[key]
    const theirs = probe.ledger?.state[key]
    if (mine === undefined || theirs === undefined || theirs === '' || theirs === mine) continue
    throw new TrueupError('ledger-foreign', `${app.database.address} belongs to ${key} ${JSON.stringify(theirs)}; this is ${JSON.stringify(mine)}.`, {
      hint: `Check the database's address. If both shall share this database, give each its own namespace. Nothing was changed.`,
      details: { [key]: theirs },
    })
  }
}

/** A driver's error in our words, for what no step has put into words yet. */
export function asTrueupError(app: App, error: unknown): unknown {
  if (isTrueupError(error)) return error
  const failure = app.dialect.failure(error)
  if (failure.kind === 'connection') {
    return new TrueupError('connection-lost', `The connection to ${app.database.address} was lost: ${failure.message}.`, { hint: 'Start again: what was done is in the ledger.', cause: error })
  }
  if (failure.kind === 'permission') {
    return new TrueupError('permission-denied', `${app.database.address}: ${failure.message} (${failure.code}).`, { hint: failure.hint ?? 'Run `trueup doctor`: it lists the rights that are missing, with the GRANT for each.', cause: error })
  }
  if (failure.kind === 'busy') {
    return new TrueupError('table-lock-timeout', `${app.database.address} was in use for too long: ${failure.message}.`, { hint: 'What was done is in the ledger. Look for a long transaction of another connection, then start again.', cause: error })
  }
  return error
}
