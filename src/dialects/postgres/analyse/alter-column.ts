import type { AlterTableCmd } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { keyOf } from '../../../schema/schema.ts'
import type { ColumnFact } from '../../facts.ts'
import type { Collector } from './collector.ts'
import { columnOf, rememberColumn } from './column.ts'
import { isProved, require } from './constraint.ts'
import { as, typeOf } from './tree.ts'
import { usingOf, verdictOf } from './types.ts'

/** The changes of one column. */
export function alterColumn(command: AlterTableCmd, table: Named, collect: Collector): void {
  collect.lock(table, 'ACCESS EXCLUSIVE')
  const name = command.name ?? ''
  switch (command.subtype) {
    case 'AT_AddColumn':
      return addColumn(command, table, collect)
    case 'AT_DropColumn':
      return dropColumn(command, name, table, collect)
    case 'AT_AlterColumnType':
      return changeType(command, name, table, collect)
    case 'AT_SetNotNull':
      return setNotNull(name, table, collect)
    case 'AT_DropNotNull': {
      const known = collect.memory.about(table)
      const there = known.columns.get(name)
      if (there !== undefined) known.columns.set(name, { ...there, notNull: false })
      return collect.act({ do: 'allow-null', ...collect.on(table), column: name })
    }
    case 'AT_ColumnDefault':
      return collect.act({ do: 'change-default', ...collect.on(table), column: name, to: command.def === undefined ? 'dropped' : 'set', addedHere: isAddedHere(name, table, collect) })
    case 'AT_SetExpression':
      collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
      return collect.act({ do: 'rewrite', ...collect.on(table), how: 'SET EXPRESSION', unlogged: false })
  }
}

const isAddedHere = (column: string, table: Named, collect: Collector): boolean => collect.memory.table(table)?.columns.get(column)?.unit === collect.memory.unit

function addColumn(command: AlterTableCmd, table: Named, collect: Collector): void {
  const definition = as(command.def, 'ColumnDef')
  if (definition === undefined) return
  const column = columnOf(definition, table, collect)
  if (rewritesTable(column, collect)) collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
  // A new column without a value has nothing to check against the other table: the foreign key is born valid.
  else if (column.check || (column.references !== null && column.default !== 'none')) collect.work('scan', table, 'ACCESS EXCLUSIVE')
  if (column.primary || column.unique) collect.work('build', table, 'ACCESS EXCLUSIVE')
  if (column.references !== null && keyOf(column.references.table) !== keyOf(table)) collect.lock(column.references.table, 'SHARE ROW EXCLUSIVE')
  rememberColumn(definition, column, table, collect)
  collect.act({ do: 'add-column', ...collect.on(table), column, ifNotExists: command.missing_ok === true })
  if (column.references !== null) collect.foreignKey(table, [column.name], null, column.references)
}

function rewritesTable(column: ColumnFact, collect: Collector): boolean {
  const filled = column.default !== 'none'
  return column.default === 'volatile' || column.default === 'unknown' || column.identity || column.type.serial || column.generated === 'stored' || column.constrainedDomain || (filled && collect.runner.major < 11)
}

function dropColumn(command: AlterTableCmd, name: string, table: Named, collect: Collector): void {
  const known = collect.memory.about(table)
  for (const [key, constraint] of known.constraints) {
    if (!constraint.columns.includes(name)) continue
    if (constraint.references !== null) collect.lock(constraint.references, 'ACCESS EXCLUSIVE')
    known.constraints.delete(key)
  }
  known.columns.delete(name)
  collect.act({ do: 'drop-column', ...collect.on(table), column: name, cascade: command.behavior === 'DROP_CASCADE', ifExists: command.missing_ok === true })
}

function changeType(command: AlterTableCmd, name: string, table: Named, collect: Collector): void {
  const definition = as(command.def, 'ColumnDef')
  const known = collect.memory.about(table)
  const there = known.columns.get(name)
  const type = typeOf(definition?.typeName)
  const using = usingOf(definition?.raw_default, name, type)
  const verdict = verdictOf(there?.type ?? null, type, using)
  if (verdict === 'rewrite' || verdict === 'unknown') collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
  if (verdict === 'index') collect.work('build', table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'change-type', ...collect.on(table), column: name, type, was: there?.type ?? null, using, verdict })
  known.columns.set(name, { type, notNull: there?.notNull ?? false, unit: there?.unit ?? -1 })
}

/** A valid check proves that no NULL is there, unless the same statement drops it: drops come first. */
function setNotNull(name: string, table: Named, collect: Collector): void {
  const proved = isProved(name, table, collect)
  if (!proved) collect.work('scan', table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'require', ...collect.on(table), column: name, proved, addedHere: isAddedHere(name, table, collect) })
  require(name, table, collect)
}
