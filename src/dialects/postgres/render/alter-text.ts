import type { Named } from '../../../schema/schema.ts'
import { findTable } from './find.ts'
import type { RenderContext } from '../../dialect.ts'
import { qualified, quoteName } from './names.ts'

/** `ALTER TABLE "s"."t"`, or what the relation is. */
export function alterText(table: Named, context: RenderContext): string {
  const found = findTable(context.after, table) ?? findTable(context.before, table)
  return `ALTER ${found?.foreign == null ? 'TABLE' : 'FOREIGN TABLE'} ${qualified(table)}`
}

/** `REPLICA IDENTITY …`. */
export const identityAction = (identity: string): string =>
  `REPLICA IDENTITY ${identity === 'default' || identity === 'full' || identity === 'nothing' ? identity.toUpperCase() : `USING INDEX ${quoteName(identity)}`}`
