import pg from 'pg'
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { Row, Session, TransactionOptions } from '../../src/dialects/dialect.ts'
import { availableServers, creation } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'

/** The smallest session over one client of `pg`: no retries, no settings. */
export function privateSession(client: pg.Client, version: number): Session {
  const query = async (statement: string): Promise<readonly Row[]> => {
    const result = await client.query(statement)
    // Several statements in one message give several results.
    return (Array.isArray(result) ? (result.at(-1) as pg.QueryResult) : result).rows as Row[]
  }
  return {
    id: '1',
    version,
    query,
    handle: client,
    async json<T>(statement: string): Promise<T | null> {
      const [row] = await query(statement)
      const [value] = Object.values(row ?? {})
      // The caller names the shape that its statement builds.
      return typeof value === 'string' ? (JSON.parse(value) as T) : null
    },
    async first(statement) {
      const [value] = Object.values((await query(statement))[0] ?? {})
      return value === null || value === undefined ? null : String(value)
    },
    async execute(statement) {
      return (await client.query(statement)).rowCount ?? 0
    },
    async script(statements) {
      await client.query(statements.join(';\n'))
      return statements.map(() => 0)
    },
    async transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T> {
      await client.query(['BEGIN', ...(options?.settings ?? [])].join('; '))
      try {
        const value = await work()
        await client.query('COMMIT')
        return value
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
    },
    async release() {
      await client.end()
    },
  }
}

export interface TestDatabase {
  readonly name: string
  readonly url: string
  readonly session: Session
  readonly client: pg.Client
  drop(): Promise<void>
}

/** A server for one test file; it starts with the first database that is asked for and ends with the file. */
export interface LazyServer {
  readonly title: string
  database(): Promise<TestDatabase>
}

/** All servers of this machine. */
export function testServers(): readonly LazyServer[] {
  return availableServers().map((kind) => {
    let running: Promise<TestServer> | undefined
    after(async () => (await running)?.stop())
    return {
      title: kind.title,
      async database() {
        running ??= kind.start()
        return testDatabase((await running).url())
      },
    }
  })
}

/** A database of the test's own, with a session on it. */
export async function testDatabase(url: string): Promise<TestDatabase> {
  const name = `trueup_schema_${randomBytes(5).toString('hex')}`
  const admin = await connect(url)
  const version = Number((await admin.query('SHOW server_version_num')).rows[0].server_version_num)
  await admin.query(creation(name, 'template0', Math.floor(version / 10_000)))
  await admin.end()
  const target = new URL(url)
  target.pathname = `/${name}`
  const client = await connect(target.href)
  return {
    name,
    url: target.href,
    client,
    session: privateSession(client, version),
    async drop() {
      await client.end().catch(() => undefined)
      const again = await connect(url)
      await again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await again.end()
    },
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
