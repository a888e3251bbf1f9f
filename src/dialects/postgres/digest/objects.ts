import type { Scope } from '../../dialect.ts'
import { DATABASE_SECTIONS } from '../introspect/catalogue-database.ts'
import { OBJECT_SECTIONS } from '../introspect/catalogue-objects.ts'
import type { CatalogueContext } from '../introspect/section.ts'
import { literal } from '../literal.ts'
import type { Text, Words } from './fragments.ts'
import { bare, comment, hash, isDescribed, references, textIn } from './fragments.ts'

/**
 * Rows of numbers about what stands on its own. Kinds of which databases have few are hashed through the very query that
 * describes them, so that nothing is forgotten. What is only named and never compared has no part in it.
 */
export function objectDigests(version: number, scope: Scope, words: Words): Readonly<Record<string, string>> {
  const namespaces = '(SELECT namespaces FROM digest_managed)::oid[]'
  const context: CatalogueContext = { version, privileges: scope.privileges === true, namespaces, relations: `'{}'::oid[]`, indexes: '', constraints: '', sequences: `'{}'::oid[]` }
  const { namespaceList, types, ranges, aggregates, statistics, collations } = OBJECT_SECTIONS
  const { extensions, eventTriggers, publications, subscriptions, wrappers, servers, userMappings, defaultPrivileges } = DATABASE_SECTIONS
  const described = {
    namespaceList, types, ranges, aggregates, statistics, collations, extensions, eventTriggers, publications, subscriptions, wrappers, servers, userMappings,
    ...(scope.privileges === true && { defaultPrivileges }),
  }
  return {
    sequences: sequences(scope),
    routines: routines(scope, textIn(words)),
    ...Object.fromEntries(Object.entries(described).map(([name, section]) => [name, throughJson(section(context))])),
    ...(words === 'stored' && { statistics: storedStatistics(version), publications: storedPublications(version) }),
  }
}

const NUMBERS = literal('(?<!\\\\)"(oid|r)": "\\d+"')

/** Numbers of objects differ between equal databases; all that a section calls by such a name is left out. */
const throughJson = (section: string): string => `
SELECT hashtextextended(${bare('j.t')}, 0)
FROM (SELECT regexp_replace((to_jsonb(e) - '{oid,r,f,array,relation,multi,multiArray}'::text[])::text, ${NUMBERS}, '', 'g') AS t FROM (${section}) e OFFSET 0) j`

const sequences = (scope: Scope): string => `
SELECT ${hash(
  'n.nspname', 'c.relname', 's.seqtypid', 's.seqstart', 's.seqincrement', 's.seqmin', 's.seqmax', 's.seqcache', 's.seqcycle', 'c.relpersistence',
  'd.deptype', 'rn.nspname', 'r.relname', 'a.attname',
  ...(scope.privileges === true ? ['pg_get_userbyid(c.relowner)', 'c.relacl::text[]'] : []),
)}
FROM unnest(ARRAY(SELECT o.oid FROM pg_catalog.pg_class o WHERE o.relkind = 'S' AND o.relnamespace = ANY ((SELECT namespaces FROM digest_managed)::oid[]))) u (oid)
JOIN pg_catalog.pg_class c ON c.oid = u.oid JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
LEFT JOIN pg_catalog.pg_class r ON r.oid = d.refobjid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.objid IS NULL OR (${isDescribed(scope)})`

const TYPES = (array: string): string =>
  `ARRAY(SELECT concat(tn.nspname, '.', t.typname) FROM unnest(${array}) WITH ORDINALITY u (o, p)
    JOIN pg_catalog.pg_type t ON t.oid = u.o JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace ORDER BY u.p)`

const routines = (scope: Scope, text: Text): string => `
SELECT ${hash(
  'n.nspname', 'p.proname', 'p.prokind', TYPES('p.proargtypes::oid[]'), TYPES('p.proallargtypes'), 'p.proargmodes::text', 'p.proargnames', TYPES('ARRAY[p.prorettype]'),
  `CASE WHEN p.proargdefaults IS NOT NULL THEN ${bare('pg_get_expr(p.proargdefaults, 0)')} END`, `(SELECT l.lanname FROM pg_catalog.pg_language l WHERE l.oid = p.prolang)`,
  'p.prosrc', 'p.probin', `CASE WHEN p.prosqlbody IS NOT NULL THEN ${text('pg_get_function_sqlbody(p.oid)', 'p.prosqlbody::text')} END`, 'p.proconfig', 'p.procost', 'p.prorows', 'p.prosecdef',
  'p.proleakproof', 'p.proisstrict', 'p.proretset', 'p.provolatile', 'p.proparallel', 'p.prosupport::oid::int8', TYPES('p.protrftypes'),
  references('pg_proc', 'p.oid'), comment('pg_proc', 'p.oid'), ...(scope.privileges === true ? ['pg_get_userbyid(p.proowner)', 'p.proacl::text[]'] : []),
)}
FROM unnest(ARRAY(SELECT o.oid FROM pg_catalog.pg_proc o WHERE o.pronamespace = ANY ((SELECT namespaces FROM digest_managed)::oid[]))) u (oid)
JOIN pg_catalog.pg_proc p ON p.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))`

const storedStatistics = (version: number): string => `
SELECT ${hash(
  'n.nspname', 's.stxname', 's.stxrelid', 's.stxkeys::text', 's.stxkind::text', 's.stxexprs::text', version >= 170000 ? 's.stxstattarget' : 'nullif(s.stxstattarget, -1)', references('pg_statistic_ext', 's.oid'), comment('pg_statistic_ext', 's.oid'),
)}
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxnamespace = ANY ((SELECT namespaces FROM digest_managed)::oid[])`

const storedPublications = (version: number): string => `
SELECT ${hash('to_jsonb(p)::text', comment('pg_publication', 'p.oid'))} FROM pg_catalog.pg_publication p
UNION ALL SELECT ${hash('r.prpubid', 'n.nspname', 'c.relname', ...(version >= 150000 ? ['r.prqual::text', 'r.prattrs::text'] : []), references('pg_publication_rel', 'r.oid', 'r.prrelid'))}
FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace${version >= 150000 ? `
UNION ALL SELECT ${hash('s.pnpubid', 'n.nspname')} FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid` : ''}`
