import type { BackfillRequest, BackfillStyle, Batch, Key, RunResult } from '../dialect.ts'
import { batchBlock } from './backfill-block.ts'
import type { Survey } from './backfill-survey.ts'
import { rowsAfter, surveyQuery } from './backfill-survey.ts'
import { literal, quotePath } from './literal.ts'

/** Batches along a key, each found, updated and told of in one message. */
export const backfill: BackfillStyle = {
  statement: (request) => `UPDATE ${tableOf(request)} SET ${request.set}${request.where === null ? '' : `\n WHERE (${request.where}\n)`}`,
  count: (request) => `SELECT count(*)::text FROM ${tableOf(request)}${request.where === null ? '' : ` WHERE (${request.where}\n)`}`,
  open: async (session, request, after) => {
    const found = await session.json<Survey>(surveyQuery(request))
    if (found === null || found.key.length !== request.key.length) throw new Error(`the key of ${request.table.name} is not there any more`)
    const block = batchBlock(request, found.key)
    return {
      toChange: await rowsAfter(session, request, found, after, request.where),
      toRead: await rowsAfter(session, request, found, after, null),
      next: (from, size) => Promise.resolve(batch(block, from, size)),
    }
  },
}

const tableOf = (request: BackfillRequest): string => quotePath(request.table.schema, request.table.name)

const NOW = `(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::numeric`

/** The settings by which the block is told what to do, and tells what it did. They end with the transaction. */
function batch(block: string, after: Key | null, size: number): Batch {
  const tell = (name: string, value: string): string => `pg_catalog.set_config('trueup.${name}', ${literal(value)}, true)`
  return {
    // The block is the same text for every batch, so that statistics of statements hold one line of it.
    statements: [`SELECT ${tell('after', after === null ? '' : JSON.stringify(after))}, ${tell('size', String(size))}, pg_catalog.set_config('trueup.began', ${NOW}::text, true)`, block],
    after: `coalesce(nullif(pg_catalog.current_setting('trueup.after'), ''), 'null')`,
    changed: `pg_catalog.current_setting('trueup.changed')::bigint`,
    answer: `SELECT pg_catalog.json_build_object('after', nullif(pg_catalog.current_setting('trueup.after'), '')::json, 'changed', pg_catalog.current_setting('trueup.changed')::bigint, 'isLast', pg_catalog.current_setting('trueup.last')::boolean, 'milliseconds', ${NOW} - pg_catalog.current_setting('trueup.began')::numeric)::text`,
    done: ({ answer }: RunResult) => {
      if (typeof answer !== 'string') throw new Error('the server did not tell what the batch did')
      // The answer is what the query above makes.
      return JSON.parse(answer) as ReturnType<Batch['done']>
    },
  }
}
