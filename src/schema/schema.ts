import type { ChildKind, ChildKinds, Kind, Named, ObjectRef, Table, TopKind, TopKinds, Unmanaged, View } from './objects.ts'

export type * from './objects.ts'

/** The description of a database. One list per kind, each sorted by `sortSchema`. */
export type Schema = { readonly [K in TopKind]: readonly TopKinds[K][] } & {
  /** What is there and not described. */
  readonly unmanaged: readonly Unmanaged[]
  /** The kinds that this source can express. Objects of other kinds are not missing, they are just not spoken of. */
  readonly covers: readonly Kind[]
}

export const TOP_KINDS = [
  'namespace', 'extension', 'collation', 'enum', 'domain', 'composite', 'range', 'sequence', 'routine', 'wrapper', 'server',
  'table', 'view', 'statistics', 'eventTrigger', 'publication', 'defaultPrivilege',
] as const satisfies readonly TopKind[]

export const CHILD_KINDS = ['column', 'constraint', 'index', 'trigger', 'rule', 'policy'] as const satisfies readonly ChildKind[]

export const ALL_KINDS: readonly Kind[] = [...TOP_KINDS, ...CHILD_KINDS]

/** A schema with nothing in it. */
export function emptySchema(covers: readonly Kind[] = ALL_KINDS): Schema {
  return {
    namespace: [], extension: [], collation: [], enum: [], domain: [], composite: [], range: [], sequence: [], routine: [],
    wrapper: [], server: [], table: [], view: [], statistics: [], eventTrigger: [], publication: [], defaultPrivilege: [],
    unmanaged: [], covers,
  }
}

/** A schema of what is given; kinds that are left out are empty. */
export function makeSchema(parts: Partial<Schema>): Schema {
  return sortSchema({ ...emptySchema(), ...parts })
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

function byKey<T extends { readonly schema?: string; readonly name: string; readonly signature?: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => byCode(keyOf(a), keyOf(b)))
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
  const sorted: Record<string, unknown> = { covers: [...schema.covers].sort(byCode), unmanaged: byName(schema.unmanaged) }
  for (const kind of TOP_KINDS) sorted[kind] = byKey<{ readonly name: string }>(schema[kind])
  sorted['table'] = byKey(schema.table).map(sortTable)
  sorted['view'] = byKey(schema.view).map(sortView)
  // Every key of Schema was assigned above: the kinds by the loop, the two others before it.
  return sorted as unknown as Schema
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
