import type { Problem } from '../errors.ts'
import { TrueupError } from '../errors.ts'
import type { Flavour, Kind, Schema } from '../schema/schema.ts'
import { ALL_KINDS, FLAVOURS, sortSchema, TOP_KINDS } from '../schema/schema.ts'
import type { ModelSource } from './source.ts'
import { checkObject } from './snapshot-shapes.ts'

/** The version of the format. Raised when a reader of the older one would misunderstand it. */
export const SNAPSHOT_VERSION = 1

/**
 * A schema as plain JSON, to keep in a file: `trueup` names the format's version, `dialect` the database whose words it is in,
 * `covers` the kinds that it speaks of; then one list a kind, as in the types `Table`, `View`, … Kinds without objects are
 * left out.
 */
export interface Snapshot {
  readonly trueup: number
  readonly dialect?: string
  readonly covers: readonly Kind[]
  /** What the source of the models had no words for. */
  readonly silent?: readonly Flavour[]
  readonly [kind: string]: unknown
}

/** Writes a schema down. The same schema gives the same JSON. */
export function toSnapshot(schema: Schema, dialect?: string): Snapshot {
  const sorted = sortSchema(schema)
  const lists = TOP_KINDS.filter((kind) => sorted[kind].length > 0).map((kind) => [kind, sorted[kind]] as const)
  return {
    trueup: SNAPSHOT_VERSION,
    ...(dialect !== undefined && { dialect }),
    covers: sorted.covers,
    ...(sorted.silent && { silent: sorted.silent }),
    ...Object.fromEntries(lists),
    ...(sorted.unmanaged.length > 0 && { unmanaged: sorted.unmanaged }),
  }
}

/**
 * Models that were saved by `toSnapshot`: already in the server's words, so that nothing needs to be asked.
 *
 * @param snapshot the JSON as text, or parsed
 * @throws TrueupError `models-invalid` that names each wrong path (`table[3].columns[0].name`)
 */
export function fromSnapshot(snapshot: unknown): ModelSource {
  const parsed = typeof snapshot === 'string' ? parse(snapshot) : snapshot
  const { schema, dialect } = check(parsed)
  return {
    title: 'snapshot',
    declare(context) {
      if (dialect === undefined || dialect === context.dialect) return { form: 'normal', schema }
      throw invalid([{ subject: 'dialect', message: `the snapshot is of ${dialect}, the database speaks ${context.dialect}` }])
    },
  }
}

const invalid = (problems: readonly Problem[]): TrueupError =>
  new TrueupError('models-invalid', 'The snapshot cannot be read.', { problems, hint: 'Write it again with `trueup snapshot`.' })

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new TrueupError('models-invalid', 'The snapshot is no JSON.', { cause, hint: 'Write it again with `trueup snapshot`.' })
  }
}

function check(value: unknown): { readonly schema: Schema; readonly dialect: string | undefined } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid([{ subject: '$', message: 'an object was expected' }])
  const given = new Map<string, unknown>(Object.entries(value))
  const version = given.get('trueup')
  if (version === undefined) throw new TrueupError('models-invalid', 'This JSON is no snapshot: it has no field `trueup`.', { hint: 'Write a snapshot with `trueup snapshot` or `trueup pull --format snapshot`.' })
  if (version !== SNAPSHOT_VERSION) {
    throw invalid([{ subject: 'trueup', message: `version ${SNAPSHOT_VERSION} of the format was expected, ${JSON.stringify(version)} is there` }])
  }
  const problems: Problem[] = []
  const dialect = given.get('dialect')
  if (dialect !== undefined && typeof dialect !== 'string') problems.push({ subject: 'dialect', message: 'a text was expected' })
  const covers = checkWords('covers', given.get('covers'), ALL_KINDS, 'kind of object', problems)
  const silent = given.has('silent') ? checkWords('silent', given.get('silent'), FLAVOURS, 'flavour of constraints and indexes', problems) : undefined
  const schema: Record<string, unknown> = { covers, ...(silent && { silent }), unmanaged: listOf(given, 'unmanaged', problems) }
  for (const kind of TOP_KINDS) {
    const items = listOf(given, kind, problems)
    items.forEach((item, index) => checkObject(kind, item, `${kind}[${index}]`, problems))
    schema[kind] = items
  }
  const known = new Set<string>([...TOP_KINDS, 'trueup', 'dialect', 'covers', 'silent', 'unmanaged'])
  for (const key of given.keys()) if (!known.has(key)) problems.push({ subject: key, message: 'no kind of object has this name' })
  if (problems.length > 0) throw invalid(problems)
  // Every list and every required field was checked above.
  return { schema: sortSchema(schema as unknown as Schema), dialect: typeof dialect === 'string' ? dialect : undefined }
}

function checkWords<T extends string>(field: string, value: unknown, words: readonly T[], what: string, problems: Problem[]): readonly T[] {
  if (!Array.isArray(value)) {
    problems.push({ subject: field, message: 'a list of words was expected' })
    return []
  }
  return value.flatMap((item: unknown, index): readonly T[] => {
    const word = words.find((each) => each === item)
    if (word === undefined) problems.push({ subject: `${field}[${index}]`, message: `${JSON.stringify(item)} is no ${what}` })
    return word === undefined ? [] : [word]
  })
}

function listOf(given: ReadonlyMap<string, unknown>, key: string, problems: Problem[]): readonly unknown[] {
  const value = given.get(key) ?? []
  if (Array.isArray(value)) return value
  problems.push({ subject: key, message: 'a list was expected' })
  return []
}
