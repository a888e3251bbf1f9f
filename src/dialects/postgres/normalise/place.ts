import type { Session } from '../../dialect.ts'
import { literal, quoteName, quotePath } from '../literal.ts'
import { randomHex } from '../names.ts'

/** Where tables are tried: a schema that is made for it, the session's temporary one, or the default schema under random names. */
export interface ScratchPlace {
  /** Run first inside the transaction. */
  readonly setUp: readonly string[]
  /** The table's name for statements. */
  table(at: number): string
  /** What an index's name is put in front of; index names live beside those of tables. */
  readonly prefix: string
  /** The schema to read afterwards: a name, or a query that tells it. */
  readonly schema: string | null
  /** The number of a table that was read; `null` for others. */
  numberOf(name: string): number | null
}

/** Finds out in one query where this role may create tables; `null` when nowhere. */
export async function findPlace(session: Session, defaultSchema: string): Promise<ScratchPlace | null> {
  const rights = await session.json<{ readonly create: boolean; readonly temp: boolean; readonly schema: boolean; readonly readOnly: boolean }>(`SELECT json_build_object(
'create', has_database_privilege(current_database(), 'CREATE'), 'temp', has_database_privilege(current_database(), 'TEMP'),
'schema', coalesce((SELECT has_schema_privilege(n.oid, 'CREATE') FROM pg_catalog.pg_namespace n WHERE n.nspname = ${literal(defaultSchema)}), false),
'readOnly', pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean)::text`)
  if (rights === null || rights.readOnly) return null
  const random = randomHex(6)
  if (rights.create) return inSchema(`trueup_scratch_${random}`)
  if (rights.temp) return inTemp(random)
  return rights.schema ? inDefault(defaultSchema, random) : null
}

function inSchema(schema: string): ScratchPlace {
  return {
    setUp: [`CREATE SCHEMA ${quoteName(schema)}`],
    table: (at) => quotePath(schema, `t${at}`),
    prefix: '',
    schema,
    numberOf: (name) => numbered(name, 't'),
  }
}

/** Tables of a session before this one may lie in the temporary schema: names are random there too. */
function inTemp(random: string): ScratchPlace {
  const prefix = `trueup_${random}_`
  return { setUp: [], table: (at) => `pg_temp.${quoteName(prefix + at)}`, prefix, schema: null, numberOf: (name) => numbered(name, prefix) }
}

function inDefault(schema: string, random: string): ScratchPlace {
  const prefix = `trueup_${random}_`
  return { setUp: [], table: (at) => quotePath(schema, prefix + at), prefix, schema, numberOf: (name) => numbered(name, prefix) }
}

function numbered(name: string, prefix: string): number | null {
  const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN
  return Number.isInteger(number) ? number : null
}
