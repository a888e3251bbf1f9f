import type { Section } from './section.ts'
import { BTREE, COLLATED_TYPES, DEFAULT_COLLATION, EXTENDED_TYPES, HEAP, NUMERIC } from './catalogue-known.ts'
import { COLLATION, DESCRIPTION, IF_ANY_DESCRIPTION } from './catalogue-fragments.ts'

/*
 * Relations and their children. Rules for all sections:
 * - they start from a catalogue that is filtered by schema and reach others by an indexed key, so cost follows what is managed;
 * - names of columns, operator classes and the like are resolved by the reader: sending numbers is cheaper than joining;
 * - whatever is rare travels in one nested object that is null for most rows.
 */

const relations: Section = ({ relations, privileges }) => `
SELECT c.oid, c.relnamespace AS s, c.relname AS n, c.relkind AS kind, c.reltype AS type, (SELECT t.typarray FROM pg_catalog.pg_type t WHERE t.oid = c.reltype) AS array,
  CASE WHEN c.relkind NOT IN ('r', 'c') OR c.relpersistence <> 'p' OR c.relrowsecurity OR c.relforcerowsecurity OR c.reloptions IS NOT NULL OR (SELECT toast FROM managed)
    OR c.relam NOT IN (0, ${HEAP}) OR c.reltablespace <> 0 OR c.relreplident <> CASE c.relkind WHEN 'r' THEN 'd' ELSE 'n' END OR c.relispartition OR c.reloftype <> 0
  THEN json_build_object('persistence', c.relpersistence, 'rls', c.relrowsecurity, 'force', c.relforcerowsecurity, 'options', c.reloptions,
    'toast', CASE WHEN c.reltoastrelid <> 0 AND (SELECT toast FROM managed) THEN (SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END,
    'method', CASE WHEN c.relam <> 0 THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam) END,
    'space', CASE WHEN c.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace) END,
    'ident', c.relreplident,
    'key', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    'bound', CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
    'of', CASE WHEN c.reloftype <> 0 THEN c.reloftype END,
    'view', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, 'filled', c.relispopulated,
    'foreign', CASE WHEN c.relkind = 'f' THEN (SELECT json_build_object('server', s.srvname, 'options', f.ftoptions)
      FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) END) END AS rest,
  CASE WHEN c.relkind = 'c' THEN ${DESCRIPTION('pg_type', 'c.reltype')} ELSE ${IF_ANY_DESCRIPTION('pg_class', 'c.oid')} END AS comment${
    privileges ? `, pg_get_userbyid(c.relowner) AS owner, CASE WHEN c.relkind = 'c'
  THEN (SELECT coalesce(t.typacl, acldefault('T', t.typowner))::text[] FROM pg_catalog.pg_type t WHERE t.oid = c.reltype)
  ELSE coalesce(c.relacl, acldefault('r', c.relowner))::text[] END AS acl` : ''
  }
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid`

/** What `attstorage` and `attcollation` are compared with: both are the type's own in nearly every column, and those of the common types are known. */
const OF_TYPE = (field: string): string => `(SELECT y.${field} FROM pg_catalog.pg_type y WHERE y.oid = a.atttypid)`
const STORAGE_DIFFERS = `CASE WHEN a.attlen <> -1 THEN false WHEN a.atttypid IN (${EXTENDED_TYPES.join(', ')}) THEN a.attstorage <> 'x' WHEN a.atttypid = ${NUMERIC} THEN a.attstorage <> 'm'
  ELSE a.attstorage <> ${OF_TYPE('typstorage')} END`
const COLLATION_DIFFERS = `CASE WHEN a.attcollation = 0 OR (a.attcollation = ${DEFAULT_COLLATION} AND a.atttypid IN (${COLLATED_TYPES.join(', ')})) THEN false ELSE a.attcollation <> ${OF_TYPE('typcollation')} END`

/**
 * Columns are most of all rows: one row a relation with an array for each field, and an object by the column's number for what few columns
 * have. Only generated columns name others: without a relation the server need not open it to print a default. `pg_attver=…` is a mark of
 * Debian's 15.20 that says nothing.
 */
const columns: Section = ({ relations, version, privileges }) => {
  const statistics = version >= 170000 ? 'a.attstattarget IS NOT NULL' : 'a.attstattarget >= 0'
  return `
SELECT json_build_array(a.attrelid, array_agg(a.attnum), array_agg(a.attname), array_agg(format_type(a.atttypid, a.atttypmod)), array_agg(a.attnotnull),
  array_agg(CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END),
  json_object_agg(a.attnum, a.atttypid) FILTER (WHERE a.atttypid >= 16384),
  json_object_agg(a.attnum, json_build_object('collation', CASE WHEN ${COLLATION_DIFFERS} THEN ${COLLATION('a.attcollation')} END,
    'identity', a.attidentity, 'generated', a.attgenerated, 'storage', CASE WHEN ${STORAGE_DIFFERS} THEN a.attstorage END,
    'compression', a.attcompression, 'own', CASE WHEN ${COLLATION_DIFFERS} THEN a.attcollation END, 'statistics', CASE WHEN ${statistics} THEN a.attstattarget END, 'options', a.attoptions,
    'foreign', a.attfdwoptions, 'local', a.attislocal${privileges ? `, 'acl', a.attacl::text[]` : ''}))
  FILTER (WHERE a.attidentity <> '' OR a.attgenerated <> '' OR ${STORAGE_DIFFERS} OR ${COLLATION_DIFFERS} OR a.attcompression <> '' OR ${statistics}
    OR (a.attoptions IS NOT NULL AND (array_length(a.attoptions, 1) > 1 OR a.attoptions[1] NOT LIKE E'pg\\\\_attver=%'))
    OR a.attfdwoptions IS NOT NULL OR NOT a.attislocal${privileges ? ' OR a.attacl IS NOT NULL' : ''})) AS entry
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid
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

const constraints: Section = ({ constraints, version }) => `
SELECT con.oid, con.conrelid AS r, con.conname AS n, con.contype AS t, con.condeferrable::int + 2 * con.condeferred::int + 4 * con.convalidated::int
    + 8 * con.connoinherit::int + 16 * con.conislocal::int${version >= 180000 ? ' + 32 * con.conenforced::int + 64 * con.conperiod::int' : ''} AS flags,
  con.conindid AS index, con.conkey::text AS k, con.conparentid AS parent,
  CASE con.contype WHEN 'f' THEN concat_ws(' ', con.confrelid, con.confupdtype, con.confdeltype, con.confmatchtype) END AS f, con.confkey::text AS fk,
  ${version >= 150000 ? 'con.confdelsetcols::text' : 'NULL::text'} AS set,
  CASE con.contype WHEN 'c' THEN pg_get_expr(con.conbin, con.conrelid) WHEN 'x' THEN pg_get_constraintdef(con.oid) END AS d,
  ${IF_ANY_DESCRIPTION('pg_constraint', 'con.oid')} AS comment
FROM ${constraints} con`

/** From version 18 every NOT NULL is a constraint; only those that say more than `attnotnull` travel. */
const notNulls: Section = ({ relations, version }) => version < 180000 ? 'SELECT 1 WHERE false' : `
SELECT con.conrelid AS r, con.conkey[1] AS k, con.conname AS n, con.convalidated AS validated, con.connoinherit AS "noInherit", ${DESCRIPTION('pg_constraint', 'con.oid')} AS comment
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid JOIN pg_catalog.pg_constraint con ON con.conrelid = c.oid
JOIN pg_catalog.pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
WHERE con.contype = 'n' AND (con.conname <> c.relname || '_' || a.attname || '_not_null' OR NOT con.convalidated OR con.connoinherit
  OR EXISTS (SELECT FROM pg_catalog.pg_description ds WHERE ds.classoid = 'pg_catalog.pg_constraint'::regclass AND ds.objoid = con.oid))`

/** What many indexes have alike is one text; options of operator classes and statistics targets are attributes of the index's own, which a plain B-tree never has. */
const indexes: Section = ({ indexes, version }) => `
SELECT i.indexrelid AS oid, i.indrelid AS r, ic.relname AS n, i.indkey::text AS k,
  concat_ws('/', i.indisunique::int + 2 * i.indisclustered::int + 4 * i.indisvalid::int + 8 * i.indisreplident::int${version >= 150000 ? ' + 16 * i.indnullsnotdistinct::int' : ''},
    i.indnkeyatts, i.indclass, i.indcollation, i.indoption, CASE ic.relam WHEN ${BTREE} THEN 'btree' ELSE (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = ic.relam)::text END) AS shape,
  CASE WHEN ic.relam <> ${BTREE} OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL OR ic.reloptions IS NOT NULL OR ic.reltablespace <> 0 OR 16383::oid < ANY (i.indclass::oid[]) THEN json_build_object(
    'options', ic.reloptions, 'space', CASE WHEN ic.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = ic.reltablespace) END,
    'e', CASE WHEN i.indexprs IS NOT NULL THEN json_build_object('keys', (SELECT json_agg(pg_get_indexdef(i.indexrelid, p, false) ORDER BY p)
      FROM generate_series(1, i.indnkeyatts) p WHERE i.indkey[p - 1] = 0), 'all', pg_get_indexdef(i.indexrelid)) END,
    'w', CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END,
    'attributes', (SELECT json_agg(json_build_object('k', a.attnum, 'options', a.attoptions, 'statistics', ${version >= 170000 ? 'a.attstattarget' : 'nullif(a.attstattarget, -1)'}))
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid AND (a.attoptions IS NOT NULL OR ${version >= 170000 ? 'a.attstattarget IS NOT NULL' : 'a.attstattarget > 0'}))) END AS rest,
  ${IF_ANY_DESCRIPTION('pg_class', 'i.indexrelid')} AS comment
FROM ${indexes} i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid`

const triggers: Section = ({ relations }) => `
SELECT t.oid, t.tgrelid AS r, t.tgname AS n, pg_get_triggerdef(t.oid) AS d, t.tgenabled AS enabled, ${DESCRIPTION('pg_trigger', 't.oid')} AS comment
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_trigger t ON t.tgrelid = u.oid
WHERE NOT t.tgisinternal AND t.tgparentid = 0`

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

/** Tables that are not described and that a described foreign key points at, with the names of the columns. */
const outside: Section = ({ relations, constraints }) => `
SELECT c.oid, n.nspname AS schema, c.relname AS name, (SELECT json_object_agg(a.attnum, a.attname) FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY (ARRAY(SELECT DISTINCT con.confrelid FROM ${constraints} con WHERE con.contype = 'f' AND con.confrelid NOT IN (SELECT unnest(${relations}))))`

/** Operator classes and collations that indexes may name. Those of initdb are hundreds; only used ones travel. */
const opclasses: Section = ({ indexes }) => `
SELECT o.oid, n.nspname AS schema, o.opcname AS name, o.opcdefault AS "default", o.opcintype AS type
FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
WHERE o.oid = ANY (ARRAY(SELECT DISTINCT unnest(x.list::oid[]) FROM (SELECT i.indclass AS list FROM ${indexes} i GROUP BY 1) x))`

const collationNames: Section = ({ indexes }) => `
SELECT o.oid, n.nspname AS schema, o.collname AS name
FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
WHERE o.oid = ANY (ARRAY(SELECT DISTINCT unnest(x.list::oid[]) FROM (SELECT i.indcollation AS list FROM ${indexes} i GROUP BY 1) x))`

export const RELATION_SECTIONS = {
  relations, columns, columnComments, inherits, constraints, notNulls, indexes, triggers, rules, policies, outside, opclasses, collationNames,
} satisfies Record<string, Section>
