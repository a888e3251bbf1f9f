import type { AlterOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Column, Constraint, Identity, Named, Schema } from '../../../schema/schema.ts'
import { refKey } from '../../../schema/schema.ts'
import { findTable, leavesParent } from './find.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { castText } from './cast.ts'
import { retypeCost } from './retype-cost.ts'
import { alterText } from './alter-text.ts'
import { identityOptions, identityText, notNullName } from './column-text.ts'
import { stable } from './expression.ts'
import { changeForeignOptions } from './foreign.ts'
import { isDropped } from './left-overs.ts'
import { mustRestart, setToRows } from './sequence.ts'
import { literal, madeUpName, qualified, quoteName, relationOf } from './names.ts'
import { hasFromParent, hasKnownChildren, stayingParents } from './family.ts'
import { commentOn, handedOver } from './privileges.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, lockAll, makeStep, stepFor, workOn } from './step.ts'
import { columnGrants } from './column-grants.ts'

/** Changes a column in place: type and value in one statement, NOT NULL by a proof that keeps nobody waiting, the rest apart. */
export function alterColumn(operation: AlterOperation<'column'>, context: RenderContext): readonly Step[] {
  const table = relationOf(operation.ref)
  const fields = operation.fields.filter((field) => !comesFromParent(operation, field, context, table))
  const { from, to } = operation
  const losesIdentity = fields.includes('identity') && fields.includes('type') && from.identity != null && to.identity == null
  const moves = operation.fields.some((field) => field === 'type' || field === 'collation')
  const actions = valueActions({ ...from, ...(isFreed(from, to) && { generated: null }), ...(losesIdentity && { identity: null }) }, to, fields, moves)
  const notNull = fields.includes('notNull') && to.notNull
  // One statement would refuse another type: the column is still a generated one, or an identity, to it.
  const plain = fields.includes('generated') && isFreed(from, to) ? [`${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)} DROP EXPRESSION`] : losesIdentity ? [`${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)} DROP IDENTITY`] : []
  const trial = { table: { schema: table.schema, name: table.name }, action: actions.map(({ text }) => text).join(', ') }
  const cost = fields.includes('type') || fields.includes('collation') || fields.includes('generated') ? retypeCost(from, to, context, table, trial) : { locks: [] }
  return [
    ...stepFor(operation, context, [...plain, ...inStatements(actions, context, table)], {
      ...(context.isNew(table) ? {} : cost),
      locks: [...cost.locks, ...lockAll(context, table, ACCESS_EXCLUSIVE), ...identityLocks(from, to, context, table, fields)],
    }),
    ...stepFor(operation, context, fields.includes('identity') ? continueNumbers(from, to, context, table) : []),
    ...(notNull || (isLast(operation, context) && goneWithParent(operation, context, table)) ? setNotNull(operation, context, table) : nameNotNull(operation, context, table, fields)),
    ...stepFor(operation, context, quietStatements(operation, fields, context, table), { locks: (fields.includes('statistics') || fields.includes('options') ? lockAll : lock)(context, table, SHARE_UPDATE_EXCLUSIVE) }),
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

/** NOT NULL without a scan under the strong lock: a check that is validated first is the proof. */
function setNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named): readonly Step[] {
  const { to } = operation
  const alter = alterText(table, context)
  const title = describe(operation, context.defaultSchema)
  const column = quoteName(to.name)
  const atOnce = context.version < 180000 ? `${alter} ALTER COLUMN ${column} SET NOT NULL` : `${alter} ADD CONSTRAINT ${quoteName(notNullName(table.name, to))} NOT NULL ${column}`
  if (context.isNew(table)) return [makeStep(title, [atOnce])]
  const strong = { locks: lockAll(context, table, ACCESS_EXCLUSIVE) }
  if (context.isEmpty(table) && to.notNullValidated !== false && to.notNullNoInherit !== true) return [makeStep(title, [atOnce, ...notNullComment(table, to, null)], strong)]
  const scan = { long: true, class: 'online', locks: lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'scan'), hazards: [HAZARDS.violations('checking for NULLs')] } as const
  if (context.version >= 180000) {
    const name = quoteName(to.notNullName ?? makeObjectName(table.name, to.name, 'not_null'))
    const add = makeStep(title, [`${alter} ADD CONSTRAINT ${name} NOT NULL ${column}${to.notNullNoInherit === true ? ' NO INHERIT' : ''} NOT VALID`, ...notNullComment(table, to, null)], strong)
    if (to.notNullValidated === false) return [add]
    return [add, makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${name}`], scan)]
  }
  // A start that died may have left the proof, validated or not. It is never taken for a check of the user's own: nobody else would drop it.
  const proof = madeUpName([table.name, to.name], 'is_not_null')
  const left = findTable(context.before, table)?.constraints.find((item) => item.name === proof)
  // Two statements: in one, the proof would be gone before the server looks for it.
  const require = (drop: boolean): Step => makeStep(title, [`${alter} ALTER COLUMN ${column} SET NOT NULL`, ...(drop ? [`${alter} DROP CONSTRAINT ${quoteName(proof)}`] : [])], strong)
  const dropsProof = !isDropped('constraint', proof, context, table)
  if (left !== undefined && left.validated !== false && isProved([left], to.name)) return [require(dropsProof)]
  if (isProved(findTable(context.before, table)?.constraints ?? [], to.name)) return [require(left !== undefined && dropsProof)]
  return [
    ...(left === undefined ? [makeStep(`${title}: forbid new NULLs`, [`${alter} ADD CONSTRAINT ${quoteName(proof)} CHECK (${column} IS NOT NULL) NOT VALID`], strong)] : []),
    makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${quoteName(proof)}`], scan),
    require(dropsProof),
  ]
}

/** A check that says it already, and that holds for all rows. */
const isProved = (constraints: readonly Constraint[], column: string): boolean =>
  constraints.some((item) => item.type === 'check' && item.validated !== false && [column, quoteName(column)].some((name) => item.expression === `${name} IS NOT NULL` || item.expression === `(${name} IS NOT NULL)`))

/** The sequence behind an identity column changes or goes with it. */
function identityLocks(from: Column, to: Column, context: RenderContext, table: Named, fields: readonly string[]): readonly TableLock[] {
  if (!fields.includes('identity') || from.identity?.sequence === undefined) return []
  return lock(context, { schema: table.schema, name: from.identity.sequence }, to.identity == null ? ACCESS_EXCLUSIVE : SHARE_ROW_EXCLUSIVE)
}

/** Of the parts of a column's change: the one after which nothing of it follows. */
const isLast = (operation: AlterOperation<'column'>, context: RenderContext): boolean =>
  context.operations?.findLast((other) => other.verb === 'alter' && refKey(other.ref) === refKey(operation.ref)) === operation && findTable(context.after, relationOf(operation.ref))?.columns.some((column) => column.name === operation.ref.name && column.notNull) === true

/** A NOT NULL that came from a parent goes with the parent's, and comes back as the table's own. */
function goneWithParent({ from, to }: AlterOperation<'column'>, context: RenderContext, name: Named): boolean {
  if (context.version < 180000 || !from.notNull || !to.notNull || leavesParent(name, context)) return false
  const parent = findTable(context.before, name)?.partitionOf?.parent
  const columnOf = (schema: Schema, usual: (column: Column) => boolean): Column | undefined =>
    parent === undefined ? undefined : findTable(schema, parent)?.columns.find((column) => column.name === to.name && usual(column))
  const before = columnOf(context.before, (column) => column.notNull)
  if (before === undefined || parent === undefined || columnOf(context.after, (column) => !column.notNull) === undefined) return false
  return (from.notNullName ?? makeObjectName(name.name, from.name, 'not_null')) === (before.notNullName ?? makeObjectName(parent.name, before.name, 'not_null'))
}

/** The name and the validation of a NOT NULL that stays, which version 18 keeps. */
function nameNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named, fields: readonly string[]): readonly Step[] {
  const { from, to } = operation
  if (context.version < 180000 || !to.notNull || !from.notNull) return []
  const usual = makeObjectName(table.name, to.name, 'not_null')
  const [before, after] = [from.notNullName ?? usual, to.notNullName ?? usual]
  const alter = alterText(table, context)
  const inherits = fields.includes('notNullNoInherit') ? [`${alter} ALTER CONSTRAINT ${quoteName(after)} ${to.notNullNoInherit === true ? 'NO INHERIT' : 'INHERIT'}`] : []
  const comments = fields.includes('notNullComment') ? notNullComment(table, to, from.notNullComment ?? null) : []
  const renames = fields.includes('notNullName') && before !== after ? [`${alter} RENAME CONSTRAINT ${quoteName(before)} TO ${quoteName(after)}`] : []
  // What models do not speak of stands in `to` as it was found: that it differs says which way it goes.
  const changes = fields.includes('notNullValidated')
  // Nothing takes a proof back but making the constraint anew.
  if (changes && from.notNullValidated !== false) {
    const anew = `ADD CONSTRAINT ${quoteName(after)} NOT NULL ${quoteName(to.name)}${to.notNullNoInherit === true ? ' NO INHERIT' : ''} NOT VALID`
    return stepFor(operation, context, [`${alter} DROP CONSTRAINT ${quoteName(before)}, ${anew}`, ...notNullComment(table, to, null)], { locks: lock(context, table, ACCESS_EXCLUSIVE) })
  }
  const validates = changes ? [`${alter} VALIDATE CONSTRAINT ${quoteName(after)}`] : []
  return [
    ...stepFor(operation, context, [...renames, ...inherits, ...comments], { locks: lockAll(context, table, ACCESS_EXCLUSIVE) }),
    ...stepFor(operation, context, validates, { long: true, class: 'online', locks: lockAll(context, table, SHARE_UPDATE_EXCLUSIVE), work: workOn(context, table, 'scan') }),
  ]
}

/** The comment on the constraint that version 18 makes of a NOT NULL. */
export function notNullComment(table: Named, column: Column, before: string | null): readonly string[] {
  const comment = column.notNull ? (column.notNullComment ?? null) : null
  return comment === before ? [] : [commentOn(`CONSTRAINT ${quoteName(notNullName(table.name, column))} ON ${qualified(table)}`, comment)]
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
    ...(fields.includes('grants') ? columnGrants(table, to, context.version, handedOver({ ...ownerOf(context.before, table), grants: from.grants ?? [] }, ownerOf(context.after, table))) : []),
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
