import type { Operation } from '../operations/operation.ts'
import type { Column, Constraint, Index, Kind, ObjectRef, Table } from '../schema/schema.ts'
import { childRef, refKey } from '../schema/schema.ts'

/**
 * Takes one member of a cycle apart, so that a part of it can wait or go ahead: a new table's checks, indexes and defaults that
 * need others, a dropped table's foreign keys and defaults. `null` when there is nothing to take out.
 */
export function loosen(operation: Operation, cycle: readonly Operation[]): readonly Operation[] | null {
  if (operation.kind !== 'table') return null
  const others = new Set(cycle.filter((member) => member !== operation).map((member) => refKey(member.ref)))
  if (operation.verb === 'create') return loosenCreate(operation.to, operation.ref, others)
  if (operation.verb === 'drop') return loosenDrop(operation.from, operation.ref, others)
  return null
}

const needsAny = (part: { readonly needs?: readonly ObjectRef[] }, others: ReadonlySet<string>): boolean =>
  (part.needs ?? []).some((need) => others.has(refKey(need)))

function loosenCreate(table: Table, ref: ObjectRef, others: ReadonlySet<string>): readonly Operation[] | null {
  const constraints = table.constraints.filter((item) => needsAny(item, others) || (item.type === 'foreignKey' && pointsAt(item, others)))
  const indexes = table.indexes.filter((item) => needsAny(item, others))
  const columns = table.columns.filter((item) => item.default !== null && needsAny(item, others))
  if (constraints.length + indexes.length + columns.length === 0) return null
  const rest: Table = {
    ...table,
    columns: table.columns.map((item) => (columns.includes(item) ? bare(item) : item)),
    constraints: table.constraints.filter((item) => !constraints.includes(item)),
    indexes: table.indexes.filter((item) => !indexes.includes(item)),
  }
  return [
    make({ verb: 'create', kind: 'table', ref, to: rest }),
    ...columns.map((item) => make({ ...defaultOf(table, item), from: bare(item), to: item })),
    ...constraints.map((item) => make({ verb: 'create', ...part('constraint', table, item), to: item })),
    ...indexes.map((item) => make({ verb: 'create', ...part('index', table, item), to: item })),
  ]
}

function loosenDrop(table: Table, ref: ObjectRef, others: ReadonlySet<string>): readonly Operation[] | null {
  const constraints = table.constraints.filter((item) => needsAny(item, others) || (item.type === 'foreignKey' && pointsAt(item, others)))
  const columns = table.columns.filter((item) => item.default !== null && needsAny(item, others))
  if (constraints.length + columns.length === 0) return null
  const rest: Table = {
    ...table,
    columns: table.columns.map((item) => (columns.includes(item) ? bare(item) : item)),
    constraints: table.constraints.filter((item) => !constraints.includes(item)),
  }
  return [
    ...columns.map((item) => make({ ...defaultOf(table, item), from: item, to: bare(item) })),
    ...constraints.map((item) => make({ verb: 'drop', ...part('constraint', table, item), from: item })),
    make({ verb: 'drop', kind: 'table', ref, from: rest }),
  ]
}

/** Its parts fit together by construction; the union is too wide for TypeScript to see it. */
const make = (parts: object): Operation => parts as Operation

const part = (kind: Kind & ('constraint' | 'index' | 'column'), table: Table, item: Constraint | Index | Column) =>
  ({ kind, ref: childRef(kind, table, item.name) }) as const

const defaultOf = (table: Table, item: Column) => ({ verb: 'alter', ...part('column', table, item), fields: ['default'] }) as const

/** Without its default and what only that needs. */
function bare(column: Column): Column {
  const { needs: _, ...rest } = column
  return { ...rest, default: null }
}

const pointsAt = (item: Extract<Constraint, { type: 'foreignKey' }>, others: ReadonlySet<string>): boolean =>
  others.has(refKey({ kind: 'table', schema: item.references.schema, name: item.references.table }))
