import type { Section } from './section.ts'
import { DESCRIPTION } from './catalogue-fragments.ts'

/** What belongs to the database rather than to a schema, and what is only named. */

const extensions: Section = () => `
SELECT e.oid, e.extname AS name, n.nspname AS schema, e.extversion AS version, ${DESCRIPTION('pg_extension', 'e.oid')} AS comment
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= 16384`

const eventTriggers: Section = () => `
SELECT t.oid, t.evtname AS name, t.evtevent AS event, t.evtenabled AS enabled, t.evttags AS tags,
  quote_ident(n.nspname) || '.' || quote_ident(p.proname) AS function, p.oid AS f, ${DESCRIPTION('pg_event_trigger', 't.oid')} AS comment
FROM pg_catalog.pg_event_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.evtfoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')`

const publications: Section = ({ version, privileges }) => `
SELECT p.oid, p.pubname AS name, p.puballtables AS "all", p.pubinsert AS insert, p.pubupdate AS update, p.pubdelete AS delete, p.pubtruncate AS truncate, p.pubviaroot AS root,
  ${version >= 180000 ? 'p.pubgencols' : 'NULL::text'} AS generated,
  (SELECT json_agg(json_build_object('r', c.oid, 'schema', n.nspname, 'name', c.relname${
    version >= 150000
      ? `, 'where', pg_get_expr(r.prqual, r.prrelid), 'columns', (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]))`
      : ''
  }) ORDER BY n.nspname, c.relname) FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE r.prpubid = p.oid) AS tables,
  ${
    version >= 150000
      ? `ARRAY(SELECT n.nspname FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid
    WHERE s.pnpubid = p.oid ORDER BY n.nspname)`
      : `'{}'::text[]`
  } AS schemas, ${DESCRIPTION('pg_publication', 'p.oid')} AS comment${privileges ? ', pg_get_userbyid(p.pubowner) AS owner' : ''}
FROM pg_catalog.pg_publication p`

/** Without the connection: nobody but a superuser may name that column. */
const subscriptions: Section = ({ version, privileges }) => {
  const option = (since: number, text: string): readonly string[] => (version >= since ? [text] : [])
  const options = [
    `CASE WHEN s.subbinary THEN 'binary=true' END`,
    version >= 160000 ? `'streaming=' || CASE s.substream WHEN 'f' THEN 'off' WHEN 't' THEN 'on' ELSE 'parallel' END` : `CASE WHEN s.substream THEN 'streaming=on' END`,
    `CASE WHEN s.subsynccommit <> 'off' THEN 'synchronous_commit=' || s.subsynccommit END`,
    ...option(150000, `CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase=true' END`),
    ...option(150000, `CASE WHEN s.subdisableonerr THEN 'disable_on_error=true' END`),
    ...option(160000, `CASE WHEN NOT s.subpasswordrequired THEN 'password_required=false' END`),
    ...option(160000, `CASE WHEN s.subrunasowner THEN 'run_as_owner=true' END`),
    ...option(160000, `CASE WHEN s.suborigin <> 'any' THEN 'origin=' || s.suborigin END`),
    ...option(170000, `CASE WHEN s.subfailover THEN 'failover=true' END`),
  ]
  return `
SELECT s.subname AS name, s.subenabled AS enabled, s.subslotname AS slot, s.subpublications AS publications,
  array_remove(ARRAY[${options.join(', ')}]::text[], NULL) AS options, (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AS readable,
  ${DESCRIPTION('pg_subscription', 's.oid')} AS comment${privileges ? ', pg_get_userbyid(s.subowner) AS owner' : ''}
FROM pg_catalog.pg_subscription s WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = current_database())`
}

const wrappers: Section = ({ privileges }) => `
SELECT w.oid, w.fdwname AS name, nullif(w.fdwhandler::regproc::text, '-') AS handler, nullif(w.fdwvalidator::regproc::text, '-') AS validator,
  w.fdwoptions AS options, ${DESCRIPTION('pg_foreign_data_wrapper', 'w.oid')} AS comment${
    privileges ? `, pg_get_userbyid(w.fdwowner) AS owner, coalesce(w.fdwacl, acldefault('F', w.fdwowner))::text[] AS acl` : ''
  }
FROM pg_catalog.pg_foreign_data_wrapper w
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND e.objid = w.oid AND e.deptype = 'e')`

const servers: Section = ({ privileges }) => `
SELECT s.oid, s.srvname AS name, s.srvtype AS type, s.srvversion AS version, s.srvoptions AS options, w.fdwname AS wrapper,
  ${DESCRIPTION('pg_foreign_server', 's.oid')} AS comment${
    privileges ? `, pg_get_userbyid(s.srvowner) AS owner, coalesce(s.srvacl, acldefault('S', s.srvowner))::text[] AS acl` : ''
  }
FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')`

/** The view shows options to those who may see them; 'readable' tells an empty list from a hidden one. */
const userMappings: Section = () => `
SELECT CASE m.umuser WHEN 0 THEN 'public' ELSE m.usename END AS "user", m.srvname AS server, m.umoptions AS options,
  m.umoptions IS NOT NULL OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AS readable
FROM pg_catalog.pg_user_mappings m`

/** Members of extensions inside managed schemas. */
const members: Section = ({ namespaces }) => {
  const of = (catalogue: string, kind: string, name: string, namespace: string, more = ''): string => `
SELECT e.extname AS extension, ${kind} AS kind, n.nspname AS schema, ${name} AS name, o.oid
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  AND d.classid = 'pg_catalog.${catalogue}'::regclass JOIN pg_catalog.${catalogue} o ON o.oid = d.objid JOIN pg_catalog.pg_namespace n ON n.oid = o.${namespace}
WHERE o.${namespace} = ANY (${namespaces})${more}`
  return [
    of('pg_class', `CASE o.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END`, 'o.relname::text', 'relnamespace'),
    of('pg_type', `'type'`, 'o.typname::text', 'typnamespace', ` AND o.typtype IN ('b', 'e', 'd', 'r', 'c', 'p') AND o.typname NOT LIKE E'\\\\_%'`),
    of('pg_proc', `'routine'`, `o.proname || '(' || oidvectortypes(o.proargtypes) || ')'`, 'pronamespace'),
    // Whatever else an extension brings, in the server's own words for it.
    `SELECT e.extname AS extension, i.type AS kind, NULL::name AS schema, i.identity AS name, d.objid AS oid
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
  AND d.classid NOT IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_proc'::regclass),
  LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i LEFT JOIN pg_catalog.pg_namespace n ON quote_ident(n.nspname) = i.schema
WHERE e.oid >= 16384 AND (i.schema IS NULL OR n.oid = ANY (${namespaces}))`,
  ].join('\nUNION ALL\n')
}

/** Objects of kinds that trueup does not describe. */
const unsupported: Section = ({ namespaces }) => {
  const of = (catalogue: string, kind: string, name: string, namespace: string, extra = ''): string => `
SELECT '${kind}' AS kind, n.nspname AS schema, ${name} AS name FROM pg_catalog.${catalogue} o JOIN pg_catalog.pg_namespace n ON n.oid = o.${namespace}
WHERE o.${namespace} = ANY (${namespaces}) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
  WHERE e.classid = 'pg_catalog.${catalogue}'::regclass AND e.objid = o.oid AND e.deptype = 'e')${extra}`
  const plain = (catalogue: string, kind: string, name: string): string => `
SELECT '${kind}' AS kind, NULL::name AS schema, ${name} AS name FROM pg_catalog.${catalogue} o
WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.${catalogue}'::regclass AND e.objid = o.oid AND e.deptype IN ('e', 'i'))`
  return [
    of('pg_operator', 'operator', `o.oprname || ' (' || format_type(o.oprleft, NULL) || ', ' || format_type(o.oprright, NULL) || ')'`, 'oprnamespace'),
    of('pg_opclass', 'operator class', 'o.opcname::text', 'opcnamespace'),
    of('pg_opfamily', 'operator family', 'o.opfname::text', 'opfnamespace'),
    of('pg_conversion', 'conversion', 'o.conname::text', 'connamespace'),
    of('pg_ts_config', 'text search configuration', 'o.cfgname::text', 'cfgnamespace'),
    of('pg_ts_dict', 'text search dictionary', 'o.dictname::text', 'dictnamespace'),
    of('pg_ts_parser', 'text search parser', 'o.prsname::text', 'prsnamespace'),
    of('pg_ts_template', 'text search template', 'o.tmplname::text', 'tmplnamespace'),
    plain('pg_cast', 'cast', `format_type(o.castsource, NULL) || ' AS ' || format_type(o.casttarget, NULL)`),
    plain('pg_am', 'access method', 'o.amname::text'),
    plain('pg_language', 'language', 'o.lanname::text'),
    plain('pg_transform', 'transform', `'FOR ' || format_type(o.trftype, NULL) || ' LANGUAGE ' || (SELECT l.lanname FROM pg_catalog.pg_language l WHERE l.oid = o.trflang)`),
  ].join('\nUNION ALL\n')
}

const defaultPrivileges: Section = ({ privileges, namespaces }) => !privileges ? 'SELECT 1 WHERE false' : `
SELECT pg_get_userbyid(a.defaclrole) AS role, n.nspname AS schema, a.defaclobjtype AS type, a.defaclacl::text[] AS acl
FROM pg_catalog.pg_default_acl a LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
WHERE a.defaclnamespace = 0 OR a.defaclnamespace = ANY (${namespaces})`

export const DATABASE_SECTIONS = {
  extensions, eventTriggers, publications, subscriptions, wrappers, servers, userMappings, members, unsupported, defaultPrivileges,
} satisfies Record<string, Section>
