import type { Problem } from '../errors.ts'
import type { CheckedRename } from '../registry/registry.ts'
import type { Operation } from '../operations/operation.ts'
import { applyOperation } from '../operations/operation.ts'
import type { Constraint, Index, Named, Schema, Sequence, Table } from '../schema/schema.ts'
import { childRef, findTable, keyOf } from '../schema/schema.ts'

export interface PlannedRename {
  readonly entry: CheckedRename
  /** `null`: nothing is left to do. */
  readonly operation: Operation | null
  readonly because: string
}

/** What pending renames do to the live schema, and the schema as it is after them. */
export function planRenames(
  live: Schema,
  target: Schema,
  entries: readonly CheckedRename[],
  defaultSchema: string,
): { readonly schema: Schema; readonly renames: readonly PlannedRename[]; readonly problems: readonly Problem[] } {
  let schema = live
  const renames: PlannedRename[] = []
  const problems: Problem[] = []
  for (const entry of entries) {
    const planned = planRename(schema, target, entry, defaultSchema)
    if ('message' in planned) {
      problems.push(planned)
      continue
    }
    renames.push(planned)
    if (planned.operation !== null) schema = renameEverywhere(schema, planned.operation)
  }
  return { schema, renames, problems }
}

function planRename(schema: Schema, target: Schema, entry: CheckedRename, defaultSchema: string): PlannedRename | Problem {
  const { table, column, to } = entry.entry.rename
  const owner: Named = { schema: entry.entry.rename.schema ?? defaultSchema, name: table }
  const subject = `entry ${entry.id}`
  if (column === undefined) return planTableRename(schema, target, entry, owner, to)
  const live = findTable(schema, owner)
  if (live === undefined) {
    if (findTable(target, owner) !== undefined) return { entry, operation: null, because: `table ${table} is new` }
    return { subject, field: 'rename.table', message: `names table ${table}, which is neither in the database nor in the models.` }
  }
  const has = (name: string): boolean => live.columns.some((other) => other.name === name)
  if (has(column) && has(to)) return { subject, field: 'rename.to', message: `names ${table}.${to}, which exists beside ${column}.`, hint: `Both hold data now: move it with a backfill entry, then drop one of them.` }
  if (has(to)) return { entry, operation: null, because: `column ${table}.${to} is already there` }
  if (!has(column)) return { subject, field: 'rename.column', message: `names ${table}.${column}, which is not in the database, and neither is ${to}.` }
  return { entry, operation: { verb: 'rename', kind: 'column', ref: childRef('column', owner, column), newName: to }, because: `column ${table}.${column} is there` }
}

function planTableRename(schema: Schema, target: Schema, entry: CheckedRename, owner: Named, to: string): PlannedRename | Problem {
  const before = findTable(schema, owner) !== undefined
  const after = findTable(schema, { schema: owner.schema, name: to }) !== undefined
  const subject = `entry ${entry.id}`
  if (before && after) return { subject, field: 'rename.to', message: `names table ${to}, which exists beside ${owner.name}.`, hint: 'Both hold data now: move it, then drop one of them.' }
  if (after) return { entry, operation: null, because: `table ${to} is already there` }
  if (!before && findTable(target, { schema: owner.schema, name: to }) !== undefined) return { entry, operation: null, because: `table ${to} is new` }
  if (!before) return { subject, field: 'rename.table', message: `names table ${owner.name}, which is not in the database, and neither is ${to}.` }
  return { entry, operation: { verb: 'rename', kind: 'table', ref: { kind: 'table', ...owner }, newName: to }, because: `table ${owner.name} is there` }
}

/** The schema after a rename, with all that points at the renamed thing following it, as the server does. */
export function renameEverywhere(schema: Schema, operation: Operation): Schema {
  if (operation.verb !== 'rename') return applyOperation(schema, operation)
  const { ref, newName } = operation
  const renamed = applyOperation(schema, operation)
  const owner: Named = operation.kind === 'column' ? { schema: ref.schema, name: ref.table ?? '' } : ref
  const column = operation.kind === 'column' ? { from: ref.name, to: newName } : null
  const name = (value: string): string => (column !== null && value === column.from ? column.to : value)
  const isOwner = (other: Named): boolean => keyOf(other) === keyOf(owner)
  const table = (value: Table): Table => ({
    ...value,
    constraints: value.constraints.map((constraint) => moveConstraint(constraint, isOwner(value) ? name : (same) => same, isOwner, column, newName)),
    indexes: isOwner(value) ? value.indexes.map((index) => moveIndex(index, name)) : value.indexes,
  })
  return { ...renamed, table: renamed.table.map(table), sequence: renamed.sequence.map((sequence) => moveSequence(sequence, isOwner, column, newName)) }
}

type Rename = { readonly from: string; readonly to: string } | null

function moveConstraint(constraint: Constraint, name: (value: string) => string, isOwner: (other: Named) => boolean, column: Rename, newName: string): Constraint {
  if (constraint.type === 'check' || constraint.type === 'exclusion') return constraint
  const columns = constraint.columns.map(name)
  if (constraint.type !== 'foreignKey') return { ...constraint, columns }
  const { references } = constraint
  if (!isOwner({ schema: references.schema, name: references.table })) return { ...constraint, columns }
  const moved = column === null
    ? { ...references, table: newName }
    : { ...references, columns: references.columns.map((value) => (value === column.from ? column.to : value)) }
  return { ...constraint, columns, references: moved }
}

function moveIndex(index: Index, name: (value: string) => string): Index {
  const keys = index.keys.map((key) => (key.column === null ? key : { ...key, column: name(key.column) }))
  return { ...index, keys, ...(index.include && { include: index.include.map(name) }) }
}

function moveSequence(sequence: Sequence, isOwner: (other: Named) => boolean, column: Rename, newName: string): Sequence {
  const owner = sequence.ownedBy
  if (owner === null || !isOwner({ schema: owner.schema, name: owner.table })) return sequence
  if (column === null) return { ...sequence, ownedBy: { ...owner, table: newName } }
  return owner.column === column.from ? { ...sequence, ownedBy: { ...owner, column: column.to } } : sequence
}

