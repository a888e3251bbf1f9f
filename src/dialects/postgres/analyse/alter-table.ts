import type { AlterTableCmd, AlterTableStmt, AlterTableType } from 'libpg-query'
import type { Named } from '../../../schema/schema.ts'
import { alterColumn } from './alter-column.ts'
import type { Collector } from './collector.ts'
import { addConstraint, dropConstraint, validateConstraint } from './constraint.ts'
import { attachIndex, attachPartition, detachPartition } from './partition.ts'
import { as, optionIs } from './tree.ts'

type Handler = (command: AlterTableCmd, table: Named, collect: Collector, all: readonly AlterTableCmd[]) => void

/** ALTER TABLE with all that it changes at once: the strongest of their locks is held during all of their work. */
export function alterTable(statement: AlterTableStmt, collect: Collector): void {
  const commands = (statement.cmds ?? []).flatMap((node) => as(node, 'AlterTableCmd') ?? [])
  const table = collect.relation(statement.relation)
  collect.parts = commands.length
  const isIndex = statement.objtype === 'OBJECT_INDEX'
  const isView = statement.objtype === 'OBJECT_VIEW' || statement.objtype === 'OBJECT_MATVIEW' || statement.objtype === 'OBJECT_TYPE'
  if (statement.objtype === 'OBJECT_SEQUENCE') return collect.act({ do: 'change-sequence', name: table.name })
  if (isIndex) return alterIndex(commands, table, collect)
  for (const command of inPasses(commands)) {
    const handler = command.subtype === undefined ? undefined : HANDLERS[command.subtype]
    if (handler !== undefined && !isView) handler(command, table, collect, commands)
    else collect.lock(table, 'ACCESS EXCLUSIVE')
  }
}

/** The server drops first and validates last, whatever the order in which it was written (`AT_PASS_*` in tablecmds.c). */
function inPasses(commands: readonly AlterTableCmd[]): readonly AlterTableCmd[] {
  const pass = (command: AlterTableCmd): number => (command.subtype === 'AT_DropConstraint' || command.subtype === 'AT_DropColumn' ? 0 : command.subtype === 'AT_ValidateConstraint' ? 2 : 1)
  return [...commands].sort((a, b) => pass(a) - pass(b))
}

function alterIndex(commands: readonly AlterTableCmd[], index: Named, collect: Collector): void {
  for (const command of commands) {
    if (command.subtype === 'AT_AttachPartition') attachIndex(command, index, collect)
    else collect.lock(index, command.subtype === 'AT_SetTableSpace' ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE', 'index')
  }
}

const exclusive: Handler = (_, table, collect) => collect.lock(table, 'ACCESS EXCLUSIVE')
const weak: Handler = (_, table, collect) => {
  collect.lock(table, 'SHARE UPDATE EXCLUSIVE')
  collect.act({ do: 'settings', ...collect.on(table), what: 'statistics' })
}
const trigger: Handler = (command, table, collect) => {
  collect.lock(table, 'SHARE ROW EXCLUSIVE')
  collect.act({ do: 'trigger', ...collect.on(table), name: command.name ?? 'ALL', verb: 'alter' })
}

const rewrites = (how: string, unlogged = false): Handler => (_, table, collect) => {
  collect.lock(table, 'ACCESS EXCLUSIVE')
  collect.work('rewrite', table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'rewrite', ...collect.on(table), how, unlogged })
}

const rowSecurity = (what: 'enabled' | 'disabled' | 'forced'): Handler => (_, table, collect) => {
  collect.lock(table, 'ACCESS EXCLUSIVE')
  collect.act({ do: 'row-security', ...collect.on(table), what })
}

const setOptions: Handler = (command, table, collect) => {
  const strong = optionIs(as(command.def, 'List')?.items, 'user_catalog_table')
  collect.lock(table, strong ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE')
  collect.act({ do: 'settings', ...collect.on(table), what: 'storage' })
}

const column: Handler = (command, table, collect) => alterColumn(command, table, collect)

/** What changes what. A change that is not listed takes the strongest lock, as the server does for those. */
const HANDLERS: Readonly<Partial<Record<AlterTableType, Handler>>> = {
  AT_AddColumn: column,
  AT_DropColumn: column,
  AT_AlterColumnType: column,
  AT_ColumnDefault: column,
  AT_SetNotNull: column,
  AT_DropNotNull: column,
  AT_SetExpression: column,
  AT_AddIdentity: exclusive,
  AT_SetStatistics: weak,
  AT_SetOptions: weak,
  AT_ResetOptions: weak,
  AT_AddConstraint: (command, table, collect) => {
    const constraint = as(command.def, 'Constraint')
    if (constraint !== undefined) addConstraint(constraint, table, collect)
  },
  AT_AlterConstraint: (command, table, collect) => {
    collect.lock(table, 'ACCESS EXCLUSIVE')
    const change = as(command.def, 'ATAlterConstraint')
    if (change?.alterEnforceability === true && change.is_enforced === true) {
      collect.work('scan', table, 'ACCESS EXCLUSIVE')
      collect.act({ do: 'enforce-constraint', ...collect.on(table), name: change.conname ?? '' })
    }
  },
  AT_ValidateConstraint: (command, table, collect, all) => validateConstraint(command.name ?? '', table, all.length, collect),
  AT_DropConstraint: (command, table, collect, all) => {
    const replaced = all.some((other) => other.subtype === 'AT_AddConstraint' && (as(other.def, 'Constraint')?.conname === command.name || as(other.def, 'Constraint')?.indexname !== undefined))
    dropConstraint(command.name ?? '', { cascade: command.behavior === 'DROP_CASCADE', ifExists: command.missing_ok === true, replaced }, table, collect)
  },
  AT_SetLogged: rewrites('SET LOGGED'),
  AT_SetUnLogged: rewrites('SET UNLOGGED', true),
  AT_SetTableSpace: rewrites('SET TABLESPACE'),
  AT_SetAccessMethod: rewrites('SET ACCESS METHOD'),
  AT_SetRelOptions: setOptions,
  AT_ResetRelOptions: setOptions,
  AT_ClusterOn: weak,
  AT_DropCluster: weak,
  AT_EnableTrig: trigger,
  AT_EnableAlwaysTrig: trigger,
  AT_EnableReplicaTrig: trigger,
  AT_DisableTrig: trigger,
  AT_EnableTrigAll: trigger,
  AT_DisableTrigAll: trigger,
  AT_EnableTrigUser: trigger,
  AT_DisableTrigUser: trigger,
  AT_EnableRowSecurity: rowSecurity('enabled'),
  AT_DisableRowSecurity: rowSecurity('disabled'),
  AT_ForceRowSecurity: rowSecurity('forced'),
  AT_NoForceRowSecurity: rowSecurity('disabled'),
  AT_AttachPartition: (command, table, collect) => attachPartition(command, table, collect),
  AT_DetachPartition: (command, table, collect) => detachPartition(command, table, collect, false),
  AT_DetachPartitionFinalize: (command, table, collect) => detachPartition(command, table, collect, true),
  AT_AddInherit: (command, table, collect) => {
    collect.lock(table, 'ACCESS EXCLUSIVE')
    collect.lock(collect.relation(as(command.def, 'RangeVar')), 'SHARE UPDATE EXCLUSIVE')
  },
  AT_ReplicaIdentity: exclusive,
}
