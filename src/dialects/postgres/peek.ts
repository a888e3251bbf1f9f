import type { Session } from '../dialect.ts'
import { withoutLimits } from './session/settings.ts'

/** Where nothing much is lost: who holds a table against readers for longer than this may do so for hours. */
export const IMPATIENT = "SET LOCAL lock_timeout = '200ms'"

/** Where nothing goes on without it. Longer than a change of somebody else's should ever hold up queries. */
export const PATIENCE = '5s'
export const PATIENT = `SET LOCAL lock_timeout = '${PATIENCE}'`

/**
 * True; what the statement asks for afterwards waits no longer for a table. Functions that print definitions lock what they print.
 * Ends with the statement, or with the transaction around it.
 */
export const waiting = (patience: string): string => `pg_catalog.set_config('lock_timeout', '${patience}', true) IS NOT NULL`
export const patiently = waiting(PATIENCE)

/** One process of the server: its other work goes first, and more are no faster where they have to share its processors. */
export const ONE_PROCESS = 'SET LOCAL max_parallel_workers_per_gather = 0'

/** In one message, where the driver has them. */
export async function peek(session: Session, query: string, isNeeded = false): Promise<unknown> {
  const settings = [isNeeded ? PATIENT : IMPATIENT, ONE_PROCESS]
  if (session.exchange === undefined) return session.transaction(() => session.first(query), { settings })
  return (await session.exchange(['BEGIN', ...withoutLimits(session.version), ...settings, query, 'COMMIT'])).at(-2)?.value ?? null
}
