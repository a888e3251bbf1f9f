import type { Figures } from '../dialect.ts'
import type { OpenBeside } from './lock.ts'

/** The longest that a connection to watch by is kept. Milliseconds. */
const LONGEST = 24 * 3_600_000

/**
 * Watches a backend over a connection of our own by the server's progress views
 * (https://www.postgresql.org/docs/current/progress-reporting.html). Validating a constraint and rewriting a table by ALTER
 * TABLE have none: they are reported without figures.
 */
export const makeWatch = (openBeside: OpenBeside) => (backend: number, every: number, tell: (figures: Figures | null) => void): (() => void) => {
  const state = { isOver: false }
  let wake = (): void => {}
  const rest = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, every)
    timer.unref()
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
  const say = (figures: Figures | null): void => {
    if (!state.isOver) tell(figures)
  }
  void openBeside(LONGEST, async (beside) => {
    for (; !state.isOver; await rest()) say(await beside.json<Figures>(progressStatement(backend)))
  }).then(async (outcome) => {
    // No connection to be had: that it works is all that can be said.
    if (outcome === null) for (; !state.isOver; await rest()) say(null)
  })
  return () => {
    state.isOver = true
    wake()
  }
}

/** One row while the server tells how far a backend is; `tuples` are what an index is made of. */
export function progressStatement(backend: number): string {
  const one = (phase: string, done: string, of: string, unit: string): string => `'phase', ${phase}, 'done', ${done}, 'of', ${of}, 'unit', ${unit}`
  const index = one('phase', '(CASE WHEN lockers_total > 0 AND phase LIKE \'waiting%\' THEN lockers_done WHEN tuples_total > 0 THEN tuples_done ELSE blocks_done END)',
    '(CASE WHEN lockers_total > 0 AND phase LIKE \'waiting%\' THEN lockers_total WHEN tuples_total > 0 THEN tuples_total ELSE blocks_total END)',
    `(CASE WHEN lockers_total > 0 AND phase LIKE 'waiting%' THEN 'transactions' WHEN tuples_total > 0 THEN 'rows' ELSE 'blocks' END)`)
  const views = [
    ['create_index', index],
    ['vacuum', one('phase', 'heap_blks_scanned', 'heap_blks_total', `'blocks'`)],
    ['cluster', one('phase', 'heap_blks_scanned', 'heap_blks_total', `'blocks'`)],
    ['analyze', one('phase', 'sample_blks_scanned', 'sample_blks_total', `'blocks'`)],
    ['copy', one(`lower(command)`, 'bytes_processed', 'bytes_total', `'bytes'`)],
  ] as const
  return views.map(([view, fields]) => `SELECT pg_catalog.json_build_object(${fields})::text FROM pg_catalog.pg_stat_progress_${view} WHERE pid = ${backend}`).join(' UNION ALL ')
}

/** The same role may break off its own statements (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL). */
export const makeCancel = (openBeside: OpenBeside) => async (backend: number): Promise<void> => {
  await openBeside(CANCEL_WITHIN, (beside) => beside.query(`SELECT pg_catalog.pg_cancel_backend(${backend})`))
}

/** Milliseconds for the connection that it takes. */
const CANCEL_WITHIN = 5_000
