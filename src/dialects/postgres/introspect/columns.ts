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
  for (const [oid, entries] of catalogue.columns) {
    const relation = context.relations.get(oid)
    if (relation === undefined) continue
    const [mine, named, backed] = [comments.get(oid), notNulls.get(oid), identities.get(oid)]
    lists.set(oid, [...entries].sort(([a], [b]) => a - b).map(([k, n, t, q, d, y, x]) => {
      const column = x === null ? plainColumn(n, t, q, d) : richColumn(n, t, q, d, x, backed?.get(k)?.row)
      const comment = mine?.get(k)
      if (comment !== undefined) column.comment = comment.t
      if (version >= 180000 && q) nameNotNull(column, relation, named?.get(k))
      const needs = columnNeeds(context, oid, k, d, y)
      if (needs !== undefined) column.needs = needs
      return column
    }))
  }
  return lists
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
    options: x.foreign === null ? optionList(x.options) : [...optionList(x.options), ...optionList(x.foreign)],
    local: x.local,
    comment: null,
  }
  if (x.acl !== undefined) column.grants = [...(x.acl ?? [])].sort()
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
