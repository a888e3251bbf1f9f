import type { Session } from '../../dialects/dialect.ts'
import { quote } from './names.ts'

const USERS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'"
const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalogue}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`

/** Whether a database holds nothing of anybody's. */
export async function isEmptyDatabase(session: Session): Promise<boolean> {
  return (await session.json<boolean>(`SELECT to_json(NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USERS} AND ${notOfExtension('pg_class', 'c.oid')})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ${USERS} AND ${notOfExtension('pg_proc', 'p.oid')})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ${USERS} AND ${notOfExtension('pg_type', 't.oid')})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE ${USERS} AND n.nspname <> 'public' AND ${notOfExtension('pg_namespace', 'n.oid')}))::text`)) === true
}

/** Relations dropped in one statement at most: each holds a lock until its end. */
const AT_ONCE = 100

/** Takes away every schema with all that is in it, and every extension; leaves an empty `public`. */
export async function emptyDatabase(session: Session): Promise<void> {
  const tables = (await session.json<readonly (readonly [string, string])[]>(
    `SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname)), '[]'::json)::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${USERS} AND ${notOfExtension('pg_class', 'c.oid')}`)) ?? []
  for (let at = 0; at < tables.length; at += AT_ONCE) {
    await session.execute(`DROP TABLE IF EXISTS ${tables.slice(at, at + AT_ONCE).map((path) => path.map(quote).join('.')).join(', ')} CASCADE`)
  }
  const names = async (query: string): Promise<readonly string[]> => (await session.json<readonly string[]>(query)) ?? []
  for (const name of await names(`SELECT coalesce(json_agg(extname), '[]'::json)::text FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'`)) await session.execute(`DROP EXTENSION IF EXISTS ${quote(name)} CASCADE`)
  for (const name of await names(`SELECT coalesce(json_agg(n.nspname), '[]'::json)::text FROM pg_catalog.pg_namespace n WHERE ${USERS}`)) await session.execute(`DROP SCHEMA ${quote(name)} CASCADE`)
  // As a new database has it.
  const owner = session.version >= 150_000 ? ['ALTER SCHEMA public OWNER TO pg_database_owner', 'GRANT USAGE ON SCHEMA public TO PUBLIC'] : ['GRANT ALL ON SCHEMA public TO PUBLIC']
  for (const statement of ['CREATE SCHEMA public', "COMMENT ON SCHEMA public IS 'standard public schema'", ...owner]) await session.execute(statement)
}
