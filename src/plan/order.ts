import { TrueupError } from '../errors.ts'
import { sortByNeeds } from '../graph.ts'
import type { AlterOperation, Operation } from '../operations/operation.ts'
import { describe } from '../operations/operation.ts'
import type { Column, Kind, Kinds, Named, Schema, Sequence } from '../schema/schema.ts'
import { keyOf, refKey } from '../schema/schema.ts'
import { operationsOf } from './expand.ts'
import { loosen } from './loosen.ts'
import type { Located } from './objects.ts'
import { listObjects } from './objects.ts'
import { naturalPhase } from './phase.ts'
import type { Phase } from './plan.ts'
import { PHASES } from './plan.ts'
import { addRebuilds, changeOf } from './rebuild.ts'
import type { Requirements } from './requirements.ts'
import { requirementsIn } from './requirements.ts'
import { sequenceSlots, slotsOf } from './slots.ts'
import { collectWork, dropCovered } from './work.ts'

export interface OrderRequest {
  readonly from: Schema
  readonly to: Schema
  readonly operations: readonly Operation[]
  /** False for an alteration that takes a drop and a create. */
  readonly alterable: (operation: AlterOperation<Kind>) => boolean
  readonly inlineForeignKeys: boolean
}

export interface Ordered {
  readonly operation: Operation
  readonly phase: Phase
}

/**
 * The operations in an order in which each can be carried out: creations after what they need, drops before what is needed goes,
 * a name is free before it is taken, and what depends on an altered object leaves before and comes back after. The same input
 * gives the same order. A cycle that cannot be broken is refused with its members.
 */
export function order(request: OrderRequest): readonly Ordered[] {
  const [from, to] = [listObjects(request.from), listObjects(request.to)]
  const work = collectWork(request.operations, from, to, request.alterable)
  dropCovered(work.items)
  addRebuilds(work, from, to, requirementsIn(request.from, false))
  dropCovered(work.items)
  const operations = operationsOf(work, request.inlineForeignKeys)
  const created = new Set(operations.flatMap((operation) => (operation.verb === 'create' ? [refKey(operation.ref)] : [])))
  const isNew = (schema: string, name: string): boolean =>
    created.has(refKey({ kind: 'table', schema, name })) || created.has(refKey({ kind: 'view', schema, name }))
  const nodes = operations.map((operation, i) => makeNode(operation, i, naturalPhase(operation, isNew)))
  return sortNodes(nodes, requirementsIn(request.from, true), requirementsIn(request.to, true), request.from.sequence)
}

interface Node {
  readonly id: string
  readonly operation: Operation
  readonly phase: Phase
}

function makeNode(operation: Operation, i: number, phase: Phase): Node {
  return { id: `${i}`, operation, phase }
}

/** Sorts, and takes a member of a cycle apart as often as that helps. */
function sortNodes(start: readonly Node[], before: Requirements, after: Requirements, owned: readonly Sequence[]): readonly Ordered[] {
  let nodes = [...start].sort(byHabit)
  for (;;) {
    const needs = edges(nodes, before, after, owned)
    const sorted = sortByNeeds(nodes, (node) => node.id, (node) => needs.get(node.id) ?? [])
    if (sorted.cycle === null) return inPhases(sorted.order, needs)
    const looser = takeApart(nodes, sorted.cycle)
    if (looser === null) throw cycleError(sorted.cycle)
    nodes = looser
  }
}

function takeApart(nodes: readonly Node[], cycle: readonly Node[]): Node[] | null {
  for (const node of cycle) {
    const parts = loosen(node.operation, cycle.map((member) => member.operation))
    if (parts === null) continue
    return nodes.flatMap((other) => (other === node ? parts.map((operation, i) => ({ ...node, id: `${node.id}.${i}`, operation })) : [other]))
  }
  return null
}

function cycleError(cycle: readonly Node[]): TrueupError {
  const members = cycle.map((node) => describe(node.operation))
  return new TrueupError('not-supported', `these changes need one another, and no order of them works: ${[...members, members[0]].join(' → ')}`, {
    hint: 'Break the circle by hand, in a SQL entry that makes one of them in a preliminary form.',
    details: { cycle: members },
  })
}

const CREATE_ORDER: readonly Kind[] = [
  'namespace', 'extension', 'collation', 'enum', 'domain', 'composite', 'range', 'wrapper', 'server', 'sequence', 'table', 'column', 'routine',
  'view', 'constraint', 'index', 'statistics', 'rule', 'trigger', 'policy', 'eventTrigger', 'publication', 'defaultPrivilege',
]

/** What people would write where nothing forces another order. Drops go the other way round. */
function rank(node: Node): number {
  const kind = CREATE_ORDER.indexOf(node.operation.kind)
  const inPhase = node.operation.verb === 'drop' ? -kind : node.operation.verb === 'rename' ? 0 : kind + 1
  return PHASES.indexOf(node.phase) * 100 + inPhase
}

const byHabit = (a: Node, b: Node): number => rank(a) - rank(b)

/** For every node the ids of those that come before it. */
function edges(nodes: readonly Node[], before: Requirements, after: Requirements, owned: readonly Sequence[]): ReadonlyMap<string, readonly string[]> {
  const known = register(nodes, owned)
  const needs = new Map<string, string[]>(nodes.map((node) => [node.id, []]))
  const precede = (first: string, second: string): void => {
    if (first !== second) needs.get(second)?.push(first)
  }
  for (const node of nodes) {
    const { operation, id } = node
    for (const slot of slotsOf(operation).takes) for (const other of known.frees.get(slot) ?? []) precede(other, id)
    if (operation.verb === 'create' || operation.verb === 'alter') {
      const located = { kind: operation.kind, ref: operation.ref, object: withoutOwner(operation) }
      for (const key of after(located)) for (const other of [...(known.makes.get(key) ?? []), ...(known.changes.get(key) ?? [])]) precede(other, id)
      // A key over a column comes after the column stopped being nullable; to others that does not matter.
      if (operation.kind === 'constraint') for (const key of after(located)) for (const other of known.tightens.get(key) ?? []) precede(other, id)
      if (operation.verb === 'alter') for (const other of known.makes.get(refKey(operation.ref)) ?? []) precede(other, id)
    }
    if (operation.verb === 'drop' || operation.verb === 'alter') {
      const located = { kind: operation.kind, ref: operation.ref, object: withoutFormerOwner(operation) }
      for (const key of before(located)) for (const other of known.removes.get(key) ?? []) precede(id, other)
      if (operation.verb === 'drop') for (const key of before(located)) for (const other of known.disturbs.get(key) ?? []) precede(id, other)
      // No column of a primary key may be NULL.
      if (operation.kind === 'constraint') for (const key of before(located)) for (const other of known.loosens.get(key) ?? []) precede(id, other)
      if (operation.verb === 'alter') for (const key of leaves(located, operation.to, before, after)) for (const other of known.disturbs.get(key) ?? []) precede(id, other)
    }
  }
  inSequence(nodes, precede)
  beforeParents(nodes, precede)
  ownBeforeInherited(nodes, precede)
  return needs
}

/** A sequence's options have nothing to do with the column that owns it. */
function withoutOwner(operation: Exclude<Operation, { verb: 'rename' | 'drop' }>): Kinds[Kind] {
  if (operation.verb !== 'alter' || operation.kind !== 'sequence' || operation.fields.includes('ownedBy')) return operation.to
  return { ...operation.to, ownedBy: null }
}

function withoutFormerOwner(operation: Extract<Operation, { verb: 'drop' | 'alter' }>): Kinds[Kind] {
  if (operation.kind !== 'sequence' || (operation.verb === 'alter' && operation.fields.includes('ownedBy'))) return operation.from
  return { ...operation.from, ownedBy: null }
}

/** What an alteration makes its object independent of. */
function leaves(located: Located, to: Kinds[Kind], before: Requirements, after: Requirements): readonly string[] {
  const kept = new Set(after({ ...located, object: to }))
  return before(located).filter((key) => !kept.has(key))
}

/**
 * An index of a partition is made before the parent's, and before the partition is attached: then it is found and taken over, with
 * the name that was asked for.
 */
function beforeParents(nodes: readonly Node[], precede: (first: string, second: string) => void): void {
  const takers = new Map<string, string>()
  const droppers = new Map<string, string>()
  const joins = new Map<string, string[]>()
  const join = (parent: Named | undefined, id: string): void => {
    if (parent !== undefined) joins.set(keyOf({ schema: parent.schema, name: parent.name }), [...(joins.get(keyOf({ schema: parent.schema, name: parent.name })) ?? []), id])
  }
  const attaches = new Map<string, string>()
  const leavers = new Map<string, string[]>()
  for (const { id, operation } of nodes) {
    if (operation.verb === 'create' && operation.kind === 'index') takers.set(keyOf({ schema: operation.ref.schema, name: operation.ref.name }), id)
    if (operation.verb === 'create' && operation.kind === 'table') join(operation.to.partitionOf?.parent, id)
    if (operation.verb === 'alter' && operation.kind === 'table' && operation.fields.includes('partitionOf')) join(operation.to.partitionOf?.parent, id)
    if (operation.verb === 'drop' && operation.kind === 'index') droppers.set(keyOf({ schema: operation.ref.schema, name: operation.ref.name }), id)
    if (operation.verb === 'alter' && operation.kind === 'table' && operation.fields.includes('partitionOf')) {
      attaches.set(keyOf(operation.to), id)
      const parent = operation.from.partitionOf?.parent
      if (parent !== undefined && operation.to.partitionOf == null) leavers.set(keyOf(parent), [...(leavers.get(keyOf(parent)) ?? []), id])
    }
  }
  for (const { id, operation } of nodes) {
    if (operation.kind === 'column' && operation.verb === 'create') {
      // A partition that leaves does not get what its parent gets later.
      const relation = keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })
      for (const leaver of leavers.get(relation) ?? []) precede(leaver, id)
    }
    // What joins has the columns that the parent will have.
    if (operation.verb === 'drop' && operation.kind === 'column') {
      for (const joiner of joins.get(keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })) ?? []) precede(id, joiner)
    }
    if (operation.verb === 'drop' && operation.kind === 'index' && operation.from.attachedTo != null) {
      const again = takers.get(keyOf({ schema: operation.ref.schema, name: operation.from.name }))
      const parent = droppers.get(keyOf({ schema: operation.from.attachedTo.schema, name: operation.from.attachedTo.name }))
      if (again !== undefined && parent !== undefined) precede(parent, again)
    }
    if (operation.verb !== 'create' || operation.kind !== 'index' || operation.to.attachedTo == null) continue
    const parent = takers.get(keyOf({ schema: operation.to.attachedTo.schema, name: operation.to.attachedTo.name }))
    const table = attaches.get(keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' }))
    for (const later of [parent, table]) if (later !== undefined) precede(id, later)
  }
}

/** What a child table has of its own goes before the parent's of that name comes to it. */
function ownBeforeInherited(nodes: readonly Node[], precede: (first: string, second: string) => void): void {
  const dropped = new Map<string, string[]>()
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'drop' || operation.kind !== 'trigger') continue
    const key = operation.ref.name
    dropped.set(key, [...(dropped.get(key) ?? []), id])
  }
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'create' || operation.kind !== 'trigger') continue
    for (const other of dropped.get(operation.ref.name) ?? []) precede(other, id)
  }
}

/** Several alterations of one object keep their order. */
function inSequence(nodes: readonly Node[], precede: (first: string, second: string) => void): void {
  const last = new Map<string, Node>()
  const inOrder = [...nodes].sort((a, b) => Number.parseFloat(a.id) - Number.parseFloat(b.id))
  for (const node of inOrder) {
    if (node.operation.verb !== 'alter') continue
    const key = refKey(node.operation.ref)
    const previous = last.get(key)
    if (previous !== undefined) precede(previous.id, node.id)
    last.set(key, node)
  }
}

const loosens = (operation: AlterOperation<Kind>): boolean =>
  operation.kind === 'column' && operation.fields.includes('notNull') && !(operation.to as Column).notNull

interface Register {
  readonly makes: ReadonlyMap<string, readonly string[]>
  readonly removes: ReadonlyMap<string, readonly string[]>
  /** Alterations that others should see done. */
  readonly changes: ReadonlyMap<string, readonly string[]>
  /** Columns that become NOT NULL. */
  readonly tightens: ReadonlyMap<string, readonly string[]>
  /** Columns that may be NULL again. */
  readonly loosens: ReadonlyMap<string, readonly string[]>
  /** Alterations that dependents do not survive. */
  readonly disturbs: ReadonlyMap<string, readonly string[]>
  readonly frees: ReadonlyMap<string, readonly string[]>
}

function register(nodes: readonly Node[], owned: readonly Sequence[]): Register {
  const [makes, removes, changes, tightens, loosenings, disturbs, frees] = [multimap(), multimap(), multimap(), multimap(), multimap(), multimap(), multimap()]
  for (const { id, operation } of nodes) {
    const key = refKey(operation.ref)
    for (const slot of slotsOf(operation).frees) frees.add(slot, id)
    if (operation.verb === 'create') for (const made of keysWith(operation, operation.to)) makes.add(made, id)
    if (operation.verb === 'rename') makes.add(refKey({ ...operation.ref, name: operation.newName }), id)
    if (operation.verb === 'drop') for (const gone of keysWith(operation, operation.from)) removes.add(gone, id)
    if (operation.verb !== 'alter') continue
    // Table options matter to nobody else; a table's columns are operations of their own.
    // Who owns a sequence matters to nobody who uses it.
    if (operation.fields.every((field) => field === 'ownedBy')) continue
    if (loosens(operation as AlterOperation<Kind>)) loosenings.add(key, id)
    if (operation.fields.every((field) => field.startsWith('notNull'))) tightens.add(key, id)
    else if (operation.kind !== 'table') changes.add(key, id)
    if (changeOf(operation as AlterOperation<Kind>) !== null) disturbs.add(key, id)
  }
  // A sequence goes with the table or column that owns it, and its name is free then.
  for (const { schema, name, ownedBy } of owned) {
    if (ownedBy === null) continue
    const column = refKey({ kind: 'column', schema: ownedBy.schema, table: ownedBy.table, name: ownedBy.column })
    for (const id of removes.map.get(column) ?? []) for (const slot of sequenceSlots(schema, name)) frees.add(slot, id)
  }
  return { makes: makes.map, removes: removes.map, changes: changes.map, tightens: tightens.map, loosens: loosenings.map, disturbs: disturbs.map, frees: frees.map }
}

function multimap(): { readonly map: Map<string, string[]>; add(key: string, id: string): void } {
  const map = new Map<string, string[]>()
  return {
    map,
    add(key, id) {
      const list = map.get(key)
      if (list === undefined) map.set(key, [id])
      else list.push(id)
    },
  }
}

/** The keys of an object and of the parts that come and go with it. */
function keysWith(operation: Operation, object: object): readonly string[] {
  const { ref, kind } = operation
  const own = refKey(ref)
  if (kind !== 'table' && kind !== 'view') return [own]
  const parts = object as { columns?: readonly { name: string }[]; constraints?: readonly { name: string }[]; indexes?: readonly { name: string }[] }
  const key = (child: Kind) => (part: { readonly name: string }) => refKey({ kind: child, schema: ref.schema, table: ref.name, name: part.name })
  return [own, ...(parts.columns ?? []).map(key('column')), ...(parts.constraints ?? []).map(key('constraint')), ...(parts.indexes ?? []).map(key('index'))]
}

/** What something earlier waits for moves into that one's phase. */
function inPhases(sorted: readonly Node[], needs: ReadonlyMap<string, readonly string[]>): readonly Ordered[] {
  const phases = new Map(sorted.map((node) => [node.id, PHASES.indexOf(node.phase)]))
  for (const node of [...sorted].reverse()) {
    const phase = phases.get(node.id) ?? 0
    for (const need of needs.get(node.id) ?? []) phases.set(need, Math.min(phases.get(need) ?? phase, phase))
  }
  return PHASES.flatMap((phase, i) => sorted.filter((node) => phases.get(node.id) === i).map((node) => ({ operation: node.operation, phase })))
}
