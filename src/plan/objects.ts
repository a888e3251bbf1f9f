import type { ChildKind, Kind, Kinds, ObjectRef, Schema, Table, TopKind, View } from '../schema/schema.ts'
import { CHILD_KINDS, TOP_KINDS, childRef, childrenOf, refKey, refOf } from '../schema/schema.ts'

/** An object of a schema with where it stands. */
export interface Located<K extends Kind = Kind> {
  readonly kind: K
  readonly ref: ObjectRef
  readonly object: Kinds[K]
}

/** Every object of a schema, children too, by `refKey`. */
export type Objects = ReadonlyMap<string, Located>

/** All objects of a schema in the schema's order. */
export function listObjects(schema: Schema): Objects {
  const objects = new Map<string, Located>()
  const add = (kind: Kind, ref: ObjectRef, object: Kinds[Kind]): void => void objects.set(refKey(ref), { kind, ref, object })
  for (const kind of TOP_KINDS) for (const object of schema[kind]) addTop(kind, object, add)
  return objects
}

/** The children of a relation, located; none for other kinds. */
export function locatedChildren(kind: Kind, object: Kinds[Kind]): readonly Located[] {
  if (kind !== 'table' && kind !== 'view') return []
  // The two kinds with children; the check above is what TypeScript cannot relate to the object.
  const relation = object as unknown as Table | View
  return CHILD_KINDS.flatMap((child: ChildKind) =>
    childrenOf(relation, child).map((item) => ({ kind: child, ref: childRef(child, relation, item.name), object: item as Kinds[Kind] })),
  )
}

type Add = (kind: Kind, ref: ObjectRef, object: Kinds[Kind]) => void

function addTop(kind: TopKind, object: object, add: Add): void {
  // `schema[kind]` holds objects of that kind.
  const whole = object as Kinds[Kind]
  add(kind, refOf(kind, whole as never), whole)
  for (const child of locatedChildren(kind, whole)) add(child.kind, child.ref, child.object)
}
