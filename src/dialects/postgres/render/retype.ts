import type { AlterOperation } from '../../../operations/operation.ts'
import type { Column, Composite, Kind, Named, RangeType, Table } from '../../../schema/schema.ts'
import { childRef, tablesByKey, keyOf, refKey } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { familyOf, hasFromParent, hasKnownChildren } from './family.ts'
import { madeUpName, qualified, quoteName } from './names.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, lockAll, stepFor, workOn } from './step.ts'
import { isRetyped } from './type-changes.ts'

/**
 * Moves the columns of a type to a new type of its name, by way of text, for changes that the server does not do in place.
 * The old type goes when the last type that is made of it has been moved, too.
 *
 * @param create - makes the new type under the old name
 * @param extras - what follows: comment, owner, grants
 */
export function retype(operation: AlterOperation<Kind>, context: RenderContext, create: string, extras: readonly string[]): readonly Step[] {
  const columns = namesOf(operation).flatMap(({ schema, name }) => columnsOf(context, schema, name, operation.kind === 'collation' ? 'collation' : 'type'))
  const locks: readonly TableLock[] = columns.flatMap(({ table }) => lockAll(context, table, ACCESS_EXCLUSIVE))
  const statements = [
    ...namesOf(operation).map((name) => `ALTER ${wordOf(operation)} ${qualified(name)} RENAME TO ${quoteName(oldName(name))}`),
    ...freeConstructors(operation),
    create,
    ...columns.flatMap((use) => moveColumn(use, context, operation.kind === 'collation')),
    ...dropOld(operation, context),
    ...extras,
  ]
  return stepFor(operation, context, statements, {
    class: 'incompatible',
    locks,
    long: columns.length > 0,
    work: columns.flatMap(({ table }) => workOn(context, table, 'rewrite')),
    hazards: columns.length === 0 ? [] : [HAZARDS.rewrite(`giving ${columns.length} column${columns.length === 1 ? '' : 's'} another ${operation.kind === 'collation' ? 'collation' : 'type'}`)],
    reason: `the server cannot change this ${operation.kind === 'collation' ? 'collation' : 'type'} in place`,
  })
}

const wordOf = (operation: AlterOperation<Kind>): string => (operation.kind === 'domain' || operation.kind === 'collation' ? operation.kind.toUpperCase() : 'TYPE')

const oldName = (name: Named): string => madeUpName([name.name], 'old')

/** A range type comes with another one, of many ranges. */
function namesOf(operation: AlterOperation<Kind>): readonly Named[] {
  const { schema, name } = operation.ref
  if (operation.kind !== 'range') return [{ schema, name }]
  const option = (operation.from as RangeType).options.find((text) => text.startsWith('multirange_type_name = '))
  const parts = [...(option ?? '').slice('multirange_type_name = '.length).matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  return parts.length === 2 ? [{ schema, name }, { schema: parts[0] ?? '', name: parts[1] ?? '' }] : [{ schema, name }]
}

/** A range type's functions keep its name when it gets another; the new type needs it. */
function freeConstructors(operation: AlterOperation<Kind>): readonly string[] {
  const [own, many] = namesOf(operation)
  if (own === undefined || many === undefined) return []
  const subtype = (operation.from as RangeType).options.find((text) => text.startsWith('subtype = '))?.slice('subtype = '.length) ?? ''
  const rename = (name: Named, signature: string): string => `ALTER FUNCTION ${qualified(name)}(${signature}) RENAME TO ${quoteName(oldName(name))}`
  return [rename(own, `${subtype}, ${subtype}`), rename(own, `${subtype}, ${subtype}, text`), rename(many, '')]
}

/** The old types that nothing is made of any more once this one is moved, the last one first. */
function dropOld(operation: AlterOperation<Kind>, context: RenderContext): readonly string[] {
  const retyped = (context.operations as readonly AlterOperation<Kind>[]).filter((other) => other.verb === 'alter' && isRetyped(other))
  const lastUser = (type: AlterOperation<Kind>): string => {
    const users = new Set([refKey(type.ref)])
    for (const other of retyped) if (collates(other, type) || (other.from.needs ?? []).some((need) => users.has(refKey(need)))) users.add(refKey(other.ref))
    return refKey(retyped.findLast((other) => users.has(refKey(other.ref)))?.ref ?? type.ref)
  }
  const done = retyped.filter((type) => lastUser(type) === refKey(operation.ref))
  return [...done].reverse().map((type) => `DROP ${wordOf(type)} ${qualified({ schema: type.ref.schema, name: oldName(type.ref) })}`)
}

/** True when a type is made of texts that are sorted by a collation. */
function collates({ from }: AlterOperation<Kind>, { kind, ref }: AlterOperation<Kind>): boolean {
  if (kind !== 'collation') return false
  // The fields of one kind are not those of another.
  const { collation, attributes = [], options = [] } = from as { readonly collation?: string | null; readonly attributes?: Composite['attributes']; readonly options?: RangeType['options'] }
  const said = options.flatMap((option) => (option.startsWith('collation = ') ? [option.slice('collation = '.length)] : []))
  return [collation, ...attributes.map((attribute) => attribute.collation), ...said].some((text) => names(text, ref.schema, ref.name))
}

/** A column that has the type. */
export interface Use {
  readonly table: Table
  readonly from: Column
  readonly to: Column
}

/** The columns that have the type (or the collation) before and after, and are not made anew by this plan. */
export function columnsOf(context: RenderContext, schema: string, name: string, field: 'type' | 'collation' = 'type'): readonly Use[] {
  const after = tablesByKey(context.after)
  return context.before.table.flatMap((table) => {
    const next = after.get(keyOf(table))
    if (next === undefined || context.isNew(table)) return []
    return table.columns.flatMap((column) => {
      const now = next.columns.find((other) => other.name === column.name)
      if (now === undefined || hasFromParent(table, column.name, context) || !names(column[field], schema, name) || !names(now[field], schema, name)) return []
      return context.creates(childRef('column', table, column.name)) ? [] : [{ table, from: column, to: now }]
    })
  })
}

/** True when a text names the type, as itself or as an array of it, or the collation. */
function names(text: string | null | undefined, schema: string, name: string): boolean {
  if (text == null) return false
  const bare = text.replace(/(\[\])+$/, '')
  const part = (value: string): readonly string[] => [value, quoteName(value)]
  return part(schema).some((first) => part(name).some((second) => bare === `${first}.${second}`))
}

function moveColumn({ table, from, to }: Use, context: RenderContext, isCollation: boolean): readonly string[] {
  const { name: plain, type } = to
  const name = quoteName(plain)
  const text = /(\[\])+$/.test(type) ? 'text[]' : 'text'
  const alter = `ALTER ${table.foreign == null ? 'TABLE' : 'FOREIGN TABLE'} ${qualified(table)}`
  const way = isCollation ? ` COLLATE ${to.collation ?? ''}` : ` USING ${name}::${text}::${type}`
  const move = [...(from.default === null ? [] : [`ALTER COLUMN ${name} DROP DEFAULT`]), `ALTER COLUMN ${name} TYPE ${type}${way}`]
  const own = [...(to.default === null ? [] : [`ALTER COLUMN ${name} SET DEFAULT ${to.default}`]), ...kept(to)]
  if (!hasKnownChildren(table, context)) return [`${alter} ${[...move, ...own].join(', ')}`]
  // The values of its children left before, and come back after; how they are kept is forgotten with the type.
  const children = familyOf(context.after, table).flatMap((child) => {
    const same = kept(child.columns.find((column) => column.name === plain))
    return same.length === 0 ? [] : [`ALTER TABLE ONLY ${qualified(child)} ${same.join(', ')}`]
  })
  return [`${alter} ${move.join(', ')}`, ...(own.length === 0 ? [] : [`${alter.replace('TABLE ', 'TABLE ONLY ')} ${own.join(', ')}`]), ...children]
}

/** How a column is kept is forgotten with its type. */
function kept(column: Column | undefined): readonly string[] {
  if (column === undefined) return []
  const alter = `ALTER COLUMN ${quoteName(column.name)}`
  return [...(column.storage == null ? [] : [`${alter} SET STORAGE ${column.storage}`]), ...(column.compression == null ? [] : [`${alter} SET COMPRESSION ${column.compression}`])]
}
