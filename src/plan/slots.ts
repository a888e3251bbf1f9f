import type { Operation } from '../operations/operation.ts'
import type { Column, Constraint, Index, Kind, Kinds, ObjectRef, Routine, Table, View } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'

/** The names that an operation gives free and takes: what takes a name comes after what frees it. */
export function slotsOf(operation: Operation): { readonly frees: readonly string[]; readonly takes: readonly string[] } {
  const { kind, ref } = operation
  switch (operation.verb) {
    case 'create':
      return { frees: [], takes: namesOf(kind, ref, operation.to) }
    case 'drop':
      return { frees: namesOf(kind, ref, operation.from), takes: [] }
    case 'rename':
      return { frees: renameNames(kind, ref), takes: renameNames(kind, { ...ref, name: operation.newName }) }
    case 'alter':
      return alterNames(operation.kind, ref, operation.from, operation.to)
  }
}

/** The names of a sequence. */
export const sequenceSlots = (schema: string, name: string): readonly string[] => [refKey({ kind: 'sequence', schema, name }), relation(schema, name)]

const relation = (schema: string, name: string): string => `relation\u0000${schema}\u0000${name}`
const type = (schema: string, name: string): string => `type\u0000${schema}\u0000${name}`

function namesOf(kind: Kind, ref: ObjectRef, object: Kinds[Kind]): readonly string[] {
  const own = refKey(ref)
  switch (kind) {
    case 'table':
      return [own, relation(ref.schema, ref.name), type(ref.schema, ref.name), ...partNames(object as unknown as Table)]
    case 'view':
      return [own, relation(ref.schema, ref.name), type(ref.schema, ref.name), ...indexNames(ref.schema, (object as unknown as View).indexes ?? [])]
    case 'sequence':
    case 'index':
      return [own, relation(ref.schema, ref.name)]
    case 'composite':
      return [own, relation(ref.schema, ref.name), type(ref.schema, ref.name)]
    case 'enum':
    case 'domain':
    case 'range':
      return [own, type(ref.schema, ref.name)]
    case 'routine':
      // A call finds the routine of a name that fits best: an old one would be taken for the new one, or make it ambiguous.
      return [own, `routine\u0000${ref.schema}\u0000${(object as unknown as Routine).name}`]
    case 'constraint':
      return [own, ...constraintNames(ref.schema, [object as unknown as Constraint]), ...primaryKey(ref, object as unknown as Constraint)]
    case 'column':
      return [own, ...identityNames(ref.schema, object as unknown as Column), ...notNullNames(ref, object as unknown as Column)]
    default:
      return [own]
  }
}

function partNames(table: Table): readonly string[] {
  return [
    ...table.columns.flatMap((column) => identityNames(table.schema, column)),
    ...constraintNames(table.schema, table.constraints),
    ...indexNames(table.schema, table.indexes),
  ]
}

const indexNames = (schema: string, indexes: readonly Index[]): readonly string[] => indexes.map((index) => relation(schema, index.name))

const constraintNames = (schema: string, constraints: readonly Constraint[]): readonly string[] =>
  constraints.flatMap((item) => (item.type === 'foreignKey' || item.type === 'check' ? [] : [relation(schema, item.name)]))

/** A table has one primary key, whatever its name. */
const primaryKey = (ref: ObjectRef, constraint: Constraint): readonly string[] => (constraint.type === 'primaryKey' ? [`primary key\u0000${ref.schema}\u0000${ref.table ?? ''}`] : [])

const identityNames = (schema: string, column: Column): readonly string[] =>
  column.identity?.sequence === undefined ? [] : [relation(schema, column.identity.sequence)]

/** The NOT NULL constraint's name, where the server keeps one: of the table's constraints, like any other. */
const notNullNames = (ref: ObjectRef, column: Column): readonly string[] =>
  !column.notNull || column.notNullName === undefined ? [] : [refKey({ ...ref, kind: 'constraint', name: column.notNullName ?? `${ref.table}_${column.name}_not_null` })]

const renameNames = (kind: Kind, ref: ObjectRef): readonly string[] =>
  kind === 'column' || kind === 'trigger' || kind === 'policy' || kind === 'rule' ? [refKey(ref)] : [refKey(ref), relation(ref.schema, ref.name)]

function alterNames(kind: Kind, ref: ObjectRef, from: object, to: object): { frees: readonly string[]; takes: readonly string[] } {
  if (kind !== 'column') return { frees: [], takes: [] }
  const [before, after] = [identityNames(ref.schema, from as Column), identityNames(ref.schema, to as Column)]
  return { frees: before.filter((name) => !after.includes(name)), takes: after.filter((name) => !before.includes(name)) }
}
