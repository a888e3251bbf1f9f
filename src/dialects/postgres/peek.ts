import type { Session } from '../dialect.ts'

/** Where nothing much is lost: who holds a table against readers for longer than this may do so for hours. */
export const IMPATIENT = "SET LOCAL lock_timeout = '200ms'"

/** Where nothing goes on without it. Longer than a change of somebody else's should ever hold up queries. */
const PATIENCE = '5s'
export const PATIENT = `SET LOCAL lock_timeout = '${PATIENCE}'`

/**
 * True; what the statement asks for afterwards waits no longer for a table. Functions that print definitions lock what they print.
 * Ends with the statement, or with the transaction around it.
 */
export const patiently = `pg_catalog.set_config('lock_timeout', '${PATIENCE}', true) IS NOT NULL`

/** In one message, where the driver has them. */
export async function peek(session: Session, query: string): Promise<unknown> {
  if (session.exchange === undefined) return session.transaction(() => session.first(query), { settings: [IMPATIENT] })
  return (await session.exchange(['BEGIN', IMPATIENT, query, 'COMMIT']))[2]?.value ?? null
}
