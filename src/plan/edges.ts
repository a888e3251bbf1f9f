import type { AlterOperation, DropOperation, Operation } from '../operations/operation.ts'
import type { Kind, Kinds, Schema } from '../schema/schema.ts'
import { childRef, keyOf, refKey } from '../schema/schema.ts'
import type { Located } from './objects.ts'
import { addPartitionEdges, ownBeforeInherited } from './partition-edges.ts'
import { addPersistenceEdges } from './persistence-edges.ts'
import type { Phase } from './plan.ts'
import { changeOf } from './rebuild.ts'
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
  const moved = movedColumns(nodes, before, from)
  const needs = new Map<string, string[]>(nodes.map((node) => [node.id, []]))
  const precede = (first: string, second: string): void => {
    if (first !== second) needs.get(second)?.push(first)
  }
  for (const node of nodes) {
    const { operation, id } = node
    for (const slot of slotsOf(operation).takes) for (const other of known.frees.get(slot) ?? []) precede(other, id)
    if (operation.verb === 'create' || operation.verb === 'alter') {
      const located = { kind: operation.kind, ref: operation.ref, object: onlyItself(operation, withoutOwner(operation)) }
      for (const key of after(located)) for (const other of [...(known.makes.get(key) ?? []), ...(known.changes.get(key) ?? [])]) precede(other, id)
      // A key over a column comes after the column stopped being nullable; to others that does not matter.
      if (operation.kind === 'constraint') for (const key of after(located)) for (const other of known.tightens.get(key) ?? []) precede(other, id)
      if (operation.verb === 'alter') for (const other of known.makes.get(refKey(operation.ref)) ?? []) precede(other, id)
    }
    if (operation.verb === 'drop' || operation.verb === 'alter') {
      const located = { kind: operation.kind, ref: operation.ref, object: onlyItself(operation, withoutFormerOwner(operation)) }
      for (const key of before(located)) for (const other of known.removes.get(key) ?? []) precede(id, other)
      if (operation.verb === 'drop') for (const key of before(located)) for (const other of [...(known.disturbs.get(key) ?? []), ...(outlives(operation) ? [] : (moved.get(key) ?? []))]) precede(id, other)
      // No column of a primary key may be NULL.
      if (operation.kind === 'constraint') for (const key of before(located)) for (const other of known.loosens.get(key) ?? []) precede(id, other)
      if (operation.verb === 'alter') for (const key of leaves(located, onlyItself(operation, operation.to), before, after)) for (const other of known.disturbs.get(key) ?? []) precede(id, other)
    }
  }
  inSequence(nodes, precede)
  columnsBeforeParameters(nodes, precede)
  columnsBeforeRetypes(nodes, precede, from)
  standOnWhatStays(nodes, precede)
  addPartitionEdges(nodes, precede, from)
  addPersistenceEdges(nodes, precede, from)
  ownBeforeInherited(nodes, precede)
  return needs
}

/** The columns that a change of their type moves to a new type of its name, with who does it. */
function movedColumns(nodes: readonly Node[], before: Requirements, from: Schema): ReadonlyMap<string, readonly string[]> {
  const types = new Map(nodes.flatMap(({ id, operation }) => (operation.verb === 'alter' && changeOf(operation as AlterOperation<Kind>) === 'retyped' ? [[refKey(operation.ref), id] as const] : [])))
  const moved = new Map<string, string[]>()
  if (types.size === 0) return moved
  for (const table of from.table) {
    for (const column of table.columns) {
      const ref = childRef('column', table, column.name)
      const movers = before({ kind: 'column', ref, object: column }).flatMap((key) => types.get(key) ?? [])
      if (movers.length > 0) moved.set(refKey(ref), movers)
    }
  }
  return moved
}

/** The server rebuilds these by itself when a column of theirs gets another type. */
const outlives = ({ kind, from }: DropOperation<Kind>): boolean =>
  kind === 'index' || kind === 'statistics' || (kind === 'constraint' && (from as Kinds['constraint']).type !== 'foreignKey')

/** A change of a table's own options has nothing to do with its columns and what stands on them; one of its parents has. */
function onlyItself(operation: Operation, object: Kinds[Kind]): Kinds[Kind] {
  if (operation.kind !== 'table' || operation.verb !== 'alter') return object
  // What a partition is once it left, and before it joins, asks nothing of a parent; its own changes lie in between.
  const isAlone = (object as Kinds['table']).partitionOf == null && operation.fields.every((field) => field === 'partitionOf')
  const isStructure = !isAlone && ['partitionOf', 'inherits', 'ofType'].some((field) => operation.fields.includes(field))
  const rest = operation.fields.includes('replicaIdentity') ? object : { ...object, replicaIdentity: 'default' }
  return (isStructure ? rest : { ...rest, columns: [], constraints: [], indexes: [], triggers: [], rules: [], policies: [] }) as unknown as Kinds[Kind]
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

/** A new column may bring the TOAST table along that parameters speak of: set before, they are lost without a word. */
function columnsBeforeParameters(nodes: readonly Node[], precede: Precede): void {
  for (const { id, operation } of nodes) {
    if (operation.kind !== 'table' || operation.verb !== 'alter' || !(operation.to.parameters ?? []).some((parameter) => parameter.startsWith('toast.'))) continue
    for (const { id: other, operation: { kind, ref, verb } } of nodes) {
      if (kind === 'column' && verb !== 'drop' && ref.schema === operation.ref.schema && ref.table === operation.ref.name) precede(other, id)
    }
  }
}

/** Long values of a table go away with the last column that may have some, and their parameters with them: new columns come first. */
function columnsBeforeRetypes(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const tables = new Set(from.table.flatMap((table) => ((table.parameters ?? []).some((parameter) => parameter.startsWith('toast.')) ? [keyOf({ schema: table.schema, name: table.name })] : [])))
  if (tables.size === 0) return
  const columns = nodes.filter(({ operation: { kind, ref } }) => kind === 'column' && tables.has(keyOf({ schema: ref.schema, name: ref.table ?? '' })))
  const replaced = new Set(columns.flatMap(({ operation: { verb, ref } }) => (verb === 'drop' ? [refKey(ref)] : [])))
  for (const { id, operation } of columns) {
    if (operation.kind !== 'column' || operation.verb !== 'create' || operation.to.generated != null || replaced.has(refKey(operation.ref))) continue
    for (const other of columns) {
      if (other.operation.verb === 'alter' && other.operation.fields.includes('type') && other.operation.ref.schema === operation.ref.schema && other.operation.ref.table === operation.ref.table) precede(id, other.id)
    }
  }
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

/** A foreign key stands on whichever key over its columns the server finds: one that goes must be gone by then. */
function standOnWhatStays(nodes: readonly Node[], precede: Precede): void {
  const key = (schema: string, table: string, columns: readonly string[]): string => [schema, table, ...[...columns].sort()].join('\u0000')
  const going = new Map<string, string>()
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'drop' || (operation.kind !== 'constraint' && operation.kind !== 'index')) continue
    const { from, ref } = operation
    const columns = 'keys' in from ? (from.unique ? from.keys.map((each) => each.column ?? '') : []) : from.type === 'primaryKey' || from.type === 'unique' ? from.columns : []
    if (columns.length > 0) going.set(key(ref.schema, ref.table ?? '', columns), id)
  }
  if (going.size === 0) return
  for (const { id, operation } of nodes) {
    if (operation.verb !== 'create' || operation.kind !== 'constraint' || operation.to.type !== 'foreignKey') continue
    const { references } = operation.to
    const first = going.get(key(references.schema, references.table, references.columns))
    if (first !== undefined) precede(first, id)
  }
}
