import type { CreateOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Constraint, Index, Named, Schema } from '../../../schema/schema.ts'
import { parentsOf, stayingParents } from './family.ts'
import { findTable } from './find.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { alterText } from './alter-text.ts'
import { addByIndex, addPlain, checkTitle, indexLock, lockKey, validateStep } from './constraint-steps.ts'
import { constraintText } from './constraint-text.ts'
import { qualified } from './names.ts'
import { indexOf, isBuilt } from './left-overs.ts'
import { foreignKeyOnPartitions, keyOnPartitions } from './partition-constraints.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, makeStep, workOn } from './step.ts'

/** How a constraint comes to a table: at once where nobody can notice, else in steps that keep nobody waiting. */
export function addConstraint(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  // A table that is about to join has the parent's checks before.
  const joins = to.type === 'check' && !context.isNew(table) && stayingParents(table, context).length === 0
  if (to.local === false && !joins) return joinParent(operation, context, table)
  if (context.isNew(table) || context.isEmpty(table)) return addPlain(operation, context, table)
  switch (to.type) {
    case 'primaryKey':
    case 'unique':
      if (to.withoutOverlaps === true) return addBlocking(operation, context, table)
      return isPartitioned(context, table) ? keyOnPartitions(operation, to, context, table) : addByIndex(describe(operation, context.defaultSchema), to, context, table)
    case 'foreignKey':
      return isPartitioned(context, table) && context.version < 180000 ? foreignKeyOnPartitions(operation, to, context, table) : addValidated(operation, context, table, SHARE_ROW_EXCLUSIVE)
    case 'check':
      return addValidated(operation, context, table, ACCESS_EXCLUSIVE)
    case 'exclusion':
      return addBlocking(operation, context, table)
  }
}

const isPartitioned = (context: RenderContext, table: Named): boolean => findTable(context.before, table)?.partitionBy != null

function addBlocking(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const kind = operation.to.type === 'check' || operation.to.type === 'foreignKey' ? 'scan' : 'index'
  const hazards = [HAZARDS.scan(`adding ${operation.to.name}`), HAZARDS.violations(`adding ${operation.to.name}`)]
  return addPlain(operation, context, table).map((step) => ({
    ...step, class: 'blocking', long: true, work: workOn(context, table, kind), hazards,
    reason: 'PostgreSQL has no way to add such a constraint while the table is in use.',
    instead: 'Make a new table that has it, copy the rows, and let the code go over to it.',
  }))
}

/** First for new rows, at once; then the old rows are read under a lock that blocks nobody. */
function addValidated(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named, mode: string): readonly Step[] {
  const { to } = operation
  const title = describe(operation, context.defaultSchema)
  // Foreign tables hold no rows of ours to check.
  if (to.validated === false || to.enforced === false || findTable(context.after, table)?.foreign != null) return addPlain(operation, context, table)
  const add = makeStep(title, [`${alterText(table, context)} ADD ${constraintText(to, { notValid: true })}`], { locks: lockKey(to, context, table, mode) })
  return [add, validateStep(checkTitle(operation, to, context), to, context, table)]
}

/** The key of the parent that is there already, and stays, and waits for the one of this partition. */
function waitingKey(to: Constraint, context: RenderContext, table: Named): { readonly schema: string; readonly name: string } | undefined {
  const parent = findTable(context.before, table)?.partitionOf?.parent
  if (parent === undefined || (to.type !== 'primaryKey' && to.type !== 'unique')) return undefined
  const has = (schema: Schema): Constraint | undefined =>
    findTable(schema, parent)?.constraints.find((item) => item.type === to.type && JSON.stringify(item.columns) === JSON.stringify(to.columns))
  const waiting = has(context.before)
  if (waiting === undefined || has(context.after)?.name !== waiting.name) return undefined
  return context.creates({ kind: 'constraint', schema: parent.schema, table: parent.name, name: waiting.name }) ? undefined : { schema: parent.schema, name: waiting.name }
}

/** A key of a partition comes with its parent's key, unless that one is there already and waits for it. */
function joinParent(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  if (to.type === 'check') return isAheadOfParents(to, context, table) ? [validateStep(checkTitle(operation, to, context), to, context, table)] : []
  const waiting = waitingKey(to, context, table)
  if (waiting === undefined || (to.type !== 'primaryKey' && to.type !== 'unique')) return []
  const statement = `ALTER INDEX ${qualified(waiting)} ATTACH PARTITION ${qualified({ schema: table.schema, name: to.name })}`
  const title = describe(operation, context.defaultSchema)
  return [...addByIndex(title, to, context, table), makeStep(`attach the index of ${to.name}`, [statement], { locks: indexLock(table.schema, to.name) })]
}

/** True for a check that holds for all rows of a table that is there, while its parents' was never validated. */
function isAheadOfParents(check: Constraint, context: RenderContext, table: Named): boolean {
  if (check.validated === false || context.isNew(table)) return false
  const above = parentsOf(findTable(context.after, table)).flatMap((parent) => findTable(context.after, parent)?.constraints.filter(({ name }) => name === check.name) ?? [])
  return above.length > 0 && above.every(({ validated }) => validated === false)
}

/** True for an index that a key of its name takes over: it is neither dropped nor built again. */
export function isTakenOver(index: Index, context: RenderContext, table: Named): boolean {
  if (index.comment != null || index.clustered === true || index.attachedTo != null || (index.statistics ?? []).some((target) => target >= 0)) return false
  return context.operations?.some((operation) => {
    if (operation.verb !== 'create' || operation.kind !== 'constraint' || operation.ref.schema !== table.schema || operation.ref.table !== table.name) return false
    const { to } = operation
    if ((to.type !== 'primaryKey' && to.type !== 'unique') || to.name !== index.name || !isBuilt(indexOf(to), context, table)) return false
    return to.local === false ? waitingKey(to, context, table) !== undefined : !context.isNew(table) && !context.isEmpty(table) && to.withoutOverlaps !== true && !isPartitioned(context, table)
  }) === true
}
