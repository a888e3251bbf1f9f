import type { CreateOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Column, Named, Schema } from '../../../schema/schema.ts'
import { rowKey } from '../../../schema/schema.ts'
import { alterText } from './alter-text.ts'
import { extrasOf } from './child-column.ts'
import { columnText, identityOptions, identityText } from './column-text.ts'
import { familyOf } from './family.ts'
import { findTable } from './find.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { literal, madeUpName, qualified, quoteName } from './names.ts'
import { ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, makeStep, workOn } from './step.ts'

/*
 * A column whose old rows need a value of their own each would make the server write the whole table anew. Instead it is added
 * empty, with its default for new rows; old rows are filled in batches; then it is what the models say.
 *
 * A check that was never validated marks the column from its first moment to its last: who finds it knows that the rest is to do,
 * whatever became of the one who began.
 */

const MARK = 'to_fill'
const HELPER = 'to_fill_seq'

const markOf = (table: Named, column: string): string => madeUpName([table.name, column], MARK)

/** Where new rows of a coming identity column take their numbers from until it is one. */
const helperOf = (table: Named, column: string): Named => ({ schema: table.schema, name: madeUpName([table.name, column], HELPER) })

/** Rows can be filled in batches along a key; a column with a domain's checks or without a value for old rows cannot. */
export function canFill(column: Column, context: RenderContext, table: Named): boolean {
  const found = findTable(context.before, table)
  return found !== undefined && found.foreign == null && rowKey(found) !== null && (column.default !== null || column.identity != null)
}

export function addFilled(operation: CreateOperation<'column'>, context: RenderContext, table: Named, extras: readonly string[]): readonly Step[] {
  const { to } = operation
  const title = describe(operation, context.defaultSchema)
  const name = quoteName(to.name)
  const value = to.identity == null ? (to.default ?? 'NULL') : `nextval(${literal(qualified(helperOf(table, to.name)))}::regclass)`
  const add = makeStep(title, addStatements(to, context, table, value, extras), {
    locks: lockAll(context, table, ACCESS_EXCLUSIVE),
    reason: 'The column is added empty, with its default for new rows: together with the value for old rows, the server would write the whole table anew.',
  })
  // Who has no ledger to keep a place in fills in one statement; a start does it in batches.
  const whole = `UPDATE ${qualified(table)} SET ${name} = ${value} WHERE ${name} IS NULL`
  const fill = makeStep(`${title}: fill the rows that are there`, [whole], {
    class: 'online', long: true, locks: lock(context, table, 'ROW EXCLUSIVE'), work: workOn(context, table, 'fill'),
    fill: { table: { schema: table.schema, name: table.name }, column: to.name, set: `${name} = ${value}`, where: `${name} IS NULL` },
  })
  return [...(context.resumes(operation.ref) ? [] : [add]), fill, ...finish(title, to, context, table)]
}

function addStatements(to: Column, context: RenderContext, table: Named, value: string, extras: readonly string[]): readonly string[] {
  const bare: Column = { ...to, default: null, identity: null, notNull: false }
  const proof = to.notNull || to.identity != null ? `${quoteName(to.name)} IS NOT NULL` : `${quoteName(to.name)} IS NOT DISTINCT FROM ${quoteName(to.name)}`
  const actions = [
    `ADD COLUMN ${columnText(bare, { version: context.version })}`,
    `ALTER COLUMN ${quoteName(to.name)} SET DEFAULT ${value}`,
    `ADD CONSTRAINT ${quoteName(markOf(table, to.name))} CHECK (${proof}) NOT VALID`,
    ...extrasOf(to, context, table).beside,
  ]
  const helper = to.identity == null ? [] : [`CREATE SEQUENCE ${qualified(helperOf(table, to.name))} AS ${to.type} ${identityOptions(to.identity).join(' ')}`.trim()]
  return [...helper, `${alterText(table, context)} ${actions.join(', ')}`, ...extras]
}

function finish(title: string, to: Column, context: RenderContext, table: Named): readonly Step[] {
  const alter = alterText(table, context)
  const name = quoteName(to.name)
  const unmark = `${alter} DROP CONSTRAINT ${quoteName(markOf(table, to.name))}`
  const strong = { locks: lockAll(context, table, ACCESS_EXCLUSIVE) }
  if (!to.notNull && to.identity == null) return [makeStep(`${title}: done`, [unmark], strong)]
  const scan = { class: 'online', long: true, locks: lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'scan') } as const
  return [
    makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${quoteName(markOf(table, to.name))}`], scan),
    // The proof must still be there when the server looks for one, so these are statements of their own.
    makeStep(`${title}: require it`, [`${alter} ALTER COLUMN ${name} SET NOT NULL`, ...nameOf(to, context, table), unmark, ...becomeIdentity(to, context, table)], strong),
  ]
}

function nameOf(to: Column, context: RenderContext, table: Named): readonly string[] {
  if (context.version < 180000 || to.notNullName == null) return []
  const made = madeUpName([table.name, to.name], 'not_null')
  return to.notNullName === made ? [] : [`${alterText(table, context)} RENAME CONSTRAINT ${quoteName(made)} TO ${quoteName(to.notNullName)}`]
}

/** The numbers go on where the helper stopped, and the helper goes. */
function becomeIdentity(to: Column, context: RenderContext, table: Named): readonly string[] {
  if (to.identity == null) return []
  const helper = qualified(helperOf(table, to.name))
  const own = `pg_get_serial_sequence(${literal(qualified(table))}, ${literal(to.name)})`
  return [
    `${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)} DROP DEFAULT, ALTER COLUMN ${quoteName(to.name)} ADD ${identityText(to.identity)}`,
    `SELECT setval(${own}, last_value, is_called) FROM ${helper}`,
    `DROP SEQUENCE ${helper}`,
  ]
}

/** Columns that a start began to add and did not finish, and the schema as if it had not begun. */
export function unfinished(live: Schema): { readonly schema: Schema; readonly columns: readonly { readonly table: Named; readonly column: string }[] } {
  const own = live.table.flatMap((table) =>
    table.columns.filter((column) => table.constraints.some((item) => item.type === 'check' && item.name === markOf(table, column.name))).map((column) => ({ table, column: column.name, mark: markOf(table, column.name) })))
  if (own.length === 0) return { schema: live, columns: [] }
  const marked = own.flatMap((one) => [one, ...familyOf(live, one.table).map((child) => ({ ...one, table: child }))])
  const helpers = new Set(marked.map(({ table, column }) => qualified(helperOf(table, column))))
  const tables = live.table.map((table) => {
    const mine = marked.filter((one) => one.table === table)
    if (mine.length === 0) return table
    const names = mine.map((one) => one.column)
    const marks = new Set(mine.map((one) => one.mark))
    return { ...table, columns: table.columns.filter((column) => !names.includes(column.name)), constraints: table.constraints.filter((item) => !marks.has(item.name)) }
  })
  return {
    schema: { ...live, table: tables, sequence: live.sequence.filter((sequence) => !helpers.has(qualified(sequence))) },
    columns: own.map(({ table, column }) => ({ table: { schema: table.schema, name: table.name }, column })),
  }
}
