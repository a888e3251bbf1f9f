import type { Column, Named } from '../../../schema/schema.ts'
import type { RenderContext } from '../../dialect.ts'
import { makeObjectName } from '../names.ts'
import { notNullName } from './column-text.ts'

/**
 * Left alone, version 18 looks for a NOT NULL name that no table of the schema has. Where another table holds the usual one, it is
 * written out, so that this table gets it all the same.
 */
export function nameNotNull(table: Named, column: Column, context: RenderContext): Column {
  if (context.version < 180000 || !column.notNull || column.notNullName != null) return column
  const usual = makeObjectName(table.name, column.name, 'not_null')
  const holders = holdersOf(context).get(place(table.schema, usual)) ?? []
  return holders.some((holder) => holder !== place(table.name, column.name)) ? { ...column, notNullName: usual } : column
}

const place = (a: string, b: string): string => `${a}\u0000${b}`

const HOLDERS = new WeakMap<object, ReadonlyMap<string, readonly string[]>>()

/** The columns that have a NOT NULL of a name, before or after, by schema and name. */
function holdersOf(context: RenderContext): ReadonlyMap<string, readonly string[]> {
  const known = HOLDERS.get(context)
  if (known !== undefined) return known
  const holders = new Map<string, string[]>()
  for (const table of [...context.before.table, ...context.after.table]) {
    for (const column of table.columns) {
      if (!column.notNull) continue
      const key = place(table.schema, notNullName(table.name, column))
      const holder = place(table.name, column.name)
      const list = holders.get(key)
      if (list === undefined) holders.set(key, [holder])
      else if (!list.includes(holder)) list.push(holder)
    }
  }
  HOLDERS.set(context, holders)
  return holders
}
