import type { Operation, RenameOperation } from '../operations/operation.ts'
import type { ChildKind, ChildKinds, Constraint, Extension, Flavour, Index, Kind, Named, ObjectRef, Schema, Sequence, Table, TopKind, TopKinds, View } from '../schema/schema.ts'
import { CHILD_KINDS, TOP_KINDS, childRef, childrenOf, flavoursOf, keyOf, refOf } from '../schema/schema.ts'
import { matchChildren } from './children.ts'
import { differingFields } from './fields.ts'

export interface DiffOptions {
  /**
   * True when only what is missing matters: a constraint or index that is there under another name counts as present.
   * Otherwise it is renamed. @default false
   */
  readonly additive?: boolean
}

/** What every part of one comparison is told. */
interface Comparison {
  readonly additive: boolean
  readonly children: readonly ChildKind[]
  readonly silent: ReadonlySet<Flavour>
}

/**
 * What has to be done to `from` to get `to`: pure, linear, in no particular order of execution. Only kinds that `to` covers are
 * compared; a field that one side leaves out is equal. A new table is one operation with all its children. A column that was
 * renamed is seen as dropped and created: renames are declared, and applied to `from` before.
 */
export function diff(from: Schema, to: Schema, options: DiffOptions = {}): readonly Operation[] {
  const covered = new Set<Kind>(to.covers)
  const how: Comparison = { additive: options.additive === true, children: CHILD_KINDS.filter((kind) => covered.has(kind)), silent: new Set(to.silent) }
  return TOP_KINDS.filter((kind) => covered.has(kind)).flatMap((kind) => diffKind(kind, from[kind], to[kind], how))
}

function diffKind<K extends TopKind>(
  kind: K,
  from: readonly TopKinds[K][],
  to: readonly TopKinds[K][],
  how: Comparison,
): Operation[] {
  const key = (item: TopKinds[K]): string => (kind === 'extension' ? item.name : keyOf(item))
  const before = new Map(from.map((item) => [key(item), item]))
  const operations: Operation[] = []
  for (const item of to) {
    const old = before.get(key(item))
    before.delete(key(item))
    if (old === undefined) operations.push(create(kind, refOf(kind, item), item))
    else if (old !== item) operations.push(...diffObject(kind, old, item, how))
  }
  for (const item of before.values()) if (!isUnspoken(kind, item, how)) operations.push(drop(kind, refOf(kind, item), item))
  return operations
}

function diffObject<K extends TopKind>(kind: K, from: TopKinds[K], to: TopKinds[K], how: Comparison): Operation[] {
  const own = alter(kind, refOf(kind, from), from, to)
  if (kind !== 'table' && kind !== 'view') return own
  // The two kinds that have children.
  const [before, after] = [from as Table | View, to as Table | View]
  // A view's columns follow from its text; they are a field of it.
  const kinds = kind === 'view' ? how.children.filter((child) => child !== 'column') : how.children
  return [...own, ...kinds.flatMap((child) => diffChildren(child, before, after, how))]
}

const LIST = {
  column: 'columns', constraint: 'constraints', index: 'indexes', trigger: 'triggers', rule: 'rules', policy: 'policies',
} as const satisfies { readonly [K in ChildKind]: keyof Table }

function diffChildren<K extends ChildKind>(kind: K, from: Table | View, to: Table | View, how: Comparison): Operation[] {
  // A list that one side leaves out was not said.
  if ((from as Partial<Table>)[LIST[kind]] === undefined || (to as Partial<Table>)[LIST[kind]] === undefined) {
    if (kind === 'column' || (to as Partial<Table>)[LIST[kind]] === undefined) return []
  }
  const matched = matchChildren(kind, childrenOf(from, kind), childrenOf(to, kind))
  const stay = inOrder(matched.pairs.flatMap((pair) => diffPair(kind, from, pair.from, pair.to, how)))
  const come = matched.added.map((item) => create(kind, childRef(kind, from, item.name), item, placeOf(kind, from, to, item.name)))
  const go = matched.removed.filter((item) => !isUnspoken(kind, item, how) && !leaves(to, item.name)).map((item) => drop(kind, childRef(kind, from, item.name), item))
  // A child may take the name of one that goes.
  const gone = new Set(go.map(({ ref }) => ref.name))
  return gone.size > 0 && (stay.some(({ verb }) => verb === 'rename') || come.some(({ ref }) => gone.has(ref.name))) ? [...go, ...stay, ...come] : [...stay, ...come, ...go]
}

/** A name is given away before another child takes it; where children change names among one another, one waits under a third name. */
function inOrder(operations: Operation[]): Operation[] {
  let open = operations.filter((operation): operation is RenameOperation<Kind> & Operation => operation.verb === 'rename')
  if (open.length < 2) return operations
  const done: Operation[] = []
  while (open.length > 0) {
    const held = new Set(open.map(({ ref }) => ref.name))
    const free = open.filter(({ newName }) => !held.has(newName))
    const [first] = open
    if (free.length > 0 || first === undefined) {
      done.push(...free)
      open = open.filter((operation) => !free.includes(operation))
    } else {
      const between = `${first.ref.name.slice(0, 30)}_moves`
      done.push({ ...first, newName: between })
      open = [{ ...first, ref: { ...first.ref, name: between } }, ...open.slice(1)]
    }
  }
  return [...done, ...operations.filter(({ verb }) => verb !== 'rename')]
}

const leaves = (relation: Table | View, name: string): boolean => 'leaves' in relation && relation.leaves?.includes(name) === true

const SPEAKABLE: ReadonlySet<Kind> = new Set<Kind>(['constraint', 'index', 'sequence', 'extension'])

/** Models that have no words for a thing do not say that it should go. */
function isUnspoken(kind: Kind, object: object, how: Comparison): boolean {
  if (how.silent.size === 0 || !SPEAKABLE.has(kind)) return false
  // The kind says which of the four it is.
  return flavoursOf(object as Constraint | Extension | Index | Sequence).some((flavour) => how.silent.has(flavour))
}

function diffPair<K extends ChildKind>(kind: K, relation: Named, from: ChildKinds[K], to: ChildKinds[K], how: Comparison): Operation[] {
  if (from === to) return NOTHING
  if (from.name === to.name || how.additive || ('named' in to && to.named === false) || ('named' in from && from.named === false)) {
    return alter(kind, childRef(kind, relation, from.name), from, to)
  }
  const renamed = { ...from, name: to.name }
  return [
    { verb: 'rename', kind, ref: childRef(kind, relation, from.name), newName: to.name } as Operation,
    ...alter(kind, childRef(kind, relation, to.name), renamed, to),
  ]
}

/** The column before a new one, so that schemas in memory keep the declared order. */
function placeOf(kind: ChildKind, from: Table | View, to: Table | View, name: string): { after: string | null } | undefined {
  if (kind !== 'column') return undefined
  const columns = to.columns ?? []
  const at = columns.findIndex((column) => column.name === name)
  const last = (from.columns ?? []).at(-1)?.name
  // The usual case, at the end, is said without a place.
  return at > 0 && columns[at - 1]?.name === last ? undefined : { after: columns[at - 1]?.name ?? null }
}

const NOTHING: Operation[] = []

// The three makers tie kind and object together; the union of operations is too wide for TypeScript to see it.
function create<K extends Kind>(kind: K, ref: ObjectRef, to: object, place?: { readonly after: string | null }): Operation {
  return { verb: 'create', kind, ref, to, ...place } as unknown as Operation
}

function drop<K extends Kind>(kind: K, ref: ObjectRef, from: object): Operation {
  return { verb: 'drop', kind, ref, from } as unknown as Operation
}

function alter<K extends Kind>(kind: K, ref: ObjectRef, from: TopKinds[K & TopKind] | ChildKinds[K & ChildKind], to: typeof from): Operation[] {
  const fields = differingFields(kind, from as never, to as never)
  return fields.length === 0 ? NOTHING : [{ verb: 'alter', kind, ref, from, to, fields } as unknown as Operation]
}
