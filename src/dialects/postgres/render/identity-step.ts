import type { Named, Schema } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { alterText, identityAction } from './alter-text.ts'
import { findTable } from './find.ts'
import { ACCESS_EXCLUSIVE, lock, makeStep } from './step.ts'

/** A table whose rows were known by an index forgets it when that one goes, and learns it again. */
export function identityStep(index: string, context: RenderContext, table: Named): readonly Step[] {
  const identity = (schema: Schema): string | undefined => findTable(schema, table)?.replicaIdentity
  if (context.isNew(table) || identity(context.before) !== index || identity(context.after) !== index) return []
  return [makeStep(`know the rows of ${table.name} by ${index} again`, [`${alterText(table, context)} ${identityAction(index)}`], { locks: lock(context, table, ACCESS_EXCLUSIVE) })]
}
