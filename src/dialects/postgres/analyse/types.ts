import type { Node } from 'libpg-query'
import type { ActionOf, TypeFact } from '../../facts.ts'
import { as, strings, typeOf } from './tree.ts'

type Verdict = ActionOf<'change-type'>['verdict']

/** Types whose limit may grow, or go, without touching a row (verified on 12 to 18). */
const GROWS: ReadonlySet<string> = new Set(['varchar', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'])

/**
 * What ALTER COLUMN TYPE costs, as far as the two types tell: nothing, the indexes, or the whole table. Only the server
 * knows all of it; what is not known here is said to be.
 */
export function verdictOf(was: TypeFact | null, to: TypeFact, using: ActionOf<'change-type'>['using']): Verdict {
  if (was === null) return 'unknown'
  if (using === 'zone' || using === 'other') return 'rewrite'
  if (was.array || to.array) return same(was, to) ? 'free' : 'rewrite'
  if (same(was, to)) return 'free'
  if (was.name === to.name) return widens(was, to) ? 'free' : 'rewrite'
  if ((was.name === 'varchar' && to.name === 'text') || (was.name === 'text' && to.name === 'varchar' && to.mods.length === 0)) return 'free'
  if (was.name === 'cidr' && to.name === 'inet') return 'free'
  if (isZonePair(was.name, to.name)) return 'index'
  return 'rewrite'
}

const isZonePair = (a: string, b: string): boolean => (a === 'timestamp' && b === 'timestamptz') || (a === 'timestamptz' && b === 'timestamp')

const same = (a: TypeFact, b: TypeFact): boolean => a.name === b.name && a.schema === b.schema && a.array === b.array && a.mods.join() === b.mods.join()

function widens(was: TypeFact, to: TypeFact): boolean {
  if (was.name === 'numeric') return to.mods.length === 0 || ((was.mods[1] ?? 0) === (to.mods[1] ?? 0) && was.mods.length > 0 && (to.mods[0] ?? 0) >= (was.mods[0] ?? 0))
  if (!GROWS.has(was.name)) return false
  if (to.mods.length === 0) return true
  return was.mods.length > 0 && (to.mods[0] ?? 0) >= (was.mods[0] ?? 0)
}

/** What a USING clause does: a plain cast of the column itself changes nothing of the verdict. */
export function usingOf(expression: Node | undefined, column: string, to: TypeFact): ActionOf<'change-type'>['using'] {
  if (expression === undefined) return 'none'
  const cast = as(expression, 'TypeCast')
  const inner = cast === undefined ? expression : cast.arg
  const reference = as(inner, 'ColumnRef')
  if (reference !== undefined && strings(reference.fields).at(-1) === column) return cast === undefined || same(typeOf(cast.typeName), to) ? 'same' : 'other'
  const call = as(expression, 'FuncCall')
  return call !== undefined && strings(call.funcname).at(-1) === 'timezone' ? 'zone' : 'other'
}

/** Functions of the server that give the same value for all rows of a statement, without arguments. */
const STABLE: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'current_database', 'current_user', 'session_user', 'user', 'current_schema', 'current_setting', 'txid_current', 'pg_backend_pid'])
const VOLATILE: ReadonlySet<string> = new Set(['clock_timestamp', 'random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'nextval', 'setval', 'timeofday', 'gen_random_bytes'])
/** Functions of the server that depend on their arguments alone, or on the session. */
const PURE: ReadonlySet<string> = new Set([
  'lower', 'upper', 'md5', 'concat', 'coalesce', 'length', 'abs', 'round', 'floor', 'ceil', 'trim', 'btrim', 'ltrim', 'rtrim', 'replace', 'substr', 'substring', 'left', 'right', 'lpad', 'rpad', 'make_interval', 'make_date',
  'make_timestamp', 'make_timestamptz', 'to_timestamp', 'to_date', 'to_char', 'date_trunc', 'timezone', 'age', 'extract', 'date_part', 'jsonb_build_object', 'jsonb_build_array', 'json_build_object', 'json_build_array', 'to_json', 'to_jsonb',
  'array_fill', 'string_to_array', 'int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange', 'decode', 'encode', 'gen_salt', 'sha256', 'format', 'power', 'sqrt', 'current_setting', 'point', 'int4', 'int8', 'text',
])

/** A function of the server's own, as far as its name tells. */
export const isServers = (name: string): boolean => STABLE.has(name) || VOLATILE.has(name) || PURE.has(name) || /^(pg_|has_|json|array|to_|count$|sum$|min$|max$|avg$|version$|current|set_config$|lastval$|generate_series$|unnest$|nullif$|greatest$|least$)/.test(name)

export type Volatility = 'constant' | 'stable' | 'volatile' | 'unknown'
const ORDER: readonly Volatility[] = ['constant', 'stable', 'unknown', 'volatile']
const worst = (all: readonly Volatility[]): Volatility => all.reduce<Volatility>((most, one) => (ORDER.indexOf(one) > ORDER.indexOf(most) ? one : most), 'constant')

/** Whether a default is one value for all rows. Functions that are not the server's own are not known. */
export function volatilityOf(expression: Node | undefined): Volatility {
  if (expression === undefined) return 'constant'
  const call = as(expression, 'FuncCall')
  if (call !== undefined) return callVolatility(strings(call.funcname), call.args ?? [])
  if (as(expression, 'SQLValueFunction') !== undefined) return 'stable'
  if (as(expression, 'SubLink') !== undefined) return 'unknown'
  return worst(partsOf(expression).map(volatilityOf))
}

function callVolatility(name: readonly string[], args: readonly Node[]): Volatility {
  const last = name.at(-1) ?? ''
  if (name.length > 1 && name[0] !== 'pg_catalog') return VOLATILE.has(last) ? 'volatile' : 'unknown'
  if (VOLATILE.has(last)) return 'volatile'
  const inner = worst(args.map(volatilityOf))
  if (STABLE.has(last) && (args.length === 0 || last === 'current_setting')) return worst(['stable', inner])
  return PURE.has(last) ? worst(['stable', inner]) : 'unknown'
}

/** The nodes directly inside an expression. */
function partsOf(expression: Node): Node[] {
  const found: Node[] = []
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look)
    else if (typeof value === 'object' && value !== null) {
      const keys = Object.keys(value)
      // A type name holds no expression that decides anything.
      if (keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '')) found.push(value as Node)
      else Object.entries(value).forEach(([key, inner]) => key !== 'typeName' && look(inner))
    }
  }
  Object.values(expression).forEach(look)
  return found.filter((node) => as(node, 'String') === undefined && as(node, 'ColumnRef') === undefined)
}
