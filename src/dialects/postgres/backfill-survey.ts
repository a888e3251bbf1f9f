import type { BackfillRequest, Key, Session } from '../dialect.ts'
import { compare } from './backfill-compare.ts'
import { literal, quoteName, quotePath } from './literal.ts'

/** A column of the key in the server's words. */
export interface KeyColumn {
  readonly name: string
  /** Its type below all domains, with its schema and without a length: nothing is cut off or checked. */
  readonly type: string
  /** `exact`: its text is the same under all settings. `date`: JSON has a notation for it that is. `other`: neither. */
  readonly text: 'exact' | 'date' | 'other'
  /** The schema of the operators of its order; an extension brings its own. */
  readonly operators: string
}

export interface Survey {
  readonly key: readonly KeyColumn[]
  /** Its rows are counted in a moment. */
  readonly isSmall: boolean
}

/** Bytes that are read in a moment. */
const SMALL = 4_000_000

const EXACT = ['int2', 'int4', 'int8', 'oid', 'numeric', 'text', 'varchar', 'bpchar', 'name', 'char', 'uuid', 'bool']
const DATES = ['date', 'time', 'timetz', 'timestamp', 'timestamptz']

/** What must be known of a table before its first batch. */
export function surveyQuery(request: BackfillRequest): string {
  const relation = `${literal(quotePath(request.table.schema, request.table.name))}::pg_catalog.regclass`
  const size = `(SELECT sum(pg_catalog.pg_relation_size(oid)) FROM pg_catalog.pg_class WHERE oid = ${relation} OR oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(${relation}) WHERE isleaf))`
  const names = request.key.map((column) => literal(column.name)).join(', ')
  const list = (types: readonly string[]): string => types.map((name) => `'${name}'`).join(', ')
  return `WITH RECURSIVE wanted AS (
  SELECT k.place, a.attname, a.atttypid AS type FROM pg_catalog.unnest(ARRAY[${names}]::pg_catalog.text[]) WITH ORDINALITY AS k (name, place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attname = k.name AND NOT a.attisdropped
), based AS (
  SELECT * FROM wanted UNION ALL SELECT b.place, b.attname, t.typbasetype FROM based b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
), columns AS (
  SELECT b.place, b.attname AS name, t.oid, t.typname, n.nspname, n.nspname = 'pg_catalog' AS own
  FROM based b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd' JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
)
SELECT pg_catalog.json_build_object('isSmall', ${size} < ${SMALL}, 'key', (
  SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
    'name', c.name, 'type', pg_catalog.quote_ident(c.nspname) || '.' || pg_catalog.quote_ident(c.typname),
    'text', CASE WHEN c.own AND c.typname IN (${list(EXACT)}) THEN 'exact' WHEN c.own AND c.typname IN (${list(DATES)}) THEN 'date' ELSE 'other' END,
    'operators', coalesce((
      SELECT n.nspname FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
      JOIN pg_catalog.pg_amop p ON p.amopfamily = o.opcfamily AND p.amoplefttype = c.oid AND p.amoprighttype = c.oid AND p.amopstrategy = 5
      JOIN pg_catalog.pg_operator r ON r.oid = p.amopopr JOIN pg_catalog.pg_namespace n ON n.oid = r.oprnamespace
      WHERE o.opcintype = c.oid AND o.opcdefault LIMIT 1), 'pg_catalog')
  ) ORDER BY c.place) FROM columns c))::text`
}

/** How many rows lie after a key: counted where they are few, otherwise what the planner takes them to be, by its statistics. */
export async function rowsAfter(session: Session, request: BackfillRequest, { key, isSmall }: Survey, after: Key | null, where: string | null): Promise<number | null> {
  const conditions = [...(after === null ? [] : [compare('>', key, after.map(literal))]), ...(where === null ? [] : [`(${where}\n)`])]
  const from = `FROM ${quotePath(request.table.schema, request.table.name)}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`
  if (isSmall) return session.json<number>(`SELECT count(*)::text ${from}`)
  const plan = await session.json<readonly { readonly Plan?: { readonly 'Plan Rows'?: number } }[]>(`EXPLAIN (FORMAT JSON) SELECT ${key.map((column) => quoteName(column.name)).join(', ')} ${from}`)
  return plan?.[0]?.Plan?.['Plan Rows'] ?? null
}
