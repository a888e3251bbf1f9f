import type { AlterOperation, CreateOperation } from '../../../operations/operation.ts'
import type { Constraint, Index, Named, ObjectRef, Schema } from '../../../schema/schema.ts'
import { findTable, leavesParent } from './find.ts'
import type { KindRenderer, RenderContext, Step } from '../../dialect.ts'
import { changeCluster, clusterOn } from './cluster.ts'
import { indexLock } from './constraint-steps.ts'
import { familyOf } from './family.ts'
import { identityStep } from './identity-step.ts'
import { indexText } from './index-text.ts'
import { isTakenOver } from './constraint-add.ts'
import { dropLeftOvers } from './left-overs.ts'
import { indexOnPartitions } from './partition-constraints.ts'
import { parameterList, parameterNames, qualified, quoteName, relationOf, splitPair } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, goesBefore, HAZARDS, SHARE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, lockThere, makeStep, stepFor, workOn } from './step.ts'
import { indexStatistics } from './table.ts'

/** Indexes on relations that are there: built and dropped while everybody works. */
export const indexRenderer: KindRenderer<'index'> = {
  create: (operation, context) => {
    const table = relationOf(operation.ref)
    const steps = context.isNew(table) || context.isEmpty(table) ? createPlain(operation, context, table) : isPartitioned(context.after, table) ? indexOnPartitions(operation, context, table) : createOnline(operation, context, table)
    return [...steps, ...attachStep(operation, context, table), ...identityStep(operation.to.name, context, table), ...extras(operation, context, table)]
  },
  drop: (operation, context) => {
    const { from } = operation
    // The index of the partitioned table takes this one with it.
    const table = relationOf(operation.ref)
    if (from.attachedTo != null && goes(from.attachedTo, context) && !leavesParent(table, context)) return []
    if (isTakenOver(from, context, table)) return []
    const name = qualified({ schema: operation.ref.schema, name: from.name })
    if (isPartitioned(context.before, table) || isView(context, table)) {
      // A key of a partition that is attached to it can only go together with it.
      const keys = isPartitioned(context.before, table) && keysBelow(from, table, context) ? ' CASCADE' : ''
      return stepFor(operation, context, [`DROP INDEX ${name}${keys}`], { locks: [...lockThere(context, table, ACCESS_EXCLUSIVE), ...familyOf(context.before, table).flatMap((child) => lockThere(context, child, ACCESS_EXCLUSIVE))] })
    }
    return stepFor(operation, context, [`DROP INDEX CONCURRENTLY ${name}`], {
      transaction: false, class: 'online', locks: lockThere(context, table, SHARE_UPDATE_EXCLUSIVE),
    })
  },
  alter: alterIndex,
  rename: (operation, context) =>
    stepFor(operation, context, [`ALTER INDEX ${qualified({ schema: operation.ref.schema, name: operation.ref.name })} RENAME TO ${quoteName(operation.newName)}`]),
}

const isPartitioned = (schema: Schema, table: Named): boolean => findTable(schema, table)?.partitionBy != null

const isView = (context: RenderContext, name: Named): boolean => context.before.view.some((view) => view.schema === name.schema && view.name === name.name)

/** True when keys of partitions over the columns of a unique index of their parent go with it, in the same plan. */
function keysBelow(index: Index, table: Named, context: RenderContext): boolean {
  return index.unique && familyOf(context.before, table).some((child) => child.constraints.some((key) => standsOn(key, index) && goesBefore(context, child, key.name)))
}

/** A partition's own key over the columns of the parent's index may be that index's part. */
export const standsOn = (key: Constraint, index: Index): boolean =>
  (key.type === 'primaryKey' || key.type === 'unique') && key.local !== false && key.columns.join('\u0000') === index.keys.map(({ column }) => column ?? '').join('\u0000')

/** The reference of an index that is named without its table. */
function indexRef(schema: Schema, name: Named): ObjectRef | undefined {
  const owner = schema.table.find((table) => table.schema === name.schema && table.indexes.some((index) => index.name === name.name))
  return owner === undefined ? undefined : { kind: 'index', schema: name.schema, table: owner.name, name: name.name }
}

function goes(name: Named, context: RenderContext): boolean {
  const after = indexRef(context.after, name)
  return after === undefined || context.creates(after) || context.isNew({ schema: after.schema, name: after.table ?? '' })
}

function createPlain(operation: CreateOperation<'index'>, context: RenderContext, table: Named): readonly Step[] {
  return stepFor(operation, context, [indexText(operation.to, table)], { locks: lockAll(context, table, SHARE) })
}

function createOnline(operation: CreateOperation<'index'>, context: RenderContext, table: Named): readonly Step[] {
  const create = stepFor(operation, context, [indexText(operation.to, table, { concurrently: true })], {
    transaction: false, class: 'online', long: true, locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'index'),
    hazards: operation.to.unique ? [HAZARDS.violations('building a unique index')] : [],
  })
  return [...dropLeftOvers(operation.to, context, table), ...create]
}

/** An index of a partition joins the parent's, when that one is there already; a new one finds it by itself. */
function attachStep(operation: CreateOperation<'index'>, context: RenderContext, table: Named): readonly Step[] {
  const parent = operation.to.attachedTo
  if (parent == null || goes(parent, context) || findTable(context.before, table)?.partitionOf == null || leavesParent(table, context)) return []
  const statement = `ALTER INDEX ${qualified(parent)} ATTACH PARTITION ${qualified({ schema: table.schema, name: operation.to.name })}`
  return [makeStep(`attach index ${operation.to.name}`, [statement], { locks: indexLock(table.schema, operation.to.name) })]
}

function extras(operation: CreateOperation<'index'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  const statements = [
    ...(to.comment == null ? [] : [commentOn(`INDEX ${qualified({ schema: table.schema, name: to.name })}`, to.comment)]),
    ...indexStatistics(table.schema, to),
    ...(to.clustered === true ? [clusterOn(table, to.name, context)] : []),
  ]
  return stepFor(operation, context, statements, { locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) })
}

function alterIndex(operation: AlterOperation<'index'>, context: RenderContext): readonly Step[] {
  const { from, to, fields } = operation
  const table = relationOf(operation.ref)
  const name = qualified({ schema: table.schema, name: to.name })
  const statements = [
    ...(fields.includes('parameters') ? parameterChange(from, to, name) : []),
    ...(fields.includes('statistics') ? statisticsChange(from, to, name) : []),
    ...(fields.includes('clustered') ? changeCluster(table, to, context) : []),
    ...(fields.includes('comment') ? [commentOn(`INDEX ${name}`, to.comment ?? null)] : []),
  ]
  const strong = [
    ...(fields.includes('attachedTo') && to.attachedTo != null ? [`ALTER INDEX ${qualified(to.attachedTo)} ATTACH PARTITION ${name}`] : []),
    ...(fields.includes('tablespace') ? [`ALTER INDEX ${name} SET TABLESPACE ${quoteName(to.tablespace ?? 'pg_default')}`] : []),
  ]
  // Detached with its table, attached with its parent: nothing to send.
  const comes = to.attachedTo != null && (goes(to.attachedTo, context) || leavesParent(table, context))
  const sent = fields.includes('attachedTo') && comes ? strong.slice(1) : strong
  return [
    ...stepFor(operation, context, sent, { locks: indexLock(table.schema, to.name) }),
    ...stepFor(operation, context, statements, { locks: fields.includes('clustered') ? lock(context, table, SHARE_UPDATE_EXCLUSIVE) : [] }),
  ]
}

function statisticsChange(from: Index, to: Index, name: string): readonly string[] {
  return to.keys.flatMap((_, i) => {
    const [before, after] = [from.statistics?.[i] ?? -1, to.statistics?.[i] ?? -1]
    return before === after ? [] : [`ALTER INDEX ${name} ALTER COLUMN ${i + 1} SET STATISTICS ${after}`]
  })
}

function parameterChange(from: Index, to: Index, name: string): readonly string[] {
  const [before, after] = [from.parameters ?? [], to.parameters ?? []]
  const names = new Set(after.map((parameter) => splitPair(parameter)[0]))
  const gone = before.filter((parameter) => !names.has(splitPair(parameter)[0]))
  // All of them, so that they come to stand in the order that was asked for.
  const added = after.every((parameter) => before.includes(parameter)) ? [] : after
  return [
    ...(gone.length === 0 ? [] : [`ALTER INDEX ${name} RESET ${parameterNames(gone)}`]),
    ...(added.length === 0 ? [] : [`ALTER INDEX ${name} SET ${parameterList(added)}`]),
  ]
}
