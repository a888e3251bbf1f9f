import type { AlterOperation } from '../../../operations/operation.ts'
import { describe } from '../../../operations/operation.ts'
import type { Column, Identity, Named, Schema, Table } from '../../../schema/schema.ts'
import { findTable } from './find.ts'
import type { RenderContext, Step } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { castText, typeCost } from './cast.ts'
import { alterText } from './alter-text.ts'
import { identityOptions, identityText } from './column-text.ts'
import { stable } from './expression.ts'
import { mustRestart, setToRows } from './sequence.ts'
import { literal, madeUpName, qualified, quoteName, relationOf } from './names.ts'
import { commentOn } from './privileges.ts'
import { ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, lock, makeStep, stepFor } from './step.ts'
import { columnGrants } from './table.ts'

/** Changes a column in place: type and value in one statement, NOT NULL by a proof that keeps nobody waiting, the rest apart. */
export function alterColumn(operation: AlterOperation<'column'>, context: RenderContext): readonly Step[] {
  const table = relationOf(operation.ref)
  const fields = operation.fields.filter((field) => !comesFromParent(operation, field, context, table))
  const { from, to } = operation
  const actions = valueActions(from, to, fields)
  const notNull = fields.includes('notNull') && to.notNull
  const cost = fields.includes('type') || fields.includes('collation') ? typeCost(from, to) : {}
  return [
    ...stepFor(operation, context, actions.length === 0 ? [] : [`${alterText(table, context)} ${actions.join(', ')}`], {
      locks: lock(context, table, ACCESS_EXCLUSIVE),
      ...(context.isNew(table) ? {} : cost),
    }),
    ...stepFor(operation, context, fields.includes('identity') ? continueNumbers(from, to, context, table) : []),
    ...(notNull ? setNotNull(operation, context, table) : nameNotNull(operation, context, table, fields)),
    ...stepFor(operation, context, quietStatements(operation, fields, context, table), { locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) }),
  ]
}

/** What a parent table's change does to its children already. */
function comesFromParent(operation: AlterOperation<'column'>, field: string, context: RenderContext, name: Named): boolean {
  const { to } = operation
  if (to.local !== false) return false
  const table: Table | undefined = findTable(context.after, name)
  const parents = [...(table?.partitionOf == null ? [] : [table.partitionOf.parent]), ...(table?.inherits ?? [])]
  if (field === 'type' || field === 'collation' || field === 'generated' || field === 'identity') return parents.length > 0
  if (field === 'default' || field === 'comment') return false
  const valueOf = (schema: Schema, parent: Named): string | undefined =>
    JSON.stringify(findTable(schema, parent)?.columns.find((other) => other.name === to.name)?.[field as keyof Column])
  return parents.some((parent) => {
    const now = valueOf(context.after, parent)
    return now === JSON.stringify(to[field as keyof Column]) && now !== valueOf(context.before, parent)
  })
}

/** Sub-commands that take the strong lock, in an order in which each finds what it needs. */
function valueActions(from: Column, to: Column, fields: readonly string[]): readonly string[] {
  const has = (field: string): boolean => fields.includes(field)
  const alter = `ALTER COLUMN ${quoteName(to.name)}`
  const retypes = has('type') || has('collation')
  const dropsDefault = (has('default') && to.default === null && from.default !== null) || (retypes && from.default !== null)
  return [
    ...(has('identity') && from.identity != null && to.identity == null ? [`${alter} DROP IDENTITY`] : []),
    ...(has('generated') && from.generated != null && to.generated == null ? [`${alter} DROP EXPRESSION`] : []),
    ...(dropsDefault && from.generated == null ? [`${alter} DROP DEFAULT`] : []),
    ...(has('notNull') && !to.notNull ? [`${alter} DROP NOT NULL`] : []),
    ...(retypes ? [`${alter} TYPE ${to.type}${to.collation == null ? '' : ` COLLATE ${to.collation}`}${castText(from, to)}`] : []),
    ...(has('generated') && from.generated != null && to.generated != null ? [`${alter} SET EXPRESSION AS (${stable(to.generated.expression)})`] : []),
    ...((has('default') || dropsDefault) && to.default !== null && to.generated == null ? [`${alter} SET DEFAULT ${to.default}`] : []),
    ...(has('identity') ? identityActions(from.identity ?? null, to.identity ?? null, alter) : []),
    ...(has('storage') && to.storage != null ? [`${alter} SET STORAGE ${to.storage}`] : has('storage') ? [`${alter} SET STORAGE ${usualStorage(to)}`] : []),
    ...(has('compression') ? [`${alter} SET COMPRESSION ${to.compression ?? 'default'}`] : []),
  ]
}

/** The storage of a type that nobody chose, for the types that can be stored out of line at all. */
const usualStorage = (column: Column): string => (/^numeric|^inet|^cidr/.test(column.type) ? 'main' : 'extended')

function identityActions(from: Identity | null, to: Identity | null, alter: string): readonly string[] {
  if (to === null) return []
  if (from === null) return [`${alter} ADD ${identityText(to)}`]
  const changed = Object.fromEntries(Object.entries(to).filter(([key, value]) => from[key as keyof Identity] !== value)) as Partial<Identity>
  const options = [...identityOptions(changed).map((option) => `SET ${option}`), ...(mustRestart(from, to) ? [`RESTART WITH ${to.start ?? ''}`] : [])]
  const parts = [...(changed.always === undefined ? [] : [`SET GENERATED ${to.always ? 'ALWAYS' : 'BY DEFAULT'}`]), ...options]
  return parts.length === 0 ? [] : [`${alter} ${parts.join(' ')}`]
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
  if (context.isNew(table)) return [makeStep(title, [`${alter} ALTER COLUMN ${column} SET NOT NULL`])]
  const strong = { locks: lock(context, table, ACCESS_EXCLUSIVE) }
  const scan = { long: true, class: 'online', locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) } as const
  if (context.version >= 180000) {
    const name = quoteName(to.notNullName ?? makeObjectName(table.name, to.name, 'not_null'))
    const add = makeStep(title, [`${alter} ADD CONSTRAINT ${name} NOT NULL ${column} NOT VALID`], strong)
    if (to.notNullValidated === false) return [add]
    return [add, makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${name}`], scan)]
  }
  const proof = madeUpName([table.name, to.name], 'is_not_null')
  const isThere = findTable(context.before, table)?.constraints.some((item) => item.name === proof) === true
  return [
    ...(isThere ? [] : [makeStep(`${title}: forbid new NULLs`, [`${alter} ADD CONSTRAINT ${quoteName(proof)} CHECK (${column} IS NOT NULL) NOT VALID`], strong)]),
    makeStep(`${title}: check the rows`, [`${alter} VALIDATE CONSTRAINT ${quoteName(proof)}`], scan),
    // Two statements: in one, the proof would be gone before the server looks for it.
    makeStep(title, [`${alter} ALTER COLUMN ${column} SET NOT NULL`, `${alter} DROP CONSTRAINT ${quoteName(proof)}`], strong),
  ]
}

/** The name and the validation of a NOT NULL that stays, which version 18 keeps. */
function nameNotNull(operation: AlterOperation<'column'>, context: RenderContext, table: Named, fields: readonly string[]): readonly Step[] {
  const { from, to } = operation
  if (context.version < 180000 || !to.notNull || !from.notNull) return []
  const usual = makeObjectName(table.name, to.name, 'not_null')
  const [before, after] = [from.notNullName ?? usual, to.notNullName ?? usual]
  const alter = alterText(table, context)
  const renames = fields.includes('notNullName') && before !== after ? [`${alter} RENAME CONSTRAINT ${quoteName(before)} TO ${quoteName(after)}`] : []
  const validates = fields.includes('notNullValidated') && to.notNullValidated !== false ? [`${alter} VALIDATE CONSTRAINT ${quoteName(after)}`] : []
  return [
    ...stepFor(operation, context, renames, { locks: lock(context, table, ACCESS_EXCLUSIVE) }),
    ...stepFor(operation, context, validates, { long: true, class: 'online', locks: lock(context, table, SHARE_UPDATE_EXCLUSIVE) }),
  ]
}

/** What takes a lock that no query minds. */
function quietStatements(operation: AlterOperation<'column'>, fields: readonly string[], context: RenderContext, table: Named): readonly string[] {
  const { from, to } = operation
  const alter = `${alterText(table, context)} ALTER COLUMN ${quoteName(to.name)}`
  return [
    ...(fields.includes('statistics') ? [`${alter} SET STATISTICS ${to.statistics ?? -1}`] : []),
    ...(fields.includes('options') ? optionChange(from.options ?? [], to.options ?? [], alter) : []),
    ...(fields.includes('comment') ? [commentOn(`COLUMN ${qualified(table)}.${quoteName(to.name)}`, to.comment ?? null)] : []),
    ...(fields.includes('grants') ? columnGrants(table, to, context.version, from.grants ?? []) : []),
  ]
}

function optionChange(from: readonly string[], to: readonly string[], alter: string): readonly string[] {
  const names = to.map((option) => option.split('=')[0])
  const gone = from.map((option) => option.split('=')[0] ?? '').filter((name) => !names.includes(name))
  const added = to.filter((option) => !from.includes(option))
  return [...(gone.length === 0 ? [] : [`${alter} RESET (${gone.join(', ')})`]), ...(added.length === 0 ? [] : [`${alter} SET (${added.join(', ')})`])]
}
