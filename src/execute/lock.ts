import type { HeldLock, LockProtocol, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import { jitter, pause } from './wait.ts'

export interface LockWait {
  readonly key: string
  /** Milliseconds. */
  readonly patience: number
  readonly signal: AbortSignal | undefined
  /** Told within the first second and about every five seconds, with who has the lock where that can be seen. */
  readonly onWait: (holder: string | null, waited: number) => void
}

const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1_000
const TELL_EVERY = 5_000
const SEEN_AFTER = 1_000

/**
 * Waits for the starters' lock by asking again and again with short statements: one who waits inside the database holds a
 * snapshot, and a concurrent index build of the holder would wait for it for ever.
 *
 * @throws TrueupError `lock-wait-timeout`, `interrupted`
 */
export async function acquireLock(protocol: LockProtocol, session: Session, wait: LockWait): Promise<{ readonly lock: HeldLock; readonly waited: number }> {
  const began = Date.now()
  let told = -TELL_EVERY
  for (let pauseFor = FIRST_PAUSE; ; pauseFor = Math.min(LONGEST_PAUSE, pauseFor * 1.5)) {
    const lock = await protocol.tryAcquire(session, wait.key)
    const waited = Date.now() - began
    if (lock !== null) return { lock, waited }
    if (waited - told >= TELL_EVERY) {
      const holder = await protocol.holder(session, wait.key)
      // Where many come at once, nobody is seen for a moment: the one who will have the lock is still on the way to it.
      if (holder !== null || waited >= SEEN_AFTER) {
        told = waited
        wait.onWait(holder, waited)
      }
    }
    if (waited >= wait.patience) throw tooLong(await protocol.holder(session, wait.key), waited)
    await pause(Math.min(jitter(pauseFor), Math.max(1, wait.patience - waited)), wait.signal)
  }
}

function tooLong(holder: string | null, waited: number): TrueupError {
  return new TrueupError('lock-wait-timeout', `Another start is still at work on this database (${holder ?? 'its session cannot be seen by this role'}); waited ${(waited / 1000).toFixed(1)} s for it.`, {
    hint: 'Nothing was changed. Start again when it is done, or raise waitForLock.',
    details: { holder, waited },
  })
}
