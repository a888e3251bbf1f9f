import type { AlterOperation, CreateOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Constraint, ForeignKey, Named, PrimaryKey, Schema, Unique } from '../../../schema/schema.ts'
import { findTable } from './find.ts'
import type { KindRenderer, RenderContext, Step, TableLock } from '../../dialect.ts'
import { alterText } from './alter-text.ts'
import { constraintText, timing } from './constraint-text.ts'
import { indexText } from './index-text.ts'
import { qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, makeStep, stepFor } from './step.ts'

/** Constraints on tables that are there: added without a scan under a lock that anybody waits for, where the server can. */
export const constraintRenderer: KindRenderer<'constraint'> = {
  create: (operation, context) => {
    const table = relationOf(operation.ref)
    if (operation.to.local === false) return joinParent(operation, context, table)
    const steps = context.isNew(table) ? addPlain(operation, context, table) : addOnline(operation, context, table)
    return [...steps, ...commentStep(operation, context, table)]
  },
  drop: (operation, context) => {
    const { from } = operation
    if (from.local === false) return []
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`${alterText(table, context)} DROP CONSTRAINT ${quoteName(from.name)}`], {
      class: from.type === 'foreignKey' || from.type === 'check' ? 'safe' : 'incompatible',
      locks: locksOf(from, context, table, ACCESS_EXCLUSIVE),
    })
  },
  alter: alterConstraint,
  rename: (operation, context) => {
    const table = relationOf(operation.ref)
    return stepFor(operation, context, [`${alterText(table, context)} RENAME CONSTRAINT ${quoteName(operation.ref.name)} TO ${quoteName(operation.newName)}`], {
      locks: lock(context, table, ACCESS_EXCLUSIVE),
    })
  },
}

function locksOf(constraint: Constraint, context: RenderContext, table: Named, mode: string): readonly TableLock[] {
  const own = lock(context, table, mode)
  if (constraint.type !== 'foreignKey') return own
  const other = { schema: constraint.references.schema, name: constraint.references.table }
  // The referenced table first, always: two plans then never wait for one another.
  return other.schema === table.schema && other.name === table.name ? own : [...lock(context, other, mode), ...own]
}

const isPartitioned = (context: RenderContext, table: Named): boolean => findTable(context.before, table)?.partitionBy != null

function addPlain(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const mode = operation.to.type === 'foreignKey' ? SHARE_ROW_EXCLUSIVE : ACCESS_EXCLUSIVE
  return stepFor(operation, context, [`${alterText(table, context)} ADD ${constraintText(operation.to)}`], { locks: locksOf(operation.to, context, table, mode) })
}

function addOnline(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  switch (to.type) {
    case 'primaryKey':
    case 'unique':
      return to.withoutOverlaps === true || isPartitioned(context, table) ? addBlocking(operation, context, table) : addByIndex(operation, to, context, table)
    case 'foreignKey':
      return isPartitioned(context, table) && context.version < 180000 ? addBlocking(operation, context, table) : addValidated(operation, context, table, SHARE_ROW_EXCLUSIVE)
    case 'check':
      return addValidated(operation, context, table, ACCESS_EXCLUSIVE)
    case 'exclusion':
      return addBlocking(operation, context, table)
  }
}

function addBlocking(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const more = { class: 'blocking', long: true, hazards: [HAZARDS.scan(`adding ${operation.to.name}`)] } as const
  return addPlain(operation, context, table).map((step) => ({ ...step, ...more }))
}

/** First for new rows, at once; then the old rows are read under a lock that blocks nobody. */
function addValidated(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named, mode: string): readonly Step[] {
  const { to } = operation
  const title = describe(operation, context.defaultSchema)
  const alter = alterText(table, context)
  const add = makeStep(title, [`${alter} ADD ${constraintText(to, { notValid: true })}`], { locks: locksOf(to, context, table, mode) })
  if (to.validated === false || to.enforced === false || !canWait(context, table)) {
    const plain = addPlain(operation, context, table)
    return to.validated === false || to.enforced === false ? plain : plain.map((step) => ({ ...step, class: 'blocking' as const }))
  }
  return [add, validateStep(`${title}: check the rows`, to, context, table)]
}

/** Foreign tables hold no rows of ours to check. */
const canWait = (context: RenderContext, table: Named): boolean => findTable(context.after, table)?.foreign == null

function validateStep(title: string, constraint: Constraint, context: RenderContext, table: Named): Step {
  const others = constraint.type === 'foreignKey' ? lock(context, { schema: constraint.references.schema, name: constraint.references.table }, 'ROW SHARE') : []
  return makeStep(title, [`${alterText(table, context)} VALIDATE CONSTRAINT ${quoteName(constraint.name)}`], {
    class: 'online',
    long: true,
    locks: [...lock(context, table, SHARE_UPDATE_EXCLUSIVE), ...others],
  })
}

/** The index is built while everybody works; the constraint then takes it over in an instant. */
function addByIndex(operation: CreateOperation<'constraint'>, key: PrimaryKey | Unique, context: RenderContext, table: Named): readonly Step[] {
  const title = describe(operation, context.defaultSchema)
  const weak = lock(context, table, SHARE_UPDATE_EXCLUSIVE)
  const index = {
    name: key.name, unique: true, method: 'btree', where: null, include: key.include ?? [], parameters: key.parameters ?? [],
    nullsNotDistinct: key.type === 'unique' && key.nullsNotDistinct === true,
    keys: key.columns.map((column) => ({ column, expression: null, order: 'asc' as const, nulls: 'last' as const })),
  }
  const word = key.type === 'primaryKey' ? 'PRIMARY KEY' : 'UNIQUE'
  const when = timing(key) === '' ? '' : ` ${timing(key)}`
  return [
    ...dropLeftOver(key.name, context, table),
    makeStep(`${title}: build its index`, [indexText(index, table, { concurrently: true })], { transaction: false, class: 'online', long: true, locks: weak }),
    makeStep(title, [`${alterText(table, context)} ADD CONSTRAINT ${quoteName(key.name)} ${word} USING INDEX ${quoteName(key.name)}${when}`], {
      locks: lock(context, table, ACCESS_EXCLUSIVE),
    }),
  ]
}

/** An index of the same name that a build left unusable goes first: it would only be in the way. */
export function dropLeftOver(name: string, context: RenderContext, table: Named): readonly Step[] {
  const left = findTable(context.before, table)?.indexes.find((index) => index.name === name && index.valid === false)
  if (left === undefined) return []
  const statement = `DROP INDEX CONCURRENTLY IF EXISTS ${qualified({ schema: table.schema, name })}`
  return [makeStep(`drop what is left of index ${name}`, [statement], { transaction: false, class: 'online', long: true, locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) })]
}

/** A key of a partition comes with its parent's key, unless that one is there already and waits for it. */
function joinParent(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  const parent = findTable(context.before, table)?.partitionOf?.parent
  if (parent === undefined || (to.type !== 'primaryKey' && to.type !== 'unique')) return []
  const has = (schema: Schema): Constraint | undefined =>
    findTable(schema, parent)?.constraints.find((item) => item.type === to.type && JSON.stringify(item.columns) === JSON.stringify(to.columns))
  const waiting = has(context.before)
  if (waiting === undefined || has(context.after)?.name !== waiting.name) return []
  if (context.creates({ kind: 'constraint', schema: parent.schema, table: parent.name, name: waiting.name })) return []
  const statement = `ALTER INDEX ${qualified({ schema: parent.schema, name: waiting.name })} ATTACH PARTITION ${qualified({ schema: table.schema, name: to.name })}`
  return [...addByIndex(operation, to, context, table), makeStep(`attach the index of ${to.name}`, [statement], { locks: lock(context, table, ACCESS_EXCLUSIVE) })]
}

function commentStep(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  return stepFor(operation, context, to.comment == null ? [] : [commentOn(`CONSTRAINT ${quoteName(to.name)} ON ${qualified(table)}`, to.comment)])
}

function alterConstraint(operation: AlterOperation<'constraint'>, context: RenderContext): readonly Step[] {
  const { to, fields } = operation
  const table = relationOf(operation.ref)
  const alter = `${alterText(table, context)} ALTER CONSTRAINT ${quoteName(to.name)}`
  const changes = [
    ...(fields.includes('deferrable') ? [`${alter} ${timing(to as ForeignKey) === '' ? 'NOT DEFERRABLE' : timing(to as ForeignKey)}`] : []),
    ...(fields.includes('enforced') ? [`${alter} ${to.enforced === false ? 'NOT ENFORCED' : 'ENFORCED'}`] : []),
  ]
  return [
    ...stepFor(operation, context, changes, { locks: locksOf(to, context, table, ACCESS_EXCLUSIVE), ...(fields.includes('enforced') ? { class: 'blocking' as const, long: true } : {}) }),
    ...(fields.includes('validated') && to.validated !== false ? [validateStep(describe(operation, context.defaultSchema), to, context, table)] : []),
    ...stepFor(operation, context, fields.includes('comment') ? [commentOn(`CONSTRAINT ${quoteName(to.name)} ON ${qualified(table)}`, to.comment ?? null)] : []),
  ]
}
