import { call, options, string, type Writing } from './writing.ts'

/** Builders whose type says nothing more than its name. */
const PLAIN: Readonly<Record<string, string>> = {
  text: 'text', boolean: 'boolean', smallint: 'smallint', integer: 'integer', real: 'real', 'double precision': 'doublePrecision', numeric: 'numeric', json: 'json', jsonb: 'jsonb',
  uuid: 'uuid', date: 'date', interval: 'interval', inet: 'inet', cidr: 'cidr', macaddr: 'macaddr', macaddr8: 'macaddr8', point: 'point', line: 'line', 'character varying': 'varchar',
}

/** The beginning of a column: its builder with the column's name. `enums` are the variables of the models' own types, by type. */
export function postgresType(writing: Writing, type: string, column: string, enums: ReadonlyMap<string, string>): string {
  const name = string(column)
  if (type.endsWith('[]')) return `${postgresType(writing, type.slice(0, -2), column, enums)}.array()`
  const own = enums.get(type)
  if (own !== undefined) return call(own, name)
  const plain = Object.hasOwn(PLAIN, type) ? PLAIN[type] : undefined
  if (plain !== undefined) return call(writing.use(plain), name)
  if (type === 'bigint') return call(writing.use('bigint'), name, `{ mode: 'number' }`)
  return sized(writing, type, name) ?? call(writing.customType(type), name)
}

function sized(writing: Writing, type: string, name: string): string | undefined {
  const text = /^character( varying)?\((\d+)\)$/.exec(type)
  if (text !== null) return call(writing.use(text[1] === undefined ? 'char' : 'varchar'), name, options({ length: text[2] }))
  const number = /^numeric\((\d+),(-?\d+)\)$/.exec(type)
  if (number !== null) return call(writing.use('numeric'), name, options({ precision: number[1], scale: number[2] }))
  const time = /^(time|timestamp)(?:\((\d)\))? (with|without) time zone$/.exec(type)
  if (time !== null) return call(writing.use(time[1] ?? 'time'), name, options({ precision: time[2], withTimezone: time[3] === 'with' ? 'true' : undefined }))
  const bits = /^(bit|(?:public\.)?vector)\((\d+)\)$/.exec(type)
  if (bits !== null) return call(writing.use(bits[1] === 'bit' ? 'bit' : 'vector'), name, options({ dimensions: bits[2] }))
  return undefined
}

/** A default as JavaScript where that says exactly the same, as SQL otherwise. */
export function postgresDefault(writing: Writing, type: string, expression: string, enums: ReadonlyMap<string, string>): string {
  if (type === 'boolean' && /^(true|false)$/.test(expression)) return `.default(${expression})`
  if (expression === 'now()' && /^(timestamp|time|date)/.test(type)) return '.defaultNow()'
  if (expression === 'gen_random_uuid()' && type === 'uuid') return '.defaultRandom()'
  if (/^(smallint|integer|bigint)$/.test(type)) {
    const number = wholeNumber(expression)
    if (number !== null) return `.default(${number})`
  }
  const text = /^'((?:[^'\\]|'')*)'::(.+)$/s.exec(expression)
  const typed = text !== null && (type.replace(/\(\d+\)$/, '') === text[2]?.replace(/\(\d+\)$/, '').replace(/^bpchar$/, 'character') || type === text[2])
  if (typed && (/^(text|character)(?!.*\[\]$)/.test(type) || enums.has(type))) return `.default(${string((text?.[1] ?? '').replaceAll("''", "'"))})`
  return `.default(${writing.sql(expression)})`
}

/** A number that the server prints in this very way when it is given without a cast: `7`, `'-7'::integer`, `'3000000000'::bigint`. */
function wholeNumber(expression: string): number | null {
  if (/^\d{1,15}$/.test(expression)) return Number(expression)
  const cast = /^'(-?\d{1,15})'::(integer|bigint)$/.exec(expression)
  if (cast === null) return null
  const value = Number(cast[1])
  const small = value >= -(2 ** 31) && value < 2 ** 31
  return cast[2] === 'integer' ? (value < 0 && small ? value : null) : small ? null : value
}
