import type { Section } from './section.ts'
import { COLLATION, DESCRIPTION, OWNED_BY_EXTENSION } from './catalogue-fragments.ts'

/*
 * Relations and their children. Rules for all sections:
 * - they start from a catalogue that is filtered by schema and reach others by an indexed key, so cost follows what is managed;
 * - names of columns, operator classes and the like are resolved by the reader: sending numbers is cheaper than joining;
 * - whatever is rare travels in one nested object that is null for most rows.
 */

const relations: Section = ({ relations, privileges }) => `
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relpersistence AS persistence,
  c.reltype AS type, (SELECT t.typarray FROM pg_catalog.pg_type t WHERE t.oid = c.reltype) AS array,
  c.relrowsecurity AS rls, c.relforcerowsecurity AS force, c.reloptions AS options,
  CASE WHEN c.reltoastrelid <> 0 THEN (SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END AS toast,
  CASE WHEN c.relam <> 0 THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam) END AS method,
  CASE WHEN c.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace) END AS space,
  c.relreplident AS ident,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS key,
  CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
  CASE WHEN c.reloftype <> 0 THEN c.reloftype END AS "of",
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS view, c.relispopulated AS filled,
  CASE WHEN c.relkind = 'f' THEN (SELECT json_build_object('server', s.srvname, 'options', f.ftoptions)
    FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) END AS "foreign",
  CASE WHEN c.relkind = 'c' THEN ${DESCRIPTION('pg_type', 'c.reltype')} ELSE ${DESCRIPTION('pg_class', 'c.oid')} END AS comment${
    privileges ? `, pg_get_userbyid(c.relowner) AS owner, CASE WHEN c.relkind = 'c'
  THEN (SELECT coalesce(t.typacl, acldefault('T', t.typowner))::text[] FROM pg_catalog.pg_type t WHERE t.oid = c.reltype)
  ELSE coalesce(c.relacl, acldefault('r', c.relowner))::text[] END AS acl` : ''
  }
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT ${OWNED_BY_EXTENSION('pg_class', 'c.oid')}`

/**
 * Columns are most of all rows: one list a relation, without keys. Only generated columns name others: without a relation the
 * server need not open it to print a default. `pg_attver=…` is a mark of Debian's 15.20 that says nothing.
 */
const columns: Section = ({ relations, version, privileges }) => {
  const statistics = version >= 170000 ? 'a.attstattarget IS NOT NULL' : 'a.attstattarget >= 0'
  return `
SELECT json_build_array(a.attrelid, json_agg(json_build_array(a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
  CASE WHEN a.atttypid >= 16384 THEN a.atttypid END,
  CASE WHEN (a.attcollation <> 0 AND a.attcollation <> y.typcollation) OR a.attidentity <> '' OR a.attgenerated <> ''
    OR a.attstorage <> y.typstorage OR a.attcompression <> '' OR ${statistics}
    OR (a.attoptions IS NOT NULL AND (array_length(a.attoptions, 1) > 1 OR a.attoptions[1] NOT LIKE 'pg\\_attver=%'))
    OR a.attfdwoptions IS NOT NULL OR NOT a.attislocal${privileges ? ' OR a.attacl IS NOT NULL' : ''}
  THEN json_build_object('collation', CASE WHEN a.attcollation <> 0 AND a.attcollation <> y.typcollation THEN ${COLLATION('a.attcollation')} END,
    'identity', a.attidentity, 'generated', a.attgenerated, 'storage', CASE WHEN a.attstorage <> y.typstorage THEN a.attstorage END,
    'compression', a.attcompression, 'own', CASE WHEN a.attcollation <> y.typcollation THEN a.attcollation END, 'statistics', CASE WHEN ${statistics} THEN a.attstattarget END, 'options', a.attoptions,
    'foreign', a.attfdwoptions, 'local', a.attislocal${privileges ? `, 'acl', a.attacl::text[]` : ''}) END))) AS entry
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped GROUP BY a.attrelid`
}

/** Comments on columns: few as a rule, so they are found from their own side. */
const columnComments: Section = ({ namespaces }) => `
SELECT ds.objoid AS r, ds.objsubid AS k, ds.description AS t
FROM pg_catalog.pg_description ds JOIN pg_catalog.pg_class c ON c.oid = ds.objoid
WHERE ds.classoid = 'pg_catalog.pg_class'::regclass AND ds.objsubid > 0 AND c.relnamespace = ANY (${namespaces})`

const inherits: Section = ({ namespaces }) => `
SELECT i.inhrelid AS r, i.inhparent AS p, pn.nspname AS schema, pc.relname AS name, pc.relkind AS kind, i.inhseqno AS k
FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_class pc ON pc.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
WHERE c.relnamespace = ANY (${namespaces})`

const constraints: Section = ({ relations, version }) => `
SELECT con.oid, con.conrelid AS r, con.conname AS n, con.contype AS t, con.condeferrable AS deferrable, con.condeferred AS deferred,
  con.convalidated AS validated, con.connoinherit AS "noInherit", con.conislocal AS local, con.conindid AS index,
  con.conkey AS k, con.conparentid AS parent,
  CASE con.contype WHEN 'f' THEN json_build_object('r', con.confrelid, 'k', con.confkey, 'update', con.confupdtype,
    'delete', con.confdeltype, 'match', con.confmatchtype${version >= 150000 ? `, 'set', con.confdelsetcols` : ''}) END AS f,
  CASE con.contype WHEN 'c' THEN pg_get_expr(con.conbin, con.conrelid) WHEN 'x' THEN pg_get_constraintdef(con.oid) END AS d,
  ${version >= 180000 ? 'con.conenforced AS enforced, con.conperiod AS period,' : ''}
  ${DESCRIPTION('pg_constraint', 'con.oid')} AS comment
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_constraint con ON con.conrelid = u.oid
WHERE con.contype IN ('p', 'u', 'f', 'c', 'x')`

/** From version 18 every NOT NULL is a constraint; only those that say more than `attnotnull` travel. */
const notNulls: Section = ({ relations, version }) => version < 180000 ? 'SELECT 1 WHERE false' : `
SELECT con.conrelid AS r, con.conkey[1] AS k, con.conname AS n, con.convalidated AS validated, con.connoinherit AS "noInherit"
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid JOIN pg_catalog.pg_constraint con ON con.conrelid = c.oid
JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
WHERE con.contype = 'n' AND (con.conname <> c.relname || '_' || a.attname || '_not_null' OR NOT con.convalidated OR con.connoinherit)`

const indexes: Section = ({ indexes, version }) => `
SELECT i.indexrelid AS oid, i.indrelid AS r, ic.relname AS n, m.amname AS m, i.indisunique AS u, i.indnkeyatts AS count,
  i.indkey::text AS k, i.indclass::text AS classes, i.indcollation::text AS collations, i.indoption::text AS orders,
  i.indisclustered AS clustered, i.indisvalid AS valid, i.indisreplident AS replica,
  ic.reloptions AS options, CASE WHEN ic.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = ic.reltablespace) END AS space,
  CASE WHEN i.indexprs IS NOT NULL THEN json_build_object('keys', (SELECT json_agg(pg_get_indexdef(i.indexrelid, p, false) ORDER BY p)
    FROM generate_series(1, i.indnkeyatts) p WHERE i.indkey[p - 1] = 0), 'all', pg_get_indexdef(i.indexrelid)) END AS e,
  CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END AS w,
  ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'} AS nnd,
  ${DESCRIPTION('pg_class', 'ic.oid')} AS comment
FROM unnest(${indexes}) u (oid) JOIN pg_catalog.pg_class ic ON ic.oid = u.oid JOIN pg_catalog.pg_index i ON i.indexrelid = ic.oid
JOIN pg_catalog.pg_am m ON m.oid = ic.relam`

/** Options of operator classes and statistics targets live in the index's own attributes; a plain B-tree (403) has neither. */
const indexAttributes: Section = ({ indexes, version }) => `
SELECT a.attrelid AS r, a.attnum AS k, a.attoptions AS options, ${version >= 170000 ? 'a.attstattarget' : 'nullif(a.attstattarget, -1)'} AS statistics
FROM unnest(${indexes}) u (oid) JOIN pg_catalog.pg_index i ON i.indexrelid = u.oid JOIN pg_catalog.pg_class c ON c.oid = u.oid
JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid
WHERE (c.relam <> 403 OR i.indexprs IS NOT NULL OR 16383::oid < ANY (i.indclass::oid[]))
AND (a.attoptions IS NOT NULL OR ${version >= 170000 ? 'a.attstattarget IS NOT NULL' : 'a.attstattarget > 0'})`

const triggers: Section = ({ namespaces }) => `
SELECT t.oid, t.tgrelid AS r, t.tgname AS n, pg_get_triggerdef(t.oid) AS d, t.tgenabled AS enabled, ${DESCRIPTION('pg_trigger', 't.oid')} AS comment
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = ANY (${namespaces}) AND NOT t.tgisinternal AND t.tgparentid = 0`

const rules: Section = ({ namespaces }) => `
SELECT w.oid, w.ev_class AS r, w.rulename AS n, pg_get_ruledef(w.oid) AS d, w.ev_enabled AS enabled, ${DESCRIPTION('pg_rewrite', 'w.oid')} AS comment
FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
WHERE c.relnamespace = ANY (${namespaces}) AND w.rulename <> '_RETURN'`

const policies: Section = ({ namespaces }) => `
SELECT p.oid, p.polrelid AS r, p.polname AS n, p.polcmd AS cmd, p.polpermissive AS permissive,
  ARRAY(SELECT CASE o WHEN 0 THEN 'public' ELSE pg_get_userbyid(o)::text END FROM unnest(p.polroles) o) AS roles,
  pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "check", ${DESCRIPTION('pg_policy', 'p.oid')} AS comment
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = ANY (${namespaces})`

/** Tables outside the managed schemas that a managed foreign key points at, with the names of the columns. */
const outside: Section = ({ namespaces, relations }) => `
SELECT c.oid, n.nspname AS schema, c.relname AS name, (SELECT json_object_agg(a.attnum, a.attname) FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relnamespace = ANY (${namespaces})
AND c.oid = ANY (ARRAY(SELECT DISTINCT con.confrelid FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_constraint con ON con.conrelid = u.oid
  JOIN pg_catalog.pg_class f ON f.oid = con.confrelid WHERE con.contype = 'f' AND NOT f.relnamespace = ANY (${namespaces})))`

/** Operator classes and collations that indexes and columns may name. Those of initdb are hundreds; only used ones travel. */
const opclasses: Section = ({ indexes }) => `
SELECT o.oid, n.nspname AS schema, o.opcname AS name, o.opcdefault AS "default", o.opcintype AS type
FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
WHERE o.oid = ANY (ARRAY(SELECT DISTINCT unnest(i.indclass::oid[]) FROM unnest(${indexes}) u (oid) JOIN pg_catalog.pg_index i ON i.indexrelid = u.oid))`

const collationNames: Section = ({ indexes }) => `
SELECT o.oid, n.nspname AS schema, o.collname AS name
FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
WHERE o.oid = ANY (ARRAY(SELECT DISTINCT unnest(i.indcollation::oid[]) FROM unnest(${indexes}) u (oid) JOIN pg_catalog.pg_index i ON i.indexrelid = u.oid))`

export const RELATION_SECTIONS = {
  relations, columns, columnComments, inherits, constraints, notNulls, indexes, indexAttributes, triggers, rules, policies, outside,
  opclasses, collationNames,
} satisfies Record<string, Section>
