import type { Named, Schema, Table } from '../../../schema/schema.ts'
import { keyOf, tablesByKey } from '../../../schema/schema.ts'

const KNOWN = new WeakMap<Schema, ReadonlyMap<string, Table>>()

/** Finds a table of one of the plan's two schemas. They are asked for every operation, so each is indexed once. */
export function findTable(schema: Schema, name: Named): Table | undefined {
  let tables = KNOWN.get(schema)
  if (tables === undefined) {
    tables = tablesByKey(schema)
    KNOWN.set(schema, tables)
  }
  return tables.get(keyOf({ schema: name.schema, name: name.name }))
}

/** True for a partition that stays and is not its parent's any more: what it had from there is its own then. */
export function leavesParent(table: Named, context: { readonly before: Schema; readonly after: Schema }): boolean {
  const [before, after] = [findTable(context.before, table)?.partitionOf, findTable(context.after, table)]
  return before != null && after !== undefined && (after.partitionOf == null || keyOf(plain(after.partitionOf.parent)) !== keyOf(plain(before.parent)))
}

const plain = ({ schema, name }: Named): Named => ({ schema, name })
