import type { Column } from '../../../schema/schema.ts'
import { quoteName } from './names.ts'

const bare = (type: string): string => type.replace(/\([\d, -]*\)/g, '').replace(/\s+/g, ' ').trim()

const STRINGS = new Set(['text', 'character varying', 'character', 'bpchar', 'varchar', 'char', 'name', '"char"'])
const FAMILIES: readonly ReadonlySet<string>[] = [
  new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'int2', 'int4', 'int8', 'decimal', 'float4', 'float8', 'int']),
  new Set(['date', 'timestamp without time zone', 'timestamp with time zone', 'timestamp', 'timestamptz']),
  new Set(['time without time zone', 'time with time zone', 'interval', 'time', 'timetz']),
  new Set(['json', 'jsonb']),
  new Set(['inet', 'cidr']),
  new Set(['bit', 'bit varying', 'varbit']),
]

/**
 * ` USING …`, where the server has no assignment cast. Never where it has one: an assignment refuses a text that is too long, an
 * explicit cast would cut it in silence.
 */
export function castText(from: Column, to: Column): string {
  if (from.generated != null || to.generated != null) return ''
  const [old, now] = [bare(from.type), bare(to.type)]
  if (old === now || STRINGS.has(now) || FAMILIES.some((family) => family.has(old) && family.has(now))) return ''
  const name = quoteName(to.name)
  if (old.endsWith('[]') !== now.endsWith('[]')) return ` USING ${name}::text::${to.type}`
  return STRINGS.has(old) ? ` USING ${name}::${to.type}` : ` USING ${name}::${now.endsWith('[]') ? 'text[]' : 'text'}::${to.type}`
}
