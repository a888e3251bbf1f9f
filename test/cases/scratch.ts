import pg from 'pg'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import type { Session } from '../../src/dialects/dialect.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { creation } from '../servers/postgres.ts'

/** A scratch server's databases, for tests that build states from SQL. */
export class Scratch {
  readonly #url: string
  readonly #root: pg.Client
  readonly version: number
  readonly #kept = new Map<string, pg.Client>()

  private constructor(url: string, root: pg.Client, version: number) {
    this.#url = url
    this.#root = root
    this.version = version
  }

  /** @param url - of the server, without a database */
  static async open(url: string): Promise<Scratch> {
    const root = new pg.Client({ connectionString: `${url}/postgres` })
    await root.connect()
    const { rows } = await root.query('SHOW server_version_num')
    return new Scratch(url, root, Number(rows[0].server_version_num))
  }

  /** Makes an empty database of that name and connects to it. */
  async database(name: string): Promise<pg.Client> {
    await this.#root.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await this.#root.query(creation(name, 'template0', Math.floor(this.version / 10_000)))
    const client = new pg.Client({ connectionString: `${this.#url}/${name}` })
    client.on('error', () => {})
    await client.connect()
    await client.query(SETTINGS)
    return client
  }

  /** The same, emptied instead of made when this has made it before: a tenth of the time. Ended by `close`. */
  async emptied(name: string): Promise<pg.Client> {
    const kept = this.#kept.get(name)
    if (kept !== undefined) {
      const left = await empty(kept).catch((error: unknown) => String(error))
      if (left === '0') return kept
      await dropSubscriptions(kept).catch(() => {})
      await kept.end().catch(() => {})
    }
    const client = await this.database(name)
    this.#kept.set(name, client)
    return client
  }

  /** Makes a role unless it is there. */
  async role(name: string): Promise<void> {
    await this.#root.query(`CREATE ROLE "${name.replaceAll('"', '""')}"`).catch((error: { code?: string }) => {
      if (error.code !== '42710') throw error
    })
  }

  /** Removes the roles that cases made. The server is ours alone. */
  async dropRoles(): Promise<void> {
    const { rows } = await this.#root.query(`SELECT quote_ident(rolname) AS name FROM pg_roles WHERE oid >= 16384`)
    for (const { name } of rows) {
      await this.#root.query(`DROP OWNED BY ${name} CASCADE`).catch(() => {})
      await this.#root.query(`DROP ROLE ${name}`).catch(() => {})
    }
  }

  async close(): Promise<void> {
    for (const client of this.#kept.values()) await dropSubscriptions(client).finally(() => client.end()).catch(() => {})
    await this.#root.end()
  }
}

const SETTINGS = `SET statement_timeout = '20s'; SET lock_timeout = '5s'; SET client_min_messages = error`

/** A database with a subscription cannot be dropped, nor one with a slot elsewhere without asking there. */
async function dropSubscriptions(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`SELECT quote_ident(subname) AS name FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`)
  for (const { name } of rows) for (const part of ['DISABLE', 'SET (slot_name = NONE)']) await client.query(`ALTER SUBSCRIPTION ${name} ${part}`)
  for (const { name } of rows) await client.query(`DROP SUBSCRIPTION ${name}`)
}

/** Drops what a case may have made; tells how much of it is left. */
async function empty(client: pg.Client): Promise<string> {
  await client.query('ROLLBACK')
  await client.query('DISCARD ALL')
  await client.query(`${SETTINGS}; SET session_replication_role = replica`)
  await dropSubscriptions(client)
  const { rows } = await client.query(`
SELECT 'EVENT TRIGGER ' || quote_ident(evtname) AS what FROM pg_event_trigger
UNION ALL SELECT 'PUBLICATION ' || quote_ident(pubname) FROM pg_publication
UNION ALL SELECT 'FOREIGN DATA WRAPPER ' || quote_ident(fdwname) || ' CASCADE' FROM pg_foreign_data_wrapper
UNION ALL SELECT 'EXTENSION ' || quote_ident(extname) || ' CASCADE' FROM pg_extension WHERE oid >= 16384
UNION ALL SELECT 'SCHEMA ' || quote_ident(nspname) || ' CASCADE' FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`)
  for (const { what } of rows) await client.query(`DROP ${what}`).catch(() => {})
  await client.query(`RESET session_replication_role; CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'standard public schema'; ${PUBLIC_RIGHTS}`)
  return String((await client.query(LEFT)).rows[0].left)
}

/** As template0 has them. */
const PUBLIC_RIGHTS = `DO $$BEGIN
  IF current_setting('server_version_num')::int >= 150000 THEN ALTER SCHEMA public OWNER TO pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC;
  ELSE GRANT ALL ON SCHEMA public TO PUBLIC; END IF;
END$$`

const LEFT = `SELECT ${['class', 'type', 'proc', 'extension', 'cast', 'language', 'default_acl', 'am', 'event_trigger', 'publication', 'foreign_data_wrapper', 'collation', 'operator']
  .map((name) => `(SELECT count(*) FROM pg_${name} WHERE oid >= 16384)`).join(' + ')}
  + (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
  + (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema') - 1 AS left`

/** Reads a database as trueup does, with all schemas of the user's in it. */
export async function readAll(client: pg.Client, version: number, schemas: readonly string[], privileges = true): Promise<Schema> {
  const session = {
    version,
    json: async (statement: string) => {
      const { rows } = await client.query({ text: statement, rowMode: 'array' })
      return JSON.parse(rows[0]?.[0] ?? 'null')
    },
  }
  // Introspection uses nothing else of a session.
  return introspect(session as unknown as Session, { schemas, defaultSchema: 'public', ledgerTables: [], privileges })
}

/** The user's schemas of a database. */
export async function schemasOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query(`SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname COLLATE "C"`)
  return rows.map((row) => row.nspname)
}
