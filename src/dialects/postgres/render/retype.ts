import type { AlterOperation } from '../../../operations/operation.ts'
import type { Column, Kind, Table } from '../../../schema/schema.ts'
import { childRef, tablesByKey, keyOf } from '../../../schema/schema.ts'
import type { RenderContext, Step, TableLock } from '../../dialect.ts'
import { madeUpName, qualified, quoteName } from './names.ts'
import { ACCESS_EXCLUSIVE, HAZARDS, stepFor } from './step.ts'

/**
 * Moves the columns of a type to a new type of its name, by way of text, for changes that the server does not do in place.
 *
 * @param create - makes the new type under the old name
 * @param extras - what follows: comment, owner, grants
 */
export function retype(operation: AlterOperation<Kind>, context: RenderContext, create: string, extras: readonly string[]): readonly Step[] {
  const { schema, name } = operation.ref
  const word = operation.kind === 'domain' ? 'DOMAIN' : 'TYPE'
  const old = madeUpName([name], 'old')
  const columns = columnsOf(context, schema, name)
  const locks: readonly TableLock[] = columns.map(({ table }) => ({ relation: { schema: table.schema, name: table.name }, mode: ACCESS_EXCLUSIVE }))
  const statements = [
    `ALTER ${word} ${qualified({ schema, name })} RENAME TO ${quoteName(old)}`,
    create,
    ...columns.map((use) => moveColumn(use)),
    `DROP ${word} ${qualified({ schema, name: old })}`,
    ...extras,
  ]
  return stepFor(operation, context, statements, {
    class: 'incompatible',
    locks,
    long: columns.length > 0,
    hazards: columns.length === 0 ? [] : [HAZARDS.rewrite(`giving ${columns.length} column${columns.length === 1 ? '' : 's'} another type`)],
    reason: 'the server cannot change this type in place',
  })
}

interface Use {
  readonly table: Table
  readonly from: Column
  readonly to: Column
}

/** The columns that have the type before and after, and are not made anew by this plan. */
function columnsOf(context: RenderContext, schema: string, name: string): readonly Use[] {
  const after = tablesByKey(context.after)
  return context.before.table.flatMap((table) => {
    const next = after.get(keyOf(table))
    if (next === undefined || context.isNew(table)) return []
    return table.columns.flatMap((column) => {
      const now = next.columns.find((other) => other.name === column.name)
      if (now === undefined || column.local === false || !names(column.type, schema, name) || !names(now.type, schema, name)) return []
      return context.creates(childRef('column', table, column.name)) ? [] : [{ table, from: column, to: now }]
    })
  })
}

/** True when a type text names the type, as itself or as an array of it. */
function names(text: string, schema: string, name: string): boolean {
  const bare = text.replace(/(\[\])+$/, '')
  const part = (value: string): readonly string[] => [value, quoteName(value)]
  return part(schema).some((first) => part(name).some((second) => bare === `${first}.${second}`))
}

function moveColumn({ table, from, to }: Use): string {
  const { name: plain, type } = to
  const name = quoteName(plain)
  const text = /(\[\])+$/.test(type) ? 'text[]' : 'text'
  const actions = [
    ...(from.default === null ? [] : [`ALTER COLUMN ${name} DROP DEFAULT`]),
    `ALTER COLUMN ${name} TYPE ${type} USING ${name}::${text}::${type}`,
    ...(to.default === null ? [] : [`ALTER COLUMN ${name} SET DEFAULT ${to.default}`]),
  ]
  return `ALTER ${table.foreign == null ? 'TABLE' : 'FOREIGN TABLE'} ${qualified(table)} ${actions.join(', ')}`
}
