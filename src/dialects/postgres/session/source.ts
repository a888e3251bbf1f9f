import { TrueupError } from '../../../errors.ts'
import type { Patience } from './patience.ts'
import type { Pglite } from './pglite.ts'
import type { PostgresSession } from './session.ts'

/** A place that sessions come from: a URL, or the user's own pool, client or embedded database. */
export interface Source {
  /** Without credentials: `PostgreSQL at db:5432/app`. */
  readonly address: string
  /** The embedded database, where it is one. */
  readonly embedded?: (() => Promise<Pglite>) | undefined
  /** Tries once. Rejects with the driver's error, or with a TrueupError where trying again is of no use. */
  connect(patience: Patience): Promise<PostgresSession>
  /** The same server and user, another database, or this one over a connection of our own; `null` where that cannot be reached. */
  elsewhere(database?: string): Source | null
  /** More than one session may be open at once. */
  readonly several: boolean
  /** Lets go of what was opened here. */
  close(): Promise<void>
}

export function unknownDriver(given: unknown): TrueupError {
  if (given === undefined || given === null) {
    return new TrueupError('driver-unknown', `postgres() was given ${String(given)} in place of a URL or a connection.`, { hint: 'Is the variable set that should hold it, such as DATABASE_URL?' })
  }
  const name = typeof given === 'object' && given !== null ? (Object.getPrototypeOf(given) as object | null)?.constructor?.name : typeof given
  return new TrueupError('driver-unknown', `postgres() was given ${name === undefined ? 'an object' : `a ${name}`}, which is neither a URL nor a connection that it knows.`, {
    hint: 'Give a URL, a pg.Pool or pg.Client, the function that postgres.js returns, Bun.SQL, a PGlite database, or a handle of Drizzle, Kysely, Knex, TypeORM, MikroORM, Sequelize or Prisma.',
  })
}

/** A handle that is known, and cannot serve. */
export function unservedHandle(why: string, wayOut: string): TrueupError {
  return new TrueupError('driver-unknown', why, { hint: wayOut })
}

export function missingDriver(names: readonly string[], cause: unknown): TrueupError {
  return new TrueupError('driver-missing', `No driver for this database is installed: ${names.join(' or ')}.`, { hint: `Install one: npm install ${names[0]}`, cause })
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')
}
