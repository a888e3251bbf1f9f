import type { Column, Constraint, EnumType, ForeignKey, Index, IndexKey, Schema, Table } from '../../schema/schema.ts'
import { makeSchema } from '../../schema/schema.ts'
import type { Sql, SqlWriter } from '../../sql.ts'
import { isSql } from '../../sql.ts'
import { LITERALS, quoteName } from '../literals.ts'
import { madeUpName } from '../made-up-names.ts'
import type { Problems } from '../problems.ts'
import type { ColumnFacts, ColumnName, EnumModel, ReferenceOptions } from './column.ts'
import type { Extra, IndexElement, TableModel } from './table.ts'
import { TABLE } from './table.ts'

/** What every part of one reading is told. */
interface Reading {
  readonly writer: SqlWriter
  readonly defaultSchema: string
  readonly problems: Problems
  readonly enums: Map<string, EnumType>
}

/** The description that declared tables and enums amount to. */
export function readTables(tables: readonly TableModel[], enums: readonly EnumModel[], dialect: 'postgres' | 'sqlite', defaultSchema: string, problems: Problems): Schema {
  const reading: Reading = { writer: { name: quoteName, literal: LITERALS[dialect] }, defaultSchema, problems, enums: new Map() }
  for (const one of enums) addEnum(reading, one)
  const read = tables.map((one) => tableOf(reading, one))
  const names = [...new Set([...read, ...reading.enums.values()].map((one) => one.schema))]
  return makeSchema({ namespace: dialect === 'sqlite' ? [] : names.map((name) => ({ name })), enum: [...reading.enums.values()], table: read })
}

function addEnum(reading: Reading, type: EnumModel): string {
  const schema = type.schema ?? reading.defaultSchema
  const key = `${quoteName(schema)}.${quoteName(type.enumName)}`
  reading.enums.set(key, { schema, name: type.enumName, values: [...type.values] })
  return `${bare(schema)}.${bare(type.enumName)}`
}

/** As the server prints a name in a type. */
const bare = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name))

function tableOf(reading: Reading, model: TableModel): Table {
  const facts = model[TABLE]
  const place = { schema: facts.schema ?? reading.defaultSchema, name: facts.name }
  const columns = Object.entries(facts.columns).map(([name, one]) => columnOf(reading, place.name, name, one.facts))
  const own = Object.entries(facts.columns).flatMap(([name, one]) => columnConstraints(reading, place.name, name, one.facts))
  const extras = reading.problems.attempt(place.name, undefined, [], facts.extras)
  const constraints = extras.flatMap((extra) => constraintOf(reading, place.name, extra))
  const indexes = extras.flatMap((extra) => (extra.extra === 'index' ? [indexOf(reading, place.name, extra)] : []))
  return { ...place, columns, constraints: distinct([...own, ...constraints]), indexes: distinct(indexes), comment: facts.comment }
}

/** Names that were made up get a number where two of them are alike. */
function distinct<T extends { readonly name: string; readonly named?: boolean }>(items: readonly T[]): readonly T[] {
  const taken = new Set(items.filter((item) => item.named !== false).map((item) => item.name))
  return items.map((item) => {
    if (item.named !== false) return item
    let name = item.name
    for (let count = 2; taken.has(name); count++) name = `${item.name}_${count}`
    taken.add(name)
    return { ...item, name }
  })
}

const write = (reading: Reading, sql: Sql): string => sql.write(reading.writer)

function columnOf(reading: Reading, table: string, name: string, facts: ColumnFacts): Column {
  const initial = facts.default
  return {
    name,
    type: typeof facts.type === 'string' ? facts.type : addEnum(reading, facts.type),
    notNull: facts.notNull || (typeof facts.type === 'string' && /^(small|big)?serial$/i.test(facts.type)),
    default: initial === undefined || initial === null ? null : reading.problems.attempt(table, name, null, () => (isSql(initial) ? write(reading, initial) : reading.writer.literal(initial))),
    generated: facts.generated === undefined ? null : { expression: write(reading, facts.generated.expression), stored: facts.generated.stored },
    identity: facts.identity ?? null,
    ...(facts.collation !== undefined && { collation: quoteName(facts.collation) }),
    comment: facts.comment ?? null,
  }
}

const named = (name: string | undefined, otherwise: string): { readonly name: string; readonly named: boolean } => ({ name: name ?? otherwise, named: name !== undefined })

function columnConstraints(reading: Reading, table: string, name: string, facts: ColumnFacts): readonly Constraint[] {
  const found: Constraint[] = []
  if (facts.primaryKey === true) found.push({ type: 'primaryKey', ...named(undefined, madeUpName(table, [], 'pkey')), columns: [name] })
  if (facts.unique === true) found.push({ type: 'unique', ...named(undefined, madeUpName(table, [name], 'key')), columns: [name] })
  if (facts.references !== undefined) found.push(...foreignKey(reading, table, [name], () => [facts.references?.target()], facts.references))
  return found
}

function foreignKey(reading: Reading, table: string, columns: readonly string[], target: () => readonly (ColumnName | undefined)[], options: ReferenceOptions): readonly ForeignKey[] {
  const there = reading.problems.attempt(table, columns.join(', '), [], target)
  const [first] = there
  if (first?.table === undefined) {
    reading.problems.add(table, columns.join(', '), 'its reference leads to no column of a declared table', 'Write references(() => users.id); the arrow lets tables refer to each other.')
    return []
  }
  return [{
    type: 'foreignKey', ...named(options.name, madeUpName(table, columns, 'fkey')), columns,
    references: { schema: first.table.schema ?? reading.defaultSchema, table: first.table.name, columns: there.map((one) => one?.column ?? '') },
    onDelete: options.onDelete ?? 'no action', onUpdate: options.onUpdate ?? 'no action',
  }]
}

const columnsOf = (names: readonly ColumnName[]): readonly string[] => names.map((one) => one.column)

function constraintOf(reading: Reading, table: string, extra: Extra): readonly Constraint[] {
  switch (extra.extra) {
    case 'index':
      return []
    case 'primaryKey':
      return [{ type: 'primaryKey', ...named(extra.name, madeUpName(table, [], 'pkey')), columns: columnsOf(extra.on) }]
    case 'unique':
      return [{ type: 'unique', ...named(extra.name, madeUpName(table, columnsOf(extra.on), 'key')), columns: columnsOf(extra.on), ...(extra.nullsNotDistinct === true && { nullsNotDistinct: true }) }]
    case 'foreignKey':
      return foreignKey(reading, table, columnsOf(extra.on), extra.target, extra.options)
    case 'check':
      return [{ type: 'check', name: extra.name, named: true, expression: write(reading, extra.expression) }]
  }
}

function indexOf(reading: Reading, table: string, extra: Extra & { readonly extra: 'index' }): Index {
  const { options } = extra
  const keys = extra.on.map((element) => indexKey(reading, element))
  return {
    ...named(options.name, madeUpName(table, keys.map((key) => key.column ?? 'expr'), 'idx')),
    unique: options.unique === true,
    method: options.method ?? 'btree',
    keys,
    where: options.where === undefined ? null : write(reading, options.where),
    ...(options.include !== undefined && { include: columnsOf(options.include) }),
    ...(options.nullsNotDistinct === true && { nullsNotDistinct: true }),
  }
}

function indexKey(reading: Reading, element: IndexElement): IndexKey {
  const given = isSql(element) ? { on: element } : element
  const order = given.order ?? 'asc'
  const column = 'column' in given.on ? given.on.column : null
  const nulls = given.nulls ?? (order === 'desc' ? 'first' : 'last')
  return {
    column, expression: column === null ? `(${write(reading, given.on)})` : null, order, nulls,
    ...(given.opclass !== undefined && { opclass: given.opclass }), ...(given.collation !== undefined && { collation: quoteName(given.collation) }),
  }
}
