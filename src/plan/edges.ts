import type { Operation } from '../operations/operation.ts'
import type { Kind, Kinds, Schema } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'
import type { Located } from './objects.ts'
import { addPartitionEdges, ownBeforeInherited } from './partition-edges.ts'
import type { Phase } from './plan.ts'
import { register } from './register.ts'
import type { Requirements } from './requirements.ts'
import { slotsOf } from './slots.ts'

/** An operation to be placed. Ids count the operations as they were given. */
export interface Node {
  readonly id: string
  readonly operation: Operation
  readonly phase: Phase
}

/** Says that one node comes before another. */
export type Precede = (first: string, second: string) => void

/** For every node the ids of those that come before it. */
export function edges(nodes: readonly Node[], before: Requirements, after: Requirements, from: Schema): ReadonlyMap<string, readonly string[]> {
  const known = register(nodes, from.sequence)
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
  addPartitionEdges(nodes, precede, from)
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

/** Several alterations of one object keep their order. */
function inSequence(nodes: readonly Node[], precede: Precede): void {
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
