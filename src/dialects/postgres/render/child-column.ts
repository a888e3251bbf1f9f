import type { CreateOperation } from '../../../operations/operation.ts'
import type { Column, Named } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { alterText } from './alter-text.ts'
import { columnGrants } from './column-grants.ts'
import { columnExtras } from './column-text.ts'
import { hasKnownChildren, stayingParents } from './family.ts'
import { findTable } from './find.ts'
import { qualified, quoteName } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, lock, stepFor } from './step.ts'

/** How a new column is kept: beside its definition, or in a statement of its own where the children have it otherwise. */
export function extrasOf(column: Column, context: RenderContext, table: Named): { readonly beside: readonly string[]; readonly apart: readonly string[] } {
  const extras = columnExtras(column)
  if (extras.length === 0 || !hasKnownChildren(table, context)) return { beside: extras, apart: [] }
  return { beside: [], apart: [`${alterText(table, context).replace('TABLE ', 'TABLE ONLY ')} ${extras.join(', ')}`] }
}

/** A column that came with the parent's: only what the child has otherwise. `null` when the table has it from nobody. */
export function columnFromParent(operation: CreateOperation<'column'>, context: RenderContext, table: Named): readonly Step[] | null {
  const { to } = operation
  const parents = stayingParents(table, context)
  if (to.local !== false || parents.length === 0) return null
  const above = parents.flatMap((parent) => findTable(context.after, parent)?.columns.filter(({ name }) => name === to.name) ?? [])[0]
  const name = quoteName(to.name)
  const differs = above !== undefined && to.generated == null && to.identity == null && (above.default ?? null) !== (to.default ?? null)
  const own = [
    ...(differs ? [`ALTER COLUMN ${name} ${to.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${to.default}`}`] : []),
    ...((above?.compression ?? null) === (to.compression ?? null) ? [] : [`ALTER COLUMN ${name} SET COMPRESSION ${to.compression ?? 'default'}`]),
    ...columnExtras(to),
  ]
  const statements = [
    ...(own.length === 0 ? [] : [`${alterText(table, context).replace('TABLE ', 'TABLE ONLY ')} ${own.join(', ')}`]),
    ...(to.comment == null ? [] : [commentOn(`COLUMN ${qualified(table)}.${name}`, to.comment)]),
    ...columnGrants(table, to, context.version),
  ]
  return stepFor(operation, context, statements, { locks: own.length === 0 ? [] : lock(context, table, ACCESS_EXCLUSIVE) })
}
