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
