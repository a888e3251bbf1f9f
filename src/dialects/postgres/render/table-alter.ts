import type { AlterOperation } from '../../../operations/operation.ts'
import type { Named, Table } from '../../../schema/schema.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { changeForeignOptions } from './foreign.ts'
import { parameterList, parameterNames, qualified, quoteName, splitPair } from './names.ts'
import { redecorate, tableTarget } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, stepFor } from './step.ts'
import { identityAction } from './alter-text.ts'

/** Options of a table that is there. Storage parameters and comments take the weakest lock and a step of their own. */
export function alterTable(operation: AlterOperation<'table'>, context: RenderContext): readonly Step[] {
  const { from, to, fields } = operation
  const word = to.foreign == null ? 'TABLE' : 'FOREIGN TABLE'
  const alter = `ALTER ${word} ${qualified(to)}`
  const strong = STRONG.filter((change) => fields.includes(change.field)).flatMap((change) => change.actions(from, to, alter))
  const rewrite = fields.some((field) => field === 'unlogged' || field === 'accessMethod' || field === 'tablespace')
  const weak = [
    ...(fields.includes('parameters') ? parameterChange(from, to, alter) : []),
    ...redecorate(from, to, fields, tableTarget(qualified(to), word, context.version)),
  ]
  return [
    ...stepFor(operation, context, strong, {
      locks: [to, ...parents(from, to)].flatMap((relation) => lock(context, relation, ACCESS_EXCLUSIVE)),
      ...(rewrite ? { class: 'blocking' as const, long: true, hazards: [HAZARDS.rewrite('this change')] } : fields.includes('rowSecurity') ? { class: 'incompatible' as const } : {}),
    }),
    ...stepFor(operation, context, weak, { locks: lock(context, to, SHARE_UPDATE_EXCLUSIVE) }),
  ]
}

interface Change {
  readonly field: keyof Table
  readonly actions: (from: Table, to: Table, alter: string) => readonly string[]
}

const STRONG: readonly Change[] = [
  { field: 'partitionOf', actions: partitionChange },
  { field: 'inherits', actions: inheritsChange },
  { field: 'ofType', actions: (_from, to, alter) => [to.ofType == null ? `${alter} NOT OF` : `${alter} OF ${qualified(to.ofType)}`] },
  { field: 'unlogged', actions: (_from, to, alter) => [`${alter} SET ${to.unlogged === true ? 'UNLOGGED' : 'LOGGED'}`] },
  { field: 'accessMethod', actions: (_from, to, alter) => [`${alter} SET ACCESS METHOD ${quoteName(to.accessMethod ?? 'heap')}`] },
  { field: 'tablespace', actions: (_from, to, alter) => [`${alter} SET TABLESPACE ${quoteName(to.tablespace ?? 'pg_default')}`] },
  { field: 'rowSecurity', actions: rowSecurityChange },
  { field: 'replicaIdentity', actions: (_from, to, alter) => [`${alter} ${identityAction(to.replicaIdentity ?? 'default')}`] },
  { field: 'foreign', actions: (from, to, alter) => [`${alter} ${changeForeignOptions(from.foreign?.options ?? [], to.foreign?.options ?? [])}`] },
]

function partitionChange(from: Table, to: Table): readonly string[] {
  return [
    ...(from.partitionOf == null ? [] : [`ALTER TABLE ${qualified(from.partitionOf.parent)} DETACH PARTITION ${qualified(to)}`]),
    ...(to.partitionOf == null ? [] : [`ALTER TABLE ${qualified(to.partitionOf.parent)} ATTACH PARTITION ${qualified(to)} ${to.partitionOf.bound}`]),
  ]
}

function inheritsChange(from: Table, to: Table, alter: string): readonly string[] {
  const key = (parent: Named): string => qualified(parent)
  const [before, after] = [(from.inherits ?? []).map(key), (to.inherits ?? []).map(key)]
  return [
    ...before.filter((parent) => !after.includes(parent)).map((parent) => `${alter} NO INHERIT ${parent}`),
    ...after.filter((parent) => !before.includes(parent)).map((parent) => `${alter} INHERIT ${parent}`),
  ]
}

function rowSecurityChange(from: Table, to: Table, alter: string): readonly string[] {
  const isOn = (table: Table): boolean => table.rowSecurity === 'enabled' || table.rowSecurity === 'forced'
  const isForced = (table: Table): boolean => table.rowSecurity === 'forced' || table.rowSecurity === 'offButForced'
  return [
    ...(isOn(from) === isOn(to) ? [] : [`${alter} ${isOn(to) ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`]),
    ...(isForced(from) === isForced(to) ? [] : [`${alter} ${isForced(to) ? 'FORCE' : 'NO FORCE'} ROW LEVEL SECURITY`]),
  ]
}

function parameterChange(from: Table, to: Table, alter: string): readonly string[] {
  const [before, after] = [from.parameters ?? [], to.parameters ?? []]
  const names = new Set(after.map((parameter) => splitPair(parameter)[0]))
  const gone = before.filter((parameter) => !names.has(splitPair(parameter)[0]))
  const added = after.filter((parameter) => !before.includes(parameter))
  return [
    ...(gone.length === 0 ? [] : [`${alter} RESET ${parameterNames(gone)}`]),
    ...(added.length === 0 ? [] : [`${alter} SET ${parameterList(added)}`]),
  ]
}

const parents = (from: Table, to: Table): readonly Named[] =>
  from.partitionOf?.bound === to.partitionOf?.bound ? [] : [from.partitionOf, to.partitionOf].flatMap((part) => (part == null ? [] : [part.parent]))
