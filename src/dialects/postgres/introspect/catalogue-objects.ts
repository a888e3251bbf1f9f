import type { Section } from './section.ts'
import { COLLATION, DESCRIPTION, OWNED_BY_EXTENSION } from './catalogue-fragments.ts'

/** What stands on its own inside a schema. Members of extensions are left out here and named by the section `members`. */

const namespaceList: Section = ({ namespaces, privileges }) => `
SELECT n.oid, n.nspname AS name, ${DESCRIPTION('pg_namespace', 'n.oid')} AS comment${
  privileges ? `, pg_get_userbyid(n.nspowner) AS owner, coalesce(n.nspacl, acldefault('n', n.nspowner))::text[] AS acl` : ''
}
FROM pg_catalog.pg_namespace n WHERE n.oid = ANY (${namespaces})`

const types: Section = ({ namespaces, privileges }) => `
SELECT t.oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind, t.typarray AS array, t.typrelid AS relation,
  CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END AS labels,
  CASE WHEN t.typtype = 'd' THEN json_build_object('base', format_type(t.typbasetype, t.typtypmod), 'notNull', t.typnotnull,
    'default', CASE WHEN t.typdefaultbin IS NOT NULL THEN pg_get_expr(t.typdefaultbin, 0) ELSE t.typdefault END,
    'collation', CASE WHEN t.typcollation <> (SELECT b.typcollation FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype) THEN ${COLLATION('t.typcollation')} END,
    'checks', (SELECT json_agg(json_build_object('oid', con.oid, 'name', con.conname, 'expression', pg_get_expr(con.conbin, 0), 'validated', con.convalidated, 'comment', ${DESCRIPTION('pg_constraint', 'con.oid')}))
      FROM pg_catalog.pg_constraint con WHERE con.contypid = t.oid AND con.contype = 'c')) END AS domain,
  ${DESCRIPTION('pg_type', 't.oid')} AS comment${privileges ? `, pg_get_userbyid(t.typowner) AS owner, coalesce(t.typacl, acldefault('T', t.typowner))::text[] AS acl` : ''}
FROM unnest(ARRAY(SELECT o.oid FROM pg_catalog.pg_type o WHERE o.typnamespace = ANY (${namespaces})
  AND (o.typtype IN ('e', 'd', 'r', 'p') OR (o.typtype = 'b' AND o.typcategory <> 'A')))) u (oid)
JOIN pg_catalog.pg_type t ON t.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE NOT ${OWNED_BY_EXTENSION('pg_type', 't.oid')}`

const ranges: Section = ({ namespaces }) => `
SELECT r.rngtypid AS oid, format_type(r.rngsubtype, NULL) AS subtype, mn.nspname AS "multiSchema", m.typname AS "multiName", m.oid AS "multi", m.typarray AS "multiArray",
  CASE WHEN NOT o.opcdefault OR o.opcintype <> r.rngsubtype THEN quote_ident(opn.nspname) || '.' || quote_ident(o.opcname) END AS opclass,
  CASE WHEN r.rngcollation <> s.typcollation THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
    FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = r.rngcollation) END AS collation,
  CASE WHEN r.rngcanonical::oid <> 0 THEN r.rngcanonical::text END AS canonical,
  CASE WHEN r.rngsubdiff::oid <> 0 THEN r.rngsubdiff::text END AS diff
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc JOIN pg_catalog.pg_namespace opn ON opn.oid = o.opcnamespace
JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace
WHERE t.typnamespace = ANY (${namespaces})`

const sequences: Section = ({ sequences, privileges }) => `
SELECT c.oid, n.nspname AS schema, c.relname AS name, format_type(s.seqtypid, NULL) AS type, s.seqstart::text AS start, s.seqincrement::text AS increment,
  s.seqmin::text AS min, s.seqmax::text AS max, s.seqcache::text AS cache, s.seqcycle AS cycle, c.relpersistence AS persistence,
  d.deptype AS dependency, d.refobjid AS r, d.refobjsubid AS k, ${DESCRIPTION('pg_class', 'c.oid')} AS comment${
    privileges ? `, pg_get_userbyid(c.relowner) AS owner, coalesce(c.relacl, acldefault('s', c.relowner))::text[] AS acl` : ''
  }
FROM unnest(${sequences}) u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0`

const routines: Section = ({ namespaces, privileges }) => `
SELECT p.oid, n.nspname AS schema, p.proname AS name, p.prokind AS kind, oidvectortypes(p.proargtypes) AS signature,
  CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition, pg_get_function_result(p.oid) AS returns,
  pg_get_function_arguments(p.oid) AS arguments, ${DESCRIPTION('pg_proc', 'p.oid')} AS comment${
    privileges ? `, pg_get_userbyid(p.proowner) AS owner, coalesce(p.proacl, acldefault('f', p.proowner))::text[] AS acl` : ''
  }
FROM unnest(ARRAY(SELECT o.oid FROM pg_catalog.pg_proc o WHERE o.pronamespace = ANY (${namespaces}))) u (oid)
JOIN pg_catalog.pg_proc p ON p.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE NOT ${OWNED_BY_EXTENSION('pg_proc', 'p.oid')}
AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')`

const aggregates: Section = ({ namespaces }) => `
SELECT a.aggfnoid::oid AS oid, a.aggkind AS kind, a.aggnumdirectargs AS direct, pg_get_function_identity_arguments(a.aggfnoid) AS arguments,
  a.aggtransfn::text AS sfunc, format_type(a.aggtranstype, NULL) AS stype, a.aggtransspace AS sspace,
  nullif(a.aggfinalfn::text, '-') AS finalfunc, a.aggfinalextra AS "finalExtra", a.aggfinalmodify AS "finalModify",
  nullif(a.aggcombinefn::text, '-') AS combine, nullif(a.aggserialfn::text, '-') AS serial, nullif(a.aggdeserialfn::text, '-') AS deserial,
  a.agginitval AS init, nullif(a.aggmtransfn::text, '-') AS msfunc, nullif(a.aggminvtransfn::text, '-') AS minvfunc,
  CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END AS mstype, a.aggmtransspace AS msspace,
  nullif(a.aggmfinalfn::text, '-') AS mfinalfunc, a.aggmfinalextra AS "mfinalExtra", a.aggmfinalmodify AS "mfinalModify", a.aggminitval AS minit,
  CASE WHEN a.aggsortop <> 0 THEN (SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')'
    FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = a.aggsortop) END AS sortop, p.proparallel AS parallel
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
WHERE p.pronamespace = ANY (${namespaces}) AND p.prokind = 'a'`

const statistics: Section = ({ namespaces, version }) => `
SELECT s.oid, n.nspname AS schema, s.stxname AS name, tn.nspname AS "tableSchema", t.relname AS table, s.stxrelid AS r, pg_get_statisticsobjdef(s.oid) AS definition,
  ${version >= 170000 ? 's.stxstattarget' : 'nullif(s.stxstattarget, -1)'} AS target, ${DESCRIPTION('pg_statistic_ext', 's.oid')} AS comment
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_catalog.pg_class t ON t.oid = s.stxrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE s.stxnamespace = ANY (${namespaces})`

const collations: Section = ({ namespaces, version }) => `
SELECT o.oid, n.nspname AS schema, o.collname AS name, o.collprovider AS provider, o.collisdeterministic AS deterministic,
  ${version >= 150000 ? 'o.collcollate' : 'o.collcollate::text'} AS collate, o.collctype::text AS ctype,
  ${version >= 170000 ? 'o.colllocale' : version >= 150000 ? 'o.colliculocale' : `CASE WHEN o.collprovider = 'i' THEN o.collcollate::text END`} AS locale,
  ${version >= 160000 ? 'o.collicurules' : 'NULL::text'} AS rules, ${DESCRIPTION('pg_collation', 'o.oid')} AS comment
FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
WHERE o.collnamespace = ANY (${namespaces}) AND o.oid >= 16384 AND NOT ${OWNED_BY_EXTENSION('pg_collation', 'o.oid')}`

export const OBJECT_SECTIONS = { namespaceList, types, ranges, sequences, routines, aggregates, statistics, collations } satisfies Record<string, Section>
