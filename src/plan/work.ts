import type { AlterOperation, Operation, RenameOperation } from '../operations/operation.ts'
import type { Column, Kind, ObjectRef } from '../schema/schema.ts'
import { refKey } from '../schema/schema.ts'
import type { Located, Objects } from './objects.ts'

/** All that is to be done with one object. `drop` and `create` together: it is replaced. */
export interface Work {
  readonly ref: ObjectRef
  drop?: Located
  create?: Located
  alter?: AlterOperation<Kind>
  /** The place of a new column, as its operation said it. */
  after?: string | null
  /** A column whose default leaves before, and comes back after, something that it needs is made anew: as it was and will be. */
  detach?: { readonly from: Column; readonly to: Column }
}

export interface WorkSet {
  readonly items: Map<string, Work>
  readonly renames: readonly RenameOperation<Kind>[]
}

/** Sorts operations by object; those that the dialect cannot do in place become replacements. */
export function collectWork(
  operations: readonly Operation[],
  from: Objects,
  to: Objects,
  alterable: (operation: AlterOperation<Kind>) => boolean,
): WorkSet {
  const items = new Map<string, Work>()
  const renames: RenameOperation<Kind>[] = []
  for (const operation of operations) {
    if (operation.verb === 'rename') renames.push(operation)
    else collect(operation, workOn(items, operation.ref), from, to, alterable)
  }
  return { items, renames }
}

/** The entry of an object, made when it is not there. */
export function workOn(items: Map<string, Work>, ref: ObjectRef): Work {
  const key = refKey(ref)
  const work = items.get(key) ?? { ref }
  items.set(key, work)
  return work
}

/** Replaces an object: it goes as it was and comes as it will be. */
export function replace(work: Work, from: Located, to: Located | undefined): void {
  work.drop ??= from
  if (to !== undefined) work.create ??= to
  delete work.alter
}

/** Children of a relation that is made or dropped as a whole need no work of their own. */
export function dropCovered(items: Map<string, Work>): void {
  for (const [key, work] of items) {
    if (work.ref.table === undefined) continue
    const relation = { schema: work.ref.schema, name: work.ref.table }
    const whole = items.get(refKey({ kind: 'table', ...relation })) ?? items.get(refKey({ kind: 'view', ...relation }))
    if (whole?.drop !== undefined || whole?.create !== undefined) items.delete(key)
  }
}

function collect(
  operation: Exclude<Operation, RenameOperation<Kind>>,
  work: Work,
  from: Objects,
  to: Objects,
  alterable: (operation: AlterOperation<Kind>) => boolean,
): void {
  const { kind, ref } = operation
  switch (operation.verb) {
    case 'create':
      work.create = { kind, ref, object: operation.to }
      if (operation.after !== undefined) work.after = operation.after
      return
    case 'drop':
      work.drop = { kind, ref, object: operation.from }
      return
    case 'alter':
      if (alterable(operation as AlterOperation<Kind>)) {
        work.alter = operation as AlterOperation<Kind>
        return
      }
      // The whole object with its children as they are and will be, not only what the operation holds.
      replace(work, from.get(refKey(ref)) ?? { kind, ref, object: operation.from }, to.get(refKey(ref)) ?? { kind, ref, object: operation.to })
  }
}
