import type { Column } from '../../../schema/schema.ts'
import type { Step } from '../../dialect.ts'
import { quoteName } from './names.ts'
import { HAZARDS } from './step.ts'

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

/** What a change of type costs: widening a text is instant, all else rewrites, and most break running code. */
export function typeCost(from: Column, to: Column): Partial<Step> {
  const cached = HAZARDS.cachedPlans(to.name)
  if (from.collation === to.collation && widens(from.type, to.type)) return { hazards: [cached] }
  const numbers = FAMILIES[0]
  const wider = from.type !== 'numeric' && numbers?.has(bare(from.type)) === true && ['integer', 'bigint', 'numeric'].includes(bare(to.type))
  return {
    class: wider && from.type !== 'bigint' ? 'blocking' : 'incompatible',
    long: true,
    hazards: [HAZARDS.rewrite(`changing the type of ${to.name} from ${from.type} to ${to.type}`), cached],
  }
}

function widens(from: string, to: string): boolean {
  const [old, now] = [bare(from), bare(to)]
  const isText = (type: string): boolean => type === 'text' || type === 'character varying'
  if (!isText(old) || !isText(now)) return false
  const length = (type: string): number => Number(/\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
  return length(to) >= length(from)
}
