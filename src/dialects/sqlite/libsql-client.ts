import { TrueupError } from '../../errors.ts'
import type { DriverName } from './connection.ts'

/** The parts of a client of `@libsql/client` that are used. */
export interface LibsqlClient {
  execute(statement: string): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>
  readonly protocol: string
}

export function isLibsqlClient(value: unknown): value is LibsqlClient {
  if (typeof value !== 'object' || value === null) return false
  const client = value as Readonly<Record<string, unknown>>
  return typeof client['execute'] === 'function' && typeof client['executeMultiple'] === 'function' && typeof client['protocol'] === 'string'
}

/**
 * The file behind a client. The client itself keeps no connection between two calls, so that sessions open the file by the
 * driver that the client uses.
 *
 * @throws TrueupError `driver-unknown` for a database that is not a plain local file
 */
export async function clientFile(client: LibsqlClient): Promise<{ readonly path: string; readonly driver: DriverName }> {
  if (client.protocol !== 'file') throw unserved('it is connected to a server')
  const { rows } = await client.execute('PRAGMA database_list')
  const path = rows.find((row) => row['name'] === 'main')?.['file']
  if (typeof path !== 'string' || path === '') throw unserved('its database is in memory, which no second connection can reach')
  if (hasReplica(path)) throw unserved('its file is a replica of a database on a server, and what is changed in the file alone is lost with the next synchronisation')
  return { path, driver: 'libsql' }
}

/** libSQL writes the place of a replica into a file beside it. */
function hasReplica(path: string): boolean {
  const give = (globalThis.process as { readonly getBuiltinModule?: (name: string) => unknown } | undefined)?.getBuiltinModule
  const files = give?.('node:fs') as { existsSync(path: string): boolean } | undefined
  return files?.existsSync(`${path}-info`) === true
}

function unserved(why: string): TrueupError {
  return new TrueupError('driver-unknown', `sqlite() was given a client of @libsql/client that cannot serve: ${why}.`, {
    hint: 'Give a client for a local file, a database of the package libsql, or a path. A database on a server has no transaction that could be held.',
  })
}

/**
 * Two copies of SQLite in one process take each other's file locks away: POSIX drops all locks of a process on a file as soon
 * as one of its descriptors is closed (https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).
 *
 * @throws TrueupError `driver-unknown` when another copy of libsql than ours is loaded
 */
export function refuseSecondCopy(): void {
  const { report } = (globalThis.process ?? {}) as { readonly report?: { excludeNetwork?: boolean; getReport(): unknown } }
  if (report === undefined) return
  const former = report.excludeNetwork ?? false
  report.excludeNetwork = true
  const { sharedObjects = [] } = report.getReport() as { readonly sharedObjects?: readonly string[] }
  report.excludeNetwork = former
  const copies = sharedObjects.filter((file) => /[\\/]@libsql[\\/][^\\/]+[\\/]index\.node$/.test(file))
  if (copies.length < 2) return
  throw new TrueupError('driver-unknown', `Two copies of libsql are loaded, ${copies.join(' and ')}. Each would take the other's file locks away.`, {
    hint: 'Install libsql in the version that @libsql/client asks for (npm ls libsql shows both), or give sqlite() the path and start trueup before the client is made.',
  })
}
