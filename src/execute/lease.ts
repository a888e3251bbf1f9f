import type { HeldLock, LockProtocol, Session } from '../dialects/dialect.ts'

/** The lock of one long step: whoever has it works on that step, and loses it with the connection. */
export const leaseKey = (lockKey: string, key: string): string => `${lockKey}:open:${key}`

/**
 * Takes the leases of steps that belong together: all of them or none. In one order, so that of two who come at once one gets
 * them all.
 */
export async function takeLeases(protocol: LockProtocol, session: Session, lockKey: string, keys: readonly string[]): Promise<HeldLock | null> {
  const held: HeldLock[] = []
  const release = async (): Promise<boolean> => {
    let isWhole = true
    for (const lock of held.splice(0).reverse()) isWhole = (await lock.release()) && isWhole
    return isWhole
  }
  try {
    for (const key of [...keys].sort()) {
      const lock = await protocol.tryAcquire(session, leaseKey(lockKey, key))
      if (lock !== null) held.push(lock)
      else {
        await release()
        return null
      }
    }
  } catch (error) {
    await release()
    throw error
  }
  const [first] = held
  if (first === undefined) return null
  // They are all of one session: what proves one proves them all.
  return { fence: first.fence, release, ...(first.backend !== undefined && { backend: first.backend }) }
}

/** Who works on a step; `null` when nobody does. */
export const leaseHolder = (protocol: LockProtocol, session: Session, lockKey: string, key: string): Promise<string | null> => protocol.holder(session, leaseKey(lockKey, key))
