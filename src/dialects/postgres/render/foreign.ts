import { literal, quoteName, splitPair } from './names.ts'

/** ` OPTIONS (…)` of a foreign table; nothing without any. */
export function foreignOptions(options: readonly string[]): string {
  if (options.length === 0) return ''
  return ` OPTIONS (${options.map(splitPair).map(([key, value]) => `${quoteName(key)} ${literal(value)}`).join(', ')})`
}

/** `OPTIONS (ADD …, SET …, DROP …)` between two lists. */
export function changeForeignOptions(from: readonly string[], to: readonly string[]): string {
  const [before, after] = [new Map(from.map(splitPair)), new Map(to.map(splitPair))]
  const changes = [
    ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `DROP ${quoteName(key)}`),
    ...[...after].filter(([key, value]) => before.get(key) !== value).map(([key, value]) => `${before.has(key) ? 'SET' : 'ADD'} ${quoteName(key)} ${literal(value)}`),
  ]
  return `OPTIONS (${changes.join(', ')})`
}
