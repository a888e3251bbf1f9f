// The diff of two schemas of 1,000 and of 10,000 tables that differ in ten places.
import { diff } from '../src/diff/diff.ts'
import type { Schema, Table } from '../src/schema/schema.ts'
import { judge, median, printTable } from './lib/report.ts'
import { schemaOf } from './lib/tables.ts'

/** The same schema built anew, so that no object is shared, with ten differences of different kinds. */
function changed(tables: number): Schema {
  const schema: Schema = JSON.parse(JSON.stringify(schemaOf({ tables, unique: true })))
  const table = [...schema.table]
  const change = (part: number, edit: (one: Table) => Table): void => {
    const at = Math.floor((table.length * part) / 10)
    const one = table[at]
    if (one !== undefined) table[at] = edit(one)
  }
  change(0, (one) => ({ ...one, columns: [...one.columns, { name: 'added', type: 'text', notNull: false, default: null }] }))
  change(1, (one) => ({ ...one, columns: one.columns.slice(0, -1) }))
  change(2, (one) => ({ ...one, columns: one.columns.map((column) => (column.name === 'title' ? { ...column, type: 'character varying(80)' } : column)) }))
  change(3, (one) => ({ ...one, columns: one.columns.map((column) => (column.name === 'quantity' ? { ...column, notNull: true } : column)) }))
  change(4, (one) => ({ ...one, columns: one.columns.map((column) => (column.name === 'active' ? { ...column, default: 'false' } : column)) }))
  change(5, (one) => ({ ...one, indexes: one.indexes.slice(1) }))
  change(6, (one) => ({ ...one, indexes: one.indexes.map((index, at) => (at === 0 ? { ...index, unique: true } : index)) }))
  change(7, (one) => ({ ...one, constraints: one.constraints.filter((constraint) => constraint.type !== 'check') }))
  change(8, (one) => ({ ...one, constraints: one.constraints.map((constraint) => (constraint.type === 'foreignKey' ? { ...constraint, onDelete: 'restrict' as const } : constraint)) }))
  table.push({ ...table[0], name: 'one_more' } as Table) // there is a first table
  return { ...schema, table }
}

function measure(tables: number): { readonly first: number; readonly ms: number; readonly operations: number } {
  const [from, to] = [schemaOf({ tables, unique: true }), changed(tables)]
  const copy: Schema = JSON.parse(JSON.stringify(from))
  const times: number[] = []
  let operations = 0
  for (let run = 0; run < 9; run++) {
    const begin = performance.now()
    operations = diff(copy, to).length
    times.push(performance.now() - begin)
  }
  return { first: times[0] ?? 0, ms: median(times), operations }
}

const small = measure(1_000)
const large = measure(10_000)
printTable('Diff of two schemas that differ in ten places (10 columns, 4 constraints, 4 indexes a table)', [
  { tables: 1_000, operations: small.operations, 'first run, ms': small.first, 'median, ms': small.ms },
  { tables: 10_000, operations: large.operations, 'first run, ms': large.first, 'median, ms': large.ms },
])
console.log()
judge('diff of 10,000 tables, first run', large.first, 200, ' ms')
judge('diff of 10,000 tables, median', large.ms, 200, ' ms')
judge('growth from 1,000 to 10,000 tables', large.ms / small.ms, 15, ' x')
