import type { ChildKind, ChildKinds, Constraint, Index } from '../schema/schema.ts'
import { keyOf } from '../schema/schema.ts'
import { differingFields } from './fields.ts'

/** Which children of a relation are the same object on both sides. */
export interface Matched<T> {
  readonly pairs: readonly { readonly from: T; readonly to: T }[]
  readonly added: readonly T[]
  readonly removed: readonly T[]
}

/** Pairs the children of one relation: by name first; what constraints and indexes are left, by their structure. */
export function matchChildren<K extends ChildKind>(
  kind: K,
  from: readonly ChildKinds[K][],
  to: readonly ChildKinds[K][],
): Matched<ChildKinds[K]> {
  if (from.length === 0) return { pairs: [], added: to, removed: [] }
  const inPlace = pairsInPlace(kind, from, to)
  if (inPlace !== null) return { pairs: inPlace, added: [], removed: [] }
  const byName = new Map(from.map((item) => [item.name, item]))
  const pairs: { from: ChildKinds[K]; to: ChildKinds[K] }[] = []
  const rest: ChildKinds[K][] = []
  for (const item of to) {
    const same = byName.get(item.name)
    if (same === undefined || (structured(kind) && madeUp(item, same) && !alike(kind, same, item)) || isElsewhere(kind, item, same, [from, to])) rest.push(item)
    else {
      pairs.push({ from: same, to: item })
      byName.delete(item.name)
    }
  }
  if (rest.length === 0 || !structured(kind)) return { pairs, added: rest, removed: [...byName.values()] }
  return matchByStructure(kind, pairs, rest, byName)
}

/** The usual case, without any look-up: the same names in the same order. `null` when it is not. */
function pairsInPlace<K extends ChildKind>(kind: K, from: readonly ChildKinds[K][], to: readonly ChildKinds[K][]): Matched<ChildKinds[K]>['pairs'] | null {
  if (from.length !== to.length) return null
  const pairs: { from: ChildKinds[K]; to: ChildKinds[K] }[] = []
  for (const [at, item] of to.entries()) {
    const old = from[at]
    if (old === undefined || old.name !== item.name || (structured(kind) && madeUp(item, old) && !alike(kind, old, item)) || isElsewhere(kind, item, old, [from, to])) return null
    pairs.push({ from: old, to: item })
  }
  return pairs
}

function matchByStructure<K extends ChildKind>(
  kind: K,
  pairs: { from: ChildKinds[K]; to: ChildKinds[K] }[],
  rest: readonly ChildKinds[K][],
  left: Map<string, ChildKinds[K]>,
): Matched<ChildKinds[K]> {
  const byStructure = group([...left.values()], kind)
  const added: ChildKinds[K][] = []
  for (const item of rest) {
    const same = byStructure.get(structure(kind, item))?.find((candidate) => left.has(candidate.name) && alike(kind, candidate, item))
    if (same === undefined) added.push(item)
    else {
      pairs.push({ from: same, to: item })
      left.delete(same.name)
    }
  }
  return { pairs, added, removed: [...left.values()] }
}

function group<K extends ChildKind>(items: readonly ChildKinds[K][], kind: K): Map<string, ChildKinds[K][]> {
  const groups = new Map<string, ChildKinds[K][]>()
  for (const item of items) {
    const key = structure(kind, item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

/** True for an index of a partition that is a part of another index than the one of its name, while another one fits better. */
function isElsewhere(kind: ChildKind, wanted: object, found: object, [from, to]: readonly [readonly object[], readonly object[]]): boolean {
  if (kind !== 'index') return false
  const parent = (index: object): string | null => {
    const { attachedTo } = index as Index
    return attachedTo == null ? null : keyOf({ schema: attachedTo.schema, name: attachedTo.name })
  }
  const [now, before] = [parent(wanted), parent(found)]
  return now !== null && before !== null && now !== before && (from.some((other) => parent(other) === now) || to.some((other) => parent(other) === before))
}

const structured = (kind: ChildKind): boolean => kind === 'constraint' || kind === 'index'

const madeUp = (a: object, b: object): boolean => ('named' in a && a.named === false) || ('named' in b && b.named === false)

const LIGHT: ReadonlySet<string> = new Set(['comment', 'indexComment', 'valid', 'validated', 'clustered'])

/** The same but for what can be altered without making it anew. */
const alike = <K extends ChildKind>(kind: K, from: ChildKinds[K], to: ChildKinds[K]): boolean =>
  // A child kind's objects are that kind's objects; the two mapped types are not unified by TypeScript.
  differingFields(kind, from as never, to as never).every((field) => LIGHT.has(field))

/** A coarse key: equal for what may be the same object; `alike` has the last word. */
function structure(kind: ChildKind, item: object): string {
  return kind === 'index' ? indexKey(item as Index) : constraintKey(item as Constraint)
}

function indexKey(index: Index): string {
  return JSON.stringify([index.unique, index.method, index.keys.map((key) => [key.column, key.expression, key.order]), index.where])
}

function constraintKey(constraint: Constraint): string {
  switch (constraint.type) {
    case 'primaryKey':
    case 'unique':
      return JSON.stringify([constraint.type, constraint.columns])
    case 'foreignKey':
      return JSON.stringify([constraint.type, constraint.columns, keyOf({ schema: constraint.references.schema, name: constraint.references.table })])
    case 'check':
      return JSON.stringify([constraint.type, constraint.expression])
    case 'exclusion':
      return JSON.stringify([constraint.type, constraint.definition])
  }
}
