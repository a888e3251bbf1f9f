import type { Scope } from '../../dialect.ts'
import { bare, comment, hash, isDescribed, place, places, references, relationOf, RELATIONS } from './digest.ts'

/** Rows of numbers about relations and their children, one query a section. */
export function relationDigests(version: number, scope: Scope): Readonly<Record<string, string>> {
  return {
    relations: relations(scope),
    columns: columns(version, scope),
    defaults: defaults(),
    constraints: constraints(version),
    indexes: indexes(version, scope),
    triggers: triggers(scope),
    rules: rules(scope),
    policies: policies(scope),
    views: views(),
    inherits: inherits(scope),
    comments: comments(scope),
  }
}

const relations = (scope: Scope): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', 'c.relkind', 'c.relpersistence', 'c.relrowsecurity', 'c.relforcerowsecurity', 'c.reloptions',
  `CASE WHEN c.reltoastrelid <> 0 THEN (SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END`,
  'm.amname', `(SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace)`, 'c.relreplident',
  `CASE WHEN c.relkind = 'p' THEN ${bare('pg_get_partkeydef(c.oid)')} END`, `CASE WHEN c.relispartition THEN ${bare('pg_get_expr(c.relpartbound, 0)')} END`,
  `CASE WHEN c.reloftype <> 0 THEN (SELECT ROW(tn.nspname, t.typname)::text FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype) END`,
  'c.relispopulated',
  `CASE WHEN c.relkind = 'f' THEN (SELECT ROW(s.srvname, f.ftoptions)::text FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) END`,
  ...(scope.privileges === true ? ['pg_get_userbyid(c.relowner)', 'c.relacl::text[]'] : []),
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_class c ON c.oid = r.oid LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam`

/** `pg_attver=…` is a mark of Debian's 15.20 and says nothing about the schema. */
const OPTIONS = `CASE WHEN a.attoptions IS NOT NULL THEN ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\\_attver=%' ORDER BY o COLLATE "C") ELSE '{}' END`

const columns = (version: number, scope: Scope): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', place('a.attrelid', 'a.attnum'), 'a.attname', 'tn.nspname', 't.typname', 'a.atttypmod', 'a.attnotnull', 'a.attidentity', 'a.attgenerated',
  'a.attstorage', 'a.attcompression', version >= 170000 ? 'a.attstattarget' : 'nullif(a.attstattarget, -1)', 'a.attislocal', OPTIONS, 'a.attfdwoptions',
  `CASE WHEN a.attcollation <> t.typcollation THEN (SELECT ROW(cn.nspname, o.collname)::text FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace cn ON cn.oid = o.collnamespace WHERE o.oid = a.attcollation) END`,
  ...(scope.privileges === true ? ['a.attacl::text[]'] : []),
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace WHERE a.attnum > 0 AND NOT a.attisdropped`

/** Only generated columns name others; without that the server need not open the table to print an expression. */
const defaults = (): string => `
SELECT ${hash('x.nspname', 'x.relname', 'x.place', bare('x.text'), `CASE WHEN x.text ~ '[(:]' THEN ${references('pg_attrdef', 'x.oid')} END`)}
FROM (SELECT rn.nspname, r.relname, ${place('d.adrelid', 'd.adnum')} AS place, d.oid,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0) ELSE pg_get_expr(d.adbin, d.adrelid) END AS text
  FROM ${RELATIONS} JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum OFFSET 0) x`

const constraints = (version: number): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', 'con.conname', 'con.contype', 'con.condeferrable', 'con.condeferred', 'con.convalidated', 'con.connoinherit', 'con.conislocal',
  places('con.conrelid', 'con.conkey'), 'fn.nspname', 'f.relname', places('con.confrelid', 'con.confkey'), 'con.confupdtype', 'con.confdeltype', 'con.confmatchtype',
  version >= 150000 ? places('con.conrelid', 'con.confdelsetcols') : 'NULL::text', ...(version >= 180000 ? ['con.conenforced', 'con.conperiod'] : []),
  `CASE con.contype WHEN 'c' THEN ${bare('pg_get_expr(con.conbin, con.conrelid)')} WHEN 'x' THEN ${bare('pg_get_constraintdef(con.oid)')} END`,
  `CASE WHEN con.contype = 'c' THEN ${references('pg_constraint', 'con.oid')} END`,
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_constraint con ON con.conrelid = r.oid
LEFT JOIN pg_catalog.pg_class f ON con.confrelid <> 0 AND f.oid = con.confrelid LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE con.contype <> 't'`

const OPCLASSES = `CASE WHEN i.indclass::text ~ '[1-9]\\d{4}' THEN ARRAY(SELECT concat(opn.nspname, '.', op.opcname)
  FROM unnest(i.indclass::oid[]) WITH ORDINALITY k (o, p) JOIN pg_catalog.pg_opclass op ON op.oid = k.o JOIN pg_catalog.pg_namespace opn ON opn.oid = op.opcnamespace ORDER BY k.p)::text
  ELSE i.indclass::text END`

const COLLATIONS = `CASE WHEN i.indcollation::text ~ '[1-9]\\d{4}' THEN ARRAY(SELECT concat(opn.nspname, '.', op.collname)
  FROM unnest(i.indcollation::oid[]) WITH ORDINALITY k (o, p) LEFT JOIN pg_catalog.pg_collation op ON op.oid = k.o LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.collnamespace ORDER BY k.p)::text
  ELSE i.indcollation::text END`

const indexes = (version: number, scope: Scope): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', 'ic.relname', 'm.amname', 'i.indisunique', 'i.indisprimary', 'i.indnkeyatts', places('i.indrelid', 'i.indkey::int2[]'), OPCLASSES, COLLATIONS, 'i.indoption::text',
  'i.indisclustered', 'i.indisvalid', 'i.indisreplident', 'ic.reloptions', `(SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = ic.reltablespace)`,
  `CASE WHEN i.indexprs IS NOT NULL THEN ${bare('pg_get_indexdef(i.indexrelid)')} END`, `CASE WHEN i.indpred IS NOT NULL THEN ${bare('pg_get_expr(i.indpred, i.indrelid)')} END`,
  `CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN ${references('pg_class', 'i.indexrelid')} END`,
  ...(version >= 150000 ? ['i.indnullsnotdistinct'] : []),
  `CASE WHEN ic.relispartition THEN (SELECT p.relname FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = ic.oid) END`,
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_index i ON i.indrelid = r.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = ic.relam
UNION ALL
SELECT ${hash('rn.nspname', 'r.relname', 'ic.relname', 'a.attnum', 'a.attoptions', version >= 170000 ? 'a.attstattarget' : 'nullif(a.attstattarget, -1)')}
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class ic ON ic.oid = a.attrelid JOIN pg_catalog.pg_index i ON i.indexrelid = ic.oid ${relationOf('i.indrelid')}
WHERE ${isDescribed(scope)} AND ic.relkind IN ('i', 'I') AND (a.attoptions IS NOT NULL OR ${version >= 170000 ? 'a.attstattarget IS NOT NULL' : 'a.attstattarget > 0'})
AND EXISTS (SELECT FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\\_attver=%' UNION ALL SELECT WHERE a.attstattarget > 0)`

const triggers = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', 't.tgname', 't.tgenabled', bare('pg_get_triggerdef(t.oid)'), references('pg_trigger', 't.oid'), comment('pg_trigger', 't.oid'))}
FROM pg_catalog.pg_trigger t ${relationOf('t.tgrelid')} WHERE ${isDescribed(scope)} AND NOT t.tgisinternal AND t.tgparentid = 0`

const rules = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', 'w.rulename', 'w.ev_enabled', bare('pg_get_ruledef(w.oid)'), references('pg_rewrite', 'w.oid'), comment('pg_rewrite', 'w.oid'))}
FROM pg_catalog.pg_rewrite w ${relationOf('w.ev_class')} WHERE ${isDescribed(scope)} AND w.rulename <> '_RETURN'`

const policies = (scope: Scope): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', 'p.polname', 'p.polcmd', 'p.polpermissive', `ARRAY(SELECT CASE o WHEN 0 THEN 'public' ELSE pg_get_userbyid(o)::text END FROM unnest(p.polroles) o ORDER BY 1)`,
  bare('pg_get_expr(p.polqual, p.polrelid)'), bare('pg_get_expr(p.polwithcheck, p.polrelid)'), references('pg_policy', 'p.oid'), comment('pg_policy', 'p.oid'),
)}
FROM pg_catalog.pg_policy p ${relationOf('p.polrelid')} WHERE ${isDescribed(scope)}`

const views = (): string => `
SELECT ${hash('rn.nspname', 'r.relname', bare('pg_get_viewdef(r.oid)'), references('pg_rewrite', 'w.oid'))}
FROM ${RELATIONS} JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename = '_RETURN' WHERE r.relkind IN ('v', 'm')`

const inherits = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', 'pn.nspname', 'p.relname', 'i.inhseqno')}
FROM pg_catalog.pg_inherits i ${relationOf('i.inhrelid')} JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE r.relkind NOT IN ('i', 'I') AND ${isDescribed(scope)}`

/** Comments are few: they are found from their own side. */
const comments = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', place('ds.objoid', 'ds.objsubid'), 'ds.description')}
FROM pg_catalog.pg_description ds ${relationOf('ds.objoid')}
WHERE ${isDescribed(scope)} AND r.relkind IN ('r', 'p', 'f', 'v', 'm') AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_class'::regclass
UNION ALL SELECT ${hash('rn.nspname', 'r.relname', 'con.conname', 'ds.description')}
FROM pg_catalog.pg_description ds JOIN pg_catalog.pg_constraint con ON con.oid = ds.objoid ${relationOf('con.conrelid')}
WHERE ${isDescribed(scope)} AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_constraint'::regclass
UNION ALL SELECT ${hash('rn.nspname', 'r.relname', 'ic.relname', 'ds.description')}
FROM pg_catalog.pg_description ds JOIN pg_catalog.pg_index i ON i.indexrelid = ds.objoid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid ${relationOf('i.indrelid')}
WHERE ${isDescribed(scope)} AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_class'::regclass`
