import type { Named, ObjectRef } from '../../../schema/schema.ts'
import { printName } from '../names.ts'
import type { ConstraintRow, Enabled, IndexRow, NameRow, NeedRow, Oid, OpclassRow, RelationRow } from './rows.ts'
import type { Catalogue } from './sections.ts'

/** Rows by what they belong to, made once, so that each object is found in constant time. */
export interface Context {
  readonly catalogue: Catalogue
  readonly relations: ReadonlyMap<Oid, RelationRow>
  /** Names of columns by relation and number, of managed and of referenced relations. */
  readonly columnNames: ReadonlyMap<Oid, ReadonlyMap<number, string>>
  /** Schema and name of managed and of referenced relations. */
  readonly relationNames: ReadonlyMap<Oid, Named>
  readonly opclasses: ReadonlyMap<Oid, OpclassRow>
  readonly collations: ReadonlyMap<Oid, string>
  /** Indexes by their own oid. */
  readonly indexes: ReadonlyMap<Oid, IndexRow>
  /** Constraints by the index that backs them. */
  readonly backing: ReadonlyMap<Oid, ConstraintRow>
  /** What others may need, by oid of class, type or routine. */
  readonly refs: ReadonlyMap<Oid, ObjectRef>
  readonly needs: ReadonlyMap<string, readonly NeedRow[]>
}

/** Collects what all objects are assembled from. */
export function makeContext(catalogue: Catalogue): Context {
  const relations = new Map(catalogue.relations.map((row) => [row.oid, row]))
  const backing = new Map<Oid, ConstraintRow>()
  for (const row of catalogue.constraints) if (row.t === 'p' || row.t === 'u' || row.t === 'x') backing.set(row.index, row)
  return {
    catalogue,
    relations,
    columnNames: columnNames(catalogue),
    relationNames: new Map([...catalogue.relations, ...catalogue.outside].map((row) => [row.oid, { schema: row.schema, name: row.name }])),
    opclasses: new Map(catalogue.opclasses.map((row) => [row.oid, row])),
    collations: new Map(catalogue.collationNames.map((row) => [row.oid, qualified(row)])),
    indexes: new Map(catalogue.indexes.map((row) => [row.oid, row])),
    backing,
    refs: collectRefs(catalogue),
    needs: groupBy(catalogue.needs, (row) => needKey(row.c, row.o, row.c === 'd' ? row.s : 0)),
  }
}

/** Lists of rows by a key. */
export function groupBy<T, K>(rows: readonly T[], key: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const row of rows) {
    const of = key(row)
    const group = groups.get(of)
    if (group === undefined) groups.set(of, [row])
    else group.push(row)
  }
  return groups
}

/** A name as the server prints it with an empty search path. */
export function qualified(row: Pick<NameRow, 'schema' | 'name'>): string {
  return row.schema === 'pg_catalog' ? printName(row.name) : `${printName(row.schema)}.${printName(row.name)}`
}

export const ENABLED = { O: 'origin', D: 'disabled', R: 'replica', A: 'always' } as const satisfies Record<Enabled, string>

/** Without the marks of Debian's 15.20, in the order in which they were given. */
export function optionList(options: readonly string[] | null, prefix = ''): readonly string[] {
  if (options === null) return NONE
  const kept = options.filter((option) => !option.startsWith('pg_attver=')).map((option) => prefix + option)
  return kept.length === 0 ? NONE : kept
}

export const NONE: readonly never[] = Object.freeze([])

/** Owner and grants, where they were read. */
export function rights(row: { readonly owner?: string; readonly acl?: readonly string[] | null }): { readonly owner?: string; readonly grants?: readonly string[] } {
  return row.owner === undefined ? {} : { owner: row.owner, grants: [...(row.acl ?? [])].sort() }
}

/** The references of an object, in a stable order, as a part to spread; nothing when it has none. */
export function needsOf(context: Context, letter: NeedRow['c'], oid: Oid, column = 0, self?: ObjectRef): { readonly needs?: readonly ObjectRef[] } {
  const rows = context.needs.get(needKey(letter, oid, column))
  return rows === undefined ? {} : asNeeds(context, rows, self)
}

/** The same for several lists of rows at once. */
export function asNeeds(context: Context, rows: readonly NeedRow[], self?: ObjectRef): { readonly needs?: readonly ObjectRef[] } {
  const found = new Map<string, ObjectRef>()
  const add = (ref: ObjectRef): void => {
    if (self !== undefined && ref.kind === self.kind && ref.schema === self.schema && ref.name === self.name) return
    found.set([ref.kind, ref.schema, ref.table ?? '', ref.name].join('\u0000'), ref)
  }
  for (const row of rows) {
    const ref = context.refs.get(row.r)
    if (ref === undefined) continue
    add(ref)
    const column = row.k === 0 ? undefined : context.columnNames.get(row.r)?.get(row.k)
    if (column !== undefined) add({ kind: 'column', schema: ref.schema, table: ref.name, name: column })
  }
  if (found.size === 0) return {}
  return { needs: [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref) }
}

const needKey = (letter: string, oid: Oid, column: number): string => `${letter} ${oid} ${column}`

function columnNames(catalogue: Catalogue): ReadonlyMap<Oid, ReadonlyMap<number, string>> {
  const names = new Map<Oid, Map<number, string>>()
  for (const [oid, numbers, columns] of catalogue.columns) {
    const of = new Map<number, string>()
    numbers.forEach((number, at) => of.set(number, columns[at] ?? ''))
    names.set(oid, of)
  }
  for (const row of catalogue.outside) names.set(row.oid, new Map(Object.entries(row.columns ?? {}).map(([k, name]) => [Number(k), name])))
  return names
}

function collectRefs(catalogue: Catalogue): ReadonlyMap<Oid, ObjectRef> {
  const refs = new Map<Oid, ObjectRef>()
  const add = (oid: Oid | null | undefined, ref: ObjectRef): void => {
    if (oid !== null && oid !== undefined && oid !== '0') refs.set(oid, ref)
  }
  for (const row of catalogue.types) {
    const kind = row.kind === 'b' || row.kind === 'p' ? undefined : ({ e: 'enum', d: 'domain', r: 'range' } as const)[row.kind]
    if (kind === undefined) continue
    const ref: ObjectRef = { kind, schema: row.schema, name: row.name }
    add(row.oid, ref)
    add(row.array, ref)
  }
  for (const row of catalogue.ranges) for (const oid of [row.multi, row.multiArray]) if (refs.has(row.oid)) add(oid, refs.get(row.oid) as ObjectRef)
  for (const row of catalogue.relations) {
    const ref: ObjectRef = { kind: row.kind === 'c' ? 'composite' : row.kind === 'v' || row.kind === 'm' ? 'view' : 'table', schema: row.schema, name: row.name }
    for (const oid of [row.oid, row.type, row.array]) add(oid, ref)
  }
  for (const row of catalogue.sequences) if (row.dependency !== 'i') add(row.oid, { kind: 'sequence', schema: row.schema, name: row.name })
  for (const row of catalogue.collations) add(row.oid, { kind: 'collation', schema: row.schema, name: row.name })
  for (const row of catalogue.routines) add(row.oid, { kind: 'routine', schema: row.schema, name: `${row.name}(${row.signature})` })
  for (const row of catalogue.constraints) {
    const table = refs.get(row.r)
    if (table !== undefined) add(row.oid, { kind: 'constraint', schema: table.schema, table: table.name, name: row.n })
  }
  return refs
}
