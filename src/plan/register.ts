import type { AlterOperation, Operation } from '../operations/operation.ts'
import type { Column, Kind, Sequence } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'
import type { Node } from './edges.ts'
import { changeOf } from './rebuild.ts'
import { sequenceSlots, slotsOf } from './slots.ts'

/** Which nodes do what to which keys and names. */
export interface Register {
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

/** Sorts the nodes by what they do. */
export function register(nodes: readonly Node[], owned: readonly Sequence[]): Register {
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
  const released = new Set(nodes.flatMap(({ operation }) => (operation.kind === 'sequence' && operation.verb === 'alter' && operation.from.ownedBy !== null ? [refKey(operation.ref)] : [])))
  for (const { schema, name, ownedBy } of owned) {
    if (ownedBy === null) continue
    const key = refKey({ kind: 'sequence', schema, name })
    const column = refKey({ kind: 'column', schema: ownedBy.schema, table: ownedBy.table, name: ownedBy.column })
    for (const id of removes.map.get(column) ?? []) {
      for (const slot of sequenceSlots(schema, name)) frees.add(slot, id)
      if (!released.has(key)) removes.add(key, id)
    }
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

const loosens = (operation: AlterOperation<Kind>): boolean =>
  operation.kind === 'column' && operation.fields.includes('notNull') && !(operation.to as Column).notNull
