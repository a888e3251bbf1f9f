import { TrueupError } from '../../../errors.ts'
import { connectClient, ownOptions } from './own-client.ts'
import type { Patience } from './patience.ts'
import type { PgClientClass } from './pg.ts'
import type { PostgresJs } from './postgres-js.ts'
import { postgresJsWire } from './postgres-js.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { isMissing, missingDriver } from './source.ts'

/** Sessions of our own over a URL: by `pg`, or by `postgres` where that is what is installed. */
export function urlSource(url: string): Source {
  const parsed = parseUrl(url)
  const open = new Set<() => Promise<void>>()
  return {
    address: addressOf(parsed),
    several: true,
    connect: (patience) => connectTo(url, patience, open),
    elsewhere: (database) => urlSource(database === undefined ? url : inDatabase(url, database)),
    close: async () => {
      for (const end of open) await end()
    },
  }
}

/** @throws TrueupError `config-invalid` */
export function inDatabase(url: string, database: string): string {
  const other = parseUrl(url)
  other.pathname = `/${encodeURIComponent(database)}`
  return other.href
}

function parseUrl(url: string): URL {
  if (url.trim() === '') throw new TrueupError('config-invalid', 'The database URL is empty.', { hint: 'Is the variable set that should hold it, such as DATABASE_URL?' })
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // The text may hold a password: it is not repeated, and neither is the error that repeats it.
  }
  if (parsed === undefined || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new TrueupError('config-invalid', 'The database URL cannot be read as one of PostgreSQL.', {
      hint: 'Write it as postgres://user@host:5432/database, with special characters of the password encoded with %; or as pglite:./folder or pglite://memory.',
    })
  }
  return parsed
}

/** Where a URL leads to, without credentials. */
export function addressOf(url: URL | string): string {
  const { searchParams, hostname, port, pathname } = typeof url === 'string' ? parseUrl(url) : url
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : decodeURIComponent(hostname))
  return `PostgreSQL at ${host}:${port === '' ? (searchParams.get('port') ?? '5432') : port}${decodeURIComponent(pathname === '' ? '/' : pathname)}`
}

async function connectTo(url: string, patience: Patience, open: Set<() => Promise<void>>): Promise<PostgresSession> {
  const Client = await importPg()
  if (Client === null) return connectByPostgresJs(url, patience, open)
  return connectClient(new Client({ connectionString: url, application_name: 'trueup', ...ownOptions(patience) }), open)
}

async function importPg(): Promise<PgClientClass | null> {
  try {
    const { default: pg } = await import('pg')
    // The class has more than what we use of it.
    return pg.Client as unknown as PgClientClass
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function connectByPostgresJs(url: string, patience: Patience, open: Set<() => Promise<void>>): Promise<PostgresSession> {
  const make = await importPostgresJs()
  const application = new URL(url).searchParams.get('application_name') ?? 'trueup'
  const { connectionTimeoutMillis } = ownOptions(patience)
  const sql = make(url, { max: 1, fetch_types: false, connect_timeout: Number(connectionTimeoutMillis) / 1000, onnotice: () => {}, connection: { application_name: application } })
  const end = async (): Promise<void> => {
    open.delete(end)
    await sql.end({ timeout: 1 })
  }
  try {
    const wire = await postgresJsWire(sql, 'nothing', end)
    open.add(end)
    return await PostgresSession.over(wire)
  } catch (error) {
    await end()
    throw error
  }
}

async function importPostgresJs(): Promise<(url: string, options: object) => PostgresJs> {
  try {
    const { default: make } = await import('postgres')
    // It has more than what we use of it.
    return make as unknown as (url: string, options: object) => PostgresJs
  } catch (error) {
    throw isMissing(error) ? missingDriver(['pg', 'postgres'], error) : error
  }
}
