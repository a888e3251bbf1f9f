import type { Column, Constraint, ForeignKey, Index, Schema, Table } from '../../schema/schema.ts'
import { sortSchema } from '../../schema/schema.ts'
import { agreeUniques } from './agree-uniques.ts'
import { canonical } from './canonical.ts'
import { foldName, sameName } from './names.ts'
import { requalify } from './ddl.ts'
import { tokenize } from './tokens.ts'

/**
 * SQLite keeps texts as they were written, so that two that mean the same may differ. Where a declared piece and the live one
 * surely mean the same, the live words are taken: what differs afterwards, differs.
 */
export function agree(declared: Schema, live: Schema): Schema {
  const table = declared.table.map((candidate) => {
    const same = live.table.find((other) => sameName(other.name, candidate.name))
    return same === undefined ? candidate : agreeTable(candidate, same, live)
  })
  // Constraints may have taken other names.
  return sortSchema({ ...declared, table })
}

function agreeTable(declared: Table, live: Table, schema: Schema): Table {
  const columns = declared.columns.map((column) => {
    const same = live.columns.find((other) => sameName(other.name, column.name))
    return same === undefined ? column : { ...agreeColumn(column, same, live.name), notNull: agreeNotNull(declared, live, column, same) }
  })
  const keys = agreeUniques(declared, live)
  const constraints = keys.constraints.map((constraint) => agreeConstraint(constraint, live, schema))
  return { ...declared, columns, constraints, indexes: agreeIndexes(keys.indexes, live) }
}

/** Conditions and expressions in the words of those that the table has already. */
function agreeIndexes(declared: readonly Index[], live: Table): readonly Index[] {
  if (!declared.some((index) => index.where !== null || index.keys.some((key) => key.expression !== null))) return declared
  const words = new Map<string, string>()
  for (const text of live.indexes.flatMap((index) => [index.where, ...index.keys.map((key) => key.expression)])) if (text !== null) words.set(plainExpression(text, live.name), text)
  const inWords = (text: string | null): string | null => (text === null ? null : (words.get(plainExpression(text, live.name)) ?? text))
  return declared.map((index) => ({ ...index, where: inWords(index.where), keys: index.keys.map((key) => ({ ...key, expression: inWords(key.expression) })) }))
}

/** A key that the database never lets be NULL need not be loosened: SQLite alone would let it, where nobody said NOT NULL. */
function agreeNotNull(declared: Table, live: Table, column: Column, there: Column): boolean {
  if (isRowid(live, there)) return there.notNull
  const keyed = declared.constraints.some((constraint) => constraint.type === 'primaryKey' && constraint.columns.some((name) => sameName(name, column.name)))
  return column.notNull || (keyed && there.notNull)
}

/** The number of a row is never NULL, whether its column says so or not. */
function isRowid(table: Table, column: Column): boolean {
  const key = table.constraints.find((constraint) => constraint.type === 'primaryKey')
  return table.withoutRowid !== true && column.type.toUpperCase() === 'INTEGER' && key?.columns.length === 1 && sameName(key.columns[0] ?? '', column.name)
}

function agreeColumn(declared: Column, live: Column, table: string): Column {
  const text = sameMeaning(asNumber(declared.default), asNumber(live.default), '') || (isNull(declared.default) && isNull(live.default)) ? live.default : declared.default
  const sameGenerated = declared.generated && live.generated && declared.generated.stored === live.generated.stored && sameMeaning(declared.generated.expression, live.generated.expression, table)
  return { ...declared, default: text, ...(sameGenerated && live.generated && { generated: live.generated }) }
}

function agreeConstraint(declared: Constraint, live: Table, schema: Schema): Constraint {
  const same = live.constraints.find((other) => meansTheSame(declared, other, live.name, schema))
  if (same === undefined) return declared
  // A name that was written on one side only is not compared.
  const named = declared.named !== false && same.named !== false
  return named ? { ...same, name: declared.name, named: true } : { ...same, ...(declared.named !== false && { named: false, name: same.name }) }
}

function meansTheSame(a: Constraint, b: Constraint, table: string, schema: Schema): boolean {
  if (a.type === 'check' && b.type === 'check') return plainExpression(a.expression, table) === plainExpression(b.expression, table)
  if (a.type === 'foreignKey' && b.type === 'foreignKey') return sameForeignKey(a, b, schema)
  return false
}

function sameForeignKey(a: ForeignKey, b: ForeignKey, schema: Schema): boolean {
  const parent = schema.table.find((table) => sameName(table.name, a.references.table))
  const key = parent?.constraints.find((constraint) => constraint.type === 'primaryKey')
  const referenced = (foreignKey: ForeignKey): string => (foreignKey.references.columns.length > 0 ? foreignKey.references.columns : (key?.columns ?? [])).map(foldName).join('\u0000')
  return sameName(a.references.table, b.references.table)
    && a.columns.map(foldName).join('\u0000') === b.columns.map(foldName).join('\u0000')
    && referenced(a) === referenced(b)
    && a.onDelete === b.onDelete && a.onUpdate === b.onUpdate && (a.deferrable ?? 'no') === (b.deferrable ?? 'no')
}

const isNull = (text: string | null): boolean => text === null || text.toUpperCase() === 'NULL'

/** The two are other names of 1 and 0 (https://www.sqlite.org/lang_expr.html#boolean_expressions). */
const asNumber = (text: string | null): string | null => (text?.toUpperCase() === 'TRUE' ? '1' : text?.toUpperCase() === 'FALSE' ? '0' : text)

function sameMeaning(a: string | null, b: string | null, table: string): boolean {
  return a !== null && b !== null && plainExpression(a, table) === plainExpression(b, table)
}

/** Without outer parentheses and without the table's own name before its columns. */
function plainExpression(expression: string, table: string): string {
  const mark = '\u0001'
  const qualified = table === '' ? expression : requalify(expression, table, mark)
  let text = canonical(qualified.replaceAll(`"${mark}".`, '').replaceAll(`"${mark}" .`, ''))
  for (let inner = stripParentheses(text); inner !== text; inner = stripParentheses(text)) text = inner
  return text
}

function stripParentheses(text: string): string {
  const tokens = tokenize(text)
  if (tokens[0]?.text !== '(' || tokens.at(-1)?.text !== ')') return text
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0 && index < tokens.length - 1) return text
  }
  return text.slice(1, -1).trim()
}
