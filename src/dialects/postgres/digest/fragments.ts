import type { Scope } from '../../dialect.ts'
import { literal } from '../literal.ts'

/** One number of a row of names and flags. */
export function hash(...fields: readonly string[]): string {
  return `hash_record_extended(ROW(${fields.join(', ')}), 0)`
}

/**
 * Where a digest takes expressions from. `printed`: in the server's own words, the same in every database with this schema; printing most
 * of them locks the table. `stored`: as the catalogues hold them, with the numbers of this very database in them, without a lock.
 */
export type Words = 'printed' | 'stored'

/** A printed expression without the schemas that only the search path decides on. It is evaluated once. */
export function bare(text: string): string {
  return `(SELECT CASE WHEN strpos(b.t, '.') = 0 THEN b.t ELSE regexp_replace(b.t, (SELECT re FROM digest_names), ${literal('\\1\\2\\3\\4')}, 'g') END
    FROM (SELECT ${text} AS t OFFSET 0) b)`
}

/** One of two ways to say the same: as the server prints it, or as it is stored. */
export type Text = (printed: string, stored: string) => string

export const textIn = (words: Words): Text => (printed, stored) => (words === 'printed' ? bare(printed) : stored)

/**
 * The names of what an object's text refers to, as an array expression. Identities are qualified whatever the search path says.
 * What an expression says of its `own` relation is in its text.
 */
export function references(catalogue: string, oid: string, own?: string): string {
  return `ARRAY(SELECT (pg_identify_object(rd.refclassid, rd.refobjid, rd.refobjsubid)).identity COLLATE "C" FROM pg_catalog.pg_depend rd
  WHERE rd.classid = 'pg_catalog.${catalogue}'::regclass AND rd.objid = ${oid} AND rd.deptype = 'n' AND rd.refobjid >= 16384${own === undefined ? '' : ` AND rd.refobjid <> ${own}`} ORDER BY 1)`
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

/** The same for an array of numbers. */
export function places(relation: string, numbers: string): string {
  return `CASE WHEN ${numbers} IS NOT NULL AND ${relation} IN (SELECT attrelid FROM digest_dropped) THEN
    ARRAY(SELECT (n - (SELECT count(*) FROM digest_dropped dd WHERE dd.attrelid = ${relation} AND dd.attnum < n))::int2 FROM unnest(${numbers}) WITH ORDINALITY w (n, o) ORDER BY o)
    ELSE ${numbers} END`
}

/**
 * All managed relations with the number `h` of their name, as a FROM item; the planner reaches what is joined to it by index
 * (see `catalogueStatement`).
 */
export const RELATIONS = `unnest((SELECT rels FROM digest_managed), (SELECT hashes FROM digest_managed)) u (oid, h)`

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
