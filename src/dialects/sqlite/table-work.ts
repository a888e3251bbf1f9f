import type { RenderContext } from '../dialect.ts'
import type { Operation } from '../../operations/operation.ts'
import type { Constraint, Index, Schema, Table } from '../../schema/schema.ts'
import { applyOperation } from '../../operations/operation.ts'
import { canAdd, canDrop, inlined, reads } from './native.ts'
import { sameName } from './names.ts'

/**
 * How all that happens to one table in a plan is divided: what ALTER TABLE can do is done by itself; all the rest is done by one
 * rebuild, which goes with one operation, its carrier.
 */
export interface TableWork {
  /** Constraints that ADD COLUMN brings along, by the column that brings them. */
  readonly brought: ReadonlyMap<Constraint, string>
  /** Operations that the rebuild carries out or makes needless. */
  readonly absorbed: ReadonlySet<Operation>
  readonly rebuild: null | Rebuild
}

export interface Rebuild {
  /** The operation after whose own step the rebuild comes. */
  readonly carrier: Operation
  /** The database just before it. */
  readonly state: Schema
  readonly from: Table
  /** The table as it has to become. Columns that a later DROP COLUMN removes are still in it. */
  readonly to: Table
  /** The indexes that are there afterwards. */
  readonly indexes: readonly Index[]
}

/** The work on the table of an operation; made once for a plan. */
export function workOf(operation: Operation, context: RenderContext): TableWork {
  const table = operation.kind === 'table' ? operation.ref.name : (operation.ref.table ?? '')
  const works = WORKS.get(context) ?? new Map<string, TableWork>()
  WORKS.set(context, works)
  const work = works.get(table) ?? divide(table, context.operations ?? [operation], context)
  works.set(table, work)
  return work
}

const WORKS = new WeakMap<RenderContext, Map<string, TableWork>>()

function divide(name: string, all: readonly Operation[], context: RenderContext): TableWork {
  const own = all.filter((operation) => concerns(operation, name))
  const target = context.after.table.find((table) => table.name === name)
  const needs = new Set<Operation>()
  if (target === undefined) return { brought: new Map(), absorbed: needs, rebuild: null }
  const creates = own.filter((operation) => operation.kind === 'column' && operation.verb === 'create')
  const addable = creates.flatMap((operation) => (operation.kind === 'column' && operation.verb === 'create' && canAdd(operation.to, target) ? [operation.to.name] : []))
  const brought = inlined(own, addable)
  const atStart = context.before.table.find((table) => table.name === name)
  for (const operation of own) if (needsRebuild(operation, { addable, brought, atStart, context })) needs.add(operation)
  if (needs.size === 0) return { brought, absorbed: needs, rebuild: null }
  const carrier = carrierOf([...needs], creates, own)
  return { brought, ...absorb(name, carrier, { all, own, needs, target, before: context.before }) }
}

const concerns = (operation: Operation, table: string): boolean => (operation.kind === 'table' ? operation.verb === 'alter' && operation.ref.name === table : operation.ref.table === table)

interface Facts {
  readonly addable: readonly string[]
  readonly brought: ReadonlyMap<Constraint, string>
  readonly atStart: Table | undefined
  readonly context: RenderContext
}

/** ALTER TABLE does all else that these kinds ask for. */
function needsRebuild(operation: Operation, facts: Facts): boolean {
  switch (operation.kind) {
    case 'column':
      if (operation.verb === 'create') return !facts.addable.includes(operation.to.name)
      if (operation.verb === 'drop') return facts.atStart !== undefined && !canDrop(operation.from.name, facts.atStart, withoutDropped(facts.context))
      return operation.verb === 'alter'
    case 'constraint':
      return !(operation.verb === 'create' && facts.brought.has(operation.to))
    case 'table':
      return true
    default:
      return false
  }
}

/** What reads a column and goes before it is no hindrance. */
function withoutDropped({ before, after }: RenderContext): Schema {
  const stays = <T extends { readonly name: string }>(items: readonly T[], left: readonly T[]): readonly T[] => items.filter((item) => left.some((other) => sameName(other.name, item.name)))
  return { ...before, view: stays(before.view, after.view), table: stays(before.table, after.table) }
}

/**
 * After the last new column, so that every column is there; as late as what it adds asks for, because rows may be filled before.
 * What it removes goes along with it.
 */
function carrierOf(needs: readonly Operation[], creates: readonly Operation[], own: readonly Operation[]): Operation {
  const adding = needs.filter((operation) => operation.verb !== 'drop')
  const candidates = adding.length > 0 ? [...adding, ...creates] : needs
  const last = candidates.reduce((latest, operation) => (own.indexOf(operation) > own.indexOf(latest) ? operation : latest))
  return last
}

interface Parts {
  readonly all: readonly Operation[]
  readonly own: readonly Operation[]
  readonly needs: ReadonlySet<Operation>
  readonly target: Table
  readonly before: Schema
}

function absorb(name: string, carrier: Operation, { all, own, needs, target, before }: Parts): Pick<TableWork, 'absorbed' | 'rebuild'> {
  const at = all.indexOf(carrier)
  const isLater = (operation: Operation): boolean => all.indexOf(operation) > at
  const newColumns = [...needs].flatMap((operation) => (operation.kind === 'column' && operation.verb === 'create' ? [operation.to.name] : []))
  // An index waits for the columns that only the rebuild brings; one that goes or changes later need not be made twice.
  const indexes = own.filter((operation) => operation.kind === 'index')
  const waiting = indexes.filter((operation) => operation.verb === 'create' && !isLater(operation) && newColumns.some((column) => readsIndex(operation.to, column)))
  const needless = indexes.filter((operation) => (operation.verb === 'drop' || operation.verb === 'alter') && isLater(operation))
  const absorbed = new Set([...needs, ...waiting, ...needless])
  const state = all.slice(0, at + 1).filter((operation) => !absorbed.has(operation)).reduce(applyOperation, before)
  const from = state.table.find((table) => table.name === name) ?? target
  const laterDrops = own.flatMap((operation) => (operation.kind === 'column' && operation.verb === 'drop' && isLater(operation) && !needs.has(operation) ? [operation.from] : []))
  const to = { ...target, columns: [...target.columns, ...laterDrops.filter((column) => !target.columns.some((other) => other.name === column.name))] }
  const gone = new Set(needless.map((operation) => operation.ref.name))
  const made = [...waiting, ...needless].flatMap((operation) => (operation.verb === 'create' || operation.verb === 'alter' ? [operation.to] : []))
  return { absorbed, rebuild: { carrier, state, from, to, indexes: [...from.indexes.filter((index) => !gone.has(index.name)), ...made] } }
}

const readsIndex = (index: Index, column: string): boolean => index.keys.some((key) => key.column === column || reads(key.expression ?? '', column)) || reads(index.where ?? '', column)
