import type { Column, Constraint, ForeignKey, Index, Kind, Kinds, Named, ObjectRef, Publication, Schema, Sequence, Statistics, Table } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'
import type { Located } from './objects.ts'
import { locatedChildren } from './objects.ts'

/** Tells the keys (`refKey`) of what an object needs to exist, from its structure and from what its source said in `needs`. */
export type Requirements = (located: Located) => readonly string[]

/**
 * The requirements of the objects of one schema.
 *
 * @param deep - also those of a relation's children, as for a statement that makes or removes the whole relation
 */
export function requirementsIn(schema: Schema, deep: boolean): Requirements {
  const lookup = makeLookup(schema)
  const cache = new WeakMap<object, readonly string[]>()
  return (located) => {
    const known = cache.get(located.object)
    if (known !== undefined) return known
    const own = [...collect(located, lookup)]
    const all = deep ? [...own, ...locatedChildren(located.kind, located.object).flatMap((child) => [...collect(child, lookup)])] : own
    const result = [...new Set(all)]
    cache.set(located.object, result)
    return result
  }
}

interface Lookup {
  /** The key of the type that a type text names. */
  type(text: string): string | undefined
  /** The key of the collation of a user's own that a text names. */
  collation(text: string): string | undefined
  /** Constraints and unique indexes that a foreign key may stand on, by the relation's key. */
  /** The partitions of a table, and theirs. */
  partitions(table: Named): readonly Named[]
  uniques(table: Named): readonly UniqueKey[]
  /** What a table is a partition or a child of. */
  parents(table: Named): readonly Named[]
}

interface UniqueKey {
  readonly key: string
  readonly columns: readonly string[]
  readonly include: readonly string[]
}

function makeLookup(schema: Schema): Lookup {
  const types = new Map<string, string>()
  for (const kind of ['enum', 'domain', 'composite', 'range', 'table', 'view'] as const) {
    for (const type of schema[kind]) types.set(`${type.schema}\u0000${type.name}`, refKey({ kind, schema: type.schema, name: type.name }))
  }
  const collations = new Map(schema.collation.map((one) => [`${one.schema}\u0000${one.name}`, refKey({ kind: 'collation', schema: one.schema, name: one.name })]))
  const tables = new Map(schema.table.map((table) => [`${table.schema}\u0000${table.name}`, table]))
  const parts = new Map<string, Named[]>()
  for (const table of schema.table) {
    if (table.partitionOf == null) continue
    const key = `${table.partitionOf.parent.schema}\u0000${table.partitionOf.parent.name}`
    parts.set(key, [...(parts.get(key) ?? []), table])
  }
  const partitions = (table: Named): readonly Named[] =>
    (parts.get(`${table.schema}\u0000${table.name}`) ?? []).flatMap((part) => [part, ...partitions(part)])
  return {
    partitions,
    parents: (name) => {
      const table = tables.get(`${name.schema}\u0000${name.name}`)
      return table === undefined ? [] : [...(table.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table.inherits ?? [])]
    },
    type: (text) => types.get(typeName(text)),
    collation: (text) => collations.get(typeName(text)),
    uniques: (name) => {
      const table = tables.get(`${name.schema}\u0000${name.name}`)
      return table === undefined ? [] : uniquesOf(table)
    },
  }
}

function uniquesOf(table: Table): UniqueKey[] {
  const at = { schema: table.schema, table: table.name }
  const constraints = table.constraints.flatMap((constraint) =>
    constraint.type === 'primaryKey' || constraint.type === 'unique'
      ? [{ key: refKey({ kind: 'constraint', ...at, name: constraint.name }), columns: constraint.columns, include: constraint.include ?? [] }]
      : [],
  )
  const indexes = table.indexes.flatMap((index) =>
    index.unique && index.where === null && index.keys.every((key) => key.column !== null)
      ? [{ key: refKey({ kind: 'index', ...at, name: index.name }), columns: index.keys.map((key) => key.column ?? ''), include: index.include ?? [] }]
      : [],
  )
  return [...constraints, ...indexes]
}

/** `public."My Type"(3)[]` as schema and name, joined by the character of keys. */
export function typeName(text: string): string {
  const names: string[] = []
  let at = 0
  for (const part of text.matchAll(/(?:"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_$]*))(\.)?/gu)) {
    if (part.index !== at) break
    names.push(part[1] === undefined ? (part[2] ?? '') : part[1].replaceAll('""', '"'))
    at = part.index + part[0].length
    if (part[3] === undefined) break
  }
  return names.length === 1 ? `\u0000${names[0]}` : names.join('\u0000')
}

const column = (table: ObjectRef | { schema: string; table: string }, name: string): string =>
  refKey({ kind: 'column', schema: table.schema, table: table.table ?? '', name })

function* collect(located: Located, lookup: Lookup): Generator<string> {
  const { ref, object } = located
  for (const need of object.needs ?? []) {
    yield refKey(need)
    // A need of a part is a need of the whole.
    if (need.table !== undefined) yield* relation({ schema: need.schema, name: need.table })
  }
  if (ref.schema !== '') yield refKey({ kind: 'namespace', schema: '', name: ref.schema })
  if (ref.table !== undefined) yield* relation({ schema: ref.schema, name: ref.table })
  yield* structural(located, lookup)
}

function* relation(name: Named): Generator<string> {
  yield refKey({ kind: 'table', ...pickName(name) })
  yield refKey({ kind: 'view', ...pickName(name) })
}

const pickName = (name: Named): Named => ({ schema: name.schema, name: name.name })

/** What an object's fields show. */
function* structural(located: Located, lookup: Lookup): Generator<string> {
  // Each branch knows its kind; the pair of kind and object is not a union that narrows.
  const as = <K extends Kind>(): Kinds[K] => located.object as Kinds[K]
  switch (located.kind) {
    case 'column':
      return yield* columnNeeds(as<'column'>(), located.ref, lookup)
    case 'constraint':
      return yield* constraintNeeds(as<'constraint'>(), located.ref, lookup)
    case 'index':
      for (const key of as<'index'>().keys) yield* collationNeeds(key.collation, lookup)
      return yield* indexNeeds(as<'index'>(), located.ref)
    case 'table':
      return yield* tableNeeds(as<'table'>())
    case 'sequence':
      return yield* sequenceNeeds(as<'sequence'>())
    case 'statistics':
      return yield* relation((located.object as unknown as Statistics).table)
    case 'domain':
      yield* collationNeeds(as<'domain'>().collation, lookup)
      return yield* typeNeeds(as<'domain'>().type, lookup)
    case 'composite':
      for (const attribute of as<'composite'>().attributes) {
        yield* typeNeeds(attribute.type, lookup)
        yield* collationNeeds(attribute.collation, lookup)
      }
      return
    case 'extension':
      if (as<'extension'>().schema !== undefined) yield refKey({ kind: 'namespace', schema: '', name: as<'extension'>().schema ?? '' })
      return
    case 'server':
      return yield refKey({ kind: 'wrapper', schema: '', name: as<'server'>().wrapper })
    case 'userMapping':
      return yield refKey({ kind: 'server', schema: '', name: as<'userMapping'>().server })
    case 'publication':
      return yield* publicationNeeds(as<'publication'>())
    default:
      // Texts in the server's words: what they need is in `needs`.
      return
  }
}

function* typeNeeds(type: string, lookup: Lookup): Generator<string> {
  const key = lookup.type(type)
  if (key !== undefined) yield key
}

function* collationNeeds(text: string | null | undefined, lookup: Lookup): Generator<string> {
  const key = text == null ? undefined : lookup.collation(text)
  if (key !== undefined) yield key
}

function* columnNeeds(item: Column, ref: ObjectRef, lookup: Lookup): Generator<string> {
  yield* typeNeeds(item.type, lookup)
  yield* collationNeeds(item.collation, lookup)
  if (item.generated == null) return
  for (const name of words(item.generated.expression)) if (name !== item.name) yield column(ref, name)
}

/** The names in an expression, among them those of columns. Too many do no harm: keys that name nothing are ignored. */
export function words(expression: string): readonly string[] {
  const found = [...expression.matchAll(/"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_$]*)|'(?:[^']|'')*'/gu)]
  return found.flatMap((match) => (match[1] !== undefined ? [match[1].replaceAll('""', '"')] : match[2] !== undefined ? [match[2]] : []))
}

function* constraintNeeds(item: Constraint, ref: ObjectRef, lookup: Lookup): Generator<string> {
  // A check that comes from a parent comes and goes with the parent's.
  if (item.local === false && item.type === 'check') {
    for (const parent of lookup.parents({ schema: ref.schema, name: ref.table ?? '' })) yield refKey({ kind: 'constraint', schema: parent.schema, table: parent.name, name: item.name })
  }
  switch (item.type) {
    case 'primaryKey':
    case 'unique':
      for (const name of [...item.columns, ...(item.include ?? [])]) yield column(ref, name)
      return
    case 'foreignKey':
      for (const name of item.columns) yield column(ref, name)
      // What a partition has from its parent is the parent's.
      if (item.local !== false) yield* foreignKeyNeeds(item, lookup)
      return
    case 'check':
      for (const name of words(item.expression)) yield column(ref, name)
      return
    case 'exclusion':
      for (const name of words(item.definition)) yield column(ref, name)
  }
}

function* foreignKeyNeeds(item: ForeignKey, lookup: Lookup): Generator<string> {
  const target = { schema: item.references.schema, name: item.references.table }
  for (const table of [target, ...lookup.partitions(target)]) yield* relation(table)
  for (const name of item.references.columns) yield column({ schema: target.schema, table: target.name }, name)
  const wanted = [...item.references.columns].sort().join('\u0000')
  for (const unique of lookup.uniques(target)) {
    if ([...unique.columns].sort().join('\u0000') !== wanted) continue
    yield unique.key
    // The server makes the key anew when a column gets another type that it only includes, and asks foreign keys to leave.
    for (const name of unique.include) yield column({ schema: target.schema, table: target.name }, name)
  }
}

function* indexNeeds(item: Index, ref: ObjectRef): Generator<string> {
  for (const key of item.keys) {
    if (key.column !== null) yield column(ref, key.column)
    else for (const name of words(key.expression ?? '')) yield column(ref, name)
  }
  for (const name of [...(item.include ?? []), ...words(item.where ?? '')]) yield column(ref, name)
}

function* tableNeeds(item: Table): Generator<string> {
  for (const parent of [...(item.partitionOf == null ? [] : [item.partitionOf.parent]), ...(item.inherits ?? [])]) {
    yield* relation(parent)
    for (const own of item.columns) yield column({ schema: parent.schema, table: parent.name }, own.name)
  }
  if (item.ofType != null) yield refKey({ kind: 'composite', ...pickName(item.ofType) })
  if (item.foreign != null) yield refKey({ kind: 'server', schema: '', name: item.foreign.server })
  const identity = item.replicaIdentity ?? 'default'
  if (['default', 'full', 'nothing'].includes(identity)) return
  for (const kind of ['index', 'constraint'] as const) yield refKey({ kind, schema: item.schema, table: item.name, name: identity })
}

function* sequenceNeeds(item: Sequence): Generator<string> {
  if (item.ownedBy === null) return
  yield* relation({ schema: item.ownedBy.schema, name: item.ownedBy.table })
  yield column({ schema: item.ownedBy.schema, table: item.ownedBy.table }, item.ownedBy.column)
}

function* publicationNeeds(item: Publication): Generator<string> {
  for (const schema of item.schemas) yield refKey({ kind: 'namespace', schema: '', name: schema })
  for (const { schema, name, columns, where } of item.tables) {
    yield* relation({ schema, name })
    for (const each of [...(columns ?? []), ...(where == null ? [] : words(where))]) yield column({ schema, table: name }, each)
  }
}
