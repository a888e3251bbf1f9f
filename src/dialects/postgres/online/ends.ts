import type { Pair, PairContext } from '../../online.ts'
import type { Step } from '../../step.ts'
import { TrueupError } from '../../../errors.ts'
import type { Column, Table } from '../../../schema/schema.ts'
import { findTable } from '../render/find.ts'
import { qualified, quoteName } from '../render/names.ts'
import { ACCESS_EXCLUSIVE, makeStep } from '../render/step.ts'
import { copiesOf, keyKept } from './copies.ts'
import type { Copy } from './copies.ts'
import { free } from './free.ts'
import { columnName, dropReferences, locksOf, moveValue, sequenceLocks, takeKey, takeName, takeReferences, trade } from './swap.ts'

interface Ends {
  readonly table: Table
  readonly from: Column
  readonly to: Column
}

function endsOf(pair: Pair, { live }: PairContext): Ends {
  const table = findTable(live, pair.table)
  const find = (name: string): Column | undefined => table?.columns.find((column) => column.name === name)
  const [from, to] = [find(pair.from), find(pair.to)]
  if (table === undefined || from === undefined || to === undefined) {
    throw new TrueupError('not-supported', `Trigger ${pair.name} of ${pair.table.name} keeps ${pair.from} and ${pair.to} in step, and one of them is gone.`, { hint: `Drop the trigger and its function ${pair.name} by hand, then start again.` })
  }
  return { table, from, to }
}

const dropKeeper = (pair: Pair, table: Table): readonly string[] => [
  `DROP TRIGGER ${quoteName(pair.name)} ON ${qualified(table)}`, `DROP FUNCTION ${qualified({ schema: table.schema, name: pair.name })}()`,
  `DROP SEQUENCE ${qualified({ schema: table.schema, name: pair.name })}`,
]

/** The sequence that keeps the time of the last use goes, too. */
const own = (pair: Pair): Step['locks'] => [{ relation: { schema: pair.table.schema, name: pair.name }, mode: ACCESS_EXCLUSIVE, lockable: false }]

const dropColumn = (table: Table, column: string): string => `ALTER TABLE ${qualified(table)} DROP COLUMN ${quoteName(column)}`

/** The old side goes; what bore its names has them again. */
export function contract(pair: Pair, context: PairContext): Step {
  const { table, from, to } = endsOf(pair, context)
  const title = `drop ${table.name}.${columnName(pair.from)}, which ${columnName(pair.to)} has taken the place of`
  const copies = copiesOf(context.live, table, pair.from, pair.to)
  if (pair.kind === 'retype') return makeStep(title, [...dropKeeper(pair, table), dropColumn(table, pair.from)], { locks: [...locksOf(table, copies), ...own(pair)] })
  const modelled = findTable(context.target, table)?.columns.find((column) => column.name === pair.to)
  return makeStep(title, [
    ...dropKeeper(pair, table), ...dropReferences(copies), ...moveValue(table, from, to, modelled, context.live), ...takeKey(table, copies), dropColumn(table, pair.from),
    ...renamed(copies, context), ...takeReferences(copies, context.live, { from: pair.to, to: pair.to }),
  ], { locks: [...locksOf(table, copies), ...sequenceLocks(table, from, context.live), ...own(pair)] })
}

function renamed(copies: readonly Copy[], { live }: PairContext): readonly string[] {
  return copies.flatMap((item) => {
    if (item.kind !== 'index' && item.kind !== 'constraint') return []
    const table = findTable(live, item.table)
    const isThere = [...(table?.constraints ?? []), ...(table?.indexes ?? [])].some((one) => one.name === item.copy.name)
    return isThere ? [takeName(item, item.copy.name, item.original.name)] : []
  })
}

/** The new side goes; what either code wrote is in the old one. */
export function undo(pair: Pair, context: PairContext): Step {
  const { table, from, to } = endsOf(pair, context)
  const title = `drop ${table.name}.${columnName(pair.to)} and go back to ${columnName(pair.from)}`
  const isSwitched = pair.kind === 'retype' && pair.stage === 'ready'
  if (!isSwitched) {
    const copies = copiesOf(context.live, table, pair.from, pair.to)
    const has = (item: Copy): boolean => findTable(context.live, item.table)?.constraints.some((one) => one.name === item.copy.name) === true
    const references = copies.filter((item) => item.kind === 'reference' && has(item)).map((item) => `ALTER TABLE ${qualified(item.table)} DROP CONSTRAINT ${quoteName(item.copy.name)}`)
    const key = table.constraints.find((one) => one.type === 'primaryKey')
    const kept = key === undefined ? null : keyKept(key)
    const index = table.indexes.some((one) => one.name === kept) && kept !== null ? [`DROP INDEX ${qualified({ schema: table.schema, name: kept })}`] : []
    return makeStep(title, [...dropKeeper(pair, table), ...references, ...index, dropColumn(table, pair.to)], { locks: [...locksOf(table, copies), ...own(pair)] })
  }
  const hidden = free(pair.to, 'gone', table.columns.map((column) => column.name))
  // The default as it was: a cast of it is in the words of the other type.
  const back = trade(table, { front: to, back: from, hidden, shown: pair.to, modelled: { ...from, default: pair.former } }, context)
  return makeStep(title, [...dropKeeper(pair, table), ...back.statements, dropColumn(table, hidden)], { locks: [...back.locks, ...own(pair)] })
}
