import type { Column, Named, Table } from '../../../schema/schema.ts'
import { findTable } from './find.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import { alterText } from './alter-text.ts'
import { alterColumn } from './column-alter.ts'
import { columnExtras, columnText } from './column-text.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, lock, stepFor } from './step.ts'
import { columnGrants } from './table.ts'

/** Columns of tables that are there. What a child table inherits comes and goes with the parent's column. */
export const columnRenderer: KindRenderer<'column'> = {
  create: (operation, context) => {
    const { to } = operation
    if (to.local === false) return []
    const table = relationOf(operation.ref)
    const name = `${qualified(table)}.${quoteName(to.name)}`
    const actions = [`ADD COLUMN ${columnText(to, { version: context.version })}`, ...columnExtras(to)]
    const statements = [
      `${alterText(table, context)} ${actions.join(', ')}`,
      ...(to.comment == null ? [] : [commentOn(`COLUMN ${name}`, to.comment)]),
      ...columnGrants(table, to, context.version),
    ]
    return stepFor(operation, context, statements, { ...costOf(to, context, table), locks: lock(context, table, ACCESS_EXCLUSIVE) })
  },
  drop: (operation, context) => {
    const { from } = operation
    const table = relationOf(operation.ref)
    if (from.local === false && hasParent(context.before, table)) return []
    return stepFor(operation, context, [`${alterText(table, context)} DROP COLUMN ${quoteName(from.name)}`], {
      class: 'destructive',
      locks: lock(context, table, ACCESS_EXCLUSIVE),
      hazards: [HAZARDS.dataLoss(`column ${from.name}`)],
    })
  },
  alter: alterColumn,
  rename: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`${alterText(table, context)} RENAME COLUMN ${quoteName(operation.ref.name)} TO ${quoteName(operation.newName)}`], {
      class: 'incompatible',
      locks: lock(context, table, ACCESS_EXCLUSIVE),
      hazards: [HAZARDS.breaks(`the old name ${operation.ref.name} is gone`)],
    })
  },
}

function hasParent(schema: RenderContext['before'], table: Named): boolean {
  const found: Table | undefined = findTable(schema, table)
  return found?.partitionOf != null || (found?.inherits ?? []).length > 0
}

/** What adding the column costs on a table with rows. */
function costOf(column: Column, context: RenderContext, table: Named): Partial<Step> {
  if (context.isNew(table)) return {}
  const rewrites =
    column.identity != null ? 'an identity column'
    : column.generated?.stored === true ? 'a stored generated column'
    : column.default !== null && !isStable(column) ? `the default ${column.default}, computed for each row,`
    : null
  if (rewrites !== null) return { class: 'blocking', long: true, hazards: [HAZARDS.rewrite(rewrites)] }
  if (column.notNull && column.default === null && column.generated == null) return { class: 'incompatible', hazards: [HAZARDS.notNull(column.name)] }
  return {}
}

const STABLE = new Set(['now', 'current_timestamp', 'current_date', 'current_time', 'localtime', 'localtimestamp', 'current_user', 'session_user', 'user',
  'statement_timestamp', 'transaction_timestamp', 'current_setting', 'timezone', 'lower', 'upper', 'length', 'coalesce', 'array', 'row', 'date_trunc', 'to_char'])

/** False for what may give another value for each row: a call of anything that is not known to be constant within a statement. */
function isStable(column: Column): boolean {
  const bare = (column.default ?? '').replace(/'(?:[^']|'')*'/g, "''").replace(/::\s*[a-z_ ]+(\([\d, ]*\))?(\[\])*/gi, '')
  const calls = [...bare.matchAll(/([\p{L}_][\p{L}\p{N}_$.]*|"[^"]*")\s*\(/gu)].map((match) => (match[1] ?? '').toLowerCase())
  return calls.every((name) => STABLE.has(name)) && (column.needs ?? []).every((need) => need.kind !== 'routine' && need.kind !== 'sequence')
}

