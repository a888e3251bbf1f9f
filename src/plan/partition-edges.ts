import type { Constraint, Named, Schema } from '../schema/schema.ts'
import { keyOf, tablesByKey } from '../schema/schema.ts'
import type { AlterOperation, Operation } from '../operations/operation.ts'
import type { Node, Precede } from './edges.ts'

/**
 * What a table and its partitions do to one another. An index of a partition is made before the parent's, and before the partition
 * is attached: then it is found and taken over, with the name that was asked for.
 */
export function addPartitionEdges(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const moves = movesOf(nodes)
  for (const { id, operation } of nodes) {
    const table = keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })
    if (operation.kind === 'column') placeColumn(id, operation, table, moves, precede)
    if (operation.kind === 'index') placeIndex(id, operation, table, moves, precede)
    if (operation.kind === 'constraint' && operation.verb === 'create' && operation.to.local === false && operation.to.type === 'check') placeJoined(id, table, moves, precede)
    if (operation.kind === 'constraint' && operation.verb === 'drop' && operation.from.local === false) placeLeft(id, operation.from, table, moves, precede)
  }
  // No two parts overlap at any moment.
  for (const [parent, joiners] of moves.joins) for (const leaver of moves.leaves.get(parent) ?? []) for (const joiner of joiners) precede(leaver, joiner)
  ownBeforeParents(nodes, precede)
  childrenFollow(nodes, precede, from)
  clearTheWay(nodes, precede, from)
  placeKeys(nodes, precede, from)
}

/** Who makes, drops, joins and leaves, by name. */
interface Moves {
  readonly makesIndex: Map<string, string>
  readonly dropsIndex: Map<string, string>
  /** Operations that make a table a partition of a parent, by the parent. */
  readonly joins: Map<string, string[]>
  /** Operations that end that, by the parent. */
  readonly leaves: Map<string, string[]>
  /** The same operations by the table itself, and whether it only leaves. */
  readonly moves: Map<string, { readonly id: string; readonly away: boolean }>
  /** The operations by which tables leave their parents, by the table. */
  readonly away: Map<string, string>
  readonly dropsTable: Map<string, string>
}

function movesOf(nodes: readonly Node[]): Moves {
  const found: Moves = { makesIndex: new Map(), dropsIndex: new Map(), joins: new Map(), leaves: new Map(), moves: new Map(), away: new Map(), dropsTable: new Map() }
  const add = (map: Map<string, string[]>, parent: Named, id: string): void => void map.set(keyOf(parent), [...(map.get(keyOf(parent)) ?? []), id])
  for (const { id, operation } of nodes) {
    const name = keyOf({ schema: operation.ref.schema, name: operation.ref.name })
    if (operation.kind === 'index' && operation.verb === 'create') found.makesIndex.set(name, id)
    if (operation.kind === 'index' && operation.verb === 'drop') found.dropsIndex.set(name, id)
    if (operation.kind === 'table' && operation.verb === 'drop') {
      found.dropsTable.set(name, id)
      if (operation.from.partitionOf != null) add(found.leaves, plain(operation.from.partitionOf.parent), id)
    }
    if (operation.kind !== 'table' || (operation.verb !== 'create' && operation.verb !== 'alter')) continue
    if (operation.verb === 'alter' && !operation.fields.includes('partitionOf')) continue
    const [before, now] = [operation.verb === 'alter' ? operation.from.partitionOf : null, operation.to.partitionOf]
    if (now != null) add(found.joins, plain(now.parent), id)
    if (now == null && before != null) {
      add(found.leaves, plain(before.parent), id)
      found.away.set(name, id)
    }
    if (operation.verb === 'alter') found.moves.set(name, { id, away: now == null })
  }
  return found
}

/** A table that comes under a parent has the columns and checks of the parent by then. */
function ownBeforeParents(nodes: readonly Node[], precede: Precede): void {
  const joins = new Map<string, string>()
  for (const { id, operation } of nodes) {
    if (operation.kind !== 'table' || operation.verb !== 'alter' || !operation.fields.includes('inherits')) continue
    const before = new Set((operation.from.inherits ?? []).map((parent) => keyOf(plain(parent))))
    if ((operation.to.inherits ?? []).some((parent) => !before.has(keyOf(plain(parent))))) joins.set(keyOf(plain(operation.to)), id)
  }
  if (joins.size === 0) return
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'create' || (operation.kind !== 'column' && !(operation.kind === 'constraint' && operation.to.type === 'check'))) continue
    const join = joins.get(keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' }))
    if (join !== undefined) precede(id, join)
  }
}

/** A change of a parent's column reaches those of its children: a value of theirs leaves before, and comes back after. */
function childrenFollow(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const columns = nodes.flatMap(({ id, operation }) => (operation.kind === 'column' && operation.verb !== 'rename' ? [{ id, operation }] : []))
  if (columns.length < 2) return
  const tables = tablesByKey(from)
  const place = (table: Named, column: string): string => `${keyOf(table)}\u0000${column}`
  const changed = new Map<string, (typeof columns)[number][]>()
  for (const one of columns) {
    const key = place({ schema: one.operation.ref.schema, name: one.operation.ref.table ?? '' }, one.operation.ref.name)
    changed.set(key, [...(changed.get(key) ?? []), one])
  }
  for (const child of columns) {
    const { ref } = child.operation
    const table = tables.get(keyOf({ schema: ref.schema, name: ref.table ?? '' }))
    for (const parent of [...(table?.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table?.inherits ?? [])]) {
      for (const other of changed.get(place(plain(parent), ref.name)) ?? []) {
        const first = goesFirst(child.operation, other.operation)
        if (first !== null) precede(...(first ? ([child.id, other.id] as const) : ([other.id, child.id] as const)))
      }
    }
  }
}

/** Whether a child's change of a column comes before its parent's; `null` where that does not matter. */
function goesFirst(child: Operation<'column'>, parent: Operation<'column'>): boolean | null {
  // What a child has from its parent comes and goes with the parent's; what is its own of it follows, and what stands on it goes before.
  if (child.verb !== 'alter' || parent.verb !== 'alter') return child.verb === parent.verb ? child.verb === 'drop' : null
  const onlyNotNull = (operation: AlterOperation<'column'>): boolean => operation.fields.every((field) => field.startsWith('notNull'))
  // A NOT NULL that the parent has, too, is never renamed.
  if (child.fields.includes('notNullName') && parent.fields.includes('notNull')) return parent.to.notNull
  if (onlyNotNull(child) || onlyNotNull(parent)) return null
  return child.to.default === null && child.fields.every((field) => field === 'default')
}

const plain = (name: Named): Named => ({ schema: name.schema, name: name.name })

function placeColumn(id: string, operation: Operation<'column'>, table: string, moves: Moves, precede: Precede): void {
  // A partition that leaves does not get what its parent gets later; one that joins has the columns that the parent will have.
  for (const leaver of moves.leaves.get(table) ?? []) precede(leaver, id)
  if (operation.verb === 'drop') for (const joiner of moves.joins.get(table) ?? []) precede(id, joiner)
  // What joins may be NULL where the parent may.
  if (operation.verb === 'alter' && operation.fields.includes('notNull') && !operation.to.notNull) for (const joiner of moves.joins.get(table) ?? []) precede(id, joiner)
  // Nobody changes what a table has from its parent: before it joins, or once it left.
  const [away, move] = [moves.away.get(table), moves.moves.get(table)]
  if (away !== undefined) precede(away, id)
  if (move !== undefined && !move.away) precede(id, move.id)
}

/** A check that the parent has is there when a table joins it. */
function placeJoined(id: string, table: string, moves: Moves, precede: Precede): void {
  const [away, move] = [moves.away.get(table), moves.moves.get(table)]
  if (away !== undefined) precede(away, id)
  if (move !== undefined && !move.away) precede(id, move.id)
}

/** What a table had from a parent is its own once it left, and goes then: before the next parent comes, and what it points at goes. */
function placeLeft(id: string, constraint: Constraint, table: string, moves: Moves, precede: Precede): void {
  const [away, next] = [moves.away.get(table), moves.moves.get(table)]
  if (away === undefined) return
  precede(away, id)
  if (next !== undefined && !next.away) precede(id, next.id)
  if (constraint.type !== 'foreignKey') return
  const target = moves.dropsTable.get(keyOf({ schema: constraint.references.schema, name: constraint.references.table }))
  if (target !== undefined) precede(id, target)
}

/** An index of a part that goes is gone before the parent gets one like it, which would take it over. */
function clearTheWay(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const made = new Map<string, string[]>()
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'create' || (operation.kind !== 'index' && operation.kind !== 'constraint')) continue
    const table = keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })
    made.set(table, [...(made.get(table) ?? []), id])
  }
  if (made.size === 0) return
  const tables = tablesByKey(from)
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'drop' || operation.kind !== 'index' || operation.from.attachedTo != null) continue
    const parent = tables.get(keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' }))?.partitionOf?.parent
    if (parent !== undefined) for (const other of made.get(keyOf(plain(parent))) ?? []) precede(id, other)
  }
}

function placeIndex(id: string, operation: Operation<'index'>, table: string, moves: Moves, precede: Precede): void {
  if (operation.verb === 'drop' && operation.from.attachedTo != null) {
    const again = moves.makesIndex.get(keyOf({ schema: operation.ref.schema, name: operation.from.name }))
    const parent = moves.dropsIndex.get(keyOf(plain(operation.from.attachedTo)))
    if (again !== undefined && parent !== undefined) precede(parent, again)
    const away = moves.away.get(table)
    if (away !== undefined) precede(away, id)
    // It goes with the parent's, and its name is free then.
    else if (parent !== undefined) precede(parent, id)
  }
  if (operation.verb !== 'create' || operation.to.attachedTo == null) return
  const later = [moves.makesIndex.get(keyOf(plain(operation.to.attachedTo))), moves.moves.get(table)?.id]
  for (const other of later) if (other !== undefined) precede(id, other)
}

/** An index of the parent may stand on a key of the partition, and goes first. */
function placeKeys(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const keys = nodes.filter(({ operation }) => operation.verb === 'drop' && operation.kind === 'constraint' && operation.from.type !== 'foreignKey' && operation.from.type !== 'check')
  if (keys.length === 0) return
  const tables = tablesByKey(from)
  const dropped = new Map<string, string[]>()
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'drop' || operation.kind !== 'index') continue
    const table = keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })
    dropped.set(table, [...(dropped.get(table) ?? []), id])
  }
  for (const { id, operation } of keys) {
    const parent = tables.get(keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' }))?.partitionOf?.parent
    if (parent !== undefined) for (const index of dropped.get(keyOf(plain(parent))) ?? []) precede(index, id)
  }
}

/** What a child table has of its own goes before the parent's of that name comes to it. */
export function ownBeforeInherited(nodes: readonly Node[], precede: Precede): void {
  const dropped = new Map<string, string[]>()
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'drop' || operation.kind !== 'trigger') continue
    dropped.set(operation.ref.name, [...(dropped.get(operation.ref.name) ?? []), id])
  }
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'create' || operation.kind !== 'trigger') continue
    for (const other of dropped.get(operation.ref.name) ?? []) precede(other, id)
  }
}
