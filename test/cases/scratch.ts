import pg from 'pg'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import type { Session } from '../../src/dialects/dialect.ts'
import type { Schema } from '../../src/schema/schema.ts'

/** A scratch server's databases, for tests that build states from SQL. */
export class Scratch {
  readonly #url: string
  readonly #root: pg.Client
  readonly version: number

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
    await this.#root.query(`CREATE DATABASE ${name} TEMPLATE template0`)
    const client = new pg.Client({ connectionString: `${this.#url}/${name}` })
    client.on('error', () => {})
    await client.connect()
    await client.query(`SET statement_timeout = '20s'; SET lock_timeout = '5s'; SET client_min_messages = error`)
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
    await this.#root.end()
  }
}

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
