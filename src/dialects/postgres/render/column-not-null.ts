import type { AlterOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Column, Constraint, Named, Schema } from '../../../schema/schema.ts'
import { refKey } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { alterText } from './alter-text.ts'
import { notNullName } from './column-text.ts'
import { findTable, leavesParent } from './find.ts'
import { isDropped } from './left-overs.ts'
import { madeUpName, qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, makeStep, stepFor, workOn } from './step.ts'

/** What a column's change does to its NOT NULL: it comes, by a proof that keeps nobody waiting, or its name and validation change. */
export function changeNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named, fields: readonly string[]): readonly Step[] {
  const comes = fields.includes('notNull') && operation.to.notNull
  const comesBack = isLast(operation, context) && goneWithParent(operation, context, table)
  return comes || comesBack ? setNotNull(operation, context, table) : nameNotNull(operation, context, table, fields)
}

/** NOT NULL without a scan under the strong lock: a check that is validated first is the proof. */
function setNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  const alter = alterText(table, context)
  const title = describe(operation, context.defaultSchema)
  const column = quoteName(to.name)
  const atOnce = context.version < 180000 ? `${alter} ALTER COLUMN ${column} SET NOT NULL` : `${alter} ADD CONSTRAINT ${quoteName(notNullName(table.name, to))} NOT NULL ${column}`
  if (context.isNew(table)) return [makeStep(title, [atOnce])]
  const strong = { locks: lockAll(context, table, ACCESS_EXCLUSIVE) }
  if (context.isEmpty(table) && to.notNullValidated !== false && to.notNullNoInherit !== true) return [makeStep(title, [atOnce, ...notNullComment(table, to, null)], strong)]
  const scan = { long: true, class: 'online', locks: lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'scan'), hazards: [HAZARDS.violations('checking for NULLs')] } as const
  if (context.version >= 180000) {
    const name = quoteName(to.notNullName ?? makeObjectName(table.name, to.name, 'not_null'))
    const add = makeStep(title, [`${alter} ADD CONSTRAINT ${name} NOT NULL ${column}${to.notNullNoInherit === true ? ' NO INHERIT' : ''} NOT VALID`, ...notNullComment(table, to, null)], strong)
    if (to.notNullValidated === false) return [add]
    return [add, makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${name}`], scan)]
  }
  // A start that died may have left the proof, validated or not. It is never taken for a check of the user's own: nobody else would drop it.
  const proof = madeUpName([table.name, to.name], 'is_not_null')
  const left = findTable(context.before, table)?.constraints.find((item) => item.name === proof)
  // Two statements: in one, the proof would be gone before the server looks for it.
  const require = (drop: boolean): Step => makeStep(title, [`${alter} ALTER COLUMN ${column} SET NOT NULL`, ...(drop ? [`${alter} DROP CONSTRAINT ${quoteName(proof)}`] : [])], strong)
  const dropsProof = !isDropped('constraint', proof, context, table)
  if (left !== undefined && left.validated !== false && isProved([left], to.name)) return [require(dropsProof)]
  if (isProved(findTable(context.before, table)?.constraints ?? [], to.name)) return [require(left !== undefined && dropsProof)]
  return [
    ...(left === undefined ? [makeStep(`${title}: forbid new NULLs`, [`${alter} ADD CONSTRAINT ${quoteName(proof)} CHECK (${column} IS NOT NULL) NOT VALID`], strong)] : []),
    makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${quoteName(proof)}`], scan),
    require(dropsProof),
  ]
}

/** A check that says it already, and that holds for all rows. */
const isProved = (constraints: readonly Constraint[], column: string): boolean =>
  constraints.some((item) => item.type === 'check' && item.validated !== false && [column, quoteName(column)].some((name) => item.expression === `${name} IS NOT NULL` || item.expression === `(${name} IS NOT NULL)`))

/** Of the parts of a column's change: the one after which nothing of it follows. */
const isLast = (operation: AlterOperation<'column'>, context: RenderContext): boolean =>
  context.operations?.findLast((other) => other.verb === 'alter' && refKey(other.ref) === refKey(operation.ref)) === operation && findTable(context.after, relationOf(operation.ref))?.columns.some((column) => column.name === operation.ref.name && column.notNull) === true

/** A NOT NULL that came from a parent goes with the parent's, and comes back as the table's own. */
function goneWithParent({ from, to }: AlterOperation<'column'>, context: RenderContext, name: Named): boolean {
  if (context.version < 180000 || !from.notNull || !to.notNull || leavesParent(name, context)) return false
  const parent = findTable(context.before, name)?.partitionOf?.parent
  const columnOf = (schema: Schema, usual: (column: Column) => boolean): Column | undefined =>
    parent === undefined ? undefined : findTable(schema, parent)?.columns.find((column) => column.name === to.name && usual(column))
  const before = columnOf(context.before, (column) => column.notNull)
  if (before === undefined || parent === undefined || columnOf(context.after, (column) => !column.notNull) === undefined) return false
  return (from.notNullName ?? makeObjectName(name.name, from.name, 'not_null')) === (before.notNullName ?? makeObjectName(parent.name, before.name, 'not_null'))
}

/** The name and the validation of a NOT NULL that stays, which version 18 keeps. */
function nameNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named, fields: readonly string[]): readonly Step[] {
  const { from, to } = operation
  if (context.version < 180000 || !to.notNull || !from.notNull) return []
  const usual = makeObjectName(table.name, to.name, 'not_null')
  const [before, after] = [from.notNullName ?? usual, to.notNullName ?? usual]
  const alter = alterText(table, context)
  const inherits = fields.includes('notNullNoInherit') ? [`${alter} ALTER CONSTRAINT ${quoteName(after)} ${to.notNullNoInherit === true ? 'NO INHERIT' : 'INHERIT'}`] : []
  const comments = fields.includes('notNullComment') ? notNullComment(table, to, from.notNullComment ?? null) : []
  const renames = fields.includes('notNullName') && before !== after ? [`${alter} RENAME CONSTRAINT ${quoteName(before)} TO ${quoteName(after)}`] : []
  // What models do not speak of stands in `to` as it was found: that it differs says which way it goes.
  const changes = fields.includes('notNullValidated')
  // Nothing takes a proof back but making the constraint anew.
  if (changes && from.notNullValidated !== false) {
    const anew = `ADD CONSTRAINT ${quoteName(after)} NOT NULL ${quoteName(to.name)}${to.notNullNoInherit === true ? ' NO INHERIT' : ''} NOT VALID`
    return stepFor(operation, context, [`${alter} DROP CONSTRAINT ${quoteName(before)}, ${anew}`, ...notNullComment(table, to, null)], { locks: lock(context, table, ACCESS_EXCLUSIVE) })
  }
  const validates = changes ? [`${alter} VALIDATE CONSTRAINT ${quoteName(after)}`] : []
  return [
    ...stepFor(operation, context, [...renames, ...inherits, ...comments], { locks: lockAll(context, table, ACCESS_EXCLUSIVE) }),
    ...stepFor(operation, context, validates, { long: true, class: 'online', locks: lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'scan') }),
  ]
}

/** The comment on the constraint that version 18 makes of a NOT NULL. */
export function notNullComment(table: Named, column: Column, before: string | null): readonly string[] {
  const comment = column.notNull ? (column.notNullComment ?? null) : null
  return comment === before ? [] : [commentOn(`CONSTRAINT ${quoteName(notNullName(table.name, column))} ON ${qualified(table)}`, comment)]
}
