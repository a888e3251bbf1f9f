import type { AlterOperation } from '../operations/operation.ts'
import type { Constraint, ForeignKey, Named, Schema } from '../schema/schema.ts'
import { keyOf } from '../schema/schema.ts'
import type { Node, Precede } from './edges.ts'

/**
 * A table that is logged never refers to one that is not, at any moment: keys in the way go before a table changes, new ones come
 * after it, and of two tables that both change the server wants one first.
 */
export function addPersistenceEdges(nodes: readonly Node[], precede: Precede, from: Schema): void {
  const changes = new Map<string, { readonly id: string; readonly operation: AlterOperation<'table'> }>()
  for (const { id, operation } of nodes) {
    if (operation.kind === 'table' && operation.verb === 'alter' && operation.fields.includes('unlogged')) changes.set(keyOf({ schema: operation.ref.schema, name: operation.ref.name }), { id, operation })
  }
  if (changes.size === 0) return
  for (const { id, operation } of nodes) {
    if (operation.kind !== 'constraint' || (operation.verb !== 'drop' && operation.verb !== 'create')) continue
    const key = foreignKey(operation.verb === 'drop' ? operation.from : operation.to)
    if (key === null) continue
    for (const table of [{ schema: operation.ref.schema, name: operation.ref.table ?? '' }, targetOf(key)]) {
      const change = changes.get(keyOf(table))
      if (change === undefined) continue
      if (operation.verb === 'drop') precede(id, change.id)
      else precede(change.id, id)
    }
  }
  placeSequences(nodes, precede, (table) => changes.get(keyOf(table))?.id)
  for (const table of from.table) {
    for (const constraint of table.constraints) {
      const key = foreignKey(constraint)
      const [here, there] = key === null ? [] : [changes.get(keyOf({ schema: table.schema, name: table.name })), changes.get(keyOf(targetOf(key)))]
      if (here === undefined || there === undefined) continue
      if (here.operation.to.unlogged === true) precede(here.id, there.id)
      else precede(there.id, here.id)
    }
  }
}

/** Sequences follow the table that owns them: one that leaves it goes before, one that comes to it, or is otherwise, after. */
function placeSequences(nodes: readonly Node[], precede: Precede, changeOf: (table: Named) => string | undefined): void {
  for (const { id, operation } of nodes) {
    if (operation.kind !== 'sequence' || operation.verb !== 'alter') continue
    const [before, after] = [operation.from.ownedBy, operation.to.ownedBy]
    const owner = after ?? before
    const change = owner === null ? undefined : changeOf({ schema: owner.schema, name: owner.table })
    if (change === undefined) continue
    if (after === null) precede(id, change)
    else precede(change, id)
  }
}

const foreignKey = (constraint: Constraint): ForeignKey | null => (constraint.type === 'foreignKey' ? constraint : null)

const targetOf = ({ references }: ForeignKey): Named => ({ schema: references.schema, name: references.table })
