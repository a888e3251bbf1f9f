import { sortByNeeds } from '../../graph.ts'
import type { ForeignKey, Named, Table } from '../../schema/schema.ts'
import { displayName, keyOf } from '../../schema/schema.ts'
import { Names } from './names.ts'
import { call, options, string, type Writing } from './writing.ts'

/** A table of the models: the variable that holds it, and the keys of its columns by their names in the database. */
export interface Model {
  readonly table: Table
  readonly variable: string
  readonly keys: ReadonlyMap<string, string>
}

/** Models as Drizzle's source text, and what they leave out. */
export interface Models {
  readonly text: string
  /** One line each, in the words of the reader. */
  readonly omitted: readonly string[]
}

/** Variables and keys for all tables, before any of them is written: they refer to each other. */
export function nameModels(writing: Writing, tables: readonly Table[]): ReadonlyMap<string, Model> {
  return new Map(tables.map((table) => [
    keyOf({ schema: table.schema, name: table.name }),
    { table, variable: writing.names.take(table.name, `${table.name} table`, `${table.schema} ${table.name}`), keys: keysOf(table.columns) },
  ]))
}

/** A key for each column. */
export function keysOf(columns: readonly { readonly name: string }[]): ReadonlyMap<string, string> {
  const names = Names.ofColumns()
  return new Map(columns.map((column) => [column.name, names.take(column.name, `${column.name} column`)]))
}

/** `[t.a, t.b]` */
export const columnList = (model: Model, columns: readonly string[], holder = 't'): string => `[${columns.map((column) => `${holder}.${model.keys.get(column) ?? column}`).join(', ')}]`

/** What the writing of a foreign key needs to know of its surroundings. */
export interface References {
  readonly models: ReadonlyMap<string, Model>
  /** Keys of tables that are written already: a variable is not read before it is declared, and types do not go in circles. */
  readonly declared: ReadonlySet<string>
  readonly anyColumn: string
  readonly defaultSchema: string
}

/** A foreign key as an entry of the table's extra configuration; `null` when its table is not among the models. */
export function foreignKeyOf(writing: Writing, model: Model, key: ForeignKey, references: References): string | null {
  const target: Named = { schema: key.references.schema, name: key.references.table }
  const other = references.models.get(keyOf(target))
  if (other === undefined) {
    writing.omitted.push(`foreign key ${displayName({ name: key.name })} of ${displayName(model.table, references.defaultSchema)}: ${displayName(target, references.defaultSchema)} is not among the models`)
    return null
  }
  const foreign = other === model
    ? columnList(other, key.references.columns)
    : references.declared.has(keyOf(target)) ? columnList(other, key.references.columns, other.variable) : laterColumns(writing, other, key.references.columns, references)
  const actions = (['onDelete', 'onUpdate'] as const).map((on) => (key[on] === 'no action' ? '' : `.${on}('${key[on]}')`)).join('')
  return `${call(writing.use('foreignKey'), options({ name: key.named === false ? undefined : string(key.name), columns: columnList(model, key.columns), foreignColumns: foreign }))}${actions}`
}

/** Columns of a table that is declared further down, with a type of their own, so that TypeScript need not look at that table. */
function laterColumns(writing: Writing, other: Model, columns: readonly string[], { anyColumn }: References): string {
  writing.use(`type ${anyColumn}`)
  return `[${columns.map((column) => `((): ${anyColumn} => ${other.variable}.${other.keys.get(column) ?? column})()`).join(', ')}]`
}

/** Referenced tables first, so that few references look ahead; where they go in a circle, by name. */
export function byReferences(tables: readonly Table[]): readonly Table[] {
  const key = (table: Table): string => keyOf({ schema: table.schema, name: table.name })
  const sorted = sortByNeeds(tables, key, (table) =>
    table.constraints.flatMap((one) => (one.type === 'foreignKey' ? [keyOf({ schema: one.references.schema, name: one.references.table })] : [])))
  return sorted.order ?? tables
}

/** A table's text from its parts. */
export function tableText(builder: string, name: string, columns: readonly string[], extras: readonly string[]): string {
  const lines = (items: readonly string[]): string => items.map((item) => `  ${item},\n`).join('')
  const usesColumns = extras.some((extra) => /\bt\.[\p{L}_]/u.test(extra))
  const more = extras.length === 0 ? '' : `, ${usesColumns ? '(t)' : '()'} => [\n${lines(extras)}]`
  return `${builder}(${string(name)}, {\n${lines(columns)}}${more})`
}
