import type { AlterOperation } from '../../../operations/operation.ts'
import type { Named, Schema } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { findTable } from './find.ts'
import type { Target } from './privileges.ts'
import { redecorate } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, lock, stepFor } from './step.ts'

type Relation = 'table' | 'view' | 'sequence'

/**
 * Owner and grants of a relation that is there, each in a step of its own: a new owner locks everybody out for a moment, with the
 * sequences of the table; a grant locks nothing.
 *
 * @param kept - what is granted again because a REVOKE takes it along
 */
export function changeRights(operation: AlterOperation<Relation>, context: RenderContext, target: Target, kept: readonly string[] = []): readonly Step[] {
  const { from, to, fields } = operation
  const only = (field: string): readonly string[] => redecorate(from, to, fields.filter((one) => one === field), target)
  return [
    ...stepFor(operation, context, only('owner'), {
      class: 'incompatible', hazards: [HAZARDS.breaks('another role is the owner')],
      locks: [to, ...sequencesOf(context.before, to)].flatMap((one): readonly TableLock[] => lock(context, one, ACCESS_EXCLUSIVE)),
    }),
    ...grantStep(operation, context, [...only('grants'), ...kept]),
  ]
}

/** Nobody waits for a grant; what is revoked, running code may still use. */
export function grantStep(operation: AlterOperation<Relation | 'column'>, context: RenderContext, statements: readonly string[]): readonly Step[] {
  const revokes = statements.some((statement) => statement.startsWith('REVOKE '))
  return stepFor(operation, context, statements, revokes ? { class: 'incompatible', hazards: [HAZARDS.breaks('rights are taken away')] } : {})
}

/** Those that change hands with their table. */
function sequencesOf(schema: Schema, table: Named): readonly Named[] {
  const behind = (findTable(schema, table)?.columns ?? []).flatMap(({ identity }) => (identity?.sequence === undefined ? [] : [{ schema: table.schema, name: identity.sequence }]))
  return [...behind, ...schema.sequence.filter(({ ownedBy }) => ownedBy !== null && ownedBy.table === table.name && ownedBy.schema === table.schema)]
}
