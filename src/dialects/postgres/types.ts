/** Other spellings of built-in types, by the server's own. */
const SPELLINGS: Readonly<Record<string, string>> = {
  int: 'integer', int4: 'integer', int2: 'smallint', int8: 'bigint', float: 'double precision', float8: 'double precision', float4: 'real',
  bool: 'boolean', decimal: 'numeric', dec: 'numeric', varchar: 'character varying', 'char varying': 'character varying',
  'national character varying': 'character varying', 'national char varying': 'character varying', 'nchar varying': 'character varying',
  char: 'character', nchar: 'character', 'national character': 'character', 'national char': 'character', bpchar: 'bpchar',
  timestamptz: 'timestamp with time zone', timetz: 'time with time zone', timestamp: 'timestamp without time zone', time: 'time without time zone',
  varbit: 'bit varying', 'timestamp with time zone': 'timestamp with time zone', 'timestamp without time zone': 'timestamp without time zone',
  'time with time zone': 'time with time zone', 'time without time zone': 'time without time zone',
}

const SAME = new Set([
  'integer', 'smallint', 'bigint', 'double precision', 'real', 'boolean', 'numeric', 'character varying', 'character', 'bit', 'bit varying', 'interval',
  'text', 'bytea', 'date', 'uuid', 'json', 'jsonb', 'xml', 'inet', 'cidr', 'macaddr', 'macaddr8', 'point', 'line', 'lseg', 'box', 'path', 'polygon',
  'circle', 'money', 'tsvector', 'tsquery', 'oid', 'name', 'int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange', 'int4multirange',
  'int8multirange', 'nummultirange', 'tsmultirange', 'tstzmultirange', 'datemultirange', 'pg_lsn', 'jsonpath', 'regclass', 'regtype', 'txid_snapshot',
])

/** Without a length these mean one character or bit. */
const LENGTH_ONE = new Set(['character', 'bit'])

/**
 * A built-in type in the server's spelling: `varchar(20)` is `character varying(20)`, `decimal (10,2)[]` is
 * `numeric(10,2)[]`. A text that is not certainly a built-in type comes back as it was.
 */
export function canonicalType(text: string): string {
  const parsed = parseType(text)
  if (parsed === null) return text
  const { words, parameters, tail, dimensions } = parsed
  const whole = tail === '' ? words : `${words} ${tail}`
  const name = SPELLINGS[whole] ?? (SAME.has(whole) ? whole : null)
  if (name === null) return text
  return place(name, words, parameters) + '[]'.repeat(dimensions > 0 ? 1 : 0)
}

/** True for a built-in type in the server's spelling. */
export function isBuiltin(type: string): boolean {
  const base = type.replace(/\[\]$/, '').replace(/\([\d,\s-]*\)/, '')
  return SAME.has(base) || Object.values(SPELLINGS).includes(base)
}

interface ParsedType {
  readonly words: string
  readonly parameters: readonly string[]
  readonly tail: string
  readonly dimensions: number
}

function parseType(text: string): ParsedType | null {
  const match = /^(?:pg_catalog\.)?([a-z_][a-z0-9_ ]*?)\s*(?:\(\s*([0-9]+(?:\s*,\s*-?[0-9]+)?)\s*\))?\s*((?:with|without) time zone)?\s*((?:\[\s*\d*\s*\]\s*)*| array)$/.exec(
    text.trim().toLowerCase().replace(/\s+/g, ' '),
  )
  if (match === null) return null
  const [, words = '', parameters, tail = '', array = ''] = match
  return {
    words,
    parameters: parameters === undefined ? [] : parameters.split(',').map((part) => String(Number(part))),
    tail,
    dimensions: array.trim() === 'array' ? 1 : array.split('[').length - 1,
  }
}

/** Puts parameters where the server prints them. */
function place(name: string, words: string, parameters: readonly string[]): string {
  if (words === 'float' && parameters.length === 1) return Number(parameters[0]) <= 24 ? 'real' : 'double precision'
  const list = parameters.length > 0 ? parameters : LENGTH_ONE.has(name) ? ['1'] : []
  if (list.length === 0) return name
  const printed = `(${(name === 'numeric' && list.length === 1 ? [...list, '0'] : list).join(',')})`
  const zone = / with(out)? time zone$/.exec(name)
  return zone === null ? name + printed : name.slice(0, zone.index) + printed + name.slice(zone.index)
}
