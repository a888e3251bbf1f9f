import type { Column, Named } from '../../../schema/schema.ts'
import { qualified, quoteName } from './names.ts'
import { changeGrants, tableTarget } from './privileges.ts'

/** Grants on a single column. */
export function columnGrants(table: Named, column: Column, version: number, before: readonly string[] = []): readonly string[] {
  if (column.grants === undefined) return []
  const target = { ...tableTarget(qualified(table), 'TABLE', version), all: '' }
  return changeGrants(before, column.grants, undefined, target, ` (${quoteName(column.name)})`)
}
