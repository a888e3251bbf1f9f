import type { Scope } from '../../dialect.ts'
import type { Text } from './fragments.ts'
import { bare, comment, hash, isDescribed, place, places, references, relationOf, RELATIONS } from './fragments.ts'

/** Rows of numbers about relations and their children, one query a section. */
export function relationDigests(version: number, scope: Scope, text: Text): Readonly<Record<string, string>> {
  return {
    relations: relations(scope, text),
    columns: columns(version, scope, text),
    constraints: constraints(version, text),
    indexes: indexes(version, text),
    triggers: triggers(scope, text),
    rules: rules(scope, text),
    policies: policies(scope, text),
    views: views(text),
    inherits: inherits(scope),
    comments: comments(scope),
  }
}

const SPACE = (relation: string): string =>
  `CASE WHEN ${relation}.reltablespace <> 0 THEN (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = ${relation}.reltablespace) END`

/** With what it refers to: names that are another's may change. */
const PARTITION_KEY = `(SELECT ROW(k.partstrat, k.partattrs::text, k.partclass::text, k.partcollation::text, k.partexprs::text, ${references('pg_class', 'c.oid')})::text FROM pg_catalog.pg_partitioned_table k WHERE k.partrelid = c.oid)`

const relations = (scope: Scope, text: Text): string => `
SELECT ${hash(
  'u.h', 'c.relkind', 'c.relpersistence', 'c.relrowsecurity', 'c.relforcerowsecurity', 'c.reloptions',
  `CASE WHEN c.reltoastrelid <> 0 THEN (SELECT t.reloptions FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END`,
  builtinOr('c.relam', 'SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam'), SPACE('c'), 'c.relreplident',
  `CASE WHEN c.relkind = 'p' THEN ${text('pg_get_partkeydef(c.oid)', PARTITION_KEY)} END`, `CASE WHEN c.relispartition THEN ${bare('pg_get_expr(c.relpartbound, 0)')} END`,
  `CASE WHEN c.reloftype <> 0 THEN (SELECT ROW(tn.nspname, t.typname)::text FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype) END`,
  'c.relispopulated',
  `CASE WHEN c.relkind = 'f' THEN (SELECT ROW(s.srvname, f.ftoptions)::text FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid) END`,
  ...(scope.privileges === true ? ['pg_get_userbyid(c.relowner)', 'c.relacl::text[]'] : []),
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_class c ON c.oid = u.oid`

const target = (version: number): string => (version >= 170000 ? 'a.attstattarget' : 'nullif(a.attstattarget, -1)')

/** `pg_attver=…` is a mark of Debian's 15.20 and says nothing about the schema. */
const OPTIONS = `CASE WHEN a.attoptions IS NOT NULL AND (array_length(a.attoptions, 1) > 1 OR a.attoptions[1] NOT LIKE E'pg\\\\_attver=%') THEN ARRAY(SELECT o FROM unnest(a.attoptions) o WHERE o NOT LIKE E'pg\\\\_attver=%' ORDER BY o COLLATE "C") ELSE '{}' END`

/** Objects of initdb have the same number in every database of a version; only a user's own need a look-up of their name. */
const builtinOr = (oid: string, name: string): string => `CASE WHEN ${oid} < 10000 THEN ${oid} END, CASE WHEN ${oid} >= 10000 THEN (${name}) END`

const TYPE = builtinOr('a.atttypid', `SELECT concat(tn.nspname, '.', t.typname) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace WHERE t.oid = a.atttypid`)

/**
 * Types whose constants refer to nothing: bool, bytea, bigint, smallint, integer, text, json, real, double precision, bpchar, varchar, date,
 * timestamp, timestamptz, numeric, uuid, jsonb. Numbers that the server's sources fix. Most defaults are such constants.
 */
const PLAIN_TYPES = [16, 17, 20, 21, 23, 25, 114, 700, 701, 1042, 1043, 1082, 1114, 1184, 1700, 2950, 3802]

/** Only generated columns name others; without that the server need not open the table to print an expression. */
const valueOf = (text: Text): string => `CASE WHEN a.atthasdef THEN (SELECT CASE WHEN a.atttypid IN (${PLAIN_TYPES.join(', ')}) AND a.attgenerated = '' AND left(d.adbin::text, 6) = '{CONST'
  THEN hashtextextended(pg_get_expr(d.adbin, 0), 0)
  ELSE ${hash(text(`pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END)`, 'd.adbin::text'), references('pg_attrdef', 'd.oid'))} END
  FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END`

const columns = (version: number, scope: Scope, text: Text): string => `
SELECT ${hash(
  'u.h', place('a.attrelid', 'a.attnum'), 'a.attname', TYPE, 'a.atttypmod', 'a.attnotnull', 'a.attidentity', 'a.attgenerated', valueOf(text),
  'a.attstorage', 'a.attcompression', target(version), 'a.attislocal', OPTIONS, 'a.attfdwoptions',
  builtinOr('a.attcollation', `SELECT concat(cn.nspname, '.', o.collname) FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace cn ON cn.oid = o.collnamespace WHERE o.oid = a.attcollation`),
  ...(scope.privileges === true ? ['a.attacl::text[]'] : []),
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid WHERE a.attnum > 0 AND NOT a.attisdropped`

/**
 * To print a check the server opens its table, which costs a new connection more than all the rest. The stored tree says the same as long as
 * it names nothing but the table's own columns and what the server's sources number (below 12000): with the places of the columns that it uses
 * (`conkey`, beside it) and their names it determines the text. It also holds places in the text that it was parsed from (before version 17), so equal tables that were written differently may differ
 * here: such a start is slow once, never wrong.
 */
const checkOf = (text: Text): string => `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_depend cd
    WHERE cd.classid = 'pg_catalog.pg_constraint'::regclass AND cd.objid = con.oid AND cd.refobjid >= 12000 AND cd.refobjid <> con.conrelid)
  THEN ${hash(text('pg_get_expr(con.conbin, con.conrelid)', 'con.conbin::text'), references('pg_constraint', 'con.oid', 'con.conrelid'))} ELSE hashtextextended(con.conbin::text, 0) END`

/** Of an exclusion; its columns and expressions are its index's. */
const OPERATORS = `ARRAY(SELECT concat(o, ' ', opn.nspname, '.', op.oprname) FROM unnest(con.conexclop) WITH ORDINALITY k (o, p) JOIN pg_catalog.pg_operator op ON op.oid = k.o JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace ORDER BY k.p)`

const constraints = (version: number, text: Text): string => `
SELECT ${hash(
  'u.h', 'con.conname', 'con.contype', 'con.condeferrable', 'con.condeferred', 'con.convalidated', 'con.connoinherit', 'con.conislocal',
  places('con.conrelid', 'con.conkey'), 'fn.nspname', 'f.relname', places('con.confrelid', 'con.confkey'), 'con.confupdtype', 'con.confdeltype', 'con.confmatchtype',
  version >= 150000 ? places('con.conrelid', 'con.confdelsetcols') : 'NULL::int2[]', ...(version >= 180000 ? ['con.conenforced', 'con.conperiod'] : []),
  `CASE WHEN con.contype = 'c' THEN ${checkOf(text)} END`, `CASE WHEN con.contype = 'x' THEN ${text('pg_get_constraintdef(con.oid)', `${OPERATORS}::text`)} END`,
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_constraint con ON con.conrelid = u.oid
LEFT JOIN pg_catalog.pg_class f ON con.confrelid <> 0 AND f.oid = con.confrelid LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE con.contype <> 't'`

/** The last number that initdb gives. */
const OWN = '16383::oid'

const namesOf = (catalogue: string, name: string, namespace: string, list: string): string => `CASE WHEN NOT ${OWN} < ANY (${list}) THEN ${list} END,
  CASE WHEN ${OWN} < ANY (${list}) THEN ARRAY(SELECT concat(opn.nspname, '.', op.${name})
    FROM unnest(${list}) WITH ORDINALITY k (o, p) LEFT JOIN pg_catalog.${catalogue} op ON op.oid = k.o LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.${namespace} ORDER BY k.p) END`

const OPCLASSES = namesOf('pg_opclass', 'opcname', 'opcnamespace', 'i.indclass::oid[]')

const COLLATIONS = namesOf('pg_collation', 'collname', 'collnamespace', 'i.indcollation::oid[]')

const indexes = (version: number, text: Text): string => `
SELECT ${hash(
  'u.h', 'ic.relname', builtinOr('ic.relam', 'SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = ic.relam'), 'i.indisunique', 'i.indisprimary', 'i.indnkeyatts', places('i.indrelid', 'i.indkey::int2[]'), OPCLASSES, COLLATIONS, 'i.indoption::int2[]',
  'i.indisclustered', 'i.indisvalid', 'i.indisreplident', 'ic.reloptions', SPACE('ic'),
  `CASE WHEN i.indexprs IS NOT NULL THEN ${text('pg_get_indexdef(i.indexrelid)', 'i.indexprs::text')} END`, `CASE WHEN i.indpred IS NOT NULL THEN ${text('pg_get_expr(i.indpred, i.indrelid)', 'i.indpred::text')} END`,
  `CASE WHEN i.indexprs IS NOT NULL OR i.indpred IS NOT NULL THEN ${references('pg_class', 'i.indexrelid', 'i.indrelid')} END`,
  `CASE WHEN ic.relam <> 403 OR i.indexprs IS NOT NULL OR ${OWN} < ANY (i.indclass::oid[]) THEN ARRAY(SELECT ROW(a.attnum, ${OPTIONS}, ${target(version)})::text
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = ic.oid ORDER BY a.attnum) END`,
  ...(version >= 150000 ? ['i.indnullsnotdistinct'] : []),
  `CASE WHEN ic.relispartition THEN (SELECT p.relname FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhparent WHERE h.inhrelid = ic.oid) END`,
)}
FROM ${RELATIONS} JOIN pg_catalog.pg_index i ON i.indrelid = u.oid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid`

const TRIGGER = `ROW(${[
  't.tgtype', places('t.tgrelid', 't.tgattr::int2[]'), 't.tgargs', 't.tgconstrrelid', 't.tgdeferrable', 't.tginitdeferred', 't.tgoldtable', 't.tgnewtable', 't.tgqual::text',
  `(SELECT concat(fn.nspname, '.', f.proname) FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace WHERE f.oid = t.tgfoid)`,
].join(', ')})::text`

const triggers = (scope: Scope, text: Text): string => `
SELECT ${hash('rn.nspname', 'r.relname', 't.tgname', 't.tgenabled', text('pg_get_triggerdef(t.oid)', TRIGGER), references('pg_trigger', 't.oid'), comment('pg_trigger', 't.oid'))}
FROM pg_catalog.pg_trigger t ${relationOf('t.tgrelid')} WHERE ${isDescribed(scope)} AND NOT t.tgisinternal AND t.tgparentid = 0`

const rules = (scope: Scope, text: Text): string => `
SELECT ${hash('rn.nspname', 'r.relname', 'w.rulename', 'w.ev_enabled', text('pg_get_ruledef(w.oid)', `ROW(w.ev_type, w.is_instead, w.ev_qual::text, w.ev_action::text)::text`), references('pg_rewrite', 'w.oid'), comment('pg_rewrite', 'w.oid'))}
FROM pg_catalog.pg_rewrite w ${relationOf('w.ev_class')} WHERE ${isDescribed(scope)} AND w.rulename <> '_RETURN'`

const policies = (scope: Scope, text: Text): string => `
SELECT ${hash(
  'rn.nspname', 'r.relname', 'p.polname', 'p.polcmd', 'p.polpermissive', `ARRAY(SELECT CASE o WHEN 0 THEN 'public' ELSE pg_get_userbyid(o)::text END FROM unnest(p.polroles) o ORDER BY 1)`,
  text('pg_get_expr(p.polqual, p.polrelid)', 'p.polqual::text'), text('pg_get_expr(p.polwithcheck, p.polrelid)', 'p.polwithcheck::text'), references('pg_policy', 'p.oid', 'p.polrelid'), comment('pg_policy', 'p.oid'),
)}
FROM pg_catalog.pg_policy p ${relationOf('p.polrelid')} WHERE ${isDescribed(scope)}`

const views = (text: Text): string => `
SELECT ${hash('u.h', text('pg_get_viewdef(u.oid)', 'w.ev_action::text'), references('pg_rewrite', 'w.oid'))}
FROM ${RELATIONS} JOIN pg_catalog.pg_rewrite w ON w.ev_class = u.oid AND w.rulename = '_RETURN'`

const inherits = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', 'pn.nspname', 'p.relname', 'i.inhseqno')}
FROM pg_catalog.pg_inherits i ${relationOf('i.inhrelid')} JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE r.relkind NOT IN ('i', 'I') AND ${isDescribed(scope)}`

/** Comments are few: they are found from their own side. */
const comments = (scope: Scope): string => `
SELECT ${hash('rn.nspname', 'r.relname', place('ds.objoid', 'ds.objsubid'), 'ds.description')}
FROM pg_catalog.pg_description ds ${relationOf('ds.objoid')}
WHERE ${isDescribed(scope)} AND r.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_class'::regclass
UNION ALL SELECT ${hash('rn.nspname', 'r.relname', 'con.conname', 'ds.description')}
FROM pg_catalog.pg_description ds JOIN pg_catalog.pg_constraint con ON con.oid = ds.objoid ${relationOf('con.conrelid')}
WHERE ${isDescribed(scope)} AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_constraint'::regclass
UNION ALL SELECT ${hash('rn.nspname', 'r.relname', 'ic.relname', 'ds.description')}
FROM pg_catalog.pg_description ds JOIN pg_catalog.pg_index i ON i.indexrelid = ds.objoid JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid ${relationOf('i.indrelid')}
WHERE ${isDescribed(scope)} AND ds.objoid >= 16384 AND ds.classoid = 'pg_catalog.pg_class'::regclass`
