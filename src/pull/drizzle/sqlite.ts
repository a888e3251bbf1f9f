import type { Column, Constraint, Index, IndexKey, Schema, Table, View } from '../../schema/schema.ts'
import { displayName } from '../../schema/schema.ts'
import { byReferences, columnList, foreignKeyOf, nameModels, tableText, type Model, type Models, type References } from './models.ts'
import { unsaidOfTable, unsaidOfView } from './said.ts'
import { call, options, string, Writing } from './writing.ts'

const TYPES: Readonly<Record<string, string>> = { integer: 'integer', text: 'text', real: 'real', blob: 'blob', numeric: 'numeric' }

/** A SQLite schema as models of drizzle-orm 0.45. What was read back with `fromDrizzle` is the same but for what is omitted. */
export function sqliteModels(schema: Schema): Models {
  const writing = new Writing('drizzle-orm/sqlite-core')
  const tables = byReferences(schema.table.filter((table) => table.virtual == null))
  const models = nameModels(writing, tables)
  const declared = new Set<string>()
  const references: References = { models, declared, anyColumn: 'AnySQLiteColumn', defaultSchema: 'main' }
  for (const [key, model] of models) {
    writing.declare(tableOf(writing, model, references))
    declared.add(key)
  }
  for (const view of schema.view) writing.declare(viewText(writing, view))
  for (const table of schema.table) if (table.virtual != null) writing.omitted.push(`virtual table ${displayName({ name: table.name })}`)
  writing.omitted.push(...tables.flatMap((table) => unsaidOfTable(table, 'main')), ...schema.view.flatMap((view) => unsaidOfView(view, 'main')))
  return { text: writing.text(), omitted: writing.omitted }
}

function tableOf(writing: Writing, model: Model, references: References): string {
  const { table, keys } = model
  const primary = table.constraints.find((one) => one.type === 'primaryKey')
  const inline = primary?.type === 'primaryKey' && primary.columns.length === 1 ? primary.columns[0] : undefined
  const columns = table.columns.map((column) => `${keys.get(column.name)}: ${columnText(writing, table, column, column.name === inline)}`)
  const extras = [
    ...table.constraints.filter((one) => one !== primary || inline === undefined).flatMap((one) => constraintText(writing, model, one, references) ?? []),
    ...table.indexes.map((index) => indexText(writing, model, index)),
  ]
  return `export const ${model.variable} = ${tableText(writing.use('sqliteTable'), table.name, columns, extras)}`
}

function columnText(writing: Writing, table: Table, column: Column, primary: boolean): string {
  const builder = TYPES[column.type.toLowerCase()]
  const start = call(builder === undefined ? writing.customType(column.type) : writing.use(builder), string(column.name))
  const key = primary ? call('.primaryKey', column.autoIncrement === true ? '{ autoIncrement: true }' : undefined) : ''
  if (primary && !column.notNull) writing.omitted.push(`NULL allowed in the primary key ${displayName({ name: table.name })}.${displayName({ name: column.name })}: Drizzle's is NOT NULL`)
  return `${start}${key}${column.notNull && !primary ? '.notNull()' : ''}${valueText(writing, column)}`
}

function valueText(writing: Writing, column: Column): string {
  if (column.generated != null) return `.generatedAlwaysAs(${writing.sql(column.generated.expression)}, { mode: '${column.generated.stored ? 'stored' : 'virtual'}' })`
  if (column.default === null) return ''
  if (column.type.toLowerCase() === 'integer' && /^-?\d{1,15}$/.test(column.default)) return `.default(${column.default})`
  const text = /^'((?:[^']|'')*)'$/.exec(column.default)?.[1]
  if (column.type.toLowerCase() === 'text' && text !== undefined) return `.default(${string(text.replaceAll("''", "'"))})`
  return `.default(${writing.sql(column.default)})`
}

function constraintText(writing: Writing, model: Model, constraint: Constraint, references: References): string | null {
  switch (constraint.type) {
    case 'primaryKey':
      return call(writing.use('primaryKey'), options({ name: constraint.named === false ? undefined : string(constraint.name), columns: columnList(model, constraint.columns) }))
    case 'unique':
      writing.omitted.push(`UNIQUE (${constraint.columns.join(', ')}) of ${displayName({ name: model.table.name })} as a constraint: it would be a unique index`)
      return `${call(writing.use('unique'), constraint.named === false ? undefined : string(constraint.name))}.on(${columnList(model, constraint.columns).slice(1, -1)})`
    case 'foreignKey':
      return foreignKeyOf(writing, model, constraint, references)
    case 'check':
      return call(writing.use('check'), string(constraint.name), writing.sql(constraint.expression))
    case 'exclusion':
      return null
  }
}

function indexText(writing: Writing, model: Model, index: Index): string {
  const keys = index.keys.map((key) => indexKey(writing, model, key)).join(', ')
  return `${call(writing.use(index.unique ? 'uniqueIndex' : 'index'), string(index.name))}.on(${keys})${index.where === null ? '' : `.where(${writing.sql(index.where)})`}`
}

function indexKey(writing: Writing, model: Model, key: IndexKey): string {
  const words = `${key.collation == null ? '' : ` COLLATE ${key.collation}`}${key.order === 'desc' ? ' DESC' : ''}`
  if (key.column === null) return writing.sql(`${key.expression ?? ''}${words}`)
  const column = `t.${model.keys.get(key.column) ?? key.column}`
  return words === '' ? column : writing.sql(`\u0000${words}`).replace('\u0000', () => `\${${column}}`)
}

function viewText(writing: Writing, view: View): string {
  const variable = writing.names.take(view.name, `${view.name} view`)
  writing.omitted.push(`columns of view ${displayName({ name: view.name })}: write them down to query it`)
  return `export const ${variable} = ${call(writing.use('sqliteView'), string(view.name), '{}')}.as(${writing.sql(view.definition.trim().replace(/;$/, ''))})`
}
