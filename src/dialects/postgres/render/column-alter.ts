import type { AlterOperation } from '../../../operations/operation.ts'
import type { Column, Identity, Named, Schema } from '../../../schema/schema.ts'
import { findTable } from './find.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { castText } from './cast.ts'
import { retypeCost } from './retype-cost.ts'
import { alterText } from './alter-text.ts'
import { identityOptions, identityText } from './column-text.ts'
import { stable } from './expression.ts'
import { changeForeignOptions } from './foreign.ts'
import { mustRestart, setToRows } from './sequence.ts'
import { literal, qualified, quoteName, relationOf } from './names.ts'
import { hasFromParent, hasKnownChildren, stayingParents } from './family.ts'
import { commentOn, handedOver } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, stepFor, workOn } from './step.ts'
import { columnGrants } from './column-grants.ts'
import { grantStep } from './rights.ts'
import { changeNotNull } from './column-not-null.ts'

/** Changes a column in place: type and value in one statement, NOT NULL by a proof that keeps nobody waiting, the rest apart. */
export function alterColumn(operation: AlterOperation<'column'>, context: RenderContext): readonly Step[] {
  const table = relationOf(operation.ref)
  const fields = operation.fields.filter((field) => !comesFromParent(operation, field, context, table))
  const { from, to } = operation
  const losesIdentity = fields.includes('identity') && fields.includes('type') && from.identity != null && to.identity == null
  const moves = operation.fields.some((field) => field === 'type' || field === 'collation')
  const actions = valueActions({ ...from, ...(isFreed(from, to) && { generated: null }), ...(losesIdentity && { identity: null }) }, to, fields, moves)
  // One statement would refuse another type: the column is still a generated one, or an identity, to it.
  const plain = fields.includes('generated') && isFreed(from, to) ? [`${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)} DROP EXPRESSION`] : losesIdentity ? [`${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)} DROP IDENTITY`] : []
  const trial = { table: { schema: table.schema, name: table.name }, action: actions.map(({ text }) => text).join(', ') }
  const cost = fields.includes('type') || fields.includes('collation') || fields.includes('generated') ? retypeCost(from, to, context, table, trial) : { locks: [] }
  // In one transaction: between the two a row would get a number that is taken.
  const numbers = fields.includes('identity') ? continueNumbers(from, to, context, table) : []
  const reads = numbers.length > 0 && !context.isEmpty(table) && !isLed(context, table, to.name)
  return [
    ...stepFor(operation, context, [...plain, ...inStatements(actions, context, table), ...numbers], {
      ...(context.isNew(table) ? {} : cost),
      ...(reads && cost.long !== true && { class: 'blocking', long: true, work: workOn(context, table, 'scan'), hazards: [...(cost.hazards ?? []), HAZARDS.scan(`finding the last number of ${to.name}`)], instead: `Build an index on ${to.name} first: its last number is found at once then.` }),
      locks: [...cost.locks, ...lockAll(context, table, ACCESS_EXCLUSIVE), ...identityLocks(from, to, context, table, fields)],
    }),
    ...changeNotNull(operation, context, table, fields),
    ...stepFor(operation, context, quietStatements(operation, fields, context, table), { locks: (fields.includes('statistics') || fields.includes('options') ? lockAll : lock)(context, table, SHARE_UPDATE_EXCLUSIVE) }),
    ...grantStep(operation, context, fields.includes('grants') ? columnGrants(table, to, context.version, handedOver({ ...ownerOf(context.before, table), grants: from.grants ?? [] }, ownerOf(context.after, table))) : []),
  ]
}

interface Action {
  readonly text: string
  /** True for what each table has for itself, and what a change of its parent would otherwise overwrite. */
  readonly own: boolean
}

/** One statement, or as many as it takes where some of it must not reach the children. */
function inStatements(actions: readonly Action[], context: RenderContext, table: Named): readonly string[] {
  const alone = hasKnownChildren(table, context)
  const statements: { only: boolean; texts: string[] }[] = []
  for (const { text, own } of actions) {
    const only = own && alone
    const last = statements.at(-1)
    if (last?.only === only) last.texts.push(text)
    else statements.push({ only, texts: [text] })
  }
  const alter = alterText(table, context)
  return statements.map(({ only, texts }) => `${only ? alter.replace('TABLE ', 'TABLE ONLY ') : alter} ${texts.join(', ')}`)
}

const isFreed = (from: Column, to: Column): boolean => from.generated != null && to.generated == null

/** What a parent table's change does to its children already. */
function comesFromParent(operation: AlterOperation<'column'>, field: string, context: RenderContext, name: Named): boolean {
  const { to } = operation
  if (field === 'type' || field === 'collation' || field === 'generated' || field === 'identity') return hasFromParent(name, to.name, context)
  if (to.local !== false || !field.startsWith('notNull')) return false
  const parents = stayingParents(name, context)
  const valueOf = (schema: Schema, parent: Named): string | undefined =>
    JSON.stringify(findTable(schema, parent)?.columns.find((other) => other.name === to.name)?.[field as keyof Column])
  return parents.some((parent) => {
    const now = valueOf(context.after, parent)
    return now === JSON.stringify(to[field as keyof Column]) && now !== valueOf(context.before, parent)
  })
}

/** Sub-commands that take the strong lock, in an order in which each finds what it needs. */
function valueActions(from: Column, to: Column, fields: readonly string[], moves: boolean): readonly Action[] {
  const has = (field: string): boolean => fields.includes(field)
  const alter = `ALTER COLUMN ${quoteName(to.name)}`
  const retypes = has('type') || has('collation')
  const dropsDefault = (has('default') && to.default === null && from.default !== null) || (retypes && from.default !== null)
  const all = (text: string): Action => ({ text: `${alter} ${text}`, own: false })
  const own = (text: string): Action => ({ text: `${alter} ${text}`, own: true })
  return [
    ...(has('identity') && from.identity != null && to.identity == null ? [all('DROP IDENTITY')] : []),
    ...(dropsDefault && from.generated == null ? [own('DROP DEFAULT')] : []),
    ...(has('notNull') && !to.notNull ? [all('DROP NOT NULL')] : []),
    ...(retypes ? [all(`TYPE ${to.type}${to.collation == null ? '' : ` COLLATE ${to.collation}`}${castText(from, to)}`)] : []),
    ...(has('generated') && from.generated != null && to.generated != null ? [all(`SET EXPRESSION AS (${stable(to.generated.expression)})`)] : []),
    ...((has('default') || dropsDefault) && to.default !== null && to.generated == null ? [own(`SET DEFAULT ${to.default}`)] : []),
    ...(has('identity') ? identityActions(from.identity ?? null, to.identity ?? null).map(all) : []),
    // Another type or collation comes with its own storage and compression, also from a parent.
    ...((has('storage') || moves) && to.storage != null ? [own(`SET STORAGE ${to.storage}`)] : has('storage') && !moves ? [own(`SET STORAGE ${usualStorage(to)}`)] : []),
    ...(has('compression') || (moves && to.compression != null) ? [own(`SET COMPRESSION ${to.compression ?? 'default'}`)] : []),
  ]
}

/** The storage of a type that nobody chose, for the types that can be stored out of line at all. */
export const usualStorage = (column: Column): string => (/^numeric|^inet|^cidr/.test(column.type) ? 'main' : 'extended')

function identityActions(from: Identity | null, to: Identity | null): readonly string[] {
  if (to === null) return []
  if (from === null) return [`ADD ${identityText(to)}`]
  const changed = Object.fromEntries(Object.entries(to).filter(([key, value]) => from[key as keyof Identity] !== value)) as Partial<Identity>
  const options = [...identityOptions(changed).map((option) => `SET ${option}`), ...(mustRestart(from, to) ? [`RESTART WITH ${to.start ?? ''}`] : [])]
  const parts = [...(changed.always === undefined ? [] : [`SET GENERATED ${to.always ? 'ALWAYS' : 'BY DEFAULT'}`]), ...options]
  return parts.length === 0 ? [] : [parts.join(' ')]
}

/** A new identity goes on where the rows that are there end. */
function continueNumbers(from: Column, to: Column, context: RenderContext, table: Named): readonly string[] {
  if (context.isNew(table) || from.identity != null || to.identity == null) return []
  return [setToRows(`pg_get_serial_sequence(${literal(qualified(table))}, ${literal(to.name)})`, table, to.name, to.identity)]
}

/** True when the last value of a column is the end of an index, so that no row is read for it. */
function isLed(context: RenderContext, name: Named, column: string): boolean {
  const table = findTable(context.before, name)
  if (table === undefined) return false
  const isKey = table.constraints.some((one) => (one.type === 'primaryKey' || one.type === 'unique') && one.columns[0] === column)
  return isKey || table.indexes.some((one) => one.method === 'btree' && one.where === null && one.valid !== false && one.keys[0]?.column === column)
}

/** The sequence behind an identity column changes or goes with it. */
function identityLocks(from: Column, to: Column, context: RenderContext, table: Named, fields: readonly string[]): readonly TableLock[] {
  if (!fields.includes('identity') || from.identity?.sequence === undefined) return []
  return lock(context, { schema: table.schema, name: from.identity.sequence }, to.identity == null ? ACCESS_EXCLUSIVE : SHARE_ROW_EXCLUSIVE)
}

/** What takes a lock that no query minds. */
function quietStatements(operation: AlterOperation<'column'>, fields: readonly string[], context: RenderContext, table: Named): readonly string[] {
  const { from, to } = operation
  const alter = `${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)}`
  return [
    // Each table has a target of its own: those of its children stay what they are.
    ...(fields.includes('statistics') ? [`${alter.replace('TABLE ', 'TABLE ONLY ')} SET STATISTICS ${to.statistics ?? -1}`] : []),
    ...(fields.includes('options') ? optionChange(from.options ?? [], to.options ?? [], alter) : []),
    ...(fields.includes('foreignOptions') ? [`${alter} ${changeForeignOptions(from.foreignOptions ?? [], to.foreignOptions ?? [])}`] : []),
    ...(fields.includes('comment') ? [commentOn(`COLUMN ${qualified(table)}.${quoteName(to.name)}`, to.comment ?? null)] : []),
  ]
}

/** Rights on columns change hands with the table. */
function ownerOf(schema: Schema, table: Named): { readonly owner?: string } {
  const owner = findTable(schema, table)?.owner
  return owner === undefined ? {} : { owner }
}

function optionChange(from: readonly string[], to: readonly string[], alter: string): readonly string[] {
  const names = to.map((option) => option.split('=')[0])
  const gone = from.map((option) => option.split('=')[0] ?? '').filter((name) => !names.includes(name))
  const added = to.filter((option) => !from.includes(option))
  return [...(gone.length === 0 ? [] : [`${alter} RESET (${gone.join(', ')})`]), ...(added.length === 0 ? [] : [`${alter} SET (${added.join(', ')})`])]
}
