import type { PgClient, PgPool } from './pg.ts'
import { isPgClient, isPgPool, pgWire } from './pg.ts'
import type { Pglite } from './pglite.ts'
import { pgliteSession } from './embedded.ts'
import { isPglite } from './pglite.ts'
import { isPostgresJs, postgresJsWire } from './postgres-js.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { unknownDriver } from './source.ts'
import { urlSource } from './url-source.ts'

/** Sessions over what the user has: nothing of it is closed here. */
export function handleSource(handle: unknown): Source {
  if (isPostgresJs(handle)) {
    const { host, port, database, user, pass } = handle.options
    const place = { host: host?.[0], port: port?.[0], database, user, password: pass }
    return { address: addressOf(place), single: false, connect: async () => PostgresSession.over(await postgresJsWire(handle)), elsewhere: (name) => elsewhere(place, name), close: async () => {} }
  }
  if (typeof handle !== 'object' || handle === null) throw unknownDriver()
  if (isPglite(handle)) return pgliteSource(handle)
  if (isPgPool(handle)) return poolSource(handle)
  if (isPgClient(handle)) return clientSource(handle)
  throw unknownDriver()
}

interface PlaceOf {
  readonly host?: unknown
  readonly port?: unknown
  readonly database?: unknown
  readonly user?: unknown
  readonly password?: unknown
  readonly connectionString?: unknown
}

function poolSource(pool: PgPool): Source {
  const place: PlaceOf = pool.options ?? {}
  return {
    address: addressOf(place), single: false,
    connect: async () => {
      const client = await pool.connect()
      return PostgresSession.over(pgWire(client, async (broken) => client.release(broken)))
    },
    elsewhere: (name) => elsewhere(place, name),
    close: async () => {},
  }
}

function clientSource(client: PgClient): Source {
  const place = (client as unknown as { readonly connectionParameters: PlaceOf }).connectionParameters
  return {
    address: addressOf(place), single: true,
    connect: async () => {
      const state = client as unknown as { readonly _connected?: boolean; readonly _connecting?: boolean }
      if (state._connected !== true && state._connecting !== true) await client.connect()
      return PostgresSession.over(pgWire(client, async () => {}))
    },
    elsewhere: (name) => elsewhere(place, name),
    close: async () => {},
  }
}

export function pgliteSource(handle: Pglite): Source {
  const where = handle.dataDir === undefined || handle.dataDir === '' || handle.dataDir.startsWith('memory://') ? 'in memory' : `in ${handle.dataDir}`
  return { address: `PGlite ${where}`, single: true, embedded: async () => handle, connect: () => pgliteSession(handle), elsewhere: () => null, close: async () => {} }
}

function addressOf(place: PlaceOf): string {
  if (typeof place.connectionString === 'string') return urlSource(place.connectionString).address
  return `PostgreSQL at ${text(place.host, 'localhost')}:${text(place.port, '5432')}/${text(place.database, text(place.user, ''))}`
}

const text = (value: unknown, fallback: string): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : fallback)

/** Another database on the same server, as the same user. `null` where the password is not a text we could hand on. */
function elsewhere(place: PlaceOf, database: string): Source | null {
  if (typeof place.connectionString === 'string') return urlSource(place.connectionString).elsewhere(database)
  if (place.password !== undefined && place.password !== null && typeof place.password !== 'string') return null
  const url = new URL('postgres://localhost')
  const host = text(place.host, 'localhost')
  if (host.startsWith('/')) url.searchParams.set('host', host)
  else url.hostname = host
  url.port = text(place.port, '5432')
  url.username = encodeURIComponent(text(place.user, ''))
  if (typeof place.password === 'string') url.password = encodeURIComponent(place.password)
  url.pathname = `/${encodeURIComponent(database)}`
  return urlSource(url.href)
}
