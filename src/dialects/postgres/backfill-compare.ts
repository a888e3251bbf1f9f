import type { KeyColumn } from './backfill-survey.ts'
import { quoteName } from './literal.ts'

/**
 * Compares a key with values that are written as literals. Rows are compared as one, which an index can follow; where the order
 * is an extension's own, column by column by its operators, wherever the extension lies: the comparison of another type that
 * the server would find instead sorts otherwise, and rows would be left out.
 */
export function compare(operator: '>' | '<=', key: readonly KeyColumn[], literals: readonly string[]): string {
  const typed = key.map((column, i) => `${literals[i] ?? ''}::${column.type}`)
  if (key.every((column) => column.operators === 'pg_catalog')) return `(${key.map(nameOf).join(', ')}) ${operator} (${typed.join(', ')})`
  const one = (at: number, symbol: string): string => {
    const column = key[at] as KeyColumn
    return `${nameOf(column)} OPERATOR(${quoteName(column.operators)}.${symbol}) ${typed[at] ?? ''}`
  }
  const strict = operator === '>' ? '>' : '<'
  const last = key.length - 1
  const cases = key.map((_, at) => [...key.slice(0, at).map((_column, i) => one(i, '=')), one(at, at === last ? operator : strict)].join(' AND '))
  // The first column alone again: an index follows it, and not the cases.
  return last === 0 ? one(0, operator) : `(${one(0, operator === '>' ? '>=' : '<=')} AND (${cases.map((text) => `(${text})`).join(' OR ')}))`
}

const nameOf = (column: KeyColumn): string => quoteName(column.name)
