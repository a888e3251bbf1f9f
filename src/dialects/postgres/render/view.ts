import type { Column, View } from '../../../schema/schema.ts'
import type { KindRenderer, RenderContext, StepWork } from '../../dialect.ts'
import { usualStorage } from './column-alter.ts'
import { stable } from './expression.ts'
import { indexText } from './index-text.ts'
import { parameterList, parameterNames, qualified, quoteName, splitPair } from './names.ts'
import { changeGrants, commentOn, decorate, tableTarget } from './privileges.ts'
import { renameTo } from './rename.ts'
import { changeRights } from './rights.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, lockThere, stepFor, workOn } from './step.ts'

const wordOf = (view: View): string => (view.materialized ? 'MATERIALIZED VIEW' : 'VIEW')

function createText(view: View, replace: boolean): string {
  return [
    `CREATE ${replace ? 'OR REPLACE ' : ''}${wordOf(view)} ${qualified(view)}`,
    view.materialized && view.accessMethod != null ? `USING ${quoteName(view.accessMethod)}` : '',
    (view.parameters ?? []).length === 0 ? '' : `WITH ${parameterList(view.parameters ?? [])}`,
    view.materialized && view.tablespace != null ? `TABLESPACE ${quoteName(view.tablespace)}` : '',
    `AS\n${stable(view.definition.replace(/;\s*$/, ''))}`,
    view.materialized ? (view.withData === false ? '\nWITH NO DATA' : '\nWITH DATA') : '',
  ].filter((part) => part !== '').join(' ')
}

/** What a view's columns carry besides what the query says. */
function columnParts(view: View, column: Column, old: Column | undefined, version: number): readonly string[] {
  const name = quoteName(column.name)
  const target = tableTarget(qualified(view), wordOf(view), version)
  return [
    ...((column.comment ?? null) === (old?.comment ?? null) ? [] : [commentOn(`COLUMN ${qualified(view)}.${name}`, column.comment ?? null)]),
    ...(column.default === (old?.default ?? null) ? [] : [
      `ALTER VIEW ${qualified(view)} ALTER COLUMN ${name} ${column.default === null ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`}`,
    ]),
    ...(view.materialized ? keptParts(column, old).map((action) => `ALTER MATERIALIZED VIEW ${qualified(view)} ALTER COLUMN ${name} ${action}`) : []),
    ...(column.grants === undefined ? [] : changeGrants(old?.grants ?? [], column.grants, undefined, { ...target, all: '' }, ` (${name})`)),
  ]
}

/** How the rows of a materialised view are kept. */
function keptParts(column: Column, old: Column | undefined): readonly string[] {
  const [before, after] = [old?.options ?? [], column.options ?? []]
  const gone = before.filter((option) => !after.some((other) => splitPair(other)[0] === splitPair(option)[0]))
  return [
    ...((column.statistics ?? null) === (old?.statistics ?? null) ? [] : [`SET STATISTICS ${column.statistics ?? -1}`]),
    ...((column.storage ?? null) === (old?.storage ?? null) ? [] : [`SET STORAGE ${column.storage ?? usualStorage(column)}`]),
    ...((column.compression ?? null) === (old?.compression ?? null) ? [] : [`SET COMPRESSION ${column.compression ?? 'default'}`]),
    ...(gone.length === 0 ? [] : [`RESET (${gone.map((option) => splitPair(option)[0]).join(', ')})`]),
    ...(after.every((option) => before.includes(option)) ? [] : [`SET (${after.join(', ')})`]),
  ]
}

function indexParts(view: View): readonly string[] {
  return (view.indexes ?? []).flatMap((index) => [
    indexText(index, view),
    ...(index.comment == null ? [] : [commentOn(`INDEX ${qualified({ schema: view.schema, name: index.name })}`, index.comment)]),
    ...(index.clustered === true ? [`ALTER MATERIALIZED VIEW ${qualified(view)} CLUSTER ON ${quoteName(index.name)}`] : []),
  ])
}

/** Views and materialised views. */
export const viewRenderer: KindRenderer<'view'> = {
  create: (operation, context) => {
    const { to } = operation
    const extras = [
      ...(to.columns ?? []).flatMap((column) => columnParts(to, column, undefined, context.version)),
      ...indexParts(to),
      ...decorate(to, tableTarget(qualified(to), wordOf(to), context.version), context),
    ]
    return stepFor(operation, context, [createText(to, false), ...extras], to.materialized && to.withData !== false ? { long: true, work: readBy(to, context) } : {})
  },
  drop: (operation, context) => {
    const { from } = operation
    return stepFor(operation, context, [`DROP ${wordOf(from)} ${qualified(from)}`], {
      class: from.materialized ? 'destructive' : 'incompatible',
      locks: lockThere(context, from, ACCESS_EXCLUSIVE),
      hazards: from.materialized ? [HAZARDS.dataLoss('the materialized view')] : [HAZARDS.breaks('the view is gone')],
    })
  },
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const replaced = fields.includes('definition')
    const columns = (to.columns ?? []).flatMap((column) => columnParts(to, column, from.columns?.find((old) => old.name === column.name), context.version))
    const statements = [
      ...(replaced ? [createText(to, true)] : []),
      ...(fields.includes('parameters') ? parameterChange(from, to, replaced) : []),
      ...(fields.includes('tablespace') ? [`ALTER ${wordOf(to)} ${qualified(to)} SET TABLESPACE ${quoteName(to.tablespace ?? 'pg_default')}`] : []),
      ...(fields.includes('accessMethod') ? [`ALTER ${wordOf(to)} ${qualified(to)} SET ACCESS METHOD ${quoteName(to.accessMethod ?? 'heap')}`] : []),
      ...(fields.includes('columns') ? columns : []),
    ]
    const target = tableTarget(qualified(to), wordOf(to), context.version)
    const comment = fields.includes('comment') ? [commentOn(target.comment, to.comment ?? null)] : []
    return [
      ...stepFor(operation, context, statements, { locks: lock(context, to, ACCESS_EXCLUSIVE) }),
      ...stepFor(operation, context, comment, { locks: lock(context, to, SHARE_UPDATE_EXCLUSIVE) }),
      ...changeRights(operation, context, target),
    ]
  },
  rename: (operation, context) => renameTo(context.before.view.some((view) => view.materialized && view.name === operation.ref.name) ? 'MATERIALIZED VIEW' : 'VIEW')(operation, context),
}

/** What its query reads, as far as the catalogue says. */
const readBy = (view: View, context: RenderContext): readonly StepWork[] =>
  (view.needs ?? []).flatMap((need) => (need.kind === 'table' && need.table === undefined ? workOn(context, need, 'scan') : []))

function parameterChange(from: View, to: View, replaced: boolean): readonly string[] {
  const now = to.parameters ?? []
  const names = new Set(now.map((parameter) => splitPair(parameter)[0]))
  const gone = (from.parameters ?? []).filter((parameter) => !names.has(splitPair(parameter)[0]))
  const alter = `ALTER ${wordOf(to)} ${qualified(to)}`
  return [
    ...(gone.length === 0 || replaced ? [] : [`${alter} RESET ${parameterNames(gone)}`]),
    ...(now.length === 0 || replaced ? [] : [`${alter} SET ${parameterList(now)}`]),
  ]
}
