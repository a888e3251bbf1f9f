import type { AlterOperation } from '../../../operations/operation.ts'
import type { Named, Table } from '../../../schema/schema.ts'
import { childRef } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { findTable } from './find.ts'
import { columnGrants } from './column-grants.ts'
import { changeForeignOptions } from './foreign.ts'
import { parameterList, parameterNames, qualified, quoteName, splitPair } from './names.ts'
import { commentOn, tableTarget } from './privileges.ts'
import { changeRights } from './rights.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, stepFor, workOn } from './step.ts'
import { defaultPartition } from './family.ts'
import { NO_PROOF, attachCost, proveBounds } from './partition-bounds.ts'
import { identityAction } from './alter-text.ts'

/** Options of a table that is there. Storage parameters and comments take the weakest lock and a step of their own. */
export function alterTable(operation: AlterOperation<'table'>, context: RenderContext): readonly Step[] {
  const { from, to, fields } = operation
  const word = to.foreign == null ? 'TABLE' : 'FOREIGN TABLE'
  const alter = `ALTER ${word} ${qualified(to)}`
  const strong = STRONG.filter((change) => fields.includes(change.field)).flatMap((change) => change.actions(from, to, alter))
  const proof = fields.includes('partitionOf') && to.partitionOf != null ? proveBounds(to, context) : NO_PROOF
  const target = tableTarget(qualified(to), word, context.version)
  const rewrite = fields.some((field) => field === 'unlogged' || field === 'accessMethod' || field === 'tablespace')
  const weak = [
    ...(fields.includes('parameters') ? parameterChange(from, to, alter) : []),
    ...(fields.includes('comment') ? [commentOn(target.comment, to.comment ?? null)] : []),
  ]
  return [
    ...proof.before,
    ...stepFor(operation, context, [...strong, ...proof.after], {
      ...attachCost(proof, context),
      locks: [...joined(from, to, context), ...lock(context, to, ACCESS_EXCLUSIVE)],
      ...(rewrite ? { class: 'blocking' as const, long: true, work: workOn(context, to, 'rewrite'), hazards: [HAZARDS.rewrite('this change')], instead: 'Make a new table that is so, copy the rows, and let the code go over to it.' } : fields.includes('rowSecurity') ? { class: 'incompatible' as const } : {}),
    }),
    ...stepFor(operation, context, weak, { locks: lock(context, to, SHARE_UPDATE_EXCLUSIVE) }),
    ...changeRights(operation, context, target, fields.includes('grants') ? keptColumnGrants(to, context) : []),
  ]
}

/** A REVOKE on the table takes what is granted on its columns along: what stays is granted again. */
function keptColumnGrants(to: Table, context: RenderContext): readonly string[] {
  const there = findTable(context.before, to)?.columns ?? []
  const kept = (findTable(context.after, to)?.columns ?? []).filter((column) => there.some((other) => other.name === column.name) && !context.creates(childRef('column', to, column.name)))
  return kept.flatMap((column) => columnGrants(to, column, context.version))
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
  // All of them, so that they come to stand in the order that was asked for.
  const added = after.every((parameter) => before.includes(parameter)) ? [] : after
  return [
    ...(gone.length === 0 ? [] : [`${alter} RESET ${parameterNames(gone)}`]),
    ...(added.length === 0 ? [] : [`${alter} SET ${parameterList(added)}`]),
  ]
}

/** Leaving a parent locks it and its default partition strongly; joining one is a weak lock on it and a strong one on the default partition. */
function joined(from: Table, to: Table, context: RenderContext): readonly TableLock[] {
  const moves = from.partitionOf?.bound !== to.partitionOf?.bound || JSON.stringify(from.partitionOf?.parent) !== JSON.stringify(to.partitionOf?.parent)
  const [left, entered] = moves ? [from.partitionOf?.parent, to.partitionOf?.parent] : [undefined, undefined]
  const rests = [left, entered].flatMap((parent) => (parent === undefined ? [] : [defaultPartition(context.before, parent)])).flatMap((rest) => (rest === undefined || rest.name === to.name ? [] : [rest]))
  const inherited = (to.inherits ?? []).filter((parent) => !(from.inherits ?? []).some((other) => qualified(other) === qualified(parent)))
  return [
    ...(left === undefined ? [] : lock(context, left, ACCESS_EXCLUSIVE)),
    ...[...(entered === undefined ? [] : [entered]), ...inherited].flatMap((parent) => lock(context, parent, SHARE_UPDATE_EXCLUSIVE)),
    ...rests.flatMap((rest) => lock(context, rest, ACCESS_EXCLUSIVE)),
  ]
}
