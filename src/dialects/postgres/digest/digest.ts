import type { Scope } from '../../dialect.ts'
import { literal } from '../literal.ts'
import { isManaged } from '../scope.ts'
import { objectDigests } from './objects.ts'
import { relationDigests } from './relations.ts'

/**
 * The digest of the managed objects as two parts of one statement: common table expressions and a text expression.
 *
 * Each section is a list of rows that say what one object is by names, each row becomes a 64-bit number, and the numbers are
 * added up: nothing is sorted, and no text is built where fields do. It sets nothing. Texts that the server prints with or
 * without a schema, as the search path happens to be, are stripped of schemas; what they refer to is added by name from the
 * server's book of dependencies.
 */
export function digestSql(version: number, scope: Scope): { readonly ctes: string; readonly expression: string } {
  const sections = { ...relationDigests(version, scope), ...objectDigests(version, scope) }
  const sums = Object.values(sections).map((rows) => `(SELECT concat(count(*), ' ', sum(s.h)) FROM (${rows}) s (h))`)
  return { ctes: managedCtes(scope), expression: `md5(concat_ws('/', ${sums.join(',\n')}))` }
}

/** One number of a row of names and flags. */
export function hash(...fields: readonly string[]): string {
  return `hash_record_extended(ROW(${fields.join(', ')}), 0)`
}

/** A printed expression without the schemas that only the search path decides on. It is evaluated once. */
export function bare(text: string): string {
  return `(SELECT CASE WHEN strpos(b.t, '.') = 0 THEN b.t ELSE regexp_replace(b.t, (SELECT re FROM digest_names), '\\1\\2\\3\\4', 'g') END
    FROM (SELECT ${text} AS t OFFSET 0) b)`
}

/** The names of what an object's text refers to, as an array expression. */
export function references(catalogue: string, oid: string): string {
  return `ARRAY(SELECT DISTINCT x.n COLLATE "C" FROM (SELECT concat_ws(' ', coalesce(rcn.nspname, rpn.nspname, rtn.nspname), coalesce(rc.relname, rp.proname, rt.typname),
    (SELECT ra.attname FROM pg_catalog.pg_attribute ra WHERE rd.refobjsubid > 0 AND ra.attrelid = rc.oid AND ra.attnum = rd.refobjsubid)) AS n
  FROM pg_catalog.pg_depend rd
  LEFT JOIN pg_catalog.pg_class rc ON rd.refclassid = 'pg_catalog.pg_class'::regclass AND rc.oid = rd.refobjid LEFT JOIN pg_catalog.pg_namespace rcn ON rcn.oid = rc.relnamespace
  LEFT JOIN pg_catalog.pg_proc rp ON rd.refclassid = 'pg_catalog.pg_proc'::regclass AND rp.oid = rd.refobjid LEFT JOIN pg_catalog.pg_namespace rpn ON rpn.oid = rp.pronamespace
  LEFT JOIN pg_catalog.pg_type rt ON rd.refclassid = 'pg_catalog.pg_type'::regclass AND rt.oid = rd.refobjid LEFT JOIN pg_catalog.pg_namespace rtn ON rtn.oid = rt.typnamespace
  WHERE rd.classid = 'pg_catalog.${catalogue}'::regclass AND rd.objid = ${oid} AND rd.deptype = 'n' AND rd.refobjid >= 16384) x ORDER BY 1)`
}

/** The comment on an object, as a scalar. */
export function comment(catalogue: string, oid: string): string {
  return `(SELECT ds.description FROM pg_catalog.pg_description ds WHERE ds.classoid = 'pg_catalog.${catalogue}'::regclass AND ds.objoid = ${oid} AND ds.objsubid = 0)`
}

/** A column's number not counting those that were dropped before it, so that equal tables have equal numbers. */
export function place(relation: string, number: string): string {
  return `CASE WHEN ${relation} IN (SELECT attrelid FROM digest_dropped) THEN ${number} -
    (SELECT count(*) FROM digest_dropped dd WHERE dd.attrelid = ${relation} AND dd.attnum < ${number}) ELSE ${number} END`
}

/** The same for an array of numbers, as text. */
export function places(relation: string, numbers: string): string {
  return `CASE WHEN ${relation} IN (SELECT attrelid FROM digest_dropped) THEN
    ARRAY(SELECT n - (SELECT count(*) FROM digest_dropped dd WHERE dd.attrelid = ${relation} AND dd.attnum < n) FROM unnest(${numbers}) WITH ORDINALITY u (n, o) ORDER BY o)::text
    ELSE (${numbers})::text END`
}

/** All managed relations, as a FROM item; the planner reaches what is joined to it by index (see `catalogueStatement`). */
export const RELATIONS = `unnest((SELECT rels FROM digest_managed)) u (oid) JOIN pg_catalog.pg_class r ON r.oid = u.oid
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace`

/** Joins the relation of a row of a small catalogue, when it is managed. */
export function relationOf(column: string): string {
  return `JOIN pg_catalog.pg_class r ON r.oid = ${column} JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace AND rn.oid = ANY ((SELECT namespaces FROM digest_managed)::oid[])`
}

/** Which relations are not part of the description: the ledger's, and those that belong to others. */
export function isDescribed(scope: Scope): string {
  const hidden = scope.ledgerTables.length === 0 ? [] : [`r.relname NOT IN (${scope.ledgerTables.map(literal).join(', ')})`]
  const patterns = (scope.tolerate ?? []).map((pattern) => literal(pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')))
  const tolerated = patterns.map((like) => `r.relname::text NOT LIKE ${like} AND rn.nspname || '.' || r.relname NOT LIKE ${like}`)
  return [...hidden, ...tolerated, 'true'].join(' AND ')
}

function managedCtes(scope: Scope): string {
  return `digest_managed AS MATERIALIZED (SELECT n.oids AS namespaces, ARRAY(SELECT r.oid FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
  WHERE r.relnamespace = ANY (n.oids) AND r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND ${isDescribed(scope)}) AS rels
  FROM (SELECT ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE ${isManaged(scope)}) AS oids) n),
digest_dropped AS MATERIALIZED (SELECT a.attrelid, a.attnum FROM ${RELATIONS} JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid WHERE a.attnum > 0 AND a.attisdropped),
digest_names AS MATERIALIZED (SELECT concat('(''(?:[^'']|'''')*''(?!''|::reg))|('')(?:(?:', x.any, ')\\.)?((?:[^'']|'''')*''::reg)|OPERATOR\\((?:', x.any,
    ')\\.([^)]+)\\)|(?<![\\w$.])(?:', x.any, ')\\.') AS re
  FROM (SELECT string_agg(regexp_replace(quote_ident(l.nspname), '(\\W)', '\\\\\\1', 'g'), '|') AS any
    FROM (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'
      ORDER BY ${isManaged(scope, 'n.nspname')} DESC, n.nspname LIMIT 100) l) x)`
}
