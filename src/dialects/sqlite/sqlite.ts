import type { Database, OpenOptions, Session } from '../dialect.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Connection, DriverName } from './connection.ts'
import { openPath } from './drivers.ts'
import { LateDatabase } from './late-database.ts'
import { given, isLender } from './lent.ts'
import { refuseSecondCopy } from './libsql-client.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { Shared, SqliteSession } from './session.ts'
import { TrueupError } from '../../errors.ts'

export interface SqliteOptions {
  /** The driver to open a path with. @default the first of better-sqlite3, node:sqlite and libsql that is there */
  readonly driver?: DriverName
}

/**
 * A SQLite database: a path, `:memory:`, a `file:` URL; an open database of better-sqlite3, libsql, node:sqlite or bun:sqlite;
 * a client of @libsql/client for a local file; or what Drizzle, Knex, TypeORM, MikroORM or Prisma connect with.
 * Opens nothing before it is used, and closes only what it opened.
 *
 * @throws TrueupError `driver-unknown` for an object of another shape, and for a handle that cannot serve
 */
export function sqlite(target: string | URL | object, options: SqliteOptions = {}): Database {
  if (typeof target === 'string' || target instanceof URL) return new SqliteDatabase(pathOf(String(target)), options)
  const connection = given(target)
  if (!isLender(connection)) return new SqliteDatabase(connection, options)
  return new LateDatabase(connection, (lent, afterUse) => ('path' in lent && 'handle' in lent
    ? new SqliteDatabase(lent, options, afterUse)
    : new SqliteDatabase(lent.path, { driver: lent.driver }, afterUse, refuseSecondCopy)))
}

export type { DriverName }

class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect
  readonly defaultSchema = 'main'
  readonly address: string
  readonly #target: string | Connection
  readonly #options: SqliteOptions
  /** The only connection, where there can be but one: the user's, or that of a database in memory. */
  #single: Promise<Shared> | null = null
  readonly #opened = new Set<Connection>()
  /** Called after a session was given back. */
  readonly #afterUse: () => void | Promise<void>
  readonly #onConnected: () => void
  #count = 0

  constructor(target: string | Connection, options: SqliteOptions, afterUse: () => void | Promise<void> = nothing, onConnected: () => void = nothing) {
    this.#afterUse = afterUse
    this.#onConnected = onConnected
    this.#target = target
    this.#options = options
    const path = typeof target === 'string' ? target : (target.path ?? MEMORY)
    this.address = path === MEMORY || path === '' ? 'SQLite in memory' : `SQLite at ${path}`
  }

  /** The path, where there is one. */
  url(): string {
    return typeof this.#target === 'string' ? this.#target : (this.#target.path ?? MEMORY)
  }

  async open(options: OpenOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted()
    const id = `${++this.#count}`
    if (typeof this.#target === 'string' && this.#target !== MEMORY && this.#target !== '') {
      const connection = await this.#connect(this.#target)
      return new SqliteSession(new Shared(connection), id, () => {
        this.#close(connection)
        return this.#afterUse()
      })
    }
    this.#single ??= this.#shared()
    try {
      return new SqliteSession(await this.#single, id, this.#afterUse)
    } catch (error) {
      this.#single = typeof this.#target === 'string' ? null : this.#single
      throw error
    }
  }

  async read(): Promise<Schema> {
    const session = await this.open()
    try {
      return await this.dialect.introspect(session, { schemas: ['main'], defaultSchema: 'main', ledgerTables: [] })
    } finally {
      await session.release()
    }
  }

  async scratch<T>(work: (scratch: Database) => Promise<T>): Promise<T> {
    // Of the same driver: the path's own, or that of the user's handle.
    const connection = typeof this.#target === 'string' ? await openPath(MEMORY, this.#options.driver) : this.#target.another(MEMORY)
    try {
      return await work(new SqliteDatabase(connection, this.#options))
    } finally {
      connection.close()
    }
  }

  async close(): Promise<void> {
    for (const connection of this.#opened) this.#close(connection)
    if (typeof this.#target === 'string') this.#single = null
  }

  async #shared(): Promise<Shared> {
    return new Shared(typeof this.#target === 'string' ? await this.#connect(MEMORY) : this.#target)
  }

  async #connect(path: string): Promise<Connection> {
    const connection = await openPath(path, this.#options.driver)
    this.#opened.add(connection)
    this.#onConnected()
    return connection
  }

  #close(connection: Connection): void {
    if (this.#opened.delete(connection)) connection.close()
  }
}

const MEMORY = ':memory:'
const nothing = (): void => {}

/** `file:./a.db`, `file:///srv/a.db` and `sqlite:a.db` as paths. */
function pathOf(target: string): string {
  // To SQLite an empty path is a database that goes with its connection: a start would succeed, and nothing be kept.
  if (target.trim() === '') throw new TrueupError('config-invalid', 'sqlite() was given an empty path.', { hint: 'Is the variable set that should hold it? A database in memory is ":memory:".' })
  const found = /^(?:file|sqlite):(?!\\)(.*)$/s.exec(target)
  if (!found) return target
  const rest = (found[1] ?? '').replace(/[?#].*$/s, '')
  if (/[?&]mode=memory\b/.test(target) || rest === MEMORY) return MEMORY
  const path = rest.startsWith('//') ? rest.replace(/^\/\/(localhost(?=\/))?/, '') : rest
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new TrueupError('config-invalid', `"${target}" is no valid file URL.`, { hint: 'Write % as %25, or give a plain path.', cause })
  }
}
