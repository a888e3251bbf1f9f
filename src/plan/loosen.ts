import type { AlterOperation, Operation } from '../operations/operation.ts'
import type { Column, Constraint, Index, Kind, ObjectRef, Table } from '../schema/schema.ts'
import { childRef, refKey } from '../schema/schema.ts'

/**
 * Takes one member of a cycle apart, so that a part of it can wait or go ahead: a new table's checks, indexes and defaults that
 * need others, a dropped table's foreign keys and defaults, a column's identity. `null` when there is nothing to take out.
 */
export function loosen(operation: Operation, cycle: readonly Operation[]): readonly Operation[] | null {
  if (operation.kind === 'column' && operation.verb === 'alter') return loosenColumn(operation)
  if (operation.kind !== 'table') return null
  const others = new Set(cycle.filter((member) => member !== operation).map((member) => refKey(member.ref)))
  if (operation.verb === 'create') return loosenCreate(operation.to, operation.ref, others)
  if (operation.verb === 'drop') return loosenDrop(operation.from, operation.ref, others)
  return null
}

/** An identity's own sequence has a name that the sequence of the new default may be waiting for. */
function loosenColumn({ ref, from, to, fields }: AlterOperation<'column'>): readonly Operation[] | null {
  const rest = fields.filter((field) => field !== 'identity')
  if (from.identity == null || to.identity != null || !fields.includes('identity') || rest.length === 0) return null
  const plain: Column = { ...from, identity: null }
  return [make({ verb: 'alter', kind: 'column', ref, from, to: plain, fields: ['identity'] }), make({ verb: 'alter', kind: 'column', ref, from: plain, to, fields: rest })]
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
  // A foreign key to the table itself keeps its partitions from going first.
  const targets = new Set([...others, refKey(ref)])
  const constraints = table.constraints.filter((item) => needsAny(item, others) || (item.type === 'foreignKey' && item.local !== false && pointsAt(item, targets)))
  const columns = table.columns.filter((item) => item.default !== null && needsAny(item, others))
  const attached = ATTACHED.flatMap(([kind, list]) => (table[list] ?? []).filter((item) => needsAny(item, others)).map((item) => ({ kind, item })))
  if (constraints.length + columns.length + attached.length === 0) return null
  const stays = (item: object): boolean => !attached.some((one) => one.item === item)
  const rest: Table = {
    ...table,
    columns: table.columns.map((item) => (columns.includes(item) ? bare(item) : item)),
    constraints: table.constraints.filter((item) => !constraints.includes(item)),
    indexes: table.indexes.filter(stays), triggers: (table.triggers ?? []).filter(stays), rules: (table.rules ?? []).filter(stays), policies: (table.policies ?? []).filter(stays),
  }
  return [
    ...attached.map(({ kind, item }) => make({ verb: 'drop', kind, ref: childRef(kind, table, item.name), from: item })),
    ...columns.map((item) => make({ ...defaultOf(table, item), from: item, to: bare(item) })),
    ...constraints.map((item) => make({ verb: 'drop', ...part('constraint', table, item), from: item })),
    make({ verb: 'drop', kind: 'table', ref, from: rest }),
  ]
}

const ATTACHED = [['policy', 'policies'], ['trigger', 'triggers'], ['rule', 'rules'], ['index', 'indexes']] as const

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
