import type { Row, Sample, Session } from '../dialect.ts'
import { failure } from './failure.ts'
import { IMPATIENT, ONE_PROCESS } from './peek.ts'

/** Rows that are asked for at once: a few first, so that where they are found slowly some are kept. */
const FIRST_PORTION = 10
const LARGEST_PORTION = 1_000
/** Rows that are read where there was no time to count them. */
const MOST = 10_000
/** The part of the time for counting; the rest is for reading some of what is there. */
const COUNTING = 0.8

interface Budget {
  readonly rows: number
  readonly milliseconds: number
}

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/** How many rows a query has, and the first of them, for a bounded time. Most often there are none. */
export async function sample(session: Session, query: string, budget: Budget): Promise<Sample> {
  const deadline = Date.now() + budget.milliseconds
  const count = await countRows(session, query, budget.milliseconds * COUNTING)
  if (count === 0) return { rows: [], count, isExact: true }
  const { rows, isAll } = await readRows(session, query, { rows: count === null ? MOST : budget.rows, milliseconds: deadline - Date.now() })
  return { rows: rows.slice(0, budget.rows), count: count ?? rows.length, isExact: count !== null || isAll }
}

/** `null`: there was not time enough. */
async function countRows(session: Session, query: string, milliseconds: number): Promise<number | null> {
  try {
    const settings = [`SET LOCAL statement_timeout = ${Math.round(milliseconds)}`, IMPATIENT, ONE_PROCESS]
    return Number(await session.transaction(() => session.first(`SELECT count(*) FROM (${query}) AS found`), { settings }))
  } catch (error) {
    if (failure(error).kind !== 'cancelled') throw error
    return null
  }
}

/** A cursor gives rows as they are found: those read before the time was over are kept. */
async function readRows(session: Session, query: string, budget: Budget): Promise<{ readonly rows: readonly Row[]; readonly isAll: boolean }> {
  const rows: Row[] = []
  const deadline = Date.now() + budget.milliseconds
  let isAll = false
  try {
    await session.transaction(
      async () => {
        await session.execute(`DECLARE trueup_sample NO SCROLL CURSOR FOR ${query}`)
        for (let portion = FIRST_PORTION; rows.length < budget.rows && !isAll; portion = Math.min(LARGEST_PORTION, portion * 10)) {
          await session.execute(`SET LOCAL statement_timeout = ${Math.max(1, deadline - Date.now())}`)
          const some = await session.query(`FETCH ${portion} FROM trueup_sample`)
          rows.push(...some)
          isAll = some.length < portion
        }
        throw new Undo()
      },
      // A plan that is quick to find a first row would look up the other table once a row. The same rows are shown each time.
      { settings: [IMPATIENT, 'SET LOCAL cursor_tuple_fraction = 1', 'SET LOCAL synchronize_seqscans = off'] },
    )
  } catch (error) {
    if (!(error instanceof Undo) && failure(error).kind !== 'cancelled') throw error
  }
  return { rows: rows.slice(0, budget.rows), isAll }
}
