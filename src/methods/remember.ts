import type { HeldLock, Probe, Session } from '../dialects/dialect.ts'
import { STORED_DIGEST, storedDigest } from '../ledger/ledger.ts'
import type { App } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'
import { ledgerStatements } from './ledger-setup.ts'
import { lookToRemember } from './session.ts'

/**
 * Stores that this code fits this schema, so that the next start is one round trip, and closes the run of a start that died
 * when all was done. Makes the ledger where there is none: a database that was in line from the beginning would be read whole
 * at every start. Best effort: a role that may not write starts all the same. Under the lock, because only there whoever is
 * down as running is known to be dead.
 */
export async function remember(app: App, session: Session, seen: Survey, fingerprint: string, held?: HeldLock): Promise<void> {
  if (seen.probe.readOnly || seen.probe.ledgerProblem !== undefined) return
  let lock: HeldLock | null = null
  try {
    // Where something drifts there is no pair to store, but a run of a dead start is closed all the same.
    if (!isClean(seen) && (seen.probe.ledger === null || (await session.query(app.writer.openRunsQuery())).length === 0)) return
    if (seen.probe.ledger === null && !(await mayCreateLedger(app, session))) return
    lock = held ?? (await app.dialect.lock.tryAcquire(session, app.lockKey))
    if (lock === null) return
    const again = await lookToRemember(app, session)
    const pair = pairOf(app, seen, again, fingerprint)
    if ((isClean(seen) && pair.length === 0) || again.probe.ledgerProblem !== undefined) return
    const journal = [...(await ledgerStatements(app, session, again.probe)), ...pair]
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

/** The statements that store fingerprint and digest together. None while something is to do, pending or drifts, every start shall say so, or when something moved since. */
export function pairOf({ writer }: App, seen: Survey, { probe, stored }: { readonly probe: Probe; readonly stored: string | null }, fingerprint: string): readonly string[] {
  if (!isClean(seen) || probe.digest !== seen.probe.digest) return []
  return [...writer.pair(fingerprint, probe.digest), ...(stored === null ? [] : writer.state(STORED_DIGEST, storedDigest(stored, probe.digest)))]
}

const isClean = ({ plan }: Survey): boolean =>
  plan.steps.length === 0 && plan.adopt.length === 0 && plan.pending.length === 0 && plan.drift.every((item) => item.kind === 'extra' || item.kind === 'incomparable')
