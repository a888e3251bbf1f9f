import type { Named } from '../../../schema/schema.ts'
import { literal as literalAnywhere, quoteName } from '../literal.ts'

export { quoteName } from '../literal.ts'

/** `"schema"."name"`; the name alone where there is no schema. */
export const qualified = (named: { readonly schema: string; readonly name: string }): string =>
  named.schema === '' ? quoteName(named.name) : `${quoteName(named.schema)}.${quoteName(named.name)}`

/** Names in parentheses: `("a", "b")`. */
export const nameList = (names: readonly string[]): string => `(${names.map(quoteName).join(', ')})`

/** A text as a literal, without a blank of its own before it: never after what could be a part of a name. */
export const literal = (text: string): string => literalAnywhere(text).trimStart()

/** The relation that a child belongs to. */
export const relationOf = (ref: { readonly schema: string; readonly table?: string }): Named => ({ schema: ref.schema, name: ref.table ?? '' })

/** Joins names to one of at most 63 bytes, as the server would cut it, with the label kept whole. */
export function madeUpName(parts: readonly string[], label: string): string {
  const room = 63 - Buffer.byteLength(label) - 1
  let text = parts.join('_')
  while (Buffer.byteLength(text) > room) text = [...text].slice(0, -1).join('')
  return `${text}_${label}`
}

/** `key=value` options of the catalogues as `"key" = 'value'`. */
export function parameterList(parameters: readonly string[]): string {
  const pairs = parameters.map(splitPair).map(([key, value]) => `${parameterName(key)} = ${literal(value)}`)
  return `(${pairs.join(', ')})`
}

/** The names alone, for RESET. */
export const parameterNames = (parameters: readonly string[]): string => `(${parameters.map((item) => parameterName(splitPair(item)[0])).join(', ')})`

/** `toast.autovacuum_enabled` is two names. */
const parameterName = (key: string): string => key.split('.').map(quoteName).join('.')

/** The name and the value of `key=value`. */
export function splitPair(parameter: string): readonly [string, string] {
  const at = parameter.indexOf('=')
  return at < 0 ? [parameter, ''] : [parameter.slice(0, at), parameter.slice(at + 1)]
}
