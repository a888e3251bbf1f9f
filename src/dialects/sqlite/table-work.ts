import type { RenderContext } from '../dialect.ts'
import type { Operation } from '../../operations/operation.ts'
import type { Constraint, Index, Schema, Table, Trigger, View } from '../../schema/schema.ts'
import { applyOperation } from '../../operations/operation.ts'
import { canAdd, canDrop, inlined, reads } from './native.ts'
import { sameName } from './names.ts'

/**
 * How the operations of a plan are divided: what ALTER TABLE can do is done by itself; all the rest that happens to a table is
 * done by one rebuild, which goes with one operation, its carrier.
 */
export interface Work {
  /** Constraints that ADD COLUMN brings along, with the column that brings them. */
  readonly brought: ReadonlyMap<Constraint, string>
  /** Operations that rebuilds carry out or make needless, with the place of the rebuild in the plan. */
  readonly absorbed: ReadonlyMap<Operation, number>
  readonly rebuilds: ReadonlyMap<Operation, Rebuild>
}

export interface Rebuild {
  /** What it carries out, for the reader. */
  readonly operations: readonly Operation[]
  /** The database just before it, and the views and triggers that are no more, or otherwise, after it. */
  readonly state: Schema
  readonly changes: readonly Operation[]
  readonly from: Table
  /** The table as it has to become. Columns that a later DROP COLUMN removes are still in it. */
  readonly to: Table
  /** The indexes that are there afterwards. */
  readonly indexes: readonly Index[]
}

/** The work of a plan; made once for it. */
export function workOf(operation: Operation, context: RenderContext): Work {
  const known = WORKS.get(context)
  if (known !== undefined && (context.operations !== undefined || known.absorbed.has(operation))) return known
  const work = divide(context.operations ?? [operation], context)
  WORKS.set(context, work)
  return work
}

const WORKS = new WeakMap<RenderContext, Work>()

interface Found {
  readonly name: string
  readonly own: readonly Operation[]
  readonly needs: ReadonlySet<Operation>
  readonly carrier: Operation
  readonly target: Table
}

function divide(all: readonly Operation[], context: RenderContext): Work {
  const brought = new Map<Constraint, string>()
  const places = new Map(all.map((operation, index) => [operation, index]))
  const found = tablesIn(all)
    .flatMap(([name, own]) => findRebuild(name, own, context, brought))
    .sort((a, b) => (places.get(a.carrier) ?? 0) - (places.get(b.carrier) ?? 0))
  const absorbed = new Map<Operation, number>()
  for (const { needs, carrier } of found) for (const need of needs) absorbed.set(need, places.get(carrier) ?? 0)
  const rebuilds = new Map<Operation, Rebuild>()
  for (const item of found) rebuilds.set(item.carrier, plan(item, { all, places, absorbed, before: context.before }))
  return { brought, absorbed, rebuilds }
}

/** What happens to each table, in the plan's order. */
function tablesIn(all: readonly Operation[]): readonly (readonly [string, readonly Operation[]])[] {
  const tables = new Map<string, Operation[]>()
  for (const operation of all) {
    if (operation.kind === 'table' ? operation.verb !== 'alter' : operation.ref.table === undefined) continue
    const name = operation.ref.table ?? operation.ref.name
    const own = tables.get(name)
    if (own) own.push(operation)
    else tables.set(name, [operation])
  }
  return [...tables]
}

function findRebuild(name: string, own: readonly Operation[], context: RenderContext, brought: Map<Constraint, string>): readonly Found[] {
  const target = context.after.table.find((table) => table.name === name)
  if (target === undefined) return []
  const creates = own.filter((operation) => operation.kind === 'column' && operation.verb === 'create')
  const drops = own.filter((operation) => operation.kind === 'column' && operation.verb === 'drop')
  const replaced = new Set(drops.map((operation) => operation.ref.name).filter((column) => creates.some((operation) => operation.ref.name === column)))
  const addable = addableOf(creates, target, replaced)
  for (const [constraint, column] of inlined(own, addable, creates.map((operation) => operation.ref.name))) brought.set(constraint, column)
  const facts: Facts = { addable, replaced, brought, atStart: context.before.table.find((table) => table.name === name), context }
  const needs = new Set(own.filter((operation) => needsRebuild(operation, facts)))
  // Dropped columns may need each other; once one goes with the rebuild, all do.
  if (drops.some((operation) => needs.has(operation))) drops.forEach((operation) => needs.add(operation))
  return needs.size === 0 ? [] : [{ name, own, needs, carrier: carrierOf([...needs], creates, own), target }]
}

/** The new columns that ADD COLUMN takes, one after the other: each may only read those that are there by then. */
function addableOf(creates: readonly Operation[], target: Table, replaced: ReadonlySet<string>): readonly string[] {
  const addable: string[] = []
  for (const operation of creates) {
    if (operation.kind !== 'column' || operation.verb !== 'create' || replaced.has(operation.to.name) || !canAdd(operation.to, target)) continue
    const expression = operation.to.generated?.expression ?? ''
    const readsMissing = creates.some((other) => other !== operation && !addable.includes(other.ref.name) && reads(expression, other.ref.name))
    if (!readsMissing) addable.push(operation.to.name)
  }
  return addable
}

interface Facts {
  readonly addable: readonly string[]
  readonly replaced: ReadonlySet<string>
  readonly brought: ReadonlyMap<Constraint, string>
  readonly atStart: Table | undefined
  readonly context: RenderContext
}

/** ALTER TABLE does all else that these kinds ask for. */
function needsRebuild(operation: Operation, facts: Facts): boolean {
  switch (operation.kind) {
    case 'column':
      if (operation.verb === 'create') return !facts.addable.includes(operation.to.name)
      if (operation.verb !== 'drop') return operation.verb === 'alter'
      return facts.replaced.has(operation.ref.name) || (facts.atStart !== undefined && !canDrop(operation.from.name, facts.atStart, remaining(facts.context)))
    case 'constraint':
      return !(operation.verb === 'create' && facts.brought.has(operation.to))
    case 'table':
      return true
    default:
      return false
  }
}

/** What reads a column and goes before it is no hindrance. */
function remaining({ before, after }: RenderContext): Schema {
  const stays = <T extends { readonly name: string }>(items: readonly T[], left: readonly T[]): readonly T[] => items.filter((item) => left.some((other) => sameName(other.name, item.name)))
  return { ...before, view: stays(before.view, after.view), table: stays(before.table, after.table) }
}

/**
 * Where the rebuild takes place: with the last new column when it brings columns itself, because indexes and views that read them
 * follow; else as late as what it adds asks for, because rows may be filled before. What it removes goes along with it.
 */
function carrierOf(needs: readonly Operation[], creates: readonly Operation[], own: readonly Operation[]): Operation {
  const adding = needs.filter((operation) => operation.verb !== 'drop')
  const bringsColumns = adding.some((operation) => operation.verb === 'create' && operation.kind === 'column')
  const candidates = bringsColumns ? creates : adding.length > 0 ? [...adding, ...creates] : needs
  return candidates.reduce((latest, operation) => (own.indexOf(operation) > own.indexOf(latest) ? operation : latest))
}

interface Whole {
  readonly all: readonly Operation[]
  readonly places: ReadonlyMap<Operation, number>
  readonly absorbed: Map<Operation, number>
  readonly before: Schema
}

function plan({ name, own, needs, carrier, target }: Found, { all, places, absorbed, before }: Whole): Rebuild {
  const at = places.get(carrier) ?? 0
  const isLater = (operation: Operation): boolean => (places.get(operation) ?? 0) > at && !absorbed.has(operation)
  const isColumnDrop = (operation: Operation): boolean => operation.kind === 'column' && operation.verb === 'drop'
  const indexes = own.filter((operation) => operation.kind === 'index' && operation.verb !== 'create' && operation.verb !== 'rename' && isLater(operation))
  // Views and triggers that read a column which goes here must not outlive it, not even until their own turn comes.
  const readers = [...needs].some(isColumnDrop) ? all.filter((operation) => isReaderChange(operation, name) && isLater(operation)) : []
  const state = all.slice(0, at + 1).filter((operation) => (absorbed.get(operation) ?? -1) < at).reduce(applyOperation, before)
  for (const operation of [...indexes, ...readers]) absorbed.set(operation, at)
  const from = state.table.find((table) => table.name === name) ?? target
  const laterDrops = own.flatMap((operation) => (operation.kind === 'column' && operation.verb === 'drop' && isLater(operation) ? [operation.from] : []))
  const to = { ...target, columns: [...target.columns, ...laterDrops.filter((column) => !target.columns.some((other) => other.name === column.name))] }
  const gone = new Set(indexes.map((operation) => operation.ref.name))
  const made = indexes.flatMap((operation) => (operation.kind === 'index' && operation.verb === 'alter' ? [operation.to] : []))
  return { operations: [...needs], state, changes: readers, from, to, indexes: [...from.indexes.filter((index) => !gone.has(index.name)), ...made] }
}

function isReaderChange(operation: Operation, table: string): boolean {
  if (operation.kind !== 'view' && operation.kind !== 'trigger') return false
  if (operation.verb !== 'drop' && operation.verb !== 'alter') return false
  return reads(operation.from.definition, table)
}

/** The views and triggers that a rebuild brings back: as they were, without those that go with it, and those that change, changed. */
export function afterChanges<T extends View | Trigger>(kind: 'view' | 'trigger', items: readonly T[], changes: readonly Operation[]): readonly T[] {
  return items.flatMap((item) => {
    const change = changes.find((operation) => operation.kind === kind && operation.ref.name === item.name)
    if (change === undefined) return [item]
    // Operation and object are of the same kind.
    return change.verb === 'alter' ? [{ ...item, definition: (change.to as View | Trigger).definition }] : []
  })
}
