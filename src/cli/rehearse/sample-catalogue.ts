import type { Session } from '../../dialects/dialect.ts'

/** A table whose rows are copied; partitions count as their root. */
export interface SampledTable {
  readonly id: string
  readonly schema: string
  readonly name: string
  readonly partitioned: boolean
  /** Those that can be written. */
  readonly columns: readonly string[]
  /** The server's estimate; below 0 when there is none. */
  readonly rows: number
}

export interface Reference {
  readonly from: string
  readonly to: string
  readonly pairs: readonly { readonly column: string; readonly references: string; readonly operator: string }[]
}

export interface SampleCatalogue {
  readonly tables: readonly SampledTable[]
  readonly references: readonly Reference[]
  readonly sequences: readonly { readonly schema: string; readonly name: string; readonly last: string }[]
}

const TABLES = `SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

const ROOT = (oid: string): string => `coalesce(pg_catalog.pg_partition_root(${oid})::oid, ${oid})`

/** Tables, foreign keys and sequences, in one question. */
export async function readCatalogue(session: Session): Promise<SampleCatalogue> {
  const found = await session.json<SampleCatalogue>(`WITH t AS (${TABLES}) SELECT json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_object('id', t.oid::text, 'schema', t.nspname, 'name', t.relname, 'partitioned', t.relkind = 'p', 'rows', t.reltuples,
    'columns', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]'::json) FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''))), '[]'::json) FROM t),
  'references', (SELECT coalesce(json_agg(json_build_object('from', ${ROOT('k.conrelid')}::text, 'to', ${ROOT('k.confrelid')}::text,
    'pairs', (SELECT json_agg(json_build_object('column', f.attname, 'references', p.attname, 'operator', format('OPERATOR(%I.%s)', n.nspname, o.oprname)))
      FROM unnest(k.conkey, k.confkey, k.conpfeqop) AS u (here, there, equals)
      JOIN pg_catalog.pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = u.here JOIN pg_catalog.pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = u.there
      JOIN pg_catalog.pg_operator o ON o.oid = u.equals JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace))), '[]'::json)
    FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conparentid = 0),
  'sequences', (SELECT coalesce(json_agg(json_build_object('schema', s.schemaname, 'name', s.sequencename, 'last', s.last_value::text)), '[]'::json) FROM pg_catalog.pg_sequences s WHERE s.last_value IS NOT NULL))::text`)
  return found ?? { tables: [], references: [], sequences: [] }
}
