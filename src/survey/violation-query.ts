import type { Dialect } from '../dialects/dialect.ts'
import type { Demand, UniqueKey } from '../plan/demands.ts'
import type { Named, Table } from '../schema/schema.ts'
import { rowKey } from '../schema/schema.ts'

type Words = Pick<Dialect, 'writer' | 'capabilities'>

/** A query whose rows are those in the way: their keys, or for a unique key the values that occur more than once. */
export function violationQuery(demand: Demand, table: Table, dialect: Words): string {
  const name = (text: string): string => dialect.writer.name(text)
  const from = nameIn(demand.table, dialect)
  const keys = (rowKey(table) ?? table.columns.map((column) => column.name).slice(0, 3)).map((column) => `CAST(t.${name(column)} AS text) AS ${name(column)}`).join(', ')
  const rows = (condition: string): string => `SELECT ${keys} FROM ${from} AS t WHERE ${condition}`
  switch (demand.kind) {
    case 'not-null':
      return rows(`t.${name(demand.column)} IS NULL`)
    case 'check':
      return rows(`NOT (${demand.expression})`)
    case 'unique':
      return duplicates(demand, from, name)
    case 'reference': {
      const { columns, references } = demand.key
      const filled = columns.map((column) => `t.${name(column)} IS NOT NULL`)
      const same = columns.map((column, i) => `r.${name(references.columns[i] ?? '')} = t.${name(column)}`).join(' AND ')
      return rows([...filled, `NOT EXISTS (SELECT 1 FROM ${nameIn({ schema: references.schema, name: references.table }, dialect)} AS r WHERE ${same})`].join(' AND '))
    }
  }
}

function duplicates(demand: Extract<Demand, { kind: 'unique' }>, from: string, name: (text: string) => string): string {
  const expression = (key: UniqueKey): string => ('column' in key ? name(key.column) : `(${key.expression})`)
  const all = demand.keys.map(expression)
  const shown = demand.keys.map((key, i) => `CAST(${expression(key)} AS text) AS ${name('column' in key ? key.column : `value${i + 1}`)}`).join(', ')
  const conditions = [...(demand.nullsToo ? [] : all.map((one) => `${one} IS NOT NULL`)), ...(demand.where === null ? [] : [`(${demand.where})`])]
  return `SELECT ${shown} FROM ${from}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`} GROUP BY ${all.join(', ')} HAVING count(*) > 1`
}

const nameIn = (table: Named, { writer, capabilities }: Words): string => (capabilities.schemas ? `${writer.name(table.schema)}.${writer.name(table.name)}` : writer.name(table.name))
