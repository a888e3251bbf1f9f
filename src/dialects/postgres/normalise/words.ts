import type { Column, Constraint, Index, Table } from '../../../schema/schema.ts'

/**
 * The declaration with the server's words in it: every field that the declaration speaks of is taken from what the server
 * made of it; what it leaves out stays left out.
 */
export function inWords<T extends object>(declared: T, words: T, keep: readonly (keyof T)[] = []): T {
  const entries = Object.entries(declared).map(([key, value]) => {
    const word: unknown = (words as Record<string, unknown>)[key]
    const kept = value === undefined || word === undefined || keep.includes(key as keyof T)
    return [key, kept ? value : mix(value, word)]
  })
  // The same keys as in `declared`, with values of the same fields.
  return Object.fromEntries(entries) as T
}

/** Inside of objects and lists the same holds: only what was said is taken over. */
function mix(value: unknown, word: unknown): unknown {
  if (isPlain(value) && isPlain(word)) return inWords(value, word)
  if (Array.isArray(value) && Array.isArray(word) && value.length === word.length) return value.map((item, i) => mix(item, word[i]))
  return word
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A column's fields that are not words: who may do what, what it is for, what it needs; an identity's numbers, which a trial leaves out. */
const COLUMN_KEEP = ['name', 'identity', 'comment', 'owner', 'grants', 'needs', 'local', 'notNullName', 'statistics', 'options'] as const satisfies readonly (keyof Column)[]

/** A default that only a sequence which need not be there yet can give; it is in the server's words already. */
export const isNextval = (column: Column): boolean => /^nextval\(E?'(?:[^']|'')*'::regclass\)$/.test(column.default ?? '')

export const columnInWords = (declared: Column, words: Column): Column =>
  inWords(declared, words, isNextval(declared) ? [...COLUMN_KEEP, 'default'] : COLUMN_KEEP)

export function constraintInWords(declared: Constraint, words: Constraint): Constraint {
  if (declared.type === 'check' && words.type === 'check') return { ...declared, expression: words.expression }
  if (declared.type === 'exclusion' && words.type === 'exclusion') return { ...declared, definition: words.definition }
  return declared
}

export function indexInWords(declared: Index, words: Index): Index {
  return { ...declared, method: words.method, keys: declared.keys.map((key, i) => mix(key, words.keys[i]) as typeof key), where: words.where }
}

/** All children of a table in the words of others, found by the given name of each. */
export function tableInWords(declared: Table, words: Pick<Table, 'columns' | 'constraints' | 'indexes'>, nameOf: (kind: 'constraint' | 'index', at: number) => string): Table {
  const columns = new Map(words.columns.map((column) => [column.name, column]))
  const constraints = new Map(words.constraints.map((constraint) => [constraint.name, constraint]))
  const indexes = new Map(words.indexes.map((index) => [index.name, index]))
  return {
    ...declared,
    columns: declared.columns.map((column) => {
      const word = columns.get(column.name)
      return word === undefined ? column : columnInWords(column, word)
    }),
    constraints: declared.constraints.map((constraint, at) => {
      const word = constraints.get(nameOf('constraint', at))
      return word === undefined ? constraint : constraintInWords(constraint, word)
    }),
    indexes: declared.indexes.map((index, at) => {
      const word = indexes.get(nameOf('index', at))
      return word === undefined ? index : indexInWords(index, word)
    }),
  }
}
