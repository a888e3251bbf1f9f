import type { Column, Identity } from '../../../schema/schema.ts'
import { makeObjectName } from '../names.ts'
import type { Context } from './context.ts'
import { groupBy, needsOf, NONE, optionList } from './context.ts'
import type { ColumnRow, NotNullRow, Oid, RelationRow, SequenceRow } from './rows.ts'

const STORAGE = { p: 'plain', e: 'external', x: 'extended', m: 'main' } as const
const COMPRESSION = { p: 'pglz', l: 'lz4' } as const

/** The columns of all relations, in the order of their numbers. */
export function assembleColumns(context: Context, version: number): ReadonlyMap<Oid, readonly Column[]> {
  const { catalogue } = context
  const comments = byColumn(catalogue.columnComments)
  const notNulls = byColumn(catalogue.notNulls)
  const identities = byColumn(catalogue.sequences.flatMap((row) => (row.dependency === 'i' && row.r !== null && row.k !== null ? [{ r: row.r, k: row.k, row }] : [])))
  const lists = new Map<Oid, readonly Column[]>()
  const types = new Map<string, string>()
  for (const [oid, numbers, names, printed, notNulled, values, own, rest] of catalogue.columns) {
    const relation = context.relations.get(oid)
    if (relation === undefined) continue
    const [mine, named, backed] = [comments.get(oid), notNulls.get(oid), identities.get(oid)]
    lists.set(oid, inOrder(numbers).map((at) => {
      // All arrays of a relation are as long as the first.
      const [k, n, q, d] = [numbers[at] as number, names[at] as string, notNulled[at] as boolean, values[at] ?? null]
      const t = same(types, printed[at] as string)
      const x = rest?.[k]
      const column = x === undefined ? plainColumn(n, t, q, d) : richColumn(n, t, q, d, x, backed?.get(k)?.row)
      if (relation.owner !== undefined) column.grants ??= NONE
      const comment = mine?.get(k)
      if (comment !== undefined) column.comment = comment.t
      if (version >= 180000 && q) nameNotNull(column, relation, named?.get(k))
      const needs = columnNeeds(context, oid, k, d, own?.[k] ?? null)
      if (needs !== undefined) column.needs = needs
      return column
    }))
  }
  return lists
}

/** The positions of the columns by number; the server as good as always sends them so. */
function inOrder(numbers: readonly number[]): readonly number[] {
  const positions = numbers.map((_, at) => at)
  const isSorted = numbers.every((number, at) => at === 0 || (numbers[at - 1] ?? 0) < number)
  return isSorted ? positions : positions.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0))
}

/** One copy of texts that are there many times: parsing makes a new one each time. */
function same(known: Map<string, string>, text: string): string {
  const first = known.get(text)
  if (first !== undefined) return first
  known.set(text, text)
  return text
}

/** Rows by relation and number of the column: most relations have none. */
function byColumn<T extends { readonly r: Oid; readonly k: number }>(rows: readonly T[]): ReadonlyMap<Oid, ReadonlyMap<number, T>> {
  return new Map([...groupBy(rows, (row) => row.r)].map(([oid, list]) => [oid, new Map(list.map((row) => [row.k, row]))]))
}

/** The name that the server gives a NOT NULL constraint. */
export function defaultNotNullName(table: string, column: string): string {
  return makeObjectName(table, column, 'not_null')
}

/** There may be hundreds of thousands: each is one literal, completed in place. */
type Draft = { -readonly [K in keyof Column]: Column[K] }

function nameNotNull(column: Draft, relation: RelationRow, constraint: NotNullRow | undefined): void {
  const named = constraint !== undefined && constraint.n !== defaultNotNullName(relation.name, column.name)
  column.notNullName = named ? constraint.n : null
  column.notNullValidated = constraint?.validated ?? true
  column.notNullNoInherit = constraint?.noInherit ?? false
  column.notNullComment = constraint?.comment ?? null
}

function plainColumn(name: string, type: string, notNull: boolean, value: string | null): Draft {
  return {
    name, type, notNull, default: value, generated: null, identity: null, collation: null, storage: null, compression: null,
    statistics: null, options: NONE, local: true, comment: null,
  }
}

function richColumn(name: string, type: string, notNull: boolean, value: string | null, x: NonNullable<ColumnRow['x']>, sequence: SequenceRow | undefined): Draft {
  const isGenerated = x.generated !== ''
  const column: Draft = {
    name, type, notNull,
    default: isGenerated ? null : value,
    generated: isGenerated ? { expression: value ?? '', stored: x.generated === 's' } : null,
    identity: x.identity === '' ? null : identity(x.identity === 'a', sequence),
    collation: x.collation,
    storage: x.storage === null ? null : STORAGE[x.storage],
    compression: x.compression === '' ? null : COMPRESSION[x.compression],
    statistics: x.statistics,
    options: optionList(x.options),
    local: x.local,
    comment: null,
  }
  if (x.foreign !== null) column.foreignOptions = optionList(x.foreign)
  if (x.acl != null) column.grants = [...x.acl].sort()
  return column
}

function identity(always: boolean, sequence: SequenceRow | undefined): Identity {
  if (sequence === undefined) return { always }
  const { start, increment, min, max, cache, cycle, name } = sequence
  return { always, start, increment, min, max, cache, cycle, sequence: name }
}

/** What a column's type and default refer to. */
function columnNeeds(context: Context, relation: Oid, number: number, value: string | null, own: Oid | null): Column['needs'] {
  const type = own === null ? undefined : context.refs.get(own)
  const byDefault = value === null ? undefined : needsOf(context, 'd', relation, number).needs
  return type === undefined ? byDefault : [type, ...(byDefault ?? [])]
}
