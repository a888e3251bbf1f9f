import type { Constraint, Index } from '../../../schema/schema.ts'
import { printName } from '../names.ts'
import { nextToken } from '../text/tokens.ts'
import type { Token } from '../text/tokens.ts'

/** Where an expression in the server's words names a column. */
function places(text: string, column: string): readonly Token[] {
  const found: Token[] = []
  let before = ''
  for (let token = nextToken(text, 0); token !== null; token = nextToken(text, token.end)) {
    const named = token.kind === 'name' ? token.value.slice(1, -1).replaceAll('""', '"') : token.kind === 'word' ? token.value : null
    // Behind a colon stands a type, before a parenthesis a function.
    const isColumn = named === column && before !== ':' && nextToken(text, token.end)?.value !== '('
    if (isColumn) found.push(token)
    before = token.value
  }
  return found
}

/** True when an expression reads the column. */
export const mentions = (text: string, column: string): boolean => places(text, column).length > 0

/** The expression over another column. */
export function withColumn(text: string, from: string, to: string): string {
  return places(text, from).reduceRight((all, { start, end }) => all.slice(0, start) + printName(to) + all.slice(end), text)
}

/** True when a constraint stands on the column of its own table. */
export function standsOn(constraint: Constraint, column: string): boolean {
  if (constraint.type === 'check') return mentions(constraint.expression, column)
  return constraint.type === 'exclusion' ? mentions(constraint.definition, column) : constraint.columns.includes(column)
}

/** True when an index reads the column. */
export function indexReads(index: Index, column: string): boolean {
  return index.keys.some((key) => key.column === column || (key.expression !== null && mentions(key.expression, column))) ||
    (index.include ?? []).includes(column) || (index.where !== null && mentions(index.where, column))
}

/** The same constraint over another column. */
export function moveConstraint(constraint: Constraint, from: string, to: string): Constraint {
  if (constraint.type === 'exclusion') return constraint
  if (constraint.type === 'check') return { ...constraint, expression: withColumn(constraint.expression, from, to) }
  const move = (name: string): string => (name === from ? to : name)
  const moved = { ...constraint, columns: constraint.columns.map(move) }
  return moved.type === 'foreignKey' ? { ...moved, ...(moved.setColumns && { setColumns: moved.setColumns.map(move) }) } : { ...moved, ...(moved.include && { include: moved.include.map(move) }) }
}

/** The same index over another column. */
export function moveIndex(index: Index, from: string, to: string): Index {
  const keys = index.keys.map((key) => ({
    ...key, column: key.column === from ? to : key.column, expression: key.expression === null ? null : withColumn(key.expression, from, to),
  }))
  return { ...index, keys, where: index.where === null ? null : withColumn(index.where, from, to), ...(index.include && { include: index.include.map((name) => (name === from ? to : name)) }) }
}
