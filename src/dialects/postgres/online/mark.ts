import type { Pair } from '../../online.ts'
import type { Schema, Table } from '../../../schema/schema.ts'

/*
 * The comment of the trigger that keeps two columns in step says what they are to each other and how far it came. It changes in
 * the same transaction as what it tells of, and travels with a dump: whoever finds it needs no ledger.
 */

const PREFIX = 'trueup keeps two columns in step: '

/** What stands in for the time at which a statement runs. */
export const NOW = '@now@'

/** The comment of a pair's trigger. */
export function markOf(pair: Pair, since: string | null = null): string {
  const { id, kind, from, to, stage, using, back, former } = pair
  return `${PREFIX}${JSON.stringify({ id, kind, from, to, stage, using, back, former, since: since ?? pair.since })}`
}

/** The pairs of a database. */
export function pairs(live: Schema): readonly Pair[] {
  return live.table.flatMap((table) => (table.triggers ?? []).flatMap((trigger) => (trigger.comment?.startsWith(PREFIX) === true ? read(table, trigger.name, trigger.comment) : [])))
}

function read(table: Table, name: string, comment: string): readonly Pair[] {
  let said: Readonly<Record<string, unknown>>
  try {
    // Whatever stands there is checked field by field below.
    said = JSON.parse(comment.slice(PREFIX.length)) as Readonly<Record<string, unknown>>
  } catch {
    return []
  }
  const { id, kind, from, to, stage } = said
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  if (typeof id !== 'string' || typeof from !== 'string' || typeof to !== 'string') return []
  if ((kind !== 'rename' && kind !== 'retype') || (stage !== 'filling' && stage !== 'filled' && stage !== 'ready')) return []
  const since = said['since'] === null || said['since'] === undefined ? null : Number(said['since'])
  return [{ id, kind, from, to, stage, name, table: { schema: table.schema, name: table.name }, using: text(said['using']), back: text(said['back']), former: text(said['former']), since }]
}
