import type { AlterOperation } from '../../../operations/operation.ts'
import type { Composite, EnumType, Kind } from '../../../schema/schema.ts'
import { literal, qualified, quoteName } from './names.ts'
import { commentOn } from './privileges.ts'

type Attribute = Composite['attributes'][number]

/** `"name" type`. */
export const attributeText = (attribute: Attribute): string =>
  `${quoteName(attribute.name)} ${attribute.type}${attribute.collation == null ? '' : ` COLLATE ${attribute.collation}`}`

/** Each new value with its place, in an order in which the neighbour is there already; `null` when values go or move. */
export function addedValues(from: readonly string[], to: readonly string[]): readonly { value: string; place: string }[] | null {
  const kept = to.filter((value) => from.includes(value))
  if (kept.length !== from.length || kept.some((value, i) => value !== from[i])) return null
  return to.flatMap((value, i) => {
    if (from.includes(value)) return []
    const next = to.slice(i + 1).find((other) => from.includes(other))
    const previous = to[i - 1]
    if (next === undefined) return [{ value, place: '' }]
    return [{ value, place: previous === undefined ? ` BEFORE ${literal(next)}` : ` AFTER ${literal(previous)}` }]
  })
}

/** `null` when attributes change their type or place: then it takes a new type. */
export function alterAttributes(from: Composite, to: Composite): readonly string[] | null {
  const kept = from.attributes.filter((old) => to.attributes.some((now) => now.name === old.name))
  const moved = kept.some((old, i) => to.attributes[i]?.name !== old.name)
  const retyped = kept.some((old, i) => to.attributes[i]?.type !== old.type || (to.attributes[i]?.collation ?? null) !== (old.collation ?? null))
  if (moved || retyped) return null
  const name = qualified(to)
  const gone = from.attributes.filter((old) => !kept.includes(old)).map((old) => `ALTER TYPE ${name} DROP ATTRIBUTE ${quoteName(old.name)}`)
  const added = to.attributes.slice(kept.length).map((now) => `ALTER TYPE ${name} ADD ATTRIBUTE ${attributeText(now)}`)
  const comments = to.attributes.flatMap((now) => {
    const old = kept.find((other) => other.name === now.name)
    return (old?.comment ?? null) === (now.comment ?? null) ? [] : [commentOn(`COLUMN ${name}.${quoteName(now.name)}`, now.comment ?? null)]
  })
  return [...gone, ...added, ...comments]
}

/** True for a change of a type or collation that takes a new one in its place. `needs` among the fields: something that it is made of is made anew. */
export function isRetyped(operation: AlterOperation<Kind>): boolean {
  const has = (field: string): boolean => operation.fields.includes(field)
  switch (operation.kind) {
    case 'enum':
      return has('values') && addedValues((operation.from as EnumType).values, (operation.to as EnumType).values) === null
    case 'collation':
      return has('definition')
    case 'domain':
      return has('type') || has('collation') || has('needs')
    case 'composite':
      return has('needs') || (has('attributes') && alterAttributes(operation.from as Composite, operation.to as Composite) === null)
    case 'range':
      return has('options') || has('needs')
    default:
      return false
  }
}
