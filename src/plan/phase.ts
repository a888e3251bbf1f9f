import type { Operation } from '../operations/operation.ts'
import type { Column, Constraint, Kind, View } from '../schema/schema.ts'
import type { Phase } from './plan.ts'

/** The phase in which an operation belongs when nothing else asks for it earlier. */
export function naturalPhase(operation: Operation, isNew: (schema: string, relation: string) => boolean): Phase {
  switch (operation.verb) {
    case 'rename':
      return 'expand'
    case 'drop':
      return 'contract'
    case 'create':
      return createPhase(operation.kind, operation.to, operation.ref.table !== undefined && isNew(operation.ref.schema, operation.ref.table))
    case 'alter':
      return alterPhase(operation.kind, operation.to, operation.fields)
  }
}

const LATE: readonly Kind[] = ['statistics', 'eventTrigger', 'publication', 'subscription', 'trigger', 'policy', 'rule', 'index', 'constraint']

function createPhase(kind: Kind, object: object, onNew: boolean): Phase {
  if (kind === 'view') return (object as View).materialized ? 'constrain' : 'expand'
  if (kind === 'index' && onNew) return 'expand'
  if (kind === 'constraint' && onNew && (object as Constraint).type !== 'foreignKey') return 'expand'
  return LATE.includes(kind) ? 'constrain' : 'expand'
}

function alterPhase(kind: Kind, object: object, fields: readonly string[]): Phase {
  if (kind === 'column') return fields.every((field) => field.startsWith('notNull')) && (object as Column).notNull ? 'constrain' : 'expand'
  return LATE.includes(kind) ? 'constrain' : 'expand'
}
