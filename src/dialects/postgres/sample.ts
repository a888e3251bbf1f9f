import type { Row, Session } from '../dialect.ts'
import { failure } from './failure.ts'

const PORTION = 1_000

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/**
 * The first rows of a query, for a bounded time. What was read before the time was over is kept: a cursor gives rows as they are
 * found.
 */
export async function sample(session: Session, query: string, budget: { readonly rows: number; readonly milliseconds: number }): Promise<{ readonly rows: readonly Row[]; readonly complete: boolean }> {
  const rows: Row[] = []
  let complete = false
  const deadline = Date.now() + budget.milliseconds
  try {
    await session.transaction(
      async () => {
        await session.execute(`DECLARE trueup_sample NO SCROLL CURSOR FOR ${query}`)
        while (rows.length <= budget.rows && !complete) {
          await session.execute(`SET LOCAL statement_timeout = ${Math.max(1, deadline - Date.now())}`)
          const portion = await session.query(`FETCH ${PORTION} FROM trueup_sample`)
          rows.push(...portion)
          complete = portion.length < PORTION
        }
        throw new Undo()
      },
      // One process of the server is enough: its other work goes first. Most often there is no such row, and all is read: a plan
      // that is quick to find a first one would look up the other table once a row.
      { settings: [`SET LOCAL lock_timeout = '100ms'`, 'SET LOCAL max_parallel_workers_per_gather = 0', 'SET LOCAL cursor_tuple_fraction = 1'] },
    )
  } catch (error) {
    if (!(error instanceof Undo) && failure(error).kind !== 'cancelled') throw error
  }
  return { rows: rows.slice(0, budget.rows), complete: complete && rows.length <= budget.rows }
}
