import type { KnownHandle, PrismaAdapter } from '../handles.ts'
import { recognise } from '../handles.ts'
import { TrueupError } from '../../errors.ts'
import type { Connection, DriverName } from './connection.ts'
import { connect, isHandle } from './connection.ts'
import { clientFile, isLibsqlClient } from './libsql-client.ts'

/** A connection that another library opened, and the way to give it back; or the file that it is on, to open it once more. */
export interface Lent {
  readonly target: Connection | { readonly path: string; readonly driver: DriverName }
  giveBack(): Promise<void>
}

export interface Lender {
  readonly title: string
  lend(): Promise<Lent>
}

type Given = Connection | Lender

export const isLender = (value: Given): value is Lender => 'lend' in value

/**
 * What a handle leads to: a driver's own object at once, a tool's at its first use.
 *
 * @throws TrueupError `driver-unknown` for an object of another shape, and for a handle that cannot serve
 */
export function given(handle: unknown): Given {
  if (isLibsqlClient(handle)) return { title: '@libsql/client', lend: async () => ({ target: await clientFile(handle), giveBack: nothing }) }
  const known = recognise(handle)
  return known === null ? connect(handle) : underTool(known)
}

const nothing = async (): Promise<void> => {}

function underTool(known: KnownHandle): Given {
  switch (known.tool) {
    case 'Drizzle':
      return given(known.client)
    case 'TypeORM':
      return { title: known.tool, lend: async () => underTypeOrm(known.handle) }
    case 'Knex': {
      const { client } = known.handle
      return { title: known.tool, lend: async () => {
        const connection = await client.acquireConnection()
        const giveBack = async (): Promise<void> => void (await client.releaseConnection(connection))
        return lentBy(known.tool, connection, giveBack)
      } }
    }
    case 'MikroORM':
      return { title: known.tool, lend: async () => {
        const client = await known.connection().getNativeClient?.()
        if (client === undefined) throw unserved('This version of MikroORM keeps its connection to itself.')
        return lentBy(known.tool, client, nothing)
      } }
    case 'Prisma': {
      const factory = known.handle._engineConfig?.adapter
      if (factory === undefined) throw unserved('This Prisma client has no driver adapter that can be reached.')
      return { title: known.tool, lend: async () => underPrisma(await factory.connect()) }
    }
    case 'Kysely':
      throw unserved('A Kysely instance keeps its SQLite database to itself, and answers too late for a transaction on it to be one.')
    case 'Sequelize':
      throw unserved('Sequelize uses the driver sqlite3 for SQLite, whose connection cannot be held.')
  }
}

function underTypeOrm({ isInitialized, driver, options }: Extract<KnownHandle, { readonly tool: 'TypeORM' }>['handle']): Promise<Lent> {
  // Both are public members of TypeORM's driver for better-sqlite3.
  const { databaseConnection, sqlite } = driver as { readonly databaseConnection?: object; readonly sqlite?: new (path: string) => object }
  if (isInitialized === true && databaseConnection !== undefined) return lentBy('TypeORM', databaseConnection, nothing)
  if (typeof sqlite !== 'function' || typeof options['database'] !== 'string') throw unserved(`This TypeORM data source is for ${String(options['type'])}.`)
  const own = connect(new sqlite(options['database']))
  return Promise.resolve({ target: own, giveBack: async () => own.close() })
}

async function underPrisma(adapter: PrismaAdapter): Promise<Lent> {
  const giveBack = async (): Promise<void> => void (await adapter.dispose?.())
  try {
    const { client } = adapter
    if (isLibsqlClient(client)) return { target: await clientFile(client), giveBack }
    const lent = await lentBy('Prisma', client, giveBack)
    // An adapter opens its file anew each time.
    if ('path' in lent.target && lent.target.path === null) throw unserved('The Prisma client has a database in memory, which no other connection can reach.')
    return lent
  } catch (error) {
    await giveBack()
    throw error
  }
}

async function lentBy(tool: string, connection: unknown, giveBack: () => Promise<void>): Promise<Lent> {
  if (isHandle(connection)) return { target: connect(connection), giveBack }
  await giveBack()
  throw unserved(`The driver that ${tool} uses here is none that trueup knows.`)
}

function unserved(why: string): TrueupError {
  return new TrueupError('driver-unknown', why, {
    hint: 'Give sqlite() the database of better-sqlite3, node:sqlite or libsql that lies under it; or the path of the file, and start trueup before anything else in this process opens it.',
  })
}
