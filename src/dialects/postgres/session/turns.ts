import type { Patience } from './patience.ts'
import { within } from './patience.ts'

/** The last one in the queue for each connection that only one session may use at a time. */
const queues = new WeakMap<object, Promise<void>>()

/**
 * Waits until no other session of this process uses the connection. An advisory lock does not keep two sessions apart that
 * are one for the server.
 *
 * @returns lets the next one in; safe to call twice
 */
export async function takeTurn(handle: object, patience: Patience): Promise<() => void> {
  const before = queues.get(handle) ?? Promise.resolve()
  let leave = (): void => {}
  const mine = new Promise<void>((resolve) => {
    leave = resolve
  })
  queues.set(handle, before.then(() => mine))
  try {
    await within(patience, before, () => {}, 'The connection given to postgres() is in use by another session of trueup in this process.')
    return leave
  } catch (error) {
    leave()
    throw error
  }
}
