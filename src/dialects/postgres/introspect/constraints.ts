import type { Check, Constraint, ForeignKey, Index, IndexKey, PrimaryKey, ReferenceAction, Unique } from '../../../schema/schema.ts'
import type { Context } from './context.ts'
import { groupBy, needsOf, NONE, optionList, qualified } from './context.ts'
import type { ConstraintRow, IndexAttributeRow, IndexRow, Oid } from './rows.ts'

const ACTIONS: Readonly<Record<string, ReferenceAction>> = { a: 'no action', r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' }
const MATCHES = { s: 'simple', f: 'full', p: 'partial' } as const

/** The constraints of all relations. Copies that a foreign key to a partitioned table makes of itself are left out. */
export function assembleConstraints(context: Context, version: number): ReadonlyMap<Oid, readonly Constraint[]> {
  const byOid = new Map(context.catalogue.constraints.map((row) => [row.oid, row]))
  const own = context.catalogue.constraints.filter((row) => row.parent === '0' || byOid.get(row.parent)?.r !== row.r)
  const groups = groupBy(own, (row) => row.r)
  return new Map([...groups].map(([oid, rows]) => [oid, rows.map((row) => assembleConstraint(context, row, version))]))
}

function assembleConstraint(context: Context, row: ConstraintRow, version: number): Constraint {
  switch (row.t) {
    case 'p':
      return key(context, row, version, 'primaryKey')
    case 'u':
      return key(context, row, version, 'unique')
    case 'f':
      return foreignKey(context, row, version)
    case 'c':
      return check(context, row, version)
    case 'x':
      return {
        type: 'exclusion', name: row.n, deferrable: deferrable(row), local: row.local, comment: row.comment,
        definition: exclusionText(row.d ?? ''), ...needsOf(context, 'c', row.index),
      }
  }
}

/** There may be hundreds of thousands: each is one literal, completed in place. */
type Draft<T> = { -readonly [K in keyof T]: T[K] }

const deferrable = (row: ConstraintRow): 'no' | 'immediate' | 'deferred' => (row.deferrable ? (row.deferred ? 'deferred' : 'immediate') : 'no')

function key(context: Context, row: ConstraintRow, version: number, type: 'primaryKey' | 'unique'): PrimaryKey | Unique {
  const index = context.indexes.get(row.index)
  const included = index === undefined || index.k.length === index.shape.count ? NONE : index.k.slice(index.shape.count)
  const common = {
    name: row.n, deferrable: deferrable(row), local: row.local, comment: row.comment, columns: namesOf(context, row.r, row.k),
    include: namesOf(context, row.r, included), parameters: optionList(index?.rest?.options ?? null), clustered: index?.shape.clustered === true, indexComment: index?.comment ?? null,
  }
  const made: Draft<PrimaryKey> | Draft<Unique> = type === 'primaryKey' ? { type, ...common } : { type, ...common, nullsNotDistinct: index?.shape.nullsNotDistinct === true }
  if (version >= 180000) made.withoutOverlaps = row.period === true
  return made
}

function foreignKey(context: Context, row: ConstraintRow, version: number): ForeignKey {
  const f = row.f ?? { r: '0', k: [], update: 'a', delete: 'a', match: 's' }
  const target = context.relationNames.get(f.r) ?? { schema: '', name: '' }
  const made: Draft<ForeignKey> = {
    type: 'foreignKey', name: row.n, deferrable: deferrable(row), local: row.local, comment: row.comment,
    columns: namesOf(context, row.r, row.k),
    references: { schema: target.schema, table: target.name, columns: namesOf(context, f.r, f.k) },
    onDelete: ACTIONS[f.delete] ?? 'no action',
    onUpdate: ACTIONS[f.update] ?? 'no action',
    match: MATCHES[f.match as keyof typeof MATCHES] ?? 'simple',
    validated: row.validated,
  }
  if (version >= 150000) made.setColumns = namesOf(context, row.r, f.set ?? null)
  if (version >= 180000) {
    made.period = row.period === true
    made.enforced = row.enforced !== false
  }
  return made
}

function check(context: Context, row: ConstraintRow, version: number): Check {
  const made: Draft<Check> = {
    type: 'check', name: row.n, deferrable: deferrable(row), local: row.local, comment: row.comment,
    expression: row.d ?? '', validated: row.validated, noInherit: row.noInherit,
  }
  if (version >= 180000) made.enforced = row.enforced !== false
  const { needs } = needsOf(context, 'k', row.oid)
  if (needs !== undefined) made.needs = needs
  return made
}

/** What follows EXCLUDE, without what has fields of its own. */
function exclusionText(definition: string): string {
  return definition.replace(/^EXCLUDE /, '').replace(/( DEFERRABLE)?( INITIALLY DEFERRED)?$/, '')
}

function namesOf(context: Context, relation: Oid, numbers: readonly number[] | null): readonly string[] {
  if (numbers === null || numbers.length === 0) return NONE
  const names = context.columnNames.get(relation)
  return numbers.map((number) => names?.get(number) ?? `?${number}`)
}

/** The indexes of all relations that back no constraint. */
export function assembleIndexes(context: Context): ReadonlyMap<Oid, readonly Index[]> {
  const { catalogue } = context
  const parents = new Map(catalogue.inherits.filter((row) => row.kind === 'I').map((row) => [row.r, { schema: row.schema, name: row.name }]))
  const free = catalogue.indexes.filter((row) => !context.backing.has(row.oid))
  const collationOf = new Map(catalogue.columns.flatMap(([oid, , , , , , , rest]) => Object.entries(rest ?? {}).flatMap(([number, { own }]) => (own === null ? [] : [[`${oid} ${number}`, own] as const]))))
  return new Map(
    [...groupBy(free, (row) => row.r)].map(([oid, rows]) => [
      oid,
      rows.map((row) => assembleIndex(context, row, parents.get(row.oid) ?? null, collationOf)),
    ]),
  )
}

function assembleIndex(context: Context, row: IndexRow, attachedTo: NonNullable<Index['attachedTo']> | null, collationOf: ReadonlyMap<string, Oid>): Index {
  const { shape, rest } = row
  const made: Draft<Index> = {
    name: row.n,
    unique: shape.unique,
    method: shape.method,
    keys: indexKeys(context, row, collationOf),
    include: row.k.length === shape.count ? NONE : namesOf(context, row.r, row.k.slice(shape.count)),
    where: rest?.w ?? null,
    nullsNotDistinct: shape.nullsNotDistinct,
    parameters: optionList(rest?.options ?? null),
    tablespace: rest?.space ?? null,
    clustered: shape.clustered,
    valid: shape.valid,
    attachedTo,
    statistics: statisticsOf(rest?.attributes ?? NONE, shape.count),
    comment: row.comment,
  }
  const { needs } = needsOf(context, 'c', row.oid)
  if (needs !== undefined) made.needs = needs
  return made
}

function statisticsOf(attributes: readonly IndexAttributeRow[], count: number): readonly number[] {
  if (!attributes.some((attribute) => attribute.statistics !== null)) return NONE
  return Array.from({ length: count }, (_, at) => attributes.find((attribute) => attribute.k === at + 1)?.statistics ?? -1)
}

function indexKeys(context: Context, row: IndexRow, collationOf: ReadonlyMap<string, Oid>): readonly IndexKey[] {
  const { shape, rest } = row
  const expressions = [...(rest?.e?.keys ?? NONE)]
  return row.k.slice(0, shape.count).map((number, at) => {
    const expression = number === 0 ? (expressions.shift() ?? '') : null
    const flags = shape.orders[at] ?? 0
    const collation = shape.collations[at] ?? '0'
    return {
      column: number === 0 ? null : (context.columnNames.get(row.r)?.get(number) ?? `?${number}`),
      expression,
      order: flags & 1 ? 'desc' : 'asc',
      nulls: flags & 2 ? 'first' : 'last',
      opclass: opclassText(context, shape.classes[at] ?? '0', rest?.attributes?.find((attribute) => attribute.k === at + 1)),
      collation: collation === '0' ? null : expression === null
        ? columnCollation(context, collation, collationOf.get(`${row.r} ${number}`))
        : expressionCollation(context, collation, expression, rest?.e?.all ?? ''),
    }
  })
}

function opclassText(context: Context, oid: Oid, attribute: IndexAttributeRow | undefined): string | null {
  const opclass = context.opclasses.get(oid)
  if (opclass === undefined) return null
  const options = optionList(attribute?.options ?? null)
  if (opclass.default && options.length === 0) return null
  const printed = options.map((option) => option.replace(/^([^=]*)=(.*)$/s, (_, key: string, value: string) => `${key}='${value.replaceAll("'", "''")}'`))
  return qualified(opclass) + (printed.length === 0 ? '' : ` (${printed.join(', ')})`)
}

/** Printed when it is neither the column's own nor the type's. The default collation of most columns is never sent. */
function columnCollation(context: Context, collation: Oid, column: Oid | undefined): string | null {
  if (collation === '0' || collation === column) return null
  if (column === undefined && isDefaultCollation(context, collation)) return null
  return context.collations.get(collation) ?? null
}

const isDefaultCollation = (context: Context, collation: Oid): boolean => context.collations.get(collation) === '"default"' || collation === '100'

/** The server alone knows the collation that the expression has by itself; it prints one only when the index has another. */
function expressionCollation(context: Context, collation: Oid, expression: string, definition: string): string | null {
  const name = context.collations.get(collation)
  if (collation === '0' || name === undefined) return null
  return definition.includes(`${expression} COLLATE ${name}`) ? name : null
}
