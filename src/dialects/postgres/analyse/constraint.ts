import type { Constraint } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { ActionOf } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { constraintColumns, constraintName, kindOf, provedBy, referenceOf } from './column.ts'

/** ALTER TABLE … ADD CONSTRAINT: which locks, and whether rows are read under them (safety figures of PostgreSQL 12 to 18). */
export function addConstraint(constraint: Constraint, table: Named, collect: Collector): void {
  const type = kindOf(constraint)
  if (type === null) return
  const { memory } = collect
  const known = memory.about(table)
  const usingIndex = constraint.indexname ?? null
  const columns = usingIndex === null ? constraintColumns(constraint) : (memory.indexes.get(`${table.schema}.${usingIndex}`)?.columns ?? [])
  const references = type === 'foreign key' ? referenceOf(constraint, table, collect) : null
  const notValid = constraint.skip_validation === true
  const enforced = constraint.is_enforced !== false || type === 'unique' || type === 'primary key' || type === 'exclude' || type === 'not null'
  const name = constraintName(constraint, table, columns)
  const nullable = type === 'primary key' ? columns.filter((column) => mayBeNull(column, table, collect)) : []
  collect.act({
    do: 'add-constraint', ...collect.on(table), name: constraint.conname ?? null, type, columns, notValid, enforced, usingIndex, references, nullable, partitioned: known.partitioned,
    unproved: type === 'primary key' && columns.some((column) => !isRequired(column, table, collect)) && known.whole, replaces: known.constraints.has(name),
  })
  if (references !== null) {
    collect.lock(table, 'SHARE ROW EXCLUSIVE')
    if (keyOf(references.table) !== keyOf(table)) collect.lock(references.table, 'SHARE ROW EXCLUSIVE')
    if (!notValid && enforced) scanBoth(table, references, collect)
  } else {
    collect.lock(table, 'ACCESS EXCLUSIVE')
    if (type === 'check' || type === 'not null') {
      if (!notValid && enforced) collect.work('scan', table, 'ACCESS EXCLUSIVE')
    } else if (usingIndex === null) collect.work('build', table, 'ACCESS EXCLUSIVE')
    else if (nullable.length > 0) collect.work('scan', table, 'ACCESS EXCLUSIVE')
  }
  known.constraints.set(name, { type, columns, valid: !notValid, references: references?.table ?? null, target: references?.columns ?? [], proves: type === 'check' ? provedBy(constraint.raw_expr) : type === 'not null' ? columns : [], transaction: collect.transaction })
  if (type === 'unique' || type === 'primary key') collect.index(name, { table, columns, partial: false, unique: true })
  if (type === 'primary key') columns.forEach((column) => require(column, table, collect))
  if (type === 'foreign key') collect.foreignKey(table, columns, constraint.conname ?? null, references)
}

function scanBoth(table: Named, references: NonNullable<ActionOf<'add-constraint'>['references']>, collect: Collector): void {
  collect.work('scan', table, 'SHARE ROW EXCLUSIVE')
  if (!references.isNew) collect.work('scan', references.table, 'SHARE ROW EXCLUSIVE')
}

/** Known to admit NULL: neither NOT NULL nor proved by a valid check. */
function mayBeNull(column: string, table: Named, collect: Collector): boolean {
  const known = collect.memory.table(table)
  const memory = known?.columns.get(column)
  return memory !== undefined && !memory.notNull && !isProved(column, table, collect)
}

const isRequired = (column: string, table: Named, collect: Collector): boolean => collect.memory.table(table)?.columns.get(column)?.notNull === true

/** A valid check says that the column is filled (the server takes it as proof since 12). */
export function isProved(column: string, table: Named, collect: Collector): boolean {
  if (collect.runner.major < 12) return false
  return [...(collect.memory.table(table)?.constraints.values() ?? [])].some((one) => one.valid && one.proves.includes(column))
}

export function require(column: string, table: Named, collect: Collector): void {
  const known = collect.memory.about(table)
  const there = known.columns.get(column)
  known.columns.set(column, { type: there?.type ?? null, notNull: true, unit: there?.unit ?? -1 })
}

/** VALIDATE CONSTRAINT: a scan that holds up nobody, when it stands alone in its statement and transaction. */
export function validateConstraint(name: string, table: Named, parts: number, collect: Collector): void {
  const known = collect.memory.about(table)
  const there = known.constraints.get(name)
  const held = collect.locks.find((lock) => keyOf(lock.relation) === keyOf(table))?.mode ?? 'SHARE UPDATE EXCLUSIVE'
  collect.lock(table, 'SHARE UPDATE EXCLUSIVE')
  if (there?.references) collect.lock(there.references, 'ROW SHARE')
  collect.work('scan', table, held)
  collect.act({ do: 'validate-constraint', ...collect.on(table), name, with: parts - 1, addedInTransaction: there !== undefined && there.transaction !== null && there.transaction === collect.transaction })
  if (there !== undefined) known.constraints.set(name, { ...there, valid: true })
  else known.constraints.set(name, { type: 'check', columns: [], valid: true, references: null, target: [], proves: provedByName(name, table), transaction: collect.transaction })
}

/**
 * A constraint that was added by a file which is not here proves what its name says: `t_c_not_null` is how such checks are
 * called. Only a name that ends so, and a column that stands in it, are believed.
 */
function provedByName(name: string, table: Named): readonly string[] {
  const column = /^(.*)_(?:not_null|nn|notnull|is_not_null)$/.exec(name)?.[1]
  if (column === undefined) return []
  return column.startsWith(`${table.name}_`) ? [column, column.slice(table.name.length + 1)] : [column]
}

/** DROP CONSTRAINT: a foreign key's goes with a lock on the table that it points at, readers included. */
export function dropConstraint(name: string, options: { readonly cascade: boolean; readonly ifExists: boolean; readonly replaced: boolean }, table: Named, collect: Collector): void {
  const known = collect.memory.about(table)
  const there = known.constraints.get(name)
  collect.lock(table, 'ACCESS EXCLUSIVE')
  if (there?.references) collect.lock(there.references, 'ACCESS EXCLUSIVE')
  const type = there?.type ?? guessKind(name)
  collect.act({ do: 'drop-constraint', ...collect.on(table), name, type, cascade: options.cascade, ifExists: options.ifExists, replaced: options.replaced, proof: (there?.proves.length ?? 0) > 0 })
  known.constraints.delete(name)
  collect.memory.indexes.delete(`${table.schema}.${name}`)
}

/** By the names that the server itself gives. */
function guessKind(name: string): ActionOf<'drop-constraint'>['type'] {
  if (/_fkey\d*$|^fk_|_fk$/i.test(name)) return 'foreign key'
  if (/_pkey\d*$/i.test(name)) return 'primary key'
  if (/_key\d*$/i.test(name)) return 'unique'
  return /_check\d*$/i.test(name) ? 'check' : null
}
