import type { KnownHandle, PrismaHandle, TypeOrmHandle } from '../../handles.ts'
import type { Lender } from './lender.ts'
import type { PgClientClass } from './pg.ts'
import type { Reached } from './late-source.ts'
import { lateSource } from './late-source.ts'
import type { Source } from './source.ts'
import { unservedHandle } from './source.ts'

/** What a tool's handle is turned into by who knows the drivers. */
export interface Ways {
  readonly handle: (handle: unknown) => Source
  readonly lender: (lender: Lender) => Source
  /** Connections of our own, made by a class of node-postgres. */
  readonly own: (Client: PgClientClass, options: Readonly<Record<string, unknown>>) => Source
  readonly kysely: (kysely: Extract<KnownHandle, { readonly tool: 'Kysely' }>['handle']) => Source
}

/** Sessions over what an ORM or a query builder has. */
export function ormSource(known: KnownHandle, ways: Ways): Source {
  switch (known.tool) {
    case 'Drizzle':
      return ways.handle(known.client)
    case 'Kysely':
      return ways.kysely(known.handle)
    case 'Knex': {
      const { client } = known.handle
      const takeBack = async (connection: object, broken: boolean): Promise<void> => {
        // Knex looks at this mark when it lends a connection again.
        if (broken) Object.assign(connection, { __knex__disposed: 'It was left in an unclear state.' })
        await client.releaseConnection(connection)
      }
      // It tells of each connection that is thrown away.
      return ways.lender({ tool: 'Knex', several: isMany(client.config?.pool), afterUse: 'restore', address: placeOf('Knex', client.connectionSettings), lend: () => client.acquireConnection(), takeBack })
    }
    case 'Sequelize': {
      const manager = known.handle.connectionManager
      const takeBack = async (connection: object, broken: boolean): Promise<void> => void (await (broken ? manager.destroyConnection(connection) : manager.releaseConnection(connection)))
      return ways.lender({ tool: 'Sequelize', several: isMany(known.handle.config?.['pool']), afterUse: 'discard', address: placeOf('Sequelize', known.handle.config), lend: () => manager.getConnection({ type: 'WRITE', useMaster: true }), takeBack })
    }
    case 'TypeORM':
      return lateSource(placeOf('TypeORM', known.handle.options), async () => underTypeOrm(known.handle, ways))
    case 'MikroORM':
      return lateSource('PostgreSQL by MikroORM', async () => {
        const connection = known.connection()
        const client = (await connection.getNativeClient?.()) ?? connection.getKnex?.() ?? connection.getClient?.()
        return { source: ways.handle(client) }
      })
    case 'Prisma':
      return lateSource('PostgreSQL by Prisma', () => underPrisma(known.handle, ways))
  }
}

/** Without `initialize` there is no pool yet, but it is known how TypeORM would connect. */
function underTypeOrm({ isInitialized, driver, options }: TypeOrmHandle, ways: Ways): Reached {
  const { master, postgres } = driver as { readonly master?: unknown; readonly postgres?: { readonly Client?: PgClientClass } }
  if (isInitialized === true && master !== undefined) return { source: ways.handle(master) }
  if (postgres?.Client === undefined) throw unservedHandle(`This TypeORM data source is for ${String(options['type'])}.`, 'Give postgres() a data source for PostgreSQL, or the URL of the database.')
  const { url, host, port, username, password, database, ssl, extra } = options
  const place = { connectionString: url, host, port, user: username, password, database, ssl, ...(typeof extra === 'object' && extra !== null && extra) }
  return { source: ways.own(postgres.Client, Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))) }
}

/** The adapter that a client was made with is no public property of it; without it, only its own transactions could be used, which end by the clock. */
async function underPrisma(prisma: PrismaHandle, ways: Ways): Promise<Reached> {
  const factory = prisma._engineConfig?.adapter
  if (factory === undefined) throw unservedHandle('This Prisma client has no driver adapter that can be reached.', 'Give postgres() the pool that the adapter was made with, or the URL of the database.')
  const adapter = await factory.connect()
  const end = async (): Promise<void> => void (await adapter.dispose?.())
  const driver = adapter.underlyingDriver?.()
  if (driver === undefined) {
    await end()
    throw unservedHandle(`The Prisma adapter ${factory.adapterName ?? 'of this client'} does not tell its driver.`, 'Give postgres() the pool that the adapter was made with, or the URL of the database.')
  }
  return { source: ways.handle(driver), end }
}

/** Whether a pool, as these tools describe theirs, holds more than one connection. */
const isMany = (pool: unknown): boolean => !(typeof pool === 'object' && pool !== null && 'max' in pool && Number(pool.max) <= 1)

function placeOf(tool: string, settings: Readonly<Record<string, unknown>> | undefined): string {
  const { host, port, database } = settings ?? {}
  if (typeof database !== 'string') return `PostgreSQL by ${tool}`
  return `PostgreSQL at ${typeof host === 'string' ? host : 'localhost'}:${typeof port === 'string' || typeof port === 'number' ? String(port) : '5432'}/${database}`
}
