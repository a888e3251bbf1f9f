import type { Node, RangeVar, TypeName } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import type { TypeFact } from '../../facts.ts'

/** What the parser (`libpg-query`) gives for one text. */
export type Parse = (text: string) => { readonly stmts?: readonly { readonly stmt?: Node }[] }

/** The kinds of node by their tag. */
type Tags<T> = T extends unknown ? keyof T : never
export type Tag = Tags<Node>
export type NodeOf<T extends Tag> = Extract<Node, { readonly [K in T]: unknown }>[T & keyof Extract<Node, { readonly [K in T]: unknown }>]

/** The node's own fields when it is of this kind. */
export function as<T extends Tag>(node: Node | undefined, tag: T): NodeOf<T> | undefined {
  // Every node is an object with its tag as the only key.
  return node === undefined ? undefined : (node as Readonly<Record<string, unknown>>)[tag] as NodeOf<T> | undefined
}

export const tagOf = (node: Node): string => Object.keys(node)[0] ?? ''

/** The texts of a list of `String` nodes; a `List` gives those in it. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    const text = as(node, 'String')?.sval
    return text === undefined ? strings(as(node, 'List')?.items) : [text]
  })
}

/** A dotted name of an object: its parts, the last one first in meaning. */
export function nameOf(node: Node | undefined): readonly string[] {
  const text = as(node, 'String')?.sval
  if (text !== undefined) return [text]
  const type = as(node, 'TypeName')
  if (type !== undefined) return strings(type.names)
  const routine = as(node, 'ObjectWithArgs')
  if (routine !== undefined) return strings(routine.objname)
  return strings(as(node, 'List')?.items)
}

export const dotted = (parts: readonly string[]): string => parts.join('.')

export function namedOf(parts: readonly string[], defaultSchema: string): Named {
  const name = parts.at(-1) ?? ''
  return { schema: parts.at(-2) ?? defaultSchema, name }
}

export const relationOf = (relation: RangeVar | undefined, defaultSchema: string): Named =>
  ({ schema: relation?.schemaname ?? defaultSchema, name: relation?.relname ?? '' })

const SERIAL = /^(small|big)?serial[248]?$/

/** A type in its short spelling. `int[]` and `int` differ by `array` only. */
export function typeOf(type: TypeName | undefined): TypeFact {
  const parts = strings(type?.names)
  const name = parts.at(-1) ?? ''
  const schema = parts.at(-2) ?? null
  const mods = (type?.typmods ?? []).flatMap((node) => {
    const constant = as(node, 'A_Const')
    return constant?.ival === undefined ? [] : [constant.ival.ival ?? 0]
  })
  return { name, schema: schema === 'pg_catalog' ? null : schema, mods, array: (type?.arrayBounds ?? []).length > 0, serial: schema === null && SERIAL.test(name) }
}

/** A type as people write it. */
export function typeText(type: TypeFact): string {
  const known: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint', float4: 'real', float8: 'double precision', bool: 'boolean', bpchar: 'char', timestamptz: 'timestamptz' }
  return `${type.schema === null ? '' : `${type.schema}.`}${known[type.name] ?? type.name}${type.mods.length > 0 ? `(${type.mods.join(', ')})` : ''}${type.array ? '[]' : ''}`
}

/** Calls `visit` for every tagged node below, with its tag. */
export function walk(value: unknown, visit: (tag: string, node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (/^[A-Z]/.test(key) && typeof inner === 'object' && inner !== null) visit(key, inner as Readonly<Record<string, unknown>>)
      walk(inner, visit)
    }
  }
}

/** True for an option that is on: `FULL`, `FULL true`, `FULL 1`. */
export function optionIs(options: readonly Node[] | undefined, name: string): boolean {
  return (options ?? []).some((node) => {
    const option = as(node, 'DefElem')
    if (option?.defname !== name) return false
    const text = as(option.arg, 'String')?.sval?.toLowerCase()
    const number = as(option.arg, 'Integer')
    const flag = as(option.arg, 'Boolean')
    if (flag !== undefined) return flag.boolval === true
    if (number !== undefined) return (number.ival ?? 0) !== 0
    return text === undefined || !['false', 'off', '0', 'no'].includes(text)
  })
}
