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
  const comments = new Map(catalogue.columnComments.map((row) => [`${row.r} ${row.k}`, row.t]))
  const notNulls = new Map(catalogue.notNulls.map((row) => [`${row.r} ${row.k}`, row]))
  const identities = new Map<string, SequenceRow>()
  for (const row of catalogue.sequences) if (row.dependency === 'i') identities.set(`${row.r} ${row.k}`, row)
  const lists = new Map<Oid, readonly Column[]>()
  for (const [oid, rows] of groupBy(catalogue.columns, (row) => row.r)) {
    const relation = context.relations.get(oid)
    if (relation === undefined) continue
    const list = rows.sort((a, b) => a.k - b.k).map((row) => {
      const key = `${row.r} ${row.k}`
      return {
        name: row.n,
        type: row.t,
        notNull: row.q,
        ...notNullParts(row, relation, notNulls.get(key), version),
        ...valueParts(row, identities.get(key)),
        ...storageParts(row),
        comment: comments.get(key) ?? null,
        ...(row.x?.acl === undefined ? {} : { grants: [...(row.x.acl ?? [])].sort() }),
        ...columnNeeds(context, row),
      }
    })
    lists.set(oid, list)
  }
  return lists
}

/** The name that the server gives a NOT NULL constraint. */
export function defaultNotNullName(table: string, column: string): string {
  return makeObjectName(table, column, 'not_null')
}

type NotNullParts = Pick<Column, 'notNullName' | 'notNullValidated'>

function notNullParts(row: ColumnRow, relation: RelationRow, constraint: NotNullRow | undefined, version: number): NotNullParts {
  if (version < 180000 || !row.q) return {}
  const named = constraint !== undefined && constraint.n !== defaultNotNullName(relation.name, row.n)
  return { notNullName: named ? constraint.n : null, notNullValidated: constraint?.validated ?? true }
}

type ValueParts = Pick<Column, 'default' | 'generated' | 'identity'>

function valueParts(row: ColumnRow, sequence: SequenceRow | undefined): ValueParts {
  const { x } = row
  const isGenerated = x !== null && x.generated !== ''
  return {
    default: isGenerated ? null : row.d,
    generated: isGenerated ? { expression: row.d ?? '', stored: x.generated === 's' } : null,
    identity: x === null || x.identity === '' ? null : identity(x.identity === 'a', sequence),
  }
}

function identity(always: boolean, sequence: SequenceRow | undefined): Identity {
  if (sequence === undefined) return { always }
  const { start, increment, min, max, cache, cycle, name } = sequence
  return { always, start, increment, min, max, cache, cycle, sequence: name }
}

type StorageParts = Pick<Column, 'collation' | 'storage' | 'compression' | 'statistics' | 'options' | 'local'>

function storageParts(row: ColumnRow): StorageParts {
  const { x } = row
  if (x === null) return { collation: null, storage: null, compression: null, statistics: null, options: NONE, local: true }
  return {
    collation: x.collation,
    storage: x.storage === null ? null : STORAGE[x.storage],
    compression: x.compression === '' ? null : COMPRESSION[x.compression],
    statistics: x.statistics,
    options: x.foreign === null ? optionList(x.options) : [...optionList(x.options), ...optionList(x.foreign)],
    local: x.local,
  }
}

/** What a column's type and default refer to. */
function columnNeeds(context: Context, row: ColumnRow): Pick<Column, 'needs'> {
  const type = row.y === null ? undefined : context.refs.get(row.y)
  const byDefault = needsOf(context, 'd', row.r, row.k).needs
  if (type === undefined) return byDefault === undefined ? {} : { needs: byDefault }
  return { needs: [type, ...(byDefault ?? [])] }
}
