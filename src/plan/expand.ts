import type { AlterOperation, Operation } from '../operations/operation.ts'
import type { Column, Constraint, ForeignKey, Kind, ObjectRef, Sequence, Table, View } from '../schema/schema.ts'
import { childRef, refKey } from '../schema/schema.ts'
import type { Work, WorkSet } from './work.ts'

/** The single actions that work consists of, each to be placed on its own. Renames come first. */
export function operationsOf(work: WorkSet, inlineForeignKeys: boolean): readonly Operation[] {
  const found: Operation[] = [...(work.renames as readonly Operation[])]
  for (const item of work.items.values()) found.push(...actionsOf(item, work, inlineForeignKeys))
  return found
}

function actionsOf(item: Work, work: WorkSet, inlineForeignKeys: boolean): readonly Operation[] {
  const actions: Operation[] = []
  if (item.drop !== undefined && !goesWithOwner(item, work)) {
    actions.push(operation({ verb: 'drop', kind: item.drop.kind, ref: item.ref, from: item.drop.object }))
  }
  if (item.create !== undefined) {
    const place = item.after === undefined ? {} : { after: item.after }
    const whole = operation({ verb: 'create', kind: item.create.kind, ref: item.ref, to: item.create.object, ...place })
    actions.push(...splitCreate(whole, inlineForeignKeys))
  }
  else if (item.detach !== undefined && item.drop === undefined) actions.push(...detachDefault(item, item.detach))
  else if (item.alter !== undefined) actions.push(...splitAlter(item.alter))
  return actions
}

/** Its parts fit together by construction; the union is too wide for TypeScript to see it. */
const operation = (parts: object): Operation => parts as Operation

function detachDefault(item: Work, column: { readonly from: Column; readonly to: Column }): readonly Operation[] {
  const bare = { ...column.from, default: null, needs: withoutValue(column.from.needs ?? []) }
  const fields = [...new Set([...(item.alter?.fields ?? []), ...(column.to.default === null ? [] : ['default'])])]
  const whole = { verb: 'alter', kind: 'column', ref: item.ref } as const
  const back = operation({ ...whole, from: bare, to: column.to, fields }) as AlterOperation<Kind>
  return [operation({ ...whole, from: column.from, to: bare, fields: ['default'] }), ...(fields.length === 0 ? [] : splitAlter(back))]
}

/** A sequence that a dropped table or column owns is dropped by the server with it. */
function goesWithOwner(item: Work, work: WorkSet): boolean {
  if (item.drop?.kind !== 'sequence') return false
  const { ownedBy } = item.drop.object as Sequence
  if (ownedBy === null) return false
  const table = work.items.get(refKey({ kind: 'table', schema: ownedBy.schema, name: ownedBy.table }))
  return table?.drop !== undefined || work.items.get(refKey(childRef('column', { schema: ownedBy.schema, name: ownedBy.table }, ownedBy.column)))?.drop !== undefined
}

/** Takes out of a new relation what may need things that need the relation: foreign keys, triggers, rules, policies. */
function splitCreate(whole: Operation, inlineForeignKeys: boolean): readonly Operation[] {
  if (whole.verb !== 'create') return [whole]
  if (whole.kind === 'table') return splitTable(whole.to as Table, whole.ref, inlineForeignKeys)
  if (whole.kind === 'view') return splitView(whole.to as View, whole.ref)
  if (whole.kind === 'sequence') return splitSequence(whole.to as Sequence, whole.ref)
  return [whole]
}

function splitTable(table: Table, ref: ObjectRef, inlineForeignKeys: boolean): readonly Operation[] {
  // CREATE TABLE takes NOT VALID for granted to be needless; only ALTER TABLE keeps it.
  const isApart = (constraint: Constraint): boolean => !inlineForeignKeys && ((constraint.type === 'foreignKey' && (!isSelf(constraint) || table.partitionBy != null)) || constraint.validated === false)
  const isSelf = (key: ForeignKey): boolean => key.references.schema === table.schema && key.references.table === table.name
  const rest: Table = { ...table, constraints: table.constraints.filter((constraint) => !isApart(constraint)), triggers: [], rules: [], policies: [] }
  const child = (kind: 'constraint' | 'trigger' | 'rule' | 'policy') => (to: { readonly name: string }) =>
    operation({ verb: 'create', kind, ref: childRef(kind, table, to.name), to })
  return [
    operation({ verb: 'create', kind: 'table', ref, to: rest }),
    ...table.constraints.filter(isApart).map(child('constraint')),
    ...(table.rules ?? []).map(child('rule')),
    ...(table.triggers ?? []).map(child('trigger')),
    ...(table.policies ?? []).map(child('policy')),
  ]
}

function splitView(view: View, ref: ObjectRef): readonly Operation[] {
  const child = (kind: 'trigger' | 'rule') => (to: { readonly name: string }) =>
    operation({ verb: 'create', kind, ref: childRef(kind, view, to.name), to })
  return [
    operation({ verb: 'create', kind: 'view', ref, to: { ...view, triggers: [], rules: [] } }),
    ...(view.rules ?? []).map(child('rule')),
    ...(view.triggers ?? []).map(child('trigger')),
  ]
}

/** A table's default needs its sequence, and the sequence's owner is the table's column. */
function splitSequence(sequence: Sequence, ref: ObjectRef): readonly Operation[] {
  if (sequence.ownedBy === null) return [operation({ verb: 'create', kind: 'sequence', ref, to: sequence })]
  const free: Sequence = { ...sequence, ownedBy: null }
  return [
    operation({ verb: 'create', kind: 'sequence', ref, to: free }),
    operation({ verb: 'alter', kind: 'sequence', ref, from: free, to: sequence, fields: ['ownedBy'] }),
  ]
}

const CONSTRAINING: readonly string[] = ['notNull', 'notNullValidated', 'notNullName', 'notNullNoInherit', 'notNullComment']

/** Parts of one alteration that belong to different moments of a plan. */
function splitAlter(whole: AlterOperation<Kind>): readonly Operation[] {
  if (whole.kind === 'sequence' && whole.fields.includes('ownedBy')) return splitOwner(whole)
  if (whole.kind === 'table') return splitTableAlter(whole)
  if (whole.kind !== 'column') return [operation(whole)]
  const { fields } = whole
  const to = whole.to as Column
  const from = whole.from as Column
  const late = to.notNull ? CONSTRAINING.filter((field) => fields.includes(field)) : []
  const early = fields.filter((field) => !late.includes(field))
  // An identity column's sequence takes the name that the default's sequence had; the column must let go of that first.
  const frees = early.includes('identity') && early.includes('default') && from.default !== null && to.default === null
  // The other way round: the sequence of the new default gets the name when the identity is gone.
  const leavesIdentity = early.includes('identity') && from.identity != null && to.identity == null && early.includes('default') && to.default !== null
  if (leavesIdentity) return parts(whole, [early.filter((field) => field !== 'default'), ['default'], late])
  const becomesIdentity = early.includes('identity') && from.identity == null && late.length > 0
  if (becomesIdentity) return parts(whole, [frees ? ['default'] : [], late, early.filter((field) => !frees || field !== 'default')])
  return parts(whole, [frees ? ['default'] : [], early.filter((field) => !frees || field !== 'default'), late])
}

/** A sequence lets go of its owner, which may be going, before it gets another. */
function splitOwner(whole: AlterOperation<Kind>): readonly Operation[] {
  const [from, to] = [whole.from as Sequence, whole.to as Sequence]
  const options = whole.fields.filter((field) => field !== 'ownedBy')
  const free: Sequence = { ...from, ownedBy: null }
  const release = from.ownedBy === null ? [] : [operation({ ...whole, to: free, fields: ['ownedBy'] })]
  const changed: Sequence = { ...to, ownedBy: null }
  return [
    ...release,
    ...(options.length === 0 ? [] : [operation({ ...whole, from: free, to: changed, fields: options })]),
    ...(to.ownedBy === null ? [] : [operation({ ...whole, from: changed, to, fields: ['ownedBy'] })]),
  ]
}

/** Parts of a table's own alteration; a partition that moves to another parent leaves the old one first, which may be going. */
function splitTableAlter(whole: AlterOperation<Kind>): readonly Operation[] {
  const [from, to] = [whole.from as Table, whole.to as Table]
  if (waitsForColumns(whole)) return parts(whole, [whole.fields.filter((field) => field !== 'parameters'), ['parameters']])
  if (!whole.fields.includes('partitionOf') || from.partitionOf == null || to.partitionOf == null) return [operation(whole)]
  const free: Table = { ...from, partitionOf: null }
  return [operation({ ...whole, to: free, fields: ['partitionOf'] }), operation({ ...whole, from: free })]
}

/** Parameters of long values wait for columns that may have some, while a key that identifies rows may have to let go before. */
const waitsForColumns = ({ fields, to }: AlterOperation<Kind>): boolean =>
  fields.includes('parameters') && fields.some((field) => field === 'replicaIdentity' || field === 'unlogged') && ((to as Table).parameters ?? []).some((parameter) => parameter.startsWith('toast.'))

/** What is left of a column's needs when its default is gone. */
const withoutValue = (needs: readonly ObjectRef[]): readonly ObjectRef[] => needs.filter((need) => need.kind !== 'sequence' && need.kind !== 'routine')

function parts(whole: AlterOperation<Kind>, groups: readonly (readonly string[])[]): readonly Operation[] {
  const found: Operation[] = []
  let at: object = whole.from
  for (const fields of groups) {
    if (fields.length === 0) continue
    // What type and value need goes with them.
    const settles = fields.length === whole.fields.length || fields.some((field) => field !== 'default' && !CONSTRAINING.includes(field))
    // Without the value that comes later, when that has a part of its own.
    const before = settles && whole.fields.includes('default') && groups.slice(groups.indexOf(fields) + 1).some((later) => later.includes('default'))
    const needs = settles ? { needs: before ? withoutValue(whole.to.needs ?? []) : (whole.to.needs ?? []) } : fields.includes('default') ? { needs: withoutValue(whole.from.needs ?? []) } : {}
    const comes = (name: string): boolean => fields.includes(name) || (fields.includes('notNull') && CONSTRAINING.includes(name))
    const next = { ...at, ...Object.fromEntries(Object.entries(whole.to).filter(([name]) => comes(name))), ...needs }
    found.push(operation({ verb: 'alter', kind: whole.kind, ref: whole.ref, from: at, to: next, fields }))
    at = next
  }
  return found
}
