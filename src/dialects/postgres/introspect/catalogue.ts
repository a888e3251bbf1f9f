import type { Scope } from '../../dialect.ts'
import { patiently } from '../peek.ts'
import { isManaged } from '../scope.ts'
import { OBJECT_SECTIONS } from './catalogue-objects.ts'
import { RELATION_SECTIONS } from './catalogue-relations.ts'
import { NEED_SECTIONS } from './catalogue-needs.ts'
import { DATABASE_SECTIONS } from './catalogue-database.ts'
import { sectionJson } from './columnar.ts'
import type { CatalogueContext } from './section.ts'

/**
 * The one statement that reads the managed schemas: a row with one JSON text.
 *
 * Names are only printed with their schema when they cannot be found without it, so the statement empties the search path
 * for itself, and texts are printed as `standard_conforming_strings = on` reads them: `CASE` evaluates its condition before the
 * sub-select that it guards, the settings are local to the transaction (with autocommit: to this statement) and the former
 * ones are put back at its end. A statement with a volatile function is never run in parallel, so no worker evaluates the
 * sub-selects early.
 *
 * Sections start from `unnest` of an array. The planner takes that for ten rows and reaches the rest by index, one look-up a
 * row: linear without any statistics on the catalogues, and so cheap in its eyes that it never compiles the statement (JIT
 * took three times as long as the query for 1,000 tables).
 */
export function catalogueStatement(version: number, scope: Scope): string {
  const context: CatalogueContext = { version, ...MANAGED, privileges: scope.privileges === true }
  const sections = { ...RELATION_SECTIONS, ...OBJECT_SECTIONS, ...NEED_SECTIONS, ...DATABASE_SECTIONS }
  const fields = Object.entries(sections).map(([name, section]) => `'${name}', ${sectionJson(name, section, context)}`)
  return `${managed(isManaged(scope), version)}
SELECT CASE WHEN set_config('search_path', '', true) || set_config('standard_conforming_strings', 'on', true) IS NOT NULL
THEN (SELECT json_build_object(${fields.join(',\n')})::text) || left(set_config('search_path', former.path, true) || set_config('standard_conforming_strings', former.strings, true), 0) END
FROM (SELECT current_setting('search_path') AS path, current_setting('standard_conforming_strings') AS strings OFFSET 0) former`
}

const MANAGED = {
  namespaces: `coalesce((SELECT namespaces FROM managed), '{}')`,
  relations: `(SELECT relations FROM managed)`,
  indexes: 'managed_indexes',
  constraints: 'managed_constraints',
  sequences: `(SELECT sequences FROM managed)`,
} as const

/**
 * One pass over the relations of the managed schemas, without members of extensions. `toast` tells whether any table at all has
 * options for its long values. What several sections read is read once.
 */
const managed = (condition: string, version: number): string => `WITH managed AS MATERIALIZED (
SELECT n.oids AS namespaces, c.* FROM (SELECT ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE ${condition} AND ${patiently}) AS oids) n,
LATERAL (SELECT array_agg(r.oid) FILTER (WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')) AS relations,
  array_agg(r.oid) FILTER (WHERE r.relkind IN ('i', 'I')) AS indexes, array_agg(r.oid) FILTER (WHERE r.relkind = 'S') AS sequences,
  coalesce(bool_or(r.relkind = 't'), false) AS toast
  FROM pg_catalog.pg_class r WHERE (r.relnamespace = ANY (n.oids) OR (r.relkind = 't' AND r.reloptions IS NOT NULL))
  AND r.oid NOT IN (SELECT e.objid FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_depend e ON e.refclassid = 'pg_catalog.pg_extension'::regclass AND e.refobjid = x.oid
    AND e.deptype = 'e' AND e.classid = 'pg_catalog.pg_class'::regclass)) c),
managed_indexes AS MATERIALIZED (SELECT i.indexrelid, i.indrelid, i.indkey, i.indclass, i.indcollation, i.indoption, i.indnkeyatts, i.indisunique, i.indisclustered, i.indisvalid, i.indisreplident,
  ${version >= 150000 ? 'i.indnullsnotdistinct, ' : ''}i.indexprs, i.indpred
  FROM unnest((SELECT indexes FROM managed)) u (oid) JOIN pg_catalog.pg_index i ON i.indexrelid = u.oid),
managed_constraints AS MATERIALIZED (SELECT con.* FROM unnest((SELECT relations FROM managed)) u (oid) JOIN pg_catalog.pg_constraint con ON con.conrelid = u.oid
  WHERE con.contype IN ('p', 'u', 'f', 'c', 'x'))`
