import { TrueupError } from '../../../errors.ts'
import type { PgClient } from './pg.ts'
import { pgWire } from './pg.ts'
import type { PostgresJs } from './postgres-js.ts'
import { postgresJsWire } from './postgres-js.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { missingDriver } from './source.ts'

/** Sessions of our own over a URL: by `pg`, or by `postgres` where that is what is installed. */
export function urlSource(url: string): Source {
  const parsed = parseUrl(url)
  const open = new Set<() => Promise<void>>()
  return {
    address: addressOf(parsed),
    single: false,
    connect: async () => {
      const { session, end } = await connectTo(url, () => open.delete(end_))
      const end_ = end
      open.add(end_)
      return session
    },
    elsewhere: (database) => {
      const other = new URL(parsed)
      other.pathname = `/${encodeURIComponent(database)}`
      return urlSource(other.href)
    },
    close: async () => {
      for (const end of open) await end()
      open.clear()
    },
  }
}

function parseUrl(url: string): URL {
  try {
    return new URL(url)
  } catch {
    // The text may hold a password: it is not repeated.
    throw new TrueupError('config-invalid', 'The database URL cannot be read as a URL.', { hint: 'Write it as postgres://user@host:5432/database; encode special characters in the password with %.' })
  }
}

function addressOf(url: URL): string {
  const host = url.searchParams.get('host') ?? (url.hostname === '' ? 'localhost' : url.hostname)
  return `PostgreSQL at ${host}:${url.port === '' ? '5432' : url.port}${decodeURIComponent(url.pathname === '' ? '/' : url.pathname)}`
}

interface Connected {
  readonly session: PostgresSession
  readonly end: () => Promise<void>
}

async function connectTo(url: string, gone: () => void): Promise<Connected> {
  const pg = await importPg()
  if (pg === null) return connectByPostgresJs(url, gone)
  const client = new pg.Client({ connectionString: url, application_name: applicationName(url), keepAlive: true }) as OwnClient
  const hear = (): void => {}
  client.on('error', hear)
  let version = 0
  // The server tells its version while the connection is set up: no question needed.
  client.connection.on('parameterStatus', (message) => {
    if (message.parameterName === 'server_version') version = versionNumber(message.parameterValue)
  })
  await client.connect()
  const end = async (): Promise<void> => {
    gone()
    await client.end().catch(() => {})
  }
  const wire = pgWire(client, end)
  const known = version > 0 ? { id: String(client.processID ?? ''), version } : undefined
  return { session: await PostgresSession.over(wire, known), end }
}

type OwnClient = PgClient & { readonly connection: { on(event: 'parameterStatus', listener: (message: { parameterName: string; parameterValue: string }) => void): void }; readonly processID?: number }

/** `15.20 (Debian 15.20-0)` as 150020. */
export function versionNumber(text: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(major) * 10_000 + Number(minor)
}

function applicationName(url: string): string {
  return new URL(url).searchParams.get('application_name') ?? 'trueup'
}

async function importPg(): Promise<{ readonly Client: new (options: object) => unknown } | null> {
  try {
    const module = (await import('pg')) as { readonly default?: { readonly Client?: unknown }; readonly Client?: unknown }
    const Client = module.default?.Client ?? module.Client
    return { Client: Client as new (options: object) => unknown }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function connectByPostgresJs(url: string, gone: () => void): Promise<Connected> {
  let make: (url: string, options: object) => PostgresJs
  try {
    const module = (await import('postgres')) as unknown as { readonly default: typeof make }
    make = module.default
  } catch (error) {
    throw isMissing(error) ? missingDriver(['pg', 'postgres'], error) : error
  }
  const sql = make(url, { max: 1, onnotice: () => {}, connection: { application_name: applicationName(url) } })
  const end = async (): Promise<void> => {
    gone()
    await sql.end({ timeout: 1 })
  }
  try {
    const wire = await postgresJsWire(sql)
    return { session: await PostgresSession.over({ ...wire, release: async (broken) => { await wire.release(broken); await end() } }), end }
  } catch (error) {
    await end()
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')
}
