import type { ColumnDef, Constraint, CreateStmt, CreateTableAsStmt } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { ColumnFact, ReferenceFact } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { columnOf, constraintColumns, constraintName, kindOf, provedBy, referenceOf, rememberColumn } from './column.ts'
import { tablesOf } from './data.ts'
import { as } from './tree.ts'

/** CREATE TABLE, also as a partition or a child of another one. */
export function createTable(statement: CreateStmt, collect: Collector): void {
  const { memory } = collect
  const temporary = statement.relation?.relpersistence === 't'
  const table = collect.relation(statement.relation, !temporary)
  const parents = (statement.inhRelations ?? []).map((node) => collect.relation(as(node, 'RangeVar')))
  const partitionOf = statement.partbound === undefined ? undefined : parents[0]
  const partition = partitionOf === undefined ? null : { ...partitionOf, isNew: memory.isNew(partitionOf) }
  for (const parent of parents) collect.lock(parent, partition === null ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE')
  // A table that may be there already is not known to be new, but is taken to be: the author says that it is made here.
  memory.create(table, { partitioned: statement.partspec !== undefined, partitionOf: partitionOf ?? null, temporary })
  if (partitionOf !== undefined && statement.partbound?.is_default === true) memory.about(partitionOf).defaultPartition = table
  const columns: ColumnFact[] = []
  const references: ReferenceFact[] = []
  for (const node of statement.tableElts ?? []) {
    const column = as(node, 'ColumnDef')
    const constraint = as(node, 'Constraint')
    const like = as(node, 'TableLikeClause')
    if (column !== undefined) columns.push(addColumn(column, table, collect))
    if (constraint !== undefined) references.push(...addConstraint(constraint, table, collect))
    if (like !== undefined) collect.lock(collect.relation(like.relation), 'ACCESS SHARE')
  }
  references.push(...columns.flatMap((column) => column.references ?? []))
  for (const reference of references) if (keyOf(reference.table) !== keyOf(table)) collect.lock(reference.table, 'SHARE ROW EXCLUSIVE')
  collect.act({
    do: 'create-table', ...collect.on(table), columns, references, ifNotExists: statement.if_not_exists === true, temporary, partitionOf: partition,
    unlogged: statement.relation?.relpersistence === 'u', from: null,
  })
  twice(columns.map((column) => column.name), collect)
  for (const [name, constraint] of memory.about(table).constraints) {
    if (constraint.references !== null) collect.foreignKey(table, constraint.columns, name, { table: constraint.references, columns: constraint.target, isNew: true })
  }
}

function addColumn(definition: ColumnDef, table: Named, collect: Collector): ColumnFact {
  const fact = columnOf(definition, table, collect)
  rememberColumn(definition, fact, table, collect)
  return fact
}

function addConstraint(constraint: Constraint, table: Named, collect: Collector): readonly ReferenceFact[] {
  const kind = kindOf(constraint)
  if (kind === null) return []
  const columns = constraintColumns(constraint)
  const name = constraintName(constraint, table, columns)
  const reference = kind === 'foreign key' ? referenceOf(constraint, table, collect) : null
  const known = collect.memory.about(table)
  known.constraints.set(name, { type: kind, columns, valid: true, references: reference?.table ?? null, target: reference?.columns ?? [], proves: kind === 'check' ? provedBy(constraint.raw_expr) : [], transaction: collect.transaction })
  if (kind === 'unique' || kind === 'primary key') collect.index(name, { table, columns, partial: false, unique: true })
  if (kind === 'primary key') for (const column of columns) {
    const there = known.columns.get(column)
    if (there !== undefined) known.columns.set(column, { ...there, notNull: true })
  }
  return reference === null ? [] : [reference]
}

/** The same name in a list where it may stand once. */
export function twice(names: readonly string[], collect: Collector): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) collect.act({ do: 'twice', name, where: 'columns' })
    seen.add(name)
  }
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW: they read for as long as the query takes. */
export function createTableAs(statement: CreateTableAsStmt, collect: Collector): void {
  const temporary = statement.into?.rel?.relpersistence === 't'
  const table = collect.relation(statement.into?.rel, !temporary)
  const from = tablesOf(statement.query, collect)
  for (const source of from) collect.lock(source, 'ACCESS SHARE')
  collect.memory.create(table, { partitioned: false, partitionOf: null, temporary })
  const isView = statement.objtype === 'OBJECT_MATVIEW'
  if (isView) collect.act({ do: 'create-object', what: 'materialized view', name: table.name, ifNotExists: statement.if_not_exists === true, replaces: false })
  else collect.act({ do: 'create-table', ...collect.on(table), columns: [], references: [], ifNotExists: statement.if_not_exists === true, temporary, unlogged: statement.into?.rel?.relpersistence === 'u', partitionOf: null, from })
}
