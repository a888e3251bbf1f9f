import { TrueupError } from '../../../errors.ts'
import type { Pglite } from './pglite.ts'
import type { PostgresSession } from './session.ts'

/** A place that sessions come from: a URL, or the user's own pool, client or embedded database. */
export interface Source {
  /** Without credentials: `PostgreSQL at db:5432/app`. */
  readonly address: string
  /** Only one session can be open at a time, and nobody else is there. */
  readonly single: boolean
  /** The embedded database, where it is one. */
  readonly embedded?: () => Promise<Pglite>
  connect(): Promise<PostgresSession>
  /** The same server, another database; `null` where that cannot be reached. */
  elsewhere(database: string): Source | null
  /** Lets go of what was opened here. */
  close(): Promise<void>
}

export function unknownDriver(): TrueupError {
  return new TrueupError('driver-unknown', 'postgres() was given something that is neither a URL nor a connection that it knows.', {
    hint: 'Give a URL, a pg.Pool or pg.Client, the function that postgres.js returns, or a PGlite database.',
  })
}

export function missingDriver(names: readonly string[], cause: unknown): TrueupError {
  return new TrueupError('driver-missing', `No driver for this database is installed: ${names.join(' or ')}.`, { hint: `Install one: npm install ${names[0]}`, cause })
}
