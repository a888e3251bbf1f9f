import type { Column, Named } from '../../../schema/schema.ts'
import { stayingParents } from './family.ts'
import { findTable } from './find.ts'
import type { KindRenderer, RenderContext, TableLock } from '../../dialect.ts'
import { describe } from '../../../operations/operation.ts'
import { additionCost } from './addition-cost.ts'
import { alterText } from './alter-text.ts'
import { alterColumn } from './column-alter.ts'
import { notNullComment } from './column-not-null.ts'
import { columnFromParent, extrasOf } from './child-column.ts'
import { columnText } from './column-text.ts'
import { addFilled, canFill } from './filled-column.ts'
import { nameNotNull } from './not-null-name.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, goesBefore, lockAll, lockThere, makeStep, stepFor } from './step.ts'
import { columnGrants } from './column-grants.ts'

/** Columns of tables that are there. What a child table inherits comes and goes with the parent's column. */
export const columnRenderer: KindRenderer<'column'> = {
  create: (operation, context) => {
    const { to } = operation
    const table = relationOf(operation.ref)
    const fromParent = columnFromParent(operation, context, table)
    if (fromParent !== null) return fromParent
    const name = `${qualified(table)}.${quoteName(to.name)}`
    const kept = extrasOf(to, context, table)
    const actions = [`ADD COLUMN ${columnText(nameNotNull(table, to, context), { version: context.version })}`, ...kept.beside]
    const extras = [...kept.apart, ...(to.comment == null ? [] : [commentOn(`COLUMN ${name}`, to.comment)]), ...notNullComment(table, to, null), ...columnGrants(table, to, context.version)]
    const trial = { table: { schema: table.schema, name: table.name }, action: actions.join(', ') }
    const cost = additionCost(to, context, table, trial)
    const asked = context.isNew(table) || context.isEmpty(table) ? {} : { trial }
    if (cost.fills && canFill(to, context, table)) return addFilled(operation, context, table, extras).map((step, at) => (at === 0 ? { ...step, ...asked } : step))
    const title = describe(operation, context.defaultSchema)
    return [makeStep(title, [`${alterText(table, context)} ${trial.action}`, ...extras], { ...cost.step, ...asked, locks: lockAll(context, table, ACCESS_EXCLUSIVE) })]
  },
  drop: (operation, context) => {
    const { from } = operation
    const table = relationOf(operation.ref)
    if (from.local === false && stayingParents(table, context).length > 0) return []
    return stepFor(operation, context, [`${alterText(table, context)} DROP COLUMN ${quoteName(from.name)}`], {
      class: 'destructive',
      locks: [...referencedBy(from, context, table), ...lockAll(context, table, ACCESS_EXCLUSIVE), ...sequencesOf(from, context, table)],
      hazards: [HAZARDS.dataLoss(`column ${from.name}`)],
    })
  },
  alter: alterColumn,
  rename: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`${alterText(table, context)} RENAME COLUMN ${quoteName(operation.ref.name)} TO ${quoteName(operation.newName)}`], {
      class: 'incompatible',
      locks: lockAll(context, table, ACCESS_EXCLUSIVE),
      hazards: [HAZARDS.breaks(`the old name ${operation.ref.name} is gone`)],
    })
  },
}

/** A foreign key goes with its column, and dropping one locks the table that it points at. */
function referencedBy(column: Column, context: RenderContext, table: Named): readonly TableLock[] {
  const keys = findTable(context.before, table)?.constraints.filter((item) => item.type === 'foreignKey' && item.columns.includes(column.name) && !goesBefore(context, table, item.name)) ?? []
  return keys.flatMap((key) => (key.type === 'foreignKey' ? lockAll(context, { schema: key.references.schema, name: key.references.table }, ACCESS_EXCLUSIVE) : []))
}

/** The sequence of an identity column, and those that the column owns, go with it. */
function sequencesOf(column: Column, context: RenderContext, table: Named): readonly TableLock[] {
  const own = column.identity?.sequence === undefined ? [] : [{ schema: table.schema, name: column.identity.sequence }]
  const owned = context.before.sequence.filter(({ ownedBy }) => ownedBy !== null && ownedBy.schema === table.schema && ownedBy.table === table.name && ownedBy.column === column.name)
  return [...own, ...owned].flatMap((sequence) => lockThere(context, sequence, ACCESS_EXCLUSIVE))
}
