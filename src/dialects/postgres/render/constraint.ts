import type { AlterOperation, CreateOperation } from '../../../operations/operation.ts'
import type { Constraint, ForeignKey, Named } from '../../../schema/schema.ts'
import { findTable, leavesParent } from './find.ts'
import type { KindRenderer, RenderContext, Step, TableLock } from '../../dialect.ts'
import { addConstraint } from './constraint-add.ts'
import { checkTitle, lockKey, validateStep } from './constraint-steps.ts'
import { alterText } from './alter-text.ts'
import { identityStep } from './identity-step.ts'
import { standsOn } from './indexes.ts'
import { changeCluster, clusterOn } from './cluster.ts'
import { timing } from './constraint-text.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, lockThere, stepFor, workOn } from './step.ts'
import { familyOf } from './family.ts'

/** Constraints on tables that are there: added without a scan under a lock that anybody waits for, where the server can. */
export const constraintRenderer: KindRenderer<'constraint'> = {
  create: (operation, context) => {
    const table = relationOf(operation.ref)
    return [...addConstraint(operation, context, table), ...identityStep(operation.to.name, context, table), ...extraStep(operation, context, table)]
  },
  drop: (operation, context) => {
    const { from } = operation
    const table = relationOf(operation.ref)
    if (from.local === false && !leavesParent(table, context)) return []
    // Versions before 18 may have taken a foreign key from it already, when a partition of the other table left.
    const mayBeGone = (from.local === false && from.type === 'foreignKey') || wentWithIndex(from, context, table) ? 'IF EXISTS ' : ''
    return stepFor(operation, context, [`${alterText(table, context)} DROP CONSTRAINT ${mayBeGone}${quoteName(from.name)}`], {
      class: from.type === 'foreignKey' || from.type === 'check' ? 'safe' : 'incompatible',
      locks: dropLocks(from, context, table),
      hazards: from.type === 'foreignKey' ? [HAZARDS.locksParent('dropping a foreign key', from.references.table)] : [],
    })
  },
  alter: alterConstraint,
  rename: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`${alterText(table, context)} RENAME CONSTRAINT ${quoteName(operation.ref.name)} TO ${quoteName(operation.newName)}`], {
      locks: lockAll(context, table, ACCESS_EXCLUSIVE),
    })
  },
}

/** The parent's index took along the key of the partition that was attached to it. */
function wentWithIndex(key: Constraint, context: RenderContext, table: Named): boolean {
  const parent = findTable(context.before, table)?.partitionOf?.parent
  if (parent === undefined || context.operations === undefined) return false
  return context.operations.some((operation) => operation.verb === 'drop' && operation.kind === 'index' && operation.ref.schema === parent.schema && operation.ref.table === parent.name && operation.from.unique && standsOn(key, operation.from))
}

function extraStep(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  return stepFor(operation, context, [
    ...(to.comment == null ? [] : [commentOn(`CONSTRAINT ${quoteName(to.name)} ON ${qualified(table)}`, to.comment)]),
    ...('indexComment' in to && to.indexComment != null ? [indexComment(table, to.name, to.indexComment)] : []),
    ...('clustered' in to && to.clustered === true ? [clusterOn(table, to.name, context)] : []),
  ], 'clustered' in to && to.clustered === true ? { locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) } : {})
}

/** The referenced table is locked as strongly as the key's own. */
function dropLocks(constraint: Constraint, context: RenderContext, table: Named): readonly TableLock[] {
  const there = (one: Named): readonly TableLock[] => [one, ...familyOf(context.before, one)].flatMap((member) => lockThere(context, member, ACCESS_EXCLUSIVE))
  if (constraint.type !== 'foreignKey') return there(table)
  const other = { schema: constraint.references.schema, name: constraint.references.table }
  return other.schema === table.schema && other.name === table.name ? there(table) : [...there(other), ...there(table)]
}

/** The comment on the index that a key comes with. */
export const indexComment = (table: Named, name: string, comment: string | null): string => commentOn(`INDEX ${qualified({ schema: table.schema, name })}`, comment)

function alterConstraint(operation: AlterOperation<'constraint'>, context: RenderContext): readonly Step[] {
  const { to, fields } = operation
  const table = relationOf(operation.ref)
  // What comes from a parent changes with it.
  if (to.local === false && to.type === 'foreignKey' && !fields.includes('comment')) return []
  const alter = `${alterText(table, context)} ALTER CONSTRAINT ${quoteName(to.name)}`
  const changes = [
    ...(fields.includes('deferrable') ? [`${alter} ${timing(to as ForeignKey) === '' ? 'NOT DEFERRABLE' : timing(to as ForeignKey)}`] : []),
    ...(fields.includes('enforced') ? [`${alter} ${to.enforced === false ? 'NOT ENFORCED' : 'ENFORCED'}`] : []),
  ]
  const enforces = fields.includes('enforced')
  const own = lockAll(context, table, ACCESS_EXCLUSIVE)
  const locks = enforces ? [...lockKey(to, context, table, SHARE_ROW_EXCLUSIVE).filter((lock) => !own.some((other) => other.relation.name === lock.relation.name && other.relation.schema === lock.relation.schema)), ...own] : own
  const cost: Partial<Step> = enforces && to.enforced !== false
    ? { class: 'blocking', long: true, work: workOn(context, table, 'match'), hazards: [HAZARDS.scan('enforcing a constraint')], instead: 'Drop the constraint and add it again: then it is checked while everybody works.' }
    : {}
  return [
    ...stepFor(operation, context, changes, { ...cost, locks }),
    ...(fields.includes('validated') && to.validated !== false ? [validateStep(checkTitle(operation, to, context), to, context, table)] : []),
    ...stepFor(operation, context, fields.includes('clustered') ? changeCluster(table, to, context) : [], { locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) }),
    ...stepFor(operation, context, fields.includes('indexComment') && 'indexComment' in to ? [indexComment(table, to.name, to.indexComment ?? null)] : []),
    ...stepFor(operation, context, fields.includes('comment') ? [commentOn(`CONSTRAINT ${quoteName(to.name)} ON ${qualified(table)}`, to.comment ?? null)] : []),
  ]
}
