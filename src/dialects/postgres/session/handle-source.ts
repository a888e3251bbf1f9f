import { recognise } from '../../handles.ts'
import type { BunSql } from './bun-sql.ts'
import { bunWire, isBunSql } from './bun-sql.ts'
import { pgliteSession } from './embedded.ts'
import { kyselySource } from './kysely.ts'
import type { Lender } from './lender.ts'
import { lenderSource } from './lender.ts'
import { ormSource } from './orm-source.ts'
import { connectClient, ownOptions } from './own-client.ts'
import type { PgClient, PgClientClass, PgPool } from './pg.ts'
import { ignore, isPgClient, isPgPool, pgWire } from './pg.ts'
import { within } from './patience.ts'
import type { Pglite } from './pglite.ts'
import { isPglite } from './pglite.ts'
import type { PostgresJs } from './postgres-js.ts'
import { isPostgresJs, postgresJsWire } from './postgres-js.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { unknownDriver } from './source.ts'
import { takeTurn } from './turns.ts'
import { addressOf, inDatabase, urlSource } from './url-source.ts'
import { versionNumber } from './wire.ts'

/** Sessions over what the user has: nothing of it is closed here. */
export function handleSource(handle: unknown): Source {
  if (isBunSql(handle)) return bunSource(handle)
  if (isPostgresJs(handle)) return postgresJsSource(handle)
  const known = recognise(handle)
  if (known !== null) return ormSource(known, { handle: handleSource, lender: overLender, own: (Client, options) => clientElsewhere(Client, options, undefined), kysely: kyselySource })
  if (typeof handle !== 'object' || handle === null) throw unknownDriver(handle)
  if (isPglite(handle)) return pgliteSource(handle)
  if (isPgPool(handle)) return poolSource(handle)
  if (isPgClient(handle)) return clientSource(handle)
  throw unknownDriver(handle)
}

const overLender = (lender: Lender): Source => lenderSource(lender, {
  session: (client, wire) => sessionOver(client, client, wire),
  elsewhere: (client, database) => clientElsewhere(client.constructor as PgClientClass, { ...client.connectionParameters, password: client.connectionParameters?.['password'] }, database),
})

type Options = Readonly<Record<string, unknown>>

/** Both drivers open ten unless they are told. */
const isMany = (max: unknown): boolean => max === undefined || Number(max) > 1

/** The server's version by handle: asked once, because a pooled connection no longer tells. */
const versions = new WeakMap<object, number>()

async function sessionOver(handle: object, client: PgClient, wire: Parameters<typeof PostgresSession.over>[0]): Promise<PostgresSession> {
  const session = await PostgresSession.over(wire, { id: String(client.processID ?? ''), version: versions.get(handle) ?? 0 })
  versions.set(handle, session.version)
  return session
}

function poolSource(pool: PgPool): Source {
  const { options = {}, Client } = pool
  return {
    address: placeOf(options, Client),
    several: isMany(options['max']),
    connect: async (patience) => {
      const unwatch = watch(pool)
      try {
        const late = (client: PgClient): void => client.release?.()
        const client = await within(patience, pool.connect(), late, `All ${pool.totalCount} connections of the pool are in use.`)
        return await sessionOver(pool, client, pgWire(client, 'discard', async (broken) => {
          client.release?.(broken)
          unwatch()
        }))
      } catch (error) {
        unwatch()
        throw error
      }
    },
    elsewhere: (database) => (Client === undefined ? null : clientElsewhere(Client, { ...options, password: options['password'] }, database)),
    close: async () => {},
  }
}

/** An idle connection that dies makes its pool tell; while we work, that must not end a process that does not listen yet. */
function watch(pool: PgPool): () => void {
  if (pool.listenerCount?.('error') !== 0) return ignore
  pool.on?.('error', ignore)
  return () => pool.removeListener?.('error', ignore)
}

function clientSource(client: PgClient): Source {
  const place = client.connectionParameters ?? {}
  return {
    address: placeOf(place, undefined),
    several: false,
    connect: async (patience) => {
      const leave = await takeTurn(client, patience)
      try {
        if (client._connected !== true && client._connecting !== true) await client.connect()
        return await sessionOver(client, client, pgWire(client, 'restore', async () => leave()))
      } catch (error) {
        leave()
        throw error
      }
    },
    // An instance's constructor is its class.
    elsewhere: (database) => clientElsewhere(client.constructor as PgClientClass, { ...place, password: place['password'] }, database),
    close: async () => {},
  }
}

/** Connections of our own, made as the user's are. */
function clientElsewhere(Client: PgClientClass, options: Options, database: string | undefined): Source {
  const { connectionString } = options
  const text = typeof connectionString === 'string' && database !== undefined ? { connectionString: inDatabase(connectionString, database) } : {}
  const place: Options = { ...options, ...(database !== undefined && { database }), ...text }
  const open = new Set<() => Promise<void>>()
  return {
    address: placeOf(place, Client),
    several: true,
    connect: (patience) => connectClient(new Client({ ...place, application_name: 'trueup', query_timeout: 0, ...ownOptions(patience) }), open),
    elsewhere: (other) => clientElsewhere(Client, place, other),
    close: async () => {
      for (const end of open) await end()
    },
  }
}

function postgresJsSource(sql: PostgresJs): Source {
  const { host, port, database, user, pass, ssl } = sql.options
  const place = { host: host?.[0], port: port?.[0], database, user, password: pass }
  return {
    address: placeOf(place, undefined),
    several: isMany(sql.options.max),
    connect: async (patience) => {
      const busy = 'All connections of the pool are in use.'
      const wire = await within(patience, postgresJsWire(sql, 'restore', async () => {}), (late) => void late.release(false), busy)
      return PostgresSession.over(wire, { id: '', version: versionNumber(sql.parameters?.['server_version'] ?? '') })
    },
    elsewhere: (other) => urlElsewhere(place, ssl, other ?? database ?? user ?? ''),
    close: async () => {},
  }
}

function bunSource(sql: BunSql): Source {
  const { hostname, host, port, database, username, user, password, pass, tls } = sql.options
  const place = { host: hostname ?? host, port, database, user: username ?? user, password: password ?? pass }
  return {
    address: placeOf(place, undefined),
    several: isMany(sql.options.max),
    connect: async (patience) => {
      const wire = await within(patience, bunWire(sql), (late) => void late.release(false), 'All connections of the pool are in use.')
      return PostgresSession.over(wire)
    },
    elsewhere: (other) => urlElsewhere(place, tls, other ?? text(database, text(place.user, ''))),
    close: async () => {},
  }
}

export function pgliteSource(handle: Pglite): Source {
  const where = handle.dataDir === undefined || handle.dataDir === '' || handle.dataDir.startsWith('memory://') ? 'in memory' : `in ${handle.dataDir}`
  return { address: `PGlite ${where}`, embedded: async () => handle, several: false, connect: (patience) => pgliteSession(handle, patience), elsewhere: () => null, close: async () => {} }
}

/** A client that is only made, not connected, knows where it would go: defaults and environment included. */
function placeOf(options: Options, Client: PgClientClass | undefined): string {
  const { connectionString } = options
  if (typeof connectionString === 'string' && URL.canParse(connectionString)) return addressOf(connectionString)
  const made = Client === undefined ? undefined : new Client(options).connectionParameters
  const { host, port, database, user } = made ?? options
  return `PostgreSQL at ${text(host, 'localhost')}:${text(port, '5432')}/${text(database, text(user, ''))}`
}

const text = (value: unknown, fallback: string): string => ((typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : fallback)

/** Another database on the same server, as the same user. `null` where the password is not a text that we could hand on. */
function urlElsewhere(place: Options, ssl: unknown, database: string): Source | null {
  const { host, port, user, password } = place
  if (password !== undefined && password !== null && typeof password !== 'string') return null
  const url = new URL('postgres://localhost')
  const name = text(host, 'localhost')
  if (name.startsWith('/')) url.searchParams.set('host', name)
  else url.hostname = name
  url.port = text(port, '5432')
  url.username = encodeURIComponent(text(user, ''))
  if (typeof password === 'string') url.password = encodeURIComponent(password)
  if (ssl) url.searchParams.set('sslmode', 'require')
  url.pathname = `/${encodeURIComponent(database)}`
  return urlSource(url.href)
}
