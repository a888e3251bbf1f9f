import type { Problem } from '../errors.ts'
import { TrueupError } from '../errors.ts'
import type { Kind, Schema } from '../schema/schema.ts'
import { ALL_KINDS, FLAVOURS, makeSchema, TOP_KINDS } from '../schema/schema.ts'
import { madeUpName } from './made-up-names.ts'
import { checkObject } from './snapshot-shapes.ts'
import type { DeclareContext, ModelSource } from './source.ts'

type Data = Readonly<Record<string, unknown>>

/** What can be said of a database as JSON, when no more is written than what is meant. The reference lists every field. */
export interface JsonModels {
  /** Flavours of objects that the writer of this JSON has no words for: they are neither made nor missed. */
  readonly silent?: readonly string[]
  readonly [kind: string]: unknown
}

/** What tables have, wherever tables are spoken of. */
const OF_TABLES: readonly Kind[] = ['table', 'column', 'constraint', 'index']

/**
 * Models as plain JSON: the same kinds and fields as a snapshot, in the models' own words, with everything left out that has a
 * usual value. Anybody can write a source for models that trueup does not know by writing this.
 *
 * @param models the JSON as text, or parsed: `{ "table": [{ "name": "users", "columns": [{ "name": "id", "type": "bigint" }] }] }`
 * @throws TrueupError `models-invalid` that names each wrong path (`table[3].columns[0].type`)
 */
export function fromJson(models: string | JsonModels): ModelSource {
  return {
    title: 'JSON models',
    declare: (context) => ({ form: 'schema', schema: read(typeof models === 'string' ? parse(models) : models, context) }),
  }
}

const invalid = (problems: readonly Problem[]): TrueupError =>
  new TrueupError('models-invalid', `The JSON models cannot be read:\n${problems.map(({ subject, message }) => `  - ${subject}: ${message}`).join('\n')}`, {
    problems, hint: 'The page about JSON models lists the fields of every kind.',
  })

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw invalid([{ subject: '$', message: cause instanceof Error ? cause.message : 'no JSON' }])
  }
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)

function read(given: unknown, context: DeclareContext): Schema {
  if (!isData(given)) throw invalid([{ subject: '$', message: 'an object was expected' }])
  const problems: Problem[] = []
  const lists: Record<string, readonly unknown[]> = {}
  for (const [key, value] of Object.entries(given)) {
    const kind = TOP_KINDS.find((one) => one === key)
    if (key === 'silent') continue
    else if (kind === undefined) problems.push({ subject: key, message: `no kind of object has this name; there are ${TOP_KINDS.join(', ')}` })
    else if (!Array.isArray(value)) problems.push({ subject: key, message: 'a list was expected' })
    else lists[kind] = value.map((item: unknown) => (isData(item) ? complete(kind, item, context) : item))
  }
  for (const kind of TOP_KINDS) lists[kind]?.forEach((item, index) => checkObject(kind, item, `${kind}[${index}]`, problems))
  const silent = flavoursOf(given['silent'], problems)
  if (problems.length > 0) throw invalid(problems)
  const kinds = ALL_KINDS.filter((kind) => kind in lists)
  const covers = [...new Set([...kinds, ...('table' in lists ? [...OF_TABLES, 'sequence' as const] : [])])]
  // Every list was checked field by field above.
  const schema = makeSchema(lists as unknown as Partial<Schema>)
  return { ...schema, covers, silent: 'sequence' in lists ? silent : [...silent, 'sequence'] }
}

function flavoursOf(value: unknown, problems: Problem[]): NonNullable<Schema['silent']> {
  if (value === undefined) return []
  const words: readonly unknown[] = Array.isArray(value) ? value : [value]
  return words.flatMap((word) => {
    const known = FLAVOURS.find((one) => one === word)
    if (known === undefined) problems.push({ subject: 'silent', message: `${JSON.stringify(word)} is none of ${FLAVOURS.join(', ')}` })
    return known === undefined ? [] : [known]
  })
}

/** Kinds that have no schema of their own. */
const WHOLE: ReadonlySet<Kind> = new Set<Kind>(['namespace', 'extension', 'wrapper', 'server', 'userMapping', 'eventTrigger', 'publication', 'subscription', 'defaultPrivilege'])

function complete(kind: Kind, item: Data, { defaultSchema }: DeclareContext): Data {
  const placed = WHOLE.has(kind) ? item : { schema: defaultSchema, ...item }
  if (kind === 'table') return completeTable(placed, defaultSchema)
  if (kind === 'view') return { materialized: false, ...placed }
  return placed
}

function completeTable(table: Data, defaultSchema: string): Data {
  const name = String(table['name'])
  return {
    ...table,
    columns: each(table['columns'], (column) => ({ notNull: false, default: null, ...column })),
    constraints: each(table['constraints'] ?? [], (constraint) => completeConstraint(name, constraint, defaultSchema)),
    indexes: each(table['indexes'] ?? [], (index) => completeIndex(name, index)),
  }
}

const each = (list: unknown, work: (item: Data) => Data): unknown => (Array.isArray(list) ? list.map((item: unknown) => (isData(item) ? work(item) : item)) : list)

const ENDINGS: Readonly<Record<string, string>> = { primaryKey: 'pkey', unique: 'key', foreignKey: 'fkey', check: 'check', exclusion: 'excl' }

function completeConstraint(table: string, constraint: Data, defaultSchema: string): Data {
  const type = String(constraint['type'])
  const columns = type === 'primaryKey' ? [] : textsOf(constraint['columns'])
  const name = typeof constraint['name'] === 'string' ? {} : { name: madeUpName(table, columns, ENDINGS[type] ?? type), named: false }
  if (type !== 'foreignKey') return { ...constraint, ...name }
  const references = isData(constraint['references']) ? { schema: defaultSchema, ...constraint['references'] } : constraint['references']
  return { onDelete: 'no action', onUpdate: 'no action', ...constraint, ...name, references }
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

function completeIndex(table: string, index: Data): Data {
  const keys: unknown = Array.isArray(index['keys']) ? index['keys'].map(completeKey) : index['keys']
  const columns = Array.isArray(keys) ? keys.map((key: unknown) => (isData(key) && typeof key['column'] === 'string' ? key['column'] : 'expr')) : []
  const name = typeof index['name'] === 'string' ? {} : { name: madeUpName(table, columns, 'idx'), named: false }
  return { unique: false, method: 'btree', where: null, ...index, ...name, keys }
}

/** A column's name stands for the column in its usual order. */
function completeKey(key: unknown): unknown {
  if (typeof key === 'string') return { column: key, expression: null, order: 'asc', nulls: 'last' }
  if (!isData(key)) return key
  const order = key['order'] ?? 'asc'
  return { column: null, expression: null, order, nulls: order === 'desc' ? 'first' : 'last', ...key }
}
