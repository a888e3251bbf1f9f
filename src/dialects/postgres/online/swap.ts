import type { Pair, PairContext } from '../../online.ts'
import type { TableLock } from '../../step.ts'
import type { Column, Identity, Named, Schema, Sequence, Table } from '../../../schema/schema.ts'
import { displayName } from '../../../schema/schema.ts'
import { makeObjectName } from '../names.ts'
import { identityText } from '../render/column-text.ts'
import { constraintText } from '../render/constraint-text.ts'
import { findTable } from '../render/find.ts'
import { literal, madeUpName, qualified, quoteName } from '../render/names.ts'
import { ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE } from '../render/step.ts'
import type { Copy } from './copies.ts'
import { copiesOf, keyKept } from './copies.ts'
import { free } from './free.ts'
import type { Sides } from './keeper.ts'

export interface Statements {
  readonly statements: readonly string[]
  readonly locks: readonly TableLock[]
}

/** A step in which the new side of a retype becomes the column, and the old one stays beside it. */
export function swapStatements(pair: Pair, sides: Sides, table: Table, names: { readonly hidden: string; readonly shown: string }, context: PairContext): Statements {
  const modelled = findTable(context.target, table)?.columns.find((column) => column.name === names.shown)
  return trade(table, { front: { ...sides.from, name: pair.from }, back: { ...sides.to, name: pair.to }, ...names, modelled }, context)
}

/** The columns that change hands: `front` has the names that people know, `back` has made-up ones. */
export interface Trade {
  readonly front: Column
  readonly back: Column
  /** The name that the front gets, and the one that the back takes over from it. */
  readonly hidden: string
  readonly shown: string
  /** The column as the models ask for it. */
  readonly modelled: Column | undefined
}

export function trade(table: Table, { front, back, hidden, shown, modelled }: Trade, context: PairContext): Statements {
  const { live } = context
  const copies = copiesOf(live, table, front.name, back.name)
  const path = qualified(table)
  const rename = (from: string, to: string): string => `ALTER TABLE ${path} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`
  const statements = [
    ...dropReferences(copies),
    ...moveValue(table, front, back, modelled, live),
    ...takeKey(table, copies),
    ...copies.flatMap((item) => (item.kind === 'index' || item.kind === 'constraint' ? exchange(item, live) : [])),
    ...exchangeNotNull(table, front, back, { hidden, shown }, context),
    rename(front.name, hidden), rename(back.name, shown),
    ...takeReferences(copies, live, { from: back.name, to: shown }),
  ]
  return { statements, locks: [...locksOf(table, copies), ...sequenceLocks(table, front, live)] }
}

/** The sequence that goes over with its column: an identity's is made anew. */
export function sequenceLocks(table: Named, column: Column, live: Schema): readonly TableLock[] {
  const lock = (name: Named, mode: string): TableLock => ({ relation: { schema: name.schema, name: name.name }, mode, lockable: false })
  if (column.identity != null) return [lock({ schema: table.schema, name: column.identity.sequence ?? makeObjectName(table.name, column.name, 'seq') }, ACCESS_EXCLUSIVE)]
  return ownedBy(table, column, live).map((sequence) => lock(sequence, SHARE_ROW_EXCLUSIVE))
}

const ownedBy = (table: Named, column: Column, live: Schema): readonly Sequence[] =>
  live.sequence.filter(({ ownedBy: owner }) => owner !== null && owner.schema === table.schema && owner.table === table.name && owner.column === column.name)

const onTable = (table: Named): TableLock => ({ relation: { schema: table.schema, name: table.name }, mode: ACCESS_EXCLUSIVE })

/** The tables that point at the column or that it points at are locked, too, when a foreign key goes. */
export function locksOf(table: Named, copies: readonly Copy[]): readonly TableLock[] {
  const others = copies.flatMap((item): readonly Named[] => {
    if (item.kind === 'reference') return [item.table]
    return item.kind === 'constraint' && item.original.type === 'foreignKey' ? [{ schema: item.original.references.schema, name: item.original.references.table }] : []
  })
  const all = [table, ...others].map(onTable)
  return all.filter((lock, at) => all.findIndex((other) => other.relation.schema === lock.relation.schema && other.relation.name === lock.relation.name) === at)
}

export const dropReferences = (copies: readonly Copy[]): readonly string[] =>
  copies.flatMap((item) => (item.kind === 'reference' ? [`ALTER TABLE ${qualified(item.table)} DROP CONSTRAINT ${quoteName(item.original.name)}`] : []))

/** Foreign keys over the other column take the names over; one that is not there is added, and the next start looks at its rows. */
export function takeReferences(copies: readonly Copy[], live: Schema, column: { readonly from: string; readonly to: string }): readonly string[] {
  return copies.flatMap((item) => {
    if (item.kind !== 'reference') return []
    const path = qualified(item.table)
    const isThere = findTable(live, item.table)?.constraints.some((one) => one.name === item.copy.name) === true
    const columns = item.copy.references.columns.map((name) => (name === column.from ? column.to : name))
    return [isThere
      ? `ALTER TABLE ${path} RENAME CONSTRAINT ${quoteName(item.copy.name)} TO ${quoteName(item.original.name)}`
      : `ALTER TABLE ${path} ADD ${constraintText({ ...item.copy, name: item.original.name, references: { ...item.copy.references, columns } }, { notValid: true })}`]
  })
}

/** The unique index of the other column becomes the primary key. */
export function takeKey(table: Named, copies: readonly Copy[]): readonly string[] {
  return copies.flatMap((item) => {
    if (item.kind !== 'primaryKey') return []
    const [name, path] = [quoteName(item.original.name), qualified(table)]
    const kept = keyKept(item.original)
    const keeps = kept === null ? [] : [`ALTER INDEX IF EXISTS ${qualified({ schema: table.schema, name: kept })} RENAME TO ${quoteName(item.copy.name)}`]
    return [`ALTER TABLE ${path} DROP CONSTRAINT ${name}`, `ALTER TABLE ${path} ADD CONSTRAINT ${name} PRIMARY KEY USING INDEX ${quoteName(item.copy.name)}`, ...keeps]
  })
}

/** The copy takes the name over that people know. */
export function takeName(item: Copy & { readonly kind: 'index' | 'constraint' }, from: string, to: string): string {
  return item.kind === 'index'
    ? `ALTER INDEX ${qualified({ schema: item.table.schema, name: from })} RENAME TO ${quoteName(to)}`
    : `ALTER TABLE ${qualified(item.table)} RENAME CONSTRAINT ${quoteName(from)} TO ${quoteName(to)}`
}

function exchange(item: Copy & { readonly kind: 'index' | 'constraint' }, live: Schema): readonly string[] {
  const table = findTable(live, item.table)
  const isThere = [...(table?.constraints ?? []), ...(table?.indexes ?? [])].some((one) => one.name === item.copy.name)
  const between = madeUpName([item.original.name], 'trueup_swap')
  return [takeName(item, item.original.name, between), ...(isThere ? [takeName(item, item.copy.name, item.original.name)] : []), takeName(item, between, item.copy.name)]
}

/** From 18 on the server keeps NOT NULL as a constraint with a name. */
function exchangeNotNull(table: Table, front: Column, back: Column, { hidden, shown }: { readonly hidden: string; readonly shown: string }, { live, version }: PairContext): readonly string[] {
  if (version < 180000) return []
  const whole = findTable(live, table) ?? table
  const nameOf = (column: Column, name: string): string => whole.columns.find((one) => one.name === column.name)?.notNullName ?? makeObjectName(table.name, name, 'not_null')
  const rename = (from: string, to: string): readonly string[] => (from === to ? [] : [`ALTER TABLE ${qualified(table)} RENAME CONSTRAINT ${quoteName(from)} TO ${quoteName(to)}`])
  const goal = nameOf(front, shown)
  return [...(front.notNull ? rename(goal, freeNotNull(whole, hidden)) : []), ...(front.notNull && back.notNull ? rename(nameOf(back, back.name), goal) : [])]
}

/** A name for a column's NOT NULL that no other one of the table has. */
export function freeNotNull(table: Table, column: string): string {
  const taken = table.columns.filter((one) => one.notNull && one.name !== column).map((one) => one.notNullName ?? makeObjectName(table.name, one.name, 'not_null'))
  const made = makeObjectName(table.name, column, 'not_null')
  return taken.includes(made) ? free(`${table.name}_${column}`, 'required', taken) : made
}

/** Default, identity and sequence go over to the other column, and numbers go on where they are. */
export function moveValue(table: Named, front: Column, back: Column, modelled: Column | undefined, live: Schema): readonly string[] {
  const alter = (column: Column): string => `ALTER TABLE ${qualified(table)} ALTER COLUMN ${quoteName(column.name)}`
  if (front.identity != null) return moveIdentity(table, front.identity, alter(front), alter(back), front.name, modelled)
  if (front.default === null) return []
  const value = modelled?.default ?? front.default
  return [
    `${alter(front)} DROP DEFAULT`,
    ...ownedBy(table, front, live).flatMap((sequence) => [
      ...(INTEGERS.includes(back.type) && back.type !== sequence.type ? [`ALTER SEQUENCE ${qualified(sequence)} AS ${back.type}`] : []),
      `ALTER SEQUENCE ${qualified(sequence)} OWNED BY ${qualified(table)}.${quoteName(back.name)}`,
    ]),
    `${alter(back)} SET DEFAULT ${value}`,
  ]
}

const INTEGERS: readonly string[] = ['smallint', 'integer', 'bigint']

function moveIdentity(table: Named, identity: Identity, front: string, back: string, column: string, modelled: Column | undefined): readonly string[] {
  const name = identity.sequence ?? makeObjectName(table.name, column, 'seq')
  const between = { schema: table.schema, name: madeUpName([name], 'trueup_swap') }
  const sequence = { schema: table.schema, name }
  const { max: _max, min: _min, ...rest } = identity
  return [
    `ALTER SEQUENCE ${qualified(sequence)} RENAME TO ${quoteName(between.name)}`,
    `${back} ADD ${identityText({ ...(modelled?.identity ?? rest), sequence: name })}`,
    `SELECT setval(${literal(qualified(sequence))}::regclass, last_value, is_called) FROM ${qualified(between)}`,
    `${front} DROP IDENTITY`,
  ]
}

export const columnName = (name: string): string => displayName({ name })
