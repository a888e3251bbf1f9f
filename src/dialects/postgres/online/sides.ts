import type { Pair } from '../../online.ts'
import type { Session } from '../../dialect.ts'
import { literal, qualified } from '../render/names.ts'
import type { Sides } from './keeper.ts'

/** The two columns of a pair, as far as comparing them needs; `null` when one is not there. */
export async function introspectSides(session: Session, pair: Pair): Promise<Sides | null> {
  const types = await session.json<Readonly<Record<string, string>>>(
    `SELECT json_object_agg(attname, format_type(atttypid, atttypmod))::text FROM pg_catalog.pg_attribute WHERE attrelid = ${literal(qualified(pair.table))}::regclass AND NOT attisdropped AND attname IN (${literal(pair.from)}, ${literal(pair.to)})`,
  )
  const [from, to] = [types?.[pair.from], types?.[pair.to]]
  if (from === undefined || to === undefined) return null
  const column = (name: string, type: string): Sides['from'] => ({ name, type, notNull: false, default: null })
  return { from: column(pair.from, from), to: column(pair.to, to) }
}
