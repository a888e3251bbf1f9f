import { describe } from '../../../operations/operation.ts'
import type { CreateOperation, Operation } from '../../../operations/operation.ts'
import type { Constraint, Named, PrimaryKey, Unique } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { alterText } from './alter-text.ts'
import { constraintText, timing } from './constraint-text.ts'
import { indexText } from './index-text.ts'
import { dropLeftOvers, indexOf, isBuilt } from './left-overs.ts'
import { quoteName } from './names.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, makeStep, stepFor, workOn } from './step.ts'

/** The locks of a constraint: the referenced table first, always, so that two plans never wait for one another. */
export function lockKey(constraint: Constraint, context: RenderContext, table: Named, mode: string): readonly TableLock[] {
  const own = lockAll(context, table, mode)
  if (constraint.type !== 'foreignKey') return own
  const other = { schema: constraint.references.schema, name: constraint.references.table }
  return other.schema === table.schema && other.name === table.name ? own : [...lockAll(context, other, mode), ...own]
}

/** In one statement, which reads what is there. */
export function addPlain(operation: CreateOperation<'constraint'>, context: RenderContext, table: Named): readonly Step[] {
  const mode = operation.to.type === 'foreignKey' ? SHARE_ROW_EXCLUSIVE : ACCESS_EXCLUSIVE
  return stepFor(operation, context, [`${alterText(table, context)} ADD ${constraintText(operation.to)}`], { locks: lockKey(operation.to, context, table, mode) })
}

/** The second half of adding a constraint has one name, whether it is planned together with the first or found half done. */
export const checkTitle = ({ ref }: Operation, to: Constraint, context: RenderContext): string =>
  `${describe({ verb: 'create', kind: 'constraint', ref, to }, context.defaultSchema)}: check the rows`

/** Reads the rows that were there before the constraint, while everybody works. */
export function validateStep(title: string, constraint: Constraint, context: RenderContext, table: Named): Step {
  const others = constraint.type === 'foreignKey' ? lock(context, { schema: constraint.references.schema, name: constraint.references.table }, 'ROW SHARE') : []
  return makeStep(title, [`${alterText(table, context)} VALIDATE CONSTRAINT ${quoteName(constraint.name)}`], {
    class: 'online', long: true, work: workOn(context, table, constraint.type === 'foreignKey' ? 'match' : 'scan'), hazards: [HAZARDS.violations(`checking ${constraint.name}`)],
    locks: [...lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), ...others],
  })
}

/** The index is built while everybody works; the constraint then takes it over in an instant. */
export function addByIndex(title: string, key: PrimaryKey | Unique, context: RenderContext, table: Named): readonly Step[] {
  const index = indexOf(key)
  const word = key.type === 'primaryKey' ? 'PRIMARY KEY' : 'UNIQUE'
  const when = timing(key) === '' ? '' : ` ${timing(key)}`
  return [
    ...dropLeftOvers(index, context, table),
    ...(isBuilt(index, context, table) ? [] : [makeStep(`${title}: build its index`, [indexText(index, table, { concurrently: true })], {
      transaction: false, class: 'online', long: true, locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'index'), hazards: [HAZARDS.violations('building a unique index')],
    })]),
    makeStep(title, [`${alterText(table, context)} ADD CONSTRAINT ${quoteName(key.name)} ${word} USING INDEX ${quoteName(key.name)}${when}`], {
      locks: lock(context, table, ACCESS_EXCLUSIVE),
    }),
  ]
}

/** Who plans a query over a table looks at its indexes: a lock on one of them is felt by all. */
export const indexLock = (schema: string, name: string): readonly TableLock[] => [{ relation: { schema, name }, mode: ACCESS_EXCLUSIVE, lockable: false }]
