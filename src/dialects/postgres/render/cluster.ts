import type { Named, Schema } from '../../../schema/schema.ts'
import type { RenderContext } from '../../dialect.ts'
import { findTable } from './find.ts'
import { qualified, quoteName } from './names.ts'

/** `CLUSTER ON …`: which index a table is put in the order of, whenever somebody does that. */
export function clusterOn(table: Named, index: string, context: RenderContext): string {
  return `ALTER ${isMaterialized(context.after, table) ? 'MATERIALIZED VIEW' : 'TABLE'} ${qualified(table)} CLUSTER ON ${quoteName(index)}`
}

/** What it takes when an index or key that is there is, or is not any more, the one to go by; nothing when another one takes over. */
export function changeCluster(table: Named, item: { readonly name: string; readonly clustered?: boolean }, context: RenderContext): readonly string[] {
  if (item.clustered === true) return [clusterOn(table, item.name, context)]
  return clusteredName(context.after, table) === null ? [`ALTER ${isMaterialized(context.after, table) ? 'MATERIALIZED VIEW' : 'TABLE'} ${qualified(table)} SET WITHOUT CLUSTER`] : []
}

/** The index or key of a relation that CLUSTER goes by. */
function clusteredName(schema: Schema, name: Named): string | null {
  const relation = findTable(schema, name) ?? schema.view.find((view) => view.schema === name.schema && view.name === name.name)
  if (relation === undefined) return null
  const keys = 'constraints' in relation ? relation.constraints : []
  return [...(relation.indexes ?? []), ...keys].find((item) => 'clustered' in item && item.clustered === true)?.name ?? null
}

const isMaterialized = (schema: Schema, name: Named): boolean => schema.view.some((view) => view.schema === name.schema && view.name === name.name)
