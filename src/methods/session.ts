import type { Obstacle, Probe, Session } from '../dialects/dialect.ts'
import { TrueupError, isTrueupError } from '../errors.ts'
import { jitter, pause } from '../execute/execute.ts'
import type { App, Call } from '../survey/context.ts'

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
    throw (await unreadable(app, session, error)) ?? asTrueupError(app, error)
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
  const { scope } = await app.declared()
  const probe = await app.dialect.probe(session, { scope, ledger: app.ledger })
  refuseForeign(app, probe)
  return probe
}

/**
 * Looks and decides without the lock. Another start may be at work meanwhile, so that what is read in several turns does not
 * fit together: a failure counts only when nothing has moved since the look. A database that is busy, or whose tables somebody holds against readers, is waited for.
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
      const busy = await busyWith(app, session, error, tries)
      if (busy === null && !(await hasMoved(app, session, probe, error))) throw error
      if (busy !== null && busy !== '') app.logger.info(`Waiting for ${app.database.address}, ${Math.round((Date.now() - began) / 1000)} s so far: ${busy}.`)
      await pause(jitter(RETRY_AFTER), call.signal)
    }
  }
}

const RETRY_AFTER = 100
/** A database that is busy says so at once, one whose tables are held only after seconds. */
const TELL_AT_TRY = 50

/** What the database is busy with; empty where it was told a moment ago, `null` where it is not. */
async function busyWith(app: App, session: Session, error: unknown, tries: number): Promise<string | null> {
  if (isTrueupError(error)) return null
  const failure = app.dialect.failure(error)
  if (failure.kind === 'busy') return tries % TELL_AT_TRY === 1 ? failure.message : ''
  if (failure.kind !== 'lock-timeout') return null
  return (await obstacleFor(app, session))?.message ?? failure.message
}

const obstacleFor = async (app: App, session: Session): Promise<Obstacle | null> => (await app.dialect.readersObstacle?.(session).catch(() => null)) ?? null

/** Somebody holds a table against readers, and what describes it cannot be read. */
async function unreadable(app: App, session: Session, error: unknown): Promise<TrueupError | null> {
  if (isTrueupError(error) || app.dialect.failure(error).kind !== 'lock-timeout') return null
  const obstacle = await obstacleFor(app, session)
  const who = obstacle === null ? app.dialect.failure(error).message : `in the way is ${obstacle.message}`
  return new TrueupError('table-lock-timeout', `Could not read the schema of ${app.database.address}: ${who}.`, {
    hint: `${obstacle?.hint ?? 'Look for a session that holds a table in ACCESS EXCLUSIVE mode.'} Then start again.`,
    details: { reason: obstacle?.kind ?? 'session', blockers: obstacle?.blockers ?? [] }, cause: error,
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
