import { TrueupError, isTrueupError } from '../../errors.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Database, OpenOptions, Session } from '../dialect.ts'
import { makeDialect } from './dialect.ts'
import { failure } from './failure.ts'
import type { OpenScratch } from './load-text.ts'
import { withScratchDatabase } from './scratch.ts'
import { isEmbedded, openEmbedded, scratchEmbedded } from './session/embedded.ts'
import { handleSource } from './session/handle-source.ts'
import type { Patience } from './session/patience.ts'
import { sleep, within } from './session/patience.ts'
import type { Source } from './session/source.ts'
import { urlSource } from './session/url-source.ts'

export interface PostgresOptions {
  /** The schema of names that are written without one, and of the ledger. @default 'public' */
  readonly schema?: string
}

/**
 * A PostgreSQL database: a URL, a `pg.Pool` or `pg.Client`, the function that postgres.js returns, Bun.SQL, or PGlite as a
 * handle, as `pglite:FOLDER` or as `pglite://memory`; or what Drizzle, Kysely, Knex, TypeORM, MikroORM, Sequelize or Prisma
 * connect with. Opens nothing before it is used, and closes only what it opened.
 *
 * @throws TrueupError `driver-unknown`, `config-invalid`
 */
export function postgres(target: string | URL | object, options: PostgresOptions = {}): Database {
  const database = databaseOver(sourceOf(target), options.schema ?? 'public')
  return typeof target === 'string' || target instanceof URL ? Object.assign(database, { url: () => String(target) }) : database
}

function sourceOf(target: string | URL | object): Source {
  if (typeof target !== 'string' && !(target instanceof URL)) return handleSource(target)
  const text = String(target)
  return isEmbedded(text) ? openEmbedded(text) : urlSource(text)
}

function databaseOver(source: Source, defaultSchema: string): Database {
  const scratch = <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const inside = (made: Source): Promise<T> => {
      const database = databaseOver(made, defaultSchema)
      return work(database).finally(() => database.close())
    }
    return source.embedded === undefined ? withScratchDatabase(source, inside) : scratchEmbedded(source.embedded, inside)
  }
  const openScratch: OpenScratch = (work) => (source.embedded === undefined ? withScratchDatabase(source, (made) => inSession(made, work)) : scratchEmbedded(source.embedded, (made) => inSession(made, work)))
  const dialect = makeDialect(openScratch, (milliseconds, work) => besideOf(source, milliseconds, work))
  const open = (options: OpenOptions = {}): Promise<Session> => connect(source, options)
  return {
    dialect, defaultSchema, open, scratch,
    // Some handles tell where they lead only once they are used.
    get address() {
      return source.address
    },
    get embedded() {
      return source.embedded !== undefined
    },
    get beside() {
      const own = source.several ? source.elsewhere() : null
      return own === null ? undefined : (options: OpenOptions = {}): Promise<Session> => connect(own, options)
    },
    read: (options = {}): Promise<Schema> => inSession(source, (session) => dialect.introspect(session, { schemas: options.schemas ?? [defaultSchema], defaultSchema, ledgerTables: [] })),
    close: () => source.close(),
  }
}

async function besideOf<T>(source: Source, milliseconds: number, work: (session: Session) => Promise<T>): Promise<T | null> {
  const beside = source.elsewhere()
  if (beside === null) return null
  const patience: Patience = { deadline: Date.now() + milliseconds, signal: undefined }
  try {
    // A pooler accepts a client long before it has a session of the server for it: the work may wait for ever.
    return await within(patience, work(await beside.connect(patience)), () => {}, 'No second connection.')
  } catch {
    return null
  } finally {
    void beside.close().catch(() => {})
  }
}

async function inSession<T>(source: Source, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await connect(source, {})
  try {
    return await work(session)
  } finally {
    await session.release()
  }
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2_000

/** Tries again while the database does not answer yet; what waiting cannot mend fails at once. */
async function connect(source: Source, { connectTimeout = 60_000, signal, onRetry }: OpenOptions): Promise<Session> {
  const began = Date.now()
  const patience: Patience = { deadline: began + connectTimeout, signal }
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 1.5)) {
    try {
      return await source.connect(patience)
    } catch (error) {
      if (isTrueupError(error)) throw error
      const { kind, code, message } = failure(error)
      if ((kind !== 'not-ready' && kind !== 'connection') || Date.now() + pause > patience.deadline) throw cannotConnect(source, kind, code, message, error)
      onRetry?.(new Error(message), Date.now() - began)
      await sleep(pause, signal)
    }
  }
}

function cannotConnect(source: Source, kind: string, code: string, message: string, cause: unknown): TrueupError {
  const hints: Readonly<Record<string, string>> = {
    authentication: 'Check the user and the password, and pg_hba.conf on the server.',
    'missing-database': 'Create the database, or correct its name in the URL.',
    permission: 'Let this role connect: GRANT CONNECT ON DATABASE … TO …',
  }
  return new TrueupError('connection-failed', `Cannot connect to ${source.address}: ${message} (${code}).`, { hint: hints[kind] ?? 'Check that the server runs and that its address is right. Nothing was changed.', cause })
}
