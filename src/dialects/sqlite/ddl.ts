import type { Check, Column, Constraint, ForeignKey, Index, IndexKey, PrimaryKey, Table, Trigger, Unique, View } from '../../schema/schema.ts'
import { TrueupError } from '../../errors.ts'
import { writeDefault } from './defaults.ts'
import { foldName, quoteName, sameName } from './names.ts'
import { tokenize } from './tokens.ts'

/** `CREATE TABLE` with all that belongs to the table itself. `name` is another name to create it under. */
export function createTable(table: Table, name = table.name): string {
  if (table.virtual !== undefined && table.virtual !== null) return `CREATE VIRTUAL TABLE ${quoteName(name)} USING ${table.virtual}`
  const key = table.constraints.find((constraint) => constraint.type === 'primaryKey')
  const inColumn = key !== undefined && key.columns.length === 1 && !hasKeyCollation(key) ? key : undefined
  const columns = table.columns.map((column) => columnClause(column, column.name === inColumn?.columns[0] ? inColumn : undefined, table, name))
  const constraints = table.constraints.filter((constraint) => constraint !== inColumn).map((constraint) => constraintClause(constraint, table, name))
  const options = [...(table.withoutRowid === true ? ['WITHOUT ROWID'] : []), ...(table.strict === true ? ['STRICT'] : [])].join(', ')
  return `CREATE TABLE ${quoteName(name)} (\n  ${[...columns, ...constraints].join(',\n  ')}\n)${options === '' ? '' : ` ${options}`}`
}

/** A column as CREATE TABLE and ADD COLUMN write it. `key`: the primary key that consists of it alone. */
export function columnClause(column: Column, key: PrimaryKey | undefined, table: Table, name = table.name): string {
  const parts = [quoteName(column.name)]
  if (column.type !== '') parts.push(column.type)
  if (key) parts.push(columnKey(key, column))
  if (column.notNull) parts.push(`NOT NULL${onConflict(column.options?.map((option) => option.replace(/^not null /, '')))}`)
  if (column.default !== null) parts.push(`DEFAULT ${writeDefault(requalify(column.default, table.name, name))}`)
  if (column.collation) parts.push(`COLLATE ${writeCollation(column.collation)}`)
  if (column.generated) parts.push(`GENERATED ALWAYS AS (${requalify(column.generated.expression, table.name, name)}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`)
  return parts.join(' ')
}

/** A constraint of a table. */
export function constraintClause(constraint: Constraint, table: Table, name = table.name): string {
  const label = constraint.named === false ? '' : `CONSTRAINT ${quoteName(constraint.name)} `
  switch (constraint.type) {
    case 'primaryKey':
      return `${label}PRIMARY KEY (${keyColumns(constraint)})${onConflict(constraint.parameters)}`
    case 'unique':
      return `${label}UNIQUE (${keyColumns(constraint)})${onConflict(constraint.parameters)}`
    case 'check':
      return `${label}${checkClause(constraint, table, name)}`
    case 'foreignKey':
      return `${label}FOREIGN KEY (${names(constraint.columns)}) ${referencesClause(constraint, table, name)}`
    case 'exclusion':
      throw new TrueupError('not-supported', `SQLite has no exclusion constraints: ${constraint.name} of ${table.name}.`, { hint: 'Use a unique index or a trigger.' })
  }
}

/** `REFERENCES …` with all that follows. A key into its own table follows the table's name. */
export function referencesClause(key: ForeignKey, table: Table, name = table.name): string {
  const target = sameName(key.references.table, table.name) ? name : key.references.table
  const columns = key.references.columns.length === 0 ? '' : ` (${names(key.references.columns)})`
  const actions = `${key.onUpdate === 'no action' ? '' : ` ON UPDATE ${key.onUpdate.toUpperCase()}`}${key.onDelete === 'no action' ? '' : ` ON DELETE ${key.onDelete.toUpperCase()}`}`
  const match = key.match === undefined || key.match === 'simple' ? '' : ` MATCH ${key.match.toUpperCase()}`
  const deferrable = key.deferrable === 'deferred' ? ' DEFERRABLE INITIALLY DEFERRED' : key.deferrable === 'immediate' ? ' DEFERRABLE' : ''
  return `REFERENCES ${quoteName(target)}${columns}${actions}${match}${deferrable}`
}

/** `CHECK (…)`. */
export function checkClause(check: Check, table: Table, name = table.name): string {
  return `CHECK (${requalify(check.expression, table.name, name)})`
}

/** `CREATE INDEX`. */
export function createIndex(index: Index, table: string): string {
  const where = index.where === null ? '' : ` WHERE ${index.where}`
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(index.name)} ON ${quoteName(table)} (${index.keys.map(keyClause).join(', ')})${where}`
}

/** `CREATE VIEW`. */
export function createView(view: View): string {
  return `CREATE VIEW ${quoteName(view.name)} ${view.definition.startsWith('(') ? '' : 'AS '}${view.definition}`
}

/** The CREATE TRIGGER statement. */
export const createTrigger = (trigger: Trigger): string => trigger.definition

/** Names with commas. */
export const names = (columns: readonly string[]): string => columns.map(quoteName).join(', ')

/** Puts another table name before the columns of an expression that are written with the table's own. */
export function requalify(expression: string, from: string, to: string): string {
  if (from === to) return expression
  const tokens = tokenize(expression)
  let text = ''
  let at = 0
  tokens.forEach((token, index) => {
    const isName = token.kind === 'word' || token.kind === 'quoted'
    const written = token.kind === 'word' ? token.text : token.value
    if (!isName || tokens[index + 1]?.text !== '.' || foldName(written) !== foldName(from)) return
    text += expression.slice(at, token.start) + quoteName(to)
    at = token.end
  })
  return text + expression.slice(at)
}

function columnKey(key: PrimaryKey, column: Column): string {
  const label = key.named === false ? '' : `CONSTRAINT ${quoteName(key.name)} `
  const descending = key.parameters?.includes(`${column.name} desc`) === true ? ' DESC' : ''
  return `${label}PRIMARY KEY${descending}${onConflict(key.parameters)}${column.autoIncrement === true ? ' AUTOINCREMENT' : ''}`
}

function keyColumns(key: PrimaryKey | Unique): string {
  return key.columns
    .map((column) => {
      const collation = key.parameters?.map((parameter) => parameter.startsWith(`${column} collate `) ? parameter.slice(column.length + 9) : null).find((found) => found !== null)
      const order = key.parameters?.includes(`${column} desc`) === true ? ' DESC' : ''
      return `${quoteName(column)}${collation == null ? '' : ` COLLATE ${writeCollation(collation)}`}${order}`
    })
    .join(', ')
}

const hasKeyCollation = (key: PrimaryKey): boolean => key.parameters?.some((parameter) => parameter.includes(' collate ')) === true

function keyClause(key: IndexKey): string {
  const collation = key.collation ? ` COLLATE ${writeCollation(key.collation)}` : ''
  return `${key.column === null ? (key.expression ?? '') : quoteName(key.column)}${collation}${key.order === 'desc' ? ' DESC' : ''}`
}

function onConflict(parameters: readonly string[] | undefined): string {
  const found = parameters?.find((parameter) => parameter.startsWith('on conflict '))
  return found === undefined ? '' : ` ${found.toUpperCase()}`
}

const writeCollation = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoteName(name))
