import type { BackfillRequest } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { CheckedBackfill } from '../registry/registry.ts'
import type { Execution } from './context.ts'
import type { Walk } from './walk.ts'
import { inUserTerms } from './walk.ts'

/**
 * What an entry says of its rows is asked twice: of the count before the first batch, when nothing was written yet, and of the
 * rows that were really changed, because others may have come or gone meanwhile.
 */
export function expectation(execution: Execution, entry: CheckedBackfill, request: BackfillRequest): Pick<Walk, 'before' | 'after'> {
  const { expect } = entry.entry.backfill
  if (expect === undefined) return {}
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = typeof expect === 'number' ? { atLeast: expect, atMost: expect } : expect
  const isRight = (rows: number): boolean => rows >= atLeast && rows <= atMost
  const expected = wordsOf(atLeast, atMost)
  return {
    before: async () => {
      const found = Number(await inUserTerms(execution, () => execution.session.json<number>(execution.dialect.backfill.count(request))))
      if (isRight(found)) return
      throw new TrueupError('rows-unexpected', `Backfill ${entry.id} expects ${expected} of ${request.table.name}, and ${found} ${found === 1 ? 'needs' : 'need'} it. Nothing was changed.`, {
        hint: 'Look at the rows that its where finds. Correct where, or expect, and start again.', details: { entry: entry.id, found, atLeast, ...(Number.isFinite(atMost) && { atMost }) },
      })
    },
    after: (rows) => {
      if (isRight(rows)) return
      throw new TrueupError('rows-unexpected', `Backfill ${entry.id} expects ${expected} of ${request.table.name}, and has changed ${rows}. They stay changed; the entry is recorded as failed, not as applied.`, {
        hint: 'Look at what happened to the table meanwhile. When the rows are as they should be, correct expect, which is no part of the checksum, and start again: no row is done twice.',
        details: { entry: entry.id, changed: rows, atLeast, ...(Number.isFinite(atMost) && { atMost }) },
      })
    },
  }
}

function wordsOf(atLeast: number, atMost: number): string {
  if (atLeast === atMost) return `${atLeast} ${atLeast === 1 ? 'row' : 'rows'}`
  if (!Number.isFinite(atMost)) return `at least ${atLeast} rows`
  return atLeast === 0 ? `at most ${atMost} rows` : `${atLeast} to ${atMost} rows`
}
