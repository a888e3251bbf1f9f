import type { Named, Schema, Table } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { RenderContext } from '../../dialect.ts'
import { findTable } from './find.ts'

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

/** True when a table has children, and the plan knows of each how it will be: then nothing of their own is left to the parent's change. */
export function hasKnownChildren(table: Named, context: Pick<RenderContext, 'before' | 'after' | 'operations'>): boolean {
  const family = familyOf(context.before, table)
  const goes = (child: Table): boolean => context.operations?.some(({ verb, kind, ref }) => verb === 'drop' && kind === 'table' && ref.schema === child.schema && ref.name === child.name) === true
  return family.length > 0 && family.every((child) => findTable(context.after, child) !== undefined || goes(child))
}

/** What a table is a partition or a child of. */
export const parentsOf = (table: Table | undefined): readonly Named[] => [...(table?.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table?.inherits ?? [])]

/** The parents that a table has before and after. */
export function stayingParents(table: Named, context: Pick<RenderContext, 'before' | 'after'>): readonly Named[] {
  const key = ({ schema, name }: Named): string => keyOf({ schema, name })
  const after = parentsOf(findTable(context.after, table)).map(key)
  return parentsOf(findTable(context.before, table)).filter((parent) => after.includes(key(parent)))
}

/** True for a column that a parent has, too, before and after: the parent's change of its type is the child's. */
export function hasFromParent(table: Named, column: string, context: Pick<RenderContext, 'before' | 'after'>): boolean {
  const has = (schema: Schema, parent: Named): boolean => findTable(schema, parent)?.columns.some((other) => other.name === column) === true
  return stayingParents(table, context).some((parent) => has(context.before, parent) && has(context.after, parent))
}

/** The partition that takes what no other one takes. */
export const defaultPartition = (schema: Schema, parent: Named): Table | undefined =>
  familyOf(schema, parent).find((table) => table.partitionOf?.bound === 'DEFAULT' && keyOf({ schema: table.partitionOf.parent.schema, name: table.partitionOf.parent.name }) === keyOf({ schema: parent.schema, name: parent.name }))
