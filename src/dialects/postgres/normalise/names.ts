import type { ObjectRef, Schema } from '../../../schema/schema.ts'
import { TOP_KINDS } from '../../../schema/schema.ts'
import type { Normalised } from '../../dialect.ts'
import { NAME_BYTES, byteLength } from '../names.ts'

/**
 * Names that PostgreSQL would cut without an error, so that what it has is never what was declared
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS). Names that a tool made up are not
 * compared, and the server may cut them.
 */
export function tooLong(declared: Schema): Normalised['problems'] {
  const refs: ObjectRef[] = TOP_KINDS.flatMap((kind) => declared[kind].map((one) => ({ kind, schema: 'schema' in one ? one.schema : '', name: one.name })))
  for (const table of declared.table) {
    const inside = { schema: table.schema, table: table.name }
    refs.push(...table.columns.map(({ name }): ObjectRef => ({ kind: 'column', ...inside, name })))
    refs.push(...table.constraints.filter((one) => one.named !== false).map(({ name }): ObjectRef => ({ kind: 'constraint', ...inside, name })))
    refs.push(...table.indexes.filter((one) => one.named !== false).map(({ name }): ObjectRef => ({ kind: 'index', ...inside, name })))
  }
  return refs
    .filter((ref) => byteLength(ref.name) > NAME_BYTES)
    .map((ref) => ({ ref, message: `its name ${JSON.stringify(ref.name)} has ${byteLength(ref.name)} bytes, and PostgreSQL cuts names after ${NAME_BYTES}; shorten it` }))
}
