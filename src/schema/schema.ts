import type { ChildKind, ChildKinds, Constraint, Extension, Index, Kind, Named, ObjectRef, Sequence, Table, TopKind, TopKinds, Unmanaged, View } from './objects.ts'

export type * from './objects.ts'

/** The description of a database. One list per kind, each sorted by `sortSchema`. */
export type Schema = { readonly [K in TopKind]: readonly TopKinds[K][] } & {
  /** What is there and not described. */
  readonly unmanaged: readonly Unmanaged[]
  /** The kinds that this source can express. Objects of other kinds are not missing, they are just not spoken of. */
  readonly covers: readonly Kind[]
  /** What this source has no words for, of kinds that it covers otherwise. */
  readonly silent?: readonly Flavour[]
}

/** Objects that some model sources have no words for. `sequence`: one that no column owns. `extension`: any that is not declared. */
export const FLAVOURS = ['check', 'exclusion', 'partialIndex', 'expressionIndex', 'sequence', 'extension'] as const
export type Flavour = (typeof FLAVOURS)[number]

/** The flavours that an object is of. */
export function flavoursOf(object: Constraint | Index | Sequence | Extension): readonly Flavour[] {
  if ('ownedBy' in object) return object.ownedBy === null ? ['sequence'] : []
  if ('columns' in object || 'expression' in object || 'definition' in object) return object.type === 'check' || object.type === 'exclusion' ? [object.type] : []
  if (!('keys' in object)) return ['extension']
  return [...(object.where === null ? [] : ['partialIndex' as const]), ...(object.keys.some((key) => key.expression !== null) ? ['expressionIndex' as const] : [])]
}

export const TOP_KINDS = [
  'namespace', 'extension', 'collation', 'enum', 'domain', 'composite', 'range', 'sequence', 'routine', 'wrapper', 'server', 'userMapping',
  'table', 'view', 'statistics', 'eventTrigger', 'publication', 'subscription', 'defaultPrivilege',
] as const satisfies readonly TopKind[]

export const CHILD_KINDS = ['column', 'constraint', 'index', 'trigger', 'rule', 'policy'] as const satisfies readonly ChildKind[]

export const ALL_KINDS: readonly Kind[] = [...TOP_KINDS, ...CHILD_KINDS]

/** A schema with nothing in it. */
export function emptySchema(covers: readonly Kind[] = ALL_KINDS): Schema {
  return {
    namespace: [], extension: [], collation: [], enum: [], domain: [], composite: [], range: [], sequence: [], routine: [],
    wrapper: [], server: [], userMapping: [], table: [], view: [], statistics: [], eventTrigger: [], publication: [], subscription: [], defaultPrivilege: [],
    unmanaged: [], covers,
  }
}

/** A schema of what is given; kinds that are left out are empty. */
export function makeSchema(parts: Partial<Schema>): Schema {
  return sortSchema({ ...emptySchema(), ...parts })
}

/** The columns along which a table can be walked: its primary key, or a unique key that holds no NULL. `null`: there is none. */
export function rowKey(table: Table): readonly string[] | null {
  const primary = table.constraints.find((constraint) => constraint.type === 'primaryKey')
  if (primary?.type === 'primaryKey') return primary.columns
  const solid = (name: string): boolean => table.columns.some((column) => column.name === name && column.notNull && column.notNullValidated !== false)
  const unique = table.constraints.find((constraint) => constraint.type === 'unique' && constraint.columns.every(solid))
  if (unique?.type === 'unique') return unique.columns
  const index = table.indexes.find((one) => one.unique && one.where === null && one.valid !== false && one.keys.every((key) => key.column !== null && solid(key.column)))
  return index === undefined ? null : index.keys.map((key) => key.column ?? '')
}

/** The text by which an object is found among its kind: names joined by a character that no name may hold. */
export function keyOf(named: { readonly schema?: string; readonly name: string; readonly signature?: string }): string {
  return [named.schema ?? '', named.name, named.signature ?? ''].join('\u0000')
}

/** The text by which any object is found in a whole schema. */
export function refKey(ref: ObjectRef): string {
  return [ref.kind, ref.schema, ref.table ?? '', ref.name].join('\u0000')
}

/** Points at a top-level object. A routine is named with its signature. */
export function refOf<K extends TopKind>(kind: K, object: TopKinds[K]): ObjectRef {
  const schema = kind !== 'extension' && 'schema' in object && object.schema !== undefined ? object.schema : ''
  const name = 'signature' in object ? `${object.name}(${object.signature})` : object.name
  return { kind, schema, name }
}

/** Points at a child of a relation. */
export function childRef(kind: ChildKind, relation: Named, name: string): ObjectRef {
  return { kind, schema: relation.schema, table: relation.name, name }
}

/** `public.users`, quoted only where a reader would otherwise be misled. */
export function displayName(named: { readonly schema?: string; readonly name: string }, defaultSchema = ''): string {
  const plain = (part: string): string => (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(part) ? part : JSON.stringify(part))
  const hidden = named.schema === undefined || named.schema === '' || named.schema === defaultSchema
  return hidden ? plain(named.name) : `${plain(named.schema)}.${plain(named.name)}`
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** In the order of `keyOf`, without making a text for each comparison. */
function byKey<T extends { readonly schema?: string; readonly name: string; readonly signature?: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => byCode(a.schema ?? '', b.schema ?? '') || byCode(a.name, b.name) || byCode(a.signature ?? '', b.signature ?? ''))
}

const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] => [...items].sort((a, b) => byCode(a.name, b.name))

function sortTable(table: Table): Table {
  return {
    ...table,
    constraints: byName(table.constraints),
    indexes: byName(table.indexes),
    ...(table.triggers && { triggers: byName(table.triggers) }),
    ...(table.rules && { rules: byName(table.rules) }),
    ...(table.policies && { policies: byName(table.policies) }),
  }
}

function sortView(view: View): View {
  return { ...view, ...(view.indexes && { indexes: byName(view.indexes) }), ...(view.triggers && { triggers: byName(view.triggers) }) }
}

/** The same schema in its stable order: by name, compared by code unit, never by a collation. Columns keep their order. */
export function sortSchema(schema: Schema): Schema {
  const sorted: Record<string, unknown> = { covers: [...schema.covers].sort(byCode), unmanaged: byName(schema.unmanaged), ...(schema.silent && { silent: [...schema.silent].sort(byCode) }) }
  for (const kind of TOP_KINDS) sorted[kind] = byKey<{ readonly name: string }>(schema[kind])
  sorted['table'] = byKey(schema.table).map(sortTable)
  sorted['view'] = byKey(schema.view).map(sortView)
  // Every key of Schema was assigned above: the kinds by the loop, the two others before it.
  return sorted as unknown as Schema
}

/** A declared schema with what its source has no words for, or leaves to others, as it is in the database: nobody takes it for unwanted. */
export function withUnspoken(declared: Schema, live: Schema): Schema {
  const silent = new Set<Flavour>(declared.silent)
  if (silent.size === 0 && declared.table.every((table) => table.leaves === undefined)) return declared
  const there = tablesByKey(live)
  const isUnspoken = (object: Parameters<typeof flavoursOf>[0]): boolean => flavoursOf(object).some((flavour) => silent.has(flavour))
  const table = declared.table.map((one) => {
    const old = there.get(keyOf(one))
    if (old === undefined) return one
    const others = <T extends Constraint | Index>(own: readonly T[], all: readonly T[]): readonly T[] =>
      all.filter((child) => (isUnspoken(child) || one.leaves?.includes(child.name) === true) && !own.some((mine) => mine.name === child.name))
    return { ...one, constraints: [...one.constraints, ...others(one.constraints, old.constraints)], indexes: [...one.indexes, ...others(one.indexes, old.indexes)] }
  })
  const sequence = [...declared.sequence, ...live.sequence.filter((one) => isUnspoken(one) && !declared.sequence.some((mine) => keyOf(mine) === keyOf(one)))]
  const extension = [...declared.extension, ...live.extension.filter((one) => isUnspoken(one) && !declared.extension.some((mine) => mine.name === one.name))]
  return sortSchema({ ...declared, table, sequence, extension })
}

/** Finds a table; `undefined` when there is none of that name. */
export function findTable(schema: Schema, name: Named): Table | undefined {
  return schema.table.find((table) => table.schema === name.schema && table.name === name.name)
}

/** Tables by key, for many look-ups in one pass. */
export function tablesByKey(schema: Schema): ReadonlyMap<string, Table> {
  return new Map(schema.table.map((table) => [keyOf(table), table]))
}

/** The children of one kind that a table has; empty where its source does not speak of them. */
export function childrenOf<K extends ChildKind>(table: Partial<Table> & Partial<View>, kind: K): readonly ChildKinds[K][] {
  const lists: { readonly [C in ChildKind]: readonly ChildKinds[C][] | undefined } = {
    column: table.columns, constraint: table.constraints, index: table.indexes,
    trigger: table.triggers, rule: table.rules, policy: table.policies,
  }
  return lists[kind] ?? []
}
