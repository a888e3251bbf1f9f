import type { Scope } from '../../dialect.ts'
import { objectDigests } from './objects.ts'
import type { Words } from './fragments.ts'
import { hash, isDescribed, RELATIONS, textIn } from './fragments.ts'
import { relationDigests } from './relations.ts'
import { literal } from '../literal.ts'
import { waiting } from '../peek.ts'
import { isManaged } from '../scope.ts'

export interface DigestOptions {
  readonly words: Words
  /** How long it waits for a table that somebody holds against readers, as the server writes durations. */
  readonly patience: string
}

/**
 * The digest of the managed objects as two parts of one statement: common table expressions and a text expression.
 *
 * Each section is a list of rows that say what one object is by names, each row becomes a 64-bit number, and the numbers are
 * added up: nothing is sorted, and no text is built where fields do. It sets nothing that outlasts it. Texts that the server prints with or
 * without a schema, as the search path happens to be, are stripped of schemas; what they refer to is added by name from the
 * server's book of dependencies.
 */
export function digestSql(version: number, scope: Scope, { words, patience }: DigestOptions): { readonly ctes: string; readonly expression: string } {
  const sections = { ...relationDigests(version, scope, textIn(words)), ...objectDigests(version, scope, words) }
  const sums = Object.values(sections).map((rows) => `(SELECT concat(count(*), ' ', sum(s.h)) FROM (${rows}) s (h))`)
  return { ctes: managedCtes(scope, patience), expression: `md5(concat_ws('/', ${sums.join(',\n')}))` }
}

/** A pattern of what is left alone and of schemas before names, cut where the names of the schemas come. */
const SCHEMAS_IN_TEXT = [`('(?:[^']|'')*'(?!'|::reg))|(')(?:(?:`, `)\\.)?((?:[^']|'')*'::reg)|OPERATOR\\((?:`, `)\\.([^)]+)\\)|(?<![\\w$.])(?:`, `)\\.`]

function managedCtes(scope: Scope, patience: string): string {
  return `digest_managed AS MATERIALIZED (SELECT n.oids AS namespaces, m.* FROM (SELECT ARRAY(SELECT oid FROM pg_catalog.pg_namespace WHERE ${isManaged(scope)} AND ${waiting(patience)}) AS oids) n,
  LATERAL (SELECT coalesce(array_agg(r.oid), '{}') AS rels, coalesce(array_agg(${hash('rn.nspname', 'r.relname')}), '{}') AS hashes
    FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    WHERE r.relnamespace = ANY (n.oids) AND r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND ${isDescribed(scope)}) m),
digest_dropped AS MATERIALIZED (SELECT a.attrelid, a.attnum FROM ${RELATIONS} JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid WHERE a.attnum > 0 AND a.attisdropped),
digest_names AS MATERIALIZED (SELECT concat(${SCHEMAS_IN_TEXT.map(literal).join(', x.any, ')}) AS re
  FROM (SELECT string_agg(regexp_replace(quote_ident(l.nspname), ${literal('(\\W)')}, ${literal('\\\\\\1')}, 'g'), '|') AS any
    FROM (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'
      ORDER BY ${isManaged(scope, 'n.nspname')} DESC, n.nspname LIMIT 100) l) x)`
}
