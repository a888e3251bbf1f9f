import type { CreateOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Constraint, ForeignKey, Index, Named, PrimaryKey, Table, Unique } from '../../../schema/schema.ts'
import { keyOf, refKey } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { alterText } from './alter-text.ts'
import { addByIndex, addPlain, lockKey, validateStep } from './constraint-steps.ts'
import { constraintText } from './constraint-text.ts'
import { familyOf } from './family.ts'
import { findTable, leavesParent } from './find.ts'
import { indexText } from './index-text.ts'
import { dropLeftOvers, isSame } from './left-overs.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, makeStep, stepFor, workOn } from './step.ts'

/*
 * A partitioned table cannot build or check anything while it is in use; its partitions can. Each gets what the parent shall have,
 * one after the other; the parent then finds it there and takes it over in an instant (seen on 14 to 18: no row is read). A run
 * that dies in between leaves partitions that have it already, and the next one goes on with the others.
 */

const TAKES_OVER = 'The partitions have it already: the server takes it over from them and reads no row.'

/** The partitions that hold rows, but for those that the plan takes away before it comes to the operation. */
function leavesOf(operation: CreateOperation<'constraint' | 'index'>, context: RenderContext, table: Named): readonly Table[] {
  const place = context.operations?.findIndex((other) => other.verb === 'create' && refKey(other.ref) === refKey(operation.ref)) ?? 0
  const gone = new Set(context.operations?.slice(0, Math.max(0, place)).flatMap((other) => (other.verb === 'drop' && other.kind === 'table' ? [keyOf({ schema: other.ref.schema, name: other.ref.name })] : [])))
  return familyOf(context.before, table).filter((one) => one.partitionBy == null && one.foreign == null && !context.isNew(one) && !gone.has(keyOf(one)) && !leavesParent(one, context))
}

const columnsOf = (constraint: PrimaryKey | Unique | ForeignKey): string => JSON.stringify(constraint.columns)

/** A primary or unique key. */
export function keyOnPartitions(operation: CreateOperation<'constraint'>, key: PrimaryKey | Unique, context: RenderContext, table: Named): readonly Step[] {
  const title = describe(operation, context.defaultSchema)
  const isIt = (item: Constraint): boolean => item.type === key.type && columnsOf(item) === columnsOf(key)
  const below = leavesOf(operation, context, table).filter((leaf) => !leaf.constraints.some(isIt)).flatMap((leaf) => {
    const declared = findTable(context.after, leaf)?.constraints.find(isIt)?.name
    const usual = key.type === 'primaryKey' ? makeObjectName(leaf.name, null, 'pkey') : makeObjectName(leaf.name, key.columns.join('_'), 'key')
    return addByIndex(`${title}: partition ${leaf.name}`, { ...key, name: declared ?? usual }, context, leaf)
  })
  // Version 18 looks at the partitions' NOT NULL constraints, too, and locks them for it.
  const onPartitions = context.version >= 180000 ? ACCESS_EXCLUSIVE : SHARE
  const locks = [...lock(context, table, ACCESS_EXCLUSIVE), ...familyOf(context.before, table).flatMap((child) => lock(context, child, onPartitions))]
  return [...below, ...addPlain(operation, context, table).map((step) => ({ ...step, locks, reason: TAKES_OVER }))]
}

/** A foreign key, for servers before 18, which have none on partitioned tables that is not checked at once. */
export function foreignKeyOnPartitions(operation: CreateOperation<'constraint'>, key: ForeignKey, context: RenderContext, table: Named): readonly Step[] {
  const title = describe(operation, context.defaultSchema)
  const isIt = (item: Constraint): boolean => item.type === 'foreignKey' && columnsOf(item) === columnsOf(key) && JSON.stringify(item.references) === JSON.stringify(key.references) && item.validated !== false
  const below = leavesOf(operation, context, table).filter((leaf) => !leaf.constraints.some(isIt)).flatMap((leaf) => {
    const half = leaf.constraints.some((item) => item.name === key.name && item.validated === false)
    const name = `${title}: partition ${leaf.name}`
    const add = makeStep(name, [`${alterText(leaf, context)} ADD ${constraintText(key, { notValid: true })}`], { locks: lockKey(key, context, leaf, SHARE_ROW_EXCLUSIVE) })
    return [...(half ? [] : [add]), validateStep(`${name}: check the rows`, key, context, leaf)]
  })
  // Taking over the partitions' keys drops triggers on the referenced table, which takes the strongest lock on it.
  const other = { schema: key.references.schema, name: key.references.table }
  const locks = [...lockAll(context, other, ACCESS_EXCLUSIVE), ...lockAll(context, table, SHARE_ROW_EXCLUSIVE)]
  return [...below, ...addPlain(operation, context, table).map((step) => ({ ...step, locks, reason: TAKES_OVER, hazards: [HAZARDS.locksParent('taking over the keys of partitions', other.name)] }))]
}

/** An index. Partitions that the plan itself gives one, or that have one, are left out. */
export function indexOnPartitions(operation: CreateOperation<'index'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  const title = describe(operation, context.defaultSchema)
  const below = leavesOf(operation, context, table).flatMap((leaf) => {
    const declared = findTable(context.after, leaf)?.indexes.find((index) => isSame(index, to) && index.attachedTo != null && isUnder(index.attachedTo, to, context, table))
    const made = declared !== undefined && context.creates({ kind: 'index', schema: leaf.schema, table: leaf.name, name: declared.name })
    if (made || leaf.indexes.some((index) => index.valid !== false && isSame(index, to))) return []
    const usual = makeObjectName(leaf.name, to.keys.map((key) => key.column ?? 'expr').join('_'), 'idx')
    const index: Index = { ...to, name: declared?.name ?? usual, attachedTo: null }
    return [...dropLeftOvers(index, context, leaf), makeStep(`${title}: partition ${leaf.name}`, [indexText(index, leaf, { concurrently: true })], {
      transaction: false, class: 'online', long: true, locks: lock(context, leaf, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, leaf, 'index'),
      hazards: to.unique ? [HAZARDS.violations('building a unique index')] : [],
    })]
  })
  return [...below, ...stepFor(operation, context, [indexText(to, table)], { locks: lockAll(context, table, SHARE), reason: TAKES_OVER })]
}

/** The index itself, or one of a partition in between. */
function isUnder(attached: Named, index: Index, context: RenderContext, table: Named): boolean {
  if (attached.schema === table.schema && attached.name === index.name) return true
  return familyOf(context.after, table).some((child) => child.schema === attached.schema && child.indexes.some((one) => one.name === attached.name && isSame(one, index)))
}
