import type { Column, Constraint, Named, Schema, Sequence, Table } from '../../schema/schema.ts'
import { keyOf, sortSchema } from '../../schema/schema.ts'
import { makeObjectName, printName } from './names.ts'
import { canonicalType } from './types.ts'

const SERIAL = {
  smallserial: { type: 'smallint', max: '32767' }, serial2: { type: 'smallint', max: '32767' },
  serial: { type: 'integer', max: '2147483647' }, serial4: { type: 'integer', max: '2147483647' },
  bigserial: { type: 'bigint', max: '9223372036854775807' }, serial8: { type: 'bigint', max: '9223372036854775807' },
} as const

/**
 * Writes out what needs no server: `serial` becomes an integer column with its default and its sequence, types get the
 * server's spelling where that is certain. What is not certain stays as it was written.
 */
export function complete(declared: Schema): Schema {
  const sequences: Sequence[] = []
  const taken = new Set([...declared.table, ...declared.sequence, ...declared.view].map(keyOf))
  const keys = new Map(declared.table.map((one) => [keyOf(one), primaryKeyOf(one)]))
  const table = declared.table.map((one) => ({
    ...one,
    columns: one.columns.map((column) => completeColumn(one, column, sequences, taken)),
    constraints: one.constraints.map((constraint) => completeReference(constraint, keys)),
  }))
  return sortSchema({
    ...declared,
    table,
    sequence: [...declared.sequence.map((one) => ({ ...one, type: canonicalType(one.type) })), ...sequences],
    domain: declared.domain.map((one) => ({ ...one, type: canonicalType(one.type) })),
    composite: declared.composite.map((one) => ({
      ...one, attributes: one.attributes.map((attribute) => ({ ...attribute, type: canonicalType(attribute.type) })),
    })),
  })
}

const primaryKeyOf = (table: Table): readonly string[] => table.constraints.find((one) => one.type === 'primaryKey')?.columns ?? []

/** A foreign key that names no columns means the primary key of its target. */
function completeReference(constraint: Constraint, keys: ReadonlyMap<string, readonly string[]>): Constraint {
  if (constraint.type !== 'foreignKey' || constraint.references.columns.length > 0) return constraint
  const columns = keys.get(keyOf({ schema: constraint.references.schema, name: constraint.references.table })) ?? []
  return { ...constraint, references: { ...constraint.references, columns } }
}

/** Keys and identities are NOT NULL without saying so. */
function completeColumn(table: Table, declared: Column, sequences: Sequence[], taken: Set<string>): Column {
  const column = declared.identity != null || primaryKeyOf(table).includes(declared.name) ? { ...declared, notNull: true } : declared
  const word = column.type.trim().toLowerCase().replace(/^pg_catalog\./, '')
  if (!(word in SERIAL)) return { ...column, type: canonicalType(column.type) }
  // The key was just found in the table of serial types.
  const serial = SERIAL[word as keyof typeof SERIAL]
  const name = freeName(table, column.name, taken)
  sequences.push({
    ...name, type: serial.type, start: '1', increment: '1', min: '1', max: serial.max, cache: '1', cycle: false,
    ownedBy: { schema: table.schema, table: table.name, column: column.name },
  })
  return { ...column, type: serial.type, notNull: true, default: nextval(name), needs: [...(column.needs ?? []), { kind: 'sequence', ...name }] }
}

/** What PostgreSQL calls the sequence of a serial column: numbered when something else of the declaration has the name. */
function freeName(table: Table, column: string, taken: Set<string>): Named {
  for (let number = 0; ; number++) {
    const name: Named = { schema: table.schema, name: makeObjectName(table.name, column, number === 0 ? 'seq' : `seq${number}`) }
    if (taken.has(keyOf(name))) continue
    taken.add(keyOf(name))
    return name
  }
}

/** The default of a serial column, as the server prints it. */
function nextval(sequence: Named): string {
  const path = `${printName(sequence.schema)}.${printName(sequence.name)}`
  return path.includes('\\')
    ? `nextval(E'${path.replaceAll('\\', '\\\\').replaceAll("'", "''")}'::regclass)`
    : `nextval('${path.replaceAll("'", "''")}'::regclass)`
}
