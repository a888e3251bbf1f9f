import type { ChildKind, ChildKinds, Kind, Kinds, ObjectRef, Schema, Table, TopKind, View } from '../schema/schema.ts'
import { CHILD_KINDS, displayName, keyOf, sortSchema } from '../schema/schema.ts'

/**
 * What can be done to a database: four verbs over every kind of object. An operation keeps what it removes or changes, so
 * that each has a reverse and can be applied to a schema in memory.
 */
export interface CreateOperation<K extends Kind> {
  readonly verb: 'create'
  readonly kind: K
  readonly ref: ObjectRef
  readonly to: Kinds[K]
  /** A new column's or enum value's place: the name it comes after, `null` for the first. */
  readonly after?: string | null
}

export interface DropOperation<K extends Kind> {
  readonly verb: 'drop'
  readonly kind: K
  readonly ref: ObjectRef
  readonly from: Kinds[K]
}

/** Changes fields of an object in place. Never changes a table's children: they have operations of their own. */
export interface AlterOperation<K extends Kind> {
  readonly verb: 'alter'
  readonly kind: K
  readonly ref: ObjectRef
  readonly from: Kinds[K]
  readonly to: Kinds[K]
  /** The names of the fields that differ. Never empty. */
  readonly fields: readonly string[]
}

export interface RenameOperation<K extends Kind> {
  readonly verb: 'rename'
  readonly kind: K
  /** The object under its old name. */
  readonly ref: ObjectRef
  readonly newName: string
}

export type Operation<K extends Kind = Kind> = {
  [P in K]: CreateOperation<P> | DropOperation<P> | AlterOperation<P> | RenameOperation<P>
}[K]

export const isChildKind = (kind: Kind): kind is ChildKind => (CHILD_KINDS as readonly Kind[]).includes(kind)

/** The operation that undoes this one. What a drop loses besides structure (rows) does not come back. */
export function reverse(operation: Operation): Operation {
  switch (operation.verb) {
    case 'create':
      return { verb: 'drop', kind: operation.kind, ref: operation.ref, from: operation.to } as Operation
    case 'drop':
      return { verb: 'create', kind: operation.kind, ref: operation.ref, to: operation.from } as Operation
    case 'alter':
      return { ...operation, from: operation.to, to: operation.from } as Operation
    case 'rename':
      return { ...operation, ref: { ...operation.ref, name: operation.newName }, newName: operation.ref.name } as Operation
  }
}

/** The schema after an operation. */
export function applyOperation(schema: Schema, operation: Operation): Schema {
  return isChildKind(operation.kind) ? applyToChild(schema, operation) : applyToTop(schema, operation)
}

/** The schema after all operations, in order. */
export function applyAll(schema: Schema, operations: readonly Operation[]): Schema {
  return sortSchema(operations.reduce(applyOperation, schema))
}

/** One line a reader understands: `add column task_id to memories`. */
export function describe(operation: Operation, defaultSchema = ''): string {
  const { ref } = operation
  const object = isChildKind(operation.kind)
    ? `${WORDS[operation.kind]} ${displayName({ name: ref.name })} ${operation.verb === 'create' ? 'to' : operation.verb === 'drop' ? 'from' : 'of'} ${displayName({ schema: ref.schema, name: ref.table ?? '' }, defaultSchema)}`
    : `${WORDS[operation.kind]} ${displayName({ schema: ref.schema, name: ref.name }, defaultSchema)}`
  switch (operation.verb) {
    case 'create':
      return `${isChildKind(operation.kind) ? 'add' : 'create'} ${object}`
    case 'drop':
      return `drop ${object}`
    case 'alter':
      return `change ${operation.fields.join(', ')} of ${object}`
    case 'rename':
      return `rename ${object} to ${displayName({ name: operation.newName })}`
  }
}

const WORDS: { readonly [K in Kind]: string } = {
  namespace: 'schema', extension: 'extension', collation: 'collation', enum: 'enum', domain: 'domain', composite: 'composite type',
  range: 'range type', sequence: 'sequence', routine: 'routine', wrapper: 'foreign-data wrapper', server: 'foreign server', userMapping: 'user mapping', table: 'table',
  view: 'view', statistics: 'statistics', eventTrigger: 'event trigger', publication: 'publication', subscription: 'subscription', defaultPrivilege: 'default privileges',
  column: 'column', constraint: 'constraint', index: 'index', trigger: 'trigger', rule: 'rule', policy: 'policy',
}

type Item = { readonly name: string; readonly schema?: string; readonly signature?: string }

function edit<T extends Item>(items: readonly T[], operation: Operation, at: (item: T) => boolean): readonly T[] {
  // The kinds of list and operation agree: the caller picked the list by the operation's kind.
  switch (operation.verb) {
    case 'create':
      return insert(items, operation.to as unknown as T, operation.after)
    case 'drop':
      return items.filter((item) => !at(item))
    case 'alter':
      return items.map((item) => (at(item) ? ({ ...item, ...pick(operation.to, [...operation.fields, 'needs']) } as T) : item))
    case 'rename':
      return items.map((item) => (at(item) ? { ...item, name: operation.newName } : item))
  }
}

function insert<T extends Item>(items: readonly T[], item: T, after: string | null | undefined): readonly T[] {
  if (after === undefined) return [...items, item]
  const at = after === null ? 0 : items.findIndex((other) => other.name === after) + 1
  return [...items.slice(0, at), item, ...items.slice(at)]
}

function pick(object: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => fields.includes(key)))
}

function applyToTop(schema: Schema, operation: Operation): Schema {
  const kind = operation.kind as TopKind
  const { ref } = operation
  const isIt = (item: Item): boolean =>
    (kind === 'extension' || (item.schema ?? '') === ref.schema) && (item.signature === undefined ? item.name : `${item.name}(${item.signature})`) === ref.name
  const list: readonly Item[] = schema[kind]
  return { ...schema, [kind]: edit(list, operation, isIt) }
}

const LISTS = {
  column: 'columns', constraint: 'constraints', index: 'indexes', trigger: 'triggers', rule: 'rules', policy: 'policies',
} as const satisfies { readonly [K in ChildKind]: keyof Table }

function applyToChild(schema: Schema, operation: Operation): Schema {
  const list = LISTS[operation.kind as ChildKind]
  const owner = keyOf({ schema: operation.ref.schema, name: operation.ref.table ?? '' })
  const change = <T extends Table | View>(relation: T): T => {
    if (keyOf(relation) !== owner) return relation
    const items = ((relation as Partial<Table>)[list] ?? []) as readonly ChildKinds[ChildKind][]
    return { ...relation, [list]: edit(items, operation, (item) => item.name === operation.ref.name) }
  }
  return { ...schema, table: schema.table.map(change), view: schema.view.map(change) }
}
