import type { Named, Schema, Table } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'

const KNOWN = new WeakMap<Schema, ReadonlyMap<string, readonly Table[]>>()

/** Partitions and children of a table, and theirs. Asked for every operation, so each schema is indexed once. */
export function familyOf(schema: Schema, name: Named): readonly Table[] {
  let children = KNOWN.get(schema)
  if (children === undefined) {
    children = childrenOf(schema)
    KNOWN.set(schema, children)
  }
  if (children.size === 0) return []
  const known = children
  const below = (parent: Named): readonly Table[] => (known.get(keyOf({ schema: parent.schema, name: parent.name })) ?? []).flatMap((child) => [child, ...below(child)])
  return below(name)
}

function childrenOf(schema: Schema): ReadonlyMap<string, readonly Table[]> {
  const children = new Map<string, Table[]>()
  for (const table of schema.table) {
    for (const parent of [...(table.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table.inherits ?? [])]) {
      const key = keyOf({ schema: parent.schema, name: parent.name })
      children.set(key, [...(children.get(key) ?? []), table])
    }
  }
  return children
}

/** The partition that takes what no other one takes. */
export const defaultPartition = (schema: Schema, parent: Named): Table | undefined =>
  familyOf(schema, parent).find((table) => table.partitionOf?.bound === 'DEFAULT' && keyOf({ schema: table.partitionOf.parent.schema, name: table.partitionOf.parent.name }) === keyOf({ schema: parent.schema, name: parent.name }))
