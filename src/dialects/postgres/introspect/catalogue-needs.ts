import type { Section } from './section.ts'

/** Normal dependencies on objects that a user made; those of initdb have numbers below 16384. */
const TARGET = `d.deptype = 'n' AND d.refobjid >= 16384
  AND d.refclassid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_constraint'::regclass,
  'pg_catalog.pg_collation'::regclass)`

const branch = (letter: string, catalogue: string, objectOid: string, from: string, where: string, owner = objectOid): string => `
SELECT '${letter}' AS c, ${owner} AS o, d.objsubid AS s, d.refobjid AS r, d.refobjsubid AS k
FROM ${from} JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.${catalogue}'::regclass AND d.objid = ${objectOid}
WHERE ${TARGET} AND ${where}`

/**
 * What an object's text refers to, from the server's own book-keeping: object, column of it, referred object, column of it.
 * `v` view (through its rule), `w` other rule, `f` routine, `g` trigger, `p` policy, `d` default of a column (object is the
 * relation; a constant refers to nothing but its type), `k` check of a table or domain (not foreign keys: their structure shows it), `c` index, `t` domain or range. What a column's type
 * is comes with the column.
 */
const needs: Section = ({ namespaces, relations, indexes, constraints, version }) => {
  const here = (column: string): string => `${column} = ANY (${namespaces})`
  const relation = 'JOIN pg_catalog.pg_class c ON c.oid ='
  return [
    branch('v', 'pg_rewrite', 'w.oid', `pg_catalog.pg_rewrite w ${relation} w.ev_class`, `${here('c.relnamespace')} AND w.rulename = '_RETURN' AND d.refobjid <> w.ev_class`, 'w.ev_class'),
    branch('w', 'pg_rewrite', 'w.oid', `pg_catalog.pg_rewrite w ${relation} w.ev_class`, `${here('c.relnamespace')} AND w.rulename <> '_RETURN' AND (d.refobjid <> w.ev_class OR d.refobjsubid > 0)`),
    branch('f', 'pg_proc', 'p.oid', 'pg_catalog.pg_proc p', here('p.pronamespace')),
    branch('g', 'pg_trigger', 't.oid', `unnest(${relations}) u (oid) JOIN pg_catalog.pg_trigger t ON t.tgrelid = u.oid`, 'NOT t.tgisinternal'),
    branch('p', 'pg_policy', 'p.oid', `pg_catalog.pg_policy p ${relation} p.polrelid`, `${here('c.relnamespace')} AND (d.refobjid <> p.polrelid OR d.refobjsubid > 0)`),
    `SELECT 'd' AS c, a.adrelid AS o, a.adnum::int AS s, d.refobjid AS r, d.refobjsubid AS k
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_attrdef a ON a.adrelid = u.oid
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = a.oid
WHERE left(a.adbin::text, 6) <> '{CONST' AND ${TARGET} AND d.refobjid <> a.adrelid`,
    ...(version < 150000 ? [generatedBefore15(relations)] : []),
    branch('k', 'pg_constraint', 'con.oid', `${constraints} con`, `con.contype = 'c' AND d.refobjid <> con.conrelid`),
    branch('k', 'pg_constraint', 'con.oid', `unnest(ARRAY(SELECT t.oid FROM pg_catalog.pg_type t WHERE ${here('t.typnamespace')} AND t.typtype = 'd')) u (oid) JOIN pg_catalog.pg_constraint con ON con.contypid = u.oid`, 'true'),
    branch('c', 'pg_class', 'i.indexrelid', `${indexes} i`,
      `(i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND d.refclassid <> 'pg_catalog.pg_class'::regclass`),
    branch('t', 'pg_type', 't.oid', 'pg_catalog.pg_type t', `${here('t.typnamespace')} AND t.typtype IN ('d', 'r')`),
  ].join('\nUNION ALL\n')
}

/** Before version 15 a generated column itself depends on what its expression refers to, and goes silently with it. */
const generatedBefore15 = (relations: string): string => `SELECT 'd' AS c, a.attrelid AS o, a.attnum::int AS s, d.refobjid AS r, d.refobjsubid AS k
FROM unnest(${relations}) u (oid) JOIN pg_catalog.pg_attribute a ON a.attrelid = u.oid AND a.attgenerated <> '' AND NOT a.attisdropped
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = a.attrelid AND d.objsubid = a.attnum
WHERE ${TARGET.replace("d.deptype = 'n'", "d.deptype = 'a'")} AND d.refobjid <> a.attrelid`

export const NEED_SECTIONS = { needs } satisfies Record<string, Section>
