import type { Pair } from '../../online.ts'
import type { Column, Constraint, Index, Schema, Sequence, Table } from '../../../schema/schema.ts'
import { findTable, sortSchema } from '../../../schema/schema.ts'
import { changeTable, copiesOf, keyKept, withoutCopies } from './copies.ts'
import { indexReads, moveConstraint, moveIndex, standsOn } from './texts.ts'

/** A schema as one side's code knows it: one column where there are two, and nothing of what keeps them in step. */
export function hide(live: Schema, pair: Pair, side: 'old' | 'new', target: Schema): Schema {
  const bare = withoutKeeper(live, pair)
  const table = findTable(bare, pair.table)
  if (table === undefined) return bare
  const isSwitched = pair.kind === 'retype' && pair.stage === 'ready'
  if (isSwitched) return side === 'new' ? without(bare, table, pair.from) : bare
  const stripped = without(withoutCopies(bare, copiesOf(bare, table, pair.from, pair.to)), table, pair.to, true)
  if (side === 'old') return stripped
  return pair.kind === 'rename' ? renamed(stripped, table, pair) : retyped(stripped, pair, target)
}

function withoutKeeper(live: Schema, pair: Pair): Schema {
  const isOwn = (one: { readonly schema: string; readonly name: string }): boolean => one.schema === pair.table.schema && one.name === pair.name
  const schema = { ...live, routine: live.routine.filter((one) => !isOwn(one)), sequence: live.sequence.filter((one) => !isOwn(one)) }
  return changeTable(schema, pair.table, (table) => {
    const kept = table.constraints.map(keyKept)
    return {
      ...table, indexes: table.indexes.filter((index) => !kept.includes(index.name)),
      ...(table.triggers && { triggers: table.triggers.filter((trigger) => trigger.name !== pair.name) }),
    }
  })
}

/** What only stands on a column goes with it, unless it is somebody's own (`keeps`). */
function without(schema: Schema, table: Table, column: string, keeps = false): Schema {
  return changeTable(schema, table, (one) => ({
    ...one, columns: one.columns.filter((other) => other.name !== column),
    ...(keeps ? {} : { constraints: one.constraints.filter((item) => !standsOn(item, column)), indexes: one.indexes.filter((item) => !indexReads(item, column)) }),
  }))
}

/** The old column by its new name, with all that stands on it; what the new one has of its own counts. */
function renamed(stripped: Schema, whole: Table, pair: Pair): Schema {
  const present = whole.columns.find((column) => column.name === pair.to)
  const seen = (old: Column): Column => {
    if (present === undefined || pair.stage !== 'ready') return { ...old, name: pair.to, ...(old.notNullName !== undefined && { notNullName: null }) }
    return { ...present, default: present.default ?? old.default, identity: present.identity ?? old.identity ?? null, ...(old.needs && { needs: old.needs }) }
  }
  const schema = changeTable(stripped, pair.table, (table) => ({
    ...table,
    columns: table.columns.map((column) => (column.name === pair.from ? seen(column) : column)),
    constraints: table.constraints.map((item) => (standsOn(item, pair.from) ? moveConstraint(item, pair.from, pair.to) : item)),
    indexes: table.indexes.map((item) => (indexReads(item, pair.from) ? moveIndex(item, pair.from, pair.to) : item)),
  }))
  const isOwner = (one: { readonly schema: string; readonly table: string }): boolean => one.schema === pair.table.schema && one.table === pair.table.name
  const sequence = schema.sequence.map((one): Sequence => (one.ownedBy !== null && isOwner(one.ownedBy) && one.ownedBy.column === pair.from ? { ...one, ownedBy: { ...one.ownedBy, column: pair.to } } : one))
  const point = (item: Constraint): Constraint => (item.type === 'foreignKey' && isOwner(item.references) ? { ...item, references: { ...item.references, columns: item.references.columns.map((name) => (name === pair.from ? pair.to : name)) } } : item)
  return sortSchema({ ...schema, sequence, table: schema.table.map((table) => ({ ...table, constraints: table.constraints.map(point) })) })
}

/** The column as it will be: the models say it in the server's words. */
function retyped(stripped: Schema, pair: Pair, target: Schema): Schema {
  const modelled = findTable(target, pair.table)
  const column = modelled?.columns.find((one) => one.name === pair.from)
  if (modelled === undefined || column === undefined) return stripped
  const same = <T extends Constraint | Index>(item: T, list: readonly T[]): T => list.find((one) => one.name === item.name) ?? item
  const schema = changeTable(stripped, pair.table, (table) => ({
    ...table,
    columns: table.columns.map((old) => (old.name === pair.from ? { ...column, notNull: old.notNull } : old)),
    constraints: table.constraints.map((item) => (standsOn(item, pair.from) ? same(item, modelled.constraints) : item)),
    indexes: table.indexes.map((item) => (indexReads(item, pair.from) ? same(item, modelled.indexes) : item)),
  }))
  const owned = (one: Sequence): boolean => one.ownedBy?.schema === pair.table.schema && one.ownedBy.table === pair.table.name && one.ownedBy.column === pair.from
  return { ...schema, sequence: schema.sequence.map((one) => (owned(one) ? (target.sequence.find((other) => other.schema === one.schema && other.name === one.name) ?? one) : one)) }
}
