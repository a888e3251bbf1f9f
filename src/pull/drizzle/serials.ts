import type { Column, Schema, Sequence, Table } from '../../schema/schema.ts'
import { keyOf } from '../../schema/schema.ts'

const SERIAL = {
  smallint: { builder: 'smallserial', max: '32767' },
  integer: { builder: 'serial', max: '2147483647' },
  bigint: { builder: 'bigserial', max: '9223372036854775807' },
} as const

/** Sequences and columns that together are what `serial` makes. */
export interface Serials {
  isSerial(sequence: Sequence): boolean
  /** `serial`, `bigserial` or `smallserial`; `null` for any other column. */
  builder(table: Table, column: Column): 'serial' | 'bigserial' | 'smallserial' | null
}

/** Finds columns that are just as `serial` would make them, the sequence's name and options included. */
export function serialsOf(schema: Schema): Serials {
  const builders = new Map<string, 'serial' | 'bigserial' | 'smallserial'>()
  const sequences = new Set<string>()
  const tables = new Map(schema.table.map((table) => [keyOf({ schema: table.schema, name: table.name }), table]))
  for (const sequence of schema.sequence) {
    const owner = sequence.ownedBy
    const table = owner === null ? undefined : tables.get(keyOf({ schema: owner.schema, name: owner.table }))
    const column = table?.columns.find((candidate) => candidate.name === owner?.column)
    const kind = column !== undefined && Object.hasOwn(SERIAL, column.type) ? SERIAL[column.type as keyof typeof SERIAL] : undefined
    if (owner === null || column === undefined || kind === undefined) continue
    const name = `${owner.table}_${owner.column}_seq`
    const usual = sequence.schema === owner.schema && sequence.name === name && new TextEncoder().encode(name).length <= 63
      && sequence.type === column.type && sequence.start === '1' && sequence.increment === '1' && sequence.min === '1' && sequence.max === kind.max && sequence.cache === '1'
      && !sequence.cycle && sequence.unlogged !== true
    if (!usual || !column.notNull || !(column.default ?? '').startsWith('nextval(') || !(column.default ?? '').includes(sequence.name.replaceAll('"', '""').replaceAll("'", "''"))) continue
    builders.set(`${keyOf({ schema: owner.schema, name: owner.table })}\u0000${column.name}`, kind.builder)
    sequences.add(keyOf({ schema: sequence.schema, name: sequence.name }))
  }
  return {
    isSerial: (sequence) => sequences.has(keyOf({ schema: sequence.schema, name: sequence.name })),
    builder: (table, column) => builders.get(`${keyOf({ schema: table.schema, name: table.name })}\u0000${column.name}`) ?? null,
  }
}
