import type { Operation } from '../operations/operation.ts'
import { describe } from '../operations/operation.ts'
import type { Normalised } from '../dialects/dialect.ts'
import { displayName } from '../schema/schema.ts'
import type { Column, ObjectRef } from '../schema/schema.ts'
import type { Drift } from './plan.ts'

/** What an operation that is not carried out says about the database. */
export function driftOf(operation: Operation, defaultSchema: string): readonly Drift[] {
  const object = objectName(operation.ref, defaultSchema)
  switch (operation.verb) {
    case 'create':
    case 'rename':
      return [{ kind: 'changed', object, ref: operation.ref, message: `${describe(operation, defaultSchema)} is left to you: who may see what is never changed as a side effect.` }]
    case 'drop':
      return [extra(operation, object)]
    case 'alter':
      return operation.fields.map((field) => changed(operation, field, object))
  }
}

function extra(operation: Operation & { readonly verb: 'drop' }, object: string): Drift {
  const { kind, from } = operation
  const blocksInserts = kind === 'column' && (from as Column).notNull && (from as Column).default === null && ((from as Column).generated ?? null) === null && ((from as Column).identity ?? null) === null
  const hint = kind === 'column'
    ? blocksInserts
      ? 'It is NOT NULL without a default, so inserts of this application fail. Declare it, or drop its NOT NULL with a SQL entry.'
      : 'If it was renamed, say so with a rename entry; if it is not used any more, leave it or drop it with a SQL entry.'
    : 'Declare it in the models, list it under tolerate, or drop it with a SQL entry.'
  return { kind: 'extra', object, ref: operation.ref, message: `${object} is in the database and not in the models. It is left alone.`, hint }
}

function changed(operation: Operation & { readonly verb: 'alter' }, field: string, object: string): Drift {
  if (field === 'valid') return { kind: 'invalid', object, ref: operation.ref, field, message: `${object} is not valid: its build did not finish.`, hint: 'The next start builds it again.' }
  const database = show((operation.from as unknown as Readonly<Record<string, unknown>>)[field])
  const models = show((operation.to as unknown as Readonly<Record<string, unknown>>)[field])
  return {
    kind: 'changed', object, ref: operation.ref, field, database, models,
    message: `${object}: ${LABELS[field] ?? field} is ${database} in the database and ${models} in the models.`,
    hint: 'A start never changes what exists. Write a SQL entry for it, or correct the models (rule complex-change).',
  }
}

/** What could not be decided. */
export function incomparableDrift(item: Normalised['incomparable'][number], defaultSchema: string): Drift {
  const object = objectName(item.ref, defaultSchema)
  return { kind: 'incomparable', object, ref: item.ref, field: item.field, message: `${object}: ${item.field} cannot be compared: ${item.reason}` }
}

export function objectName(ref: ObjectRef, defaultSchema: string): string {
  if (ref.table === undefined) return `${ref.kind} ${displayName(ref, defaultSchema)}`
  const table = displayName({ schema: ref.schema, name: ref.table }, defaultSchema)
  return ref.kind === 'column' ? `column ${table}.${displayName({ name: ref.name })}` : `${ref.kind} ${displayName({ name: ref.name })} of ${table}`
}

const LABELS: Readonly<Record<string, string>> = { notNull: 'NOT NULL', default: 'the default', type: 'the type' }

function show(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return JSON.stringify(value)
}
