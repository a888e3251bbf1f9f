import { TrueupError } from '../errors.ts'
import type { AlterOperation } from '../operations/operation.ts'
import type { Column, Composite, EnumType, Index, Kind, ObjectRef, Sequence, Table } from '../schema/schema.ts'
import { childRef, displayName, keyOf, refKey } from '../schema/schema.ts'
import type { Located, Objects } from './objects.ts'
import type { Requirements } from './requirements.ts'
import { words } from './requirements.ts'
import type { Work, WorkSet } from './work.ts'
import { replace, workOn } from './work.ts'

/**
 * What a change does to the objects that depend on the changed one: `replaced` objects are gone for a moment; the values of a
 * `retyped` type move to a new type of its name, and so do those of a collation; a `column` gets another type in place.
 */
type Change = 'replaced' | 'dropped' | 'retyped' | 'column'

/**
 * Adds the objects that must leave before a change and come back after it: views over an altered column, triggers of a replaced
 * function, and what depends on those. What depends on a `dropped` object and stays as it is finds another one under its name.
 */
export function addRebuilds(work: WorkSet, from: Objects, to: Objects, requirements: Requirements): void {
  for (const item of Array.from(work.items.values())) if (item.alter !== undefined && changeOf(item.alter) === 'column') replaceKeyed(work, item.ref, from, to)
  const queue = seeds(work)
  if (queue.length === 0) return
  const dependents = reverseOf(from, requirements)
  const seen = new Set<string>()
  const children = childTables(from)
  for (let seed = queue.pop(); seed !== undefined; seed = queue.pop()) {
    const mark = `${seed.change} ${seed.key}`
    if (seen.has(mark)) continue
    seen.add(mark)
    if (seed.kind === 'column' && seed.change === 'column') detachChildren(work, seed.key, children, from, to)
    if (seed.kind === 'column' && seed.change === 'replaced') queue.push(...replaceChildren(work, seed.key, children, from, to))
    for (const dependent of dependents.get(seed.key) ?? []) {
      const next = rebuild(work, seed, dependent, to)
      if (next === null) continue
      queue.push({ key: refKey(dependent.ref), change: next, kind: dependent.kind })
      const table = next === 'column' ? replaceKeyed(work, dependent.ref, from, to) : null
      if (table !== null) queue.push({ key: refKey(table.ref), change: 'replaced', kind: 'table' })
    }
  }
}

/** The tables that are partitions or children of one, by its key. */
function childTables(objects: Objects): ReadonlyMap<string, readonly ObjectRef[]> {
  const found = new Map<string, ObjectRef[]>()
  for (const { kind, ref, object } of objects.values()) {
    if (kind !== 'table') continue
    const { partitionOf, inherits } = object as Table
    for (const { schema, name } of [...(partitionOf == null ? [] : [partitionOf.parent]), ...(inherits ?? [])]) {
      const key = refKey({ kind: 'table', schema, name })
      found.set(key, [...(found.get(key) ?? []), ref])
    }
  }
  return found
}

/** The type of a parent's column reaches the children's, whose own values may not fit it: they leave before, and come back after. */
function detachChildren(work: WorkSet, key: string, children: ReadonlyMap<string, readonly ObjectRef[]>, from: Objects, to: Objects): void {
  const parent = from.get(key)?.ref
  if (children.size === 0 || parent?.table === undefined) return
  for (const child of children.get(refKey({ kind: 'table', schema: parent.schema, name: parent.table })) ?? []) {
    const ref = childRef('column', child, parent.name)
    const [before, after] = [from.get(refKey(ref)), to.get(refKey(ref))]
    if (before === undefined || after === undefined) continue
    const [column, target] = [before.object as Column, after.object as Column]
    const item = workOn(work.items, ref)
    const isPlain = column.generated == null && target.generated == null && item.drop === undefined && item.create === undefined
    if (isPlain && (column.default !== null || target.default !== null)) item.detach ??= { from: column, to: target }
    detachChildren(work, refKey(ref), children, from, to)
  }
}

/** What comes to a parent's column, and goes with it, when it is made anew. */
function replaceChildren(work: WorkSet, key: string, children: ReadonlyMap<string, readonly ObjectRef[]>, from: Objects, to: Objects): readonly Seed[] {
  const parent = from.get(key)?.ref
  if (children.size === 0 || parent?.table === undefined) return []
  return (children.get(refKey({ kind: 'table', schema: parent.schema, name: parent.table })) ?? []).flatMap((child): readonly Seed[] => {
    const ref = childRef('column', child, parent.name)
    const [before, after] = [from.get(refKey(ref)), to.get(refKey(ref))]
    if (before === undefined || after === undefined || (before.object as Column).local !== false) return []
    replace(workOn(work.items, ref), before, after)
    return [{ key: refKey(ref), change: 'replaced', kind: 'column' }]
  })
}

/** No column of a partition key can change: the table is made anew, with the loss of its rows that goes with it. */
function replaceKeyed(work: WorkSet, column: ObjectRef, from: Objects, to: Objects): Located | null {
  const key = refKey({ kind: 'table', schema: column.schema, name: column.table ?? '' })
  const located = from.get(key)
  const partitionBy = located === undefined ? null : (located.object as Table).partitionBy
  if (located === undefined || partitionBy == null || !words(partitionBy).includes(column.name)) return null
  replace(workOn(work.items, located.ref), located, to.get(key))
  return located
}

/** True for an alteration that objects depending on the altered one do not survive. */
export function changeOf(operation: AlterOperation<Kind>): Change | null {
  const has = (field: string): boolean => operation.fields.includes(field)
  switch (operation.kind) {
    case 'column':
      return has('type') || has('collation') || has('generated') ? 'column' : null
    case 'enum':
      return has('values') && !isSubsequence((operation.from as EnumType).values, (operation.to as EnumType).values) ? 'retyped' : null
    case 'collation':
      return has('definition') ? 'retyped' : null
    case 'domain':
      return has('type') || has('collation') || has('needs') ? 'retyped' : null
    case 'composite':
      return has('needs') || has('attributes') && retypesAttributes(operation.from as Composite, operation.to as Composite) ? 'retyped' : null
    case 'range':
      return has('options') || has('needs') ? 'retyped' : null
    default:
      return null
  }
}

interface Seed {
  readonly key: string
  readonly change: Change
  readonly kind: Kind
}

function seeds(work: WorkSet): Seed[] {
  const found: Seed[] = []
  for (const [key, item] of work.items) {
    const change = item.drop !== undefined ? (item.create === undefined ? 'dropped' : 'replaced') : item.alter === undefined ? null : changeOf(item.alter)
    if (change !== null) found.push({ key, change, kind: item.ref.kind })
  }
  return found
}

function reverseOf(objects: Objects, requirements: Requirements): ReadonlyMap<string, readonly Located[]> {
  const reversed = new Map<string, Located[]>()
  const indexes = new Map([...objects].flatMap(([key, { kind, ref }]) => (kind === 'index' ? [[keyOf({ schema: ref.schema, name: ref.name }), key] as const] : [])))
  for (const located of objects.values()) {
    for (const key of [...requirements(located), ...parentIndex(located, indexes)]) {
      const list = reversed.get(key)
      if (list === undefined) reversed.set(key, [located])
      else list.push(located)
    }
  }
  return reversed
}

/** An index of a partition goes with the index that it is attached to. */
function parentIndex(located: Located, indexes: ReadonlyMap<string, string>): readonly string[] {
  const parent = located.kind === 'index' ? (located.object as Index).attachedTo : null
  const key = parent == null ? undefined : indexes.get(keyOf({ schema: parent.schema, name: parent.name }))
  return key === undefined ? [] : [key]
}

/** Decides about one dependent; gives the change that its own dependents see, `null` when it stays. */
function rebuild(work: WorkSet, seed: Seed, dependent: Located, to: Objects): Change | null {
  const key = refKey(dependent.ref)
  if (key === seed.key || isPartOf(seed, dependent)) return null
  const otherRoutine = seed.change === 'dropped' && seed.kind === 'routine' && !hasWork(work, key) && to.has(key)
  if (dependent.kind === 'column' && (seed.change !== 'dropped' || otherRoutine)) return rebuildColumn(work, seed, dependent, to)
  if (dependent.kind === 'sequence') return rebuildSequence(work, seed, dependent, to)
  if (dependent.kind === 'namespace' || dependent.kind === 'extension') return null
  if (dependent.kind === 'table') return rebuildTable(work, seed, dependent, to)
  if (seed.change !== 'dropped' && isType(dependent)) return retype(work, dependent, to)
  if (seed.change === 'dropped' && (dependent.kind === 'column' || hasWork(work, key) || !to.has(key))) return null
  // The server makes a key that only includes the column anew, and asks foreign keys to it to leave.
  if (seed.change === 'column' && dependent.kind === 'constraint' && 'include' in dependent.object && dependent.object.include.length > 0 && seed.kind === 'column') return hasWork(work, key) ? null : 'column'
  if (seed.change === 'column' && survivesColumn(work, dependent)) return null
  replace(workOn(work.items, dependent.ref), dependent, isRenamedTo(work, key) ? undefined : to.get(key))
  return 'replaced'
}

/** True when another object has the name in the target, and gets it by a rename. */
const isRenamedTo = (work: WorkSet, key: string): boolean => work.renames.some(({ ref, newName }) => refKey({ ...ref, name: newName }) === key)

const isType = (located: Located): boolean => located.kind === 'domain' || located.kind === 'composite' || located.kind === 'range'

function hasWork(work: WorkSet, key: string): boolean {
  const item = work.items.get(key)
  return item !== undefined && (item.drop ?? item.create ?? item.alter) !== undefined
}

/** A relation that is replaced takes its children with it. */
const isPartOf = (seed: Seed, dependent: Located): boolean =>
  dependent.ref.table !== undefined &&
  (seed.kind === 'table' || seed.kind === 'view') &&
  seed.key === refKey({ kind: seed.kind, schema: dependent.ref.schema, name: dependent.ref.table })

/** The server rebuilds indexes, checks and statistics of a column by itself when its type changes. */
function survivesColumn(work: WorkSet, dependent: Located): boolean {
  if (dependent.kind === 'index' || dependent.kind === 'statistics') return true
  if (dependent.kind !== 'constraint') return false
  const { object } = dependent as Located<'constraint'>
  return object.type !== 'foreignKey' && work.items.get(refKey(dependent.ref))?.drop === undefined
}

function rebuildColumn(work: WorkSet, seed: Seed, dependent: Located, to: Objects): Change | null {
  const column = dependent.object as Column
  if (column.generated != null) {
    replace(workOn(work.items, dependent.ref), dependent, to.get(refKey(dependent.ref)))
    return 'replaced'
  }
  if (seed.change === 'retyped') {
    // Who moves a column to the new type gives it its new default, too.
    const item = work.items.get(refKey(dependent.ref))
    if (item?.alter?.fields.every((field) => field === 'default') === true && column.local !== false) delete item.alter
    return 'column'
  }
  const target = to.get(refKey(dependent.ref))?.object as Column | undefined
  const letsGo = (seed.change === 'replaced' || seed.change === 'dropped') && column.default !== null && seed.kind !== 'table' && seed.kind !== 'view'
  if (letsGo && target !== undefined) workOn(work.items, dependent.ref).detach = { from: column, to: target }
  return null
}

/** A sequence goes with the table or column that owns it. */
function rebuildSequence(work: WorkSet, seed: Seed, dependent: Located, to: Objects): Change | null {
  const { ownedBy } = dependent.object as Sequence
  const target = to.get(refKey(dependent.ref))
  if (ownedBy === null || target === undefined || seed.change !== 'replaced') return null
  const owner = { schema: ownedBy.schema, name: ownedBy.table }
  if (seed.key !== refKey({ kind: 'table', ...owner }) && seed.key !== refKey({ kind: 'column', schema: owner.schema, table: owner.name, name: ownedBy.column })) return null
  replace(workOn(work.items, dependent.ref), dependent, target)
  return 'replaced'
}

/** A table may only go when what it is a part of goes too, which is a loss of data that was asked for. */
function rebuildTable(work: WorkSet, seed: Seed, dependent: Located, to: Objects): Change | null {
  const { object } = dependent as Located<'table'>
  if (seed.change !== 'replaced') return null
  // The rows of a foreign table are elsewhere.
  if (seed.kind !== 'table' && !(seed.kind === 'server' && object.foreign != null)) return null
  if (seed.kind === 'table' && object.partitionOf == null && object.ofType == null && (object.inherits ?? []).length === 0) return null
  replace(workOn(work.items, dependent.ref), dependent, to.get(refKey(dependent.ref)))
  return 'replaced'
}

const ALL_OF = { domain: ['type'], composite: ['attributes'], range: ['options'] } as const

/** `needs` says that the type is made anew because of what it is made of, even where its words stay the same. */
function retype(work: WorkSet, dependent: Located, to: Objects): Change | null {
  const item: Work = workOn(work.items, dependent.ref)
  if (item.drop !== undefined) return item.create === undefined ? null : 'replaced'
  const target = to.get(refKey(dependent.ref))
  if (target === undefined) {
    throw new TrueupError('not-supported', `${displayName(dependent.ref)} depends on a type that changes, and is not in the target`)
  }
  const fields = [...ALL_OF[dependent.kind as keyof typeof ALL_OF], ...(item.alter?.fields ?? []).filter((field) => field !== 'type' && field !== 'attributes' && field !== 'options'), 'needs']
  item.alter = { verb: 'alter', kind: dependent.kind, ref: dependent.ref, from: dependent.object, to: target.object, fields }
  return 'retyped'
}

/** True when `part` is in `whole` in the same order. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const item of whole) if (item === part[at]) at += 1
  return at === part.length
}

function retypesAttributes(from: Composite, to: Composite): boolean {
  const after = new Map(to.attributes.map((attribute) => [attribute.name, attribute]))
  const kept = from.attributes.filter((attribute) => after.has(attribute.name)).map((attribute) => attribute.name)
  const same = from.attributes.every((old) => {
    const now = after.get(old.name)
    return now === undefined || (now.type === old.type && (now.collation ?? null) === (old.collation ?? null))
  })
  return !same || !kept.every((name, i) => to.attributes[i]?.name === name)
}

