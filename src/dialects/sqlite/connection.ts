import { TrueupError } from '../../errors.ts'

/** One open connection, whatever driver it comes from. All calls are synchronous, as these drivers are. */
export interface Connection {
  readonly driver: HandleName
  /** What the user handed in or what we opened. */
  readonly handle: object
  /** The file, or `null` for a database in memory. */
  readonly path: string | null
  /** True when the driver says that it was opened for reading only. */
  readonly readOnly: boolean
  readonly inTransaction: boolean
  all(statement: string): readonly Readonly<Record<string, unknown>>[]
  /** Runs one statement. Rows that it gives are dropped. */
  run(statement: string): void
  /** A further connection of the same driver and version. */
  another(path: string): Connection
  close(): void
}

export type DriverName = 'better-sqlite3' | 'libsql' | 'node:sqlite'
/** Drivers whose handles serve. */
export type HandleName = DriverName | 'bun:sqlite'

interface PreparedStatement {
  all(): unknown[]
  run(): unknown
  readonly reader?: boolean
  finalize?(): unknown
  setReturnArrays?(toggle: boolean): unknown
}

/** What the drivers have in common. */
interface Handle {
  prepare(statement: string): PreparedStatement
  exec(text: string): unknown
  close(): void
  readonly name?: string
  readonly readonly?: boolean
  readonly inTransaction?: boolean
  readonly isTransaction?: boolean
  pragma?: unknown
  location?: unknown
  sync?: unknown
  fileControl?: unknown
}

/** True for what these drivers give. */
export function isHandle(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const handle = value as Partial<Handle>
  return typeof handle.prepare === 'function' && typeof handle.exec === 'function' && typeof handle.close === 'function'
}

/**
 * A connection over a driver's own object.
 *
 * @throws TrueupError `driver-unknown` for an object of another shape
 */
export function connect(value: unknown): Connection {
  if (value === undefined || value === null) throw new TrueupError('driver-unknown', `sqlite() was given ${String(value)} in place of a path or a database handle.`, { hint: 'Is the variable set that should hold it? A database in memory is ":memory:".' })
  if (!isHandle(value)) throw refused('sqlite() was given something that is neither a path nor a database handle that it knows.')
  for (const [isOfIt, why] of UNFIT) if (isOfIt(value as Readonly<Record<string, unknown>>)) throw refused(why)
  // The shape was checked above; the drivers' own types are not imported.
  return overHandle(value as object as Handle)
}

/** Handles of the same shape that cannot serve. */
const UNFIT: readonly (readonly [isOfIt: (handle: Readonly<Record<string, unknown>>) => boolean, why: string])[] = [
  [(handle) => typeof handle['serialize'] === 'function' && typeof handle['parallelize'] === 'function', 'The driver sqlite3 answers by callbacks, and its connection cannot be held between two of them.'],
  [(handle) => typeof handle['export'] === 'function' && typeof handle['getRowsModified'] === 'function', 'sql.js has its database in memory, and only the application can write it to a file.'],
  [(handle) => typeof handle['all'] === 'function', 'node-sqlite3-wasm locks a file by a folder beside it, which a killed process leaves behind and which other drivers do not see: a start could not be safe there.'],
]

function refused(why: string): TrueupError {
  return new TrueupError('driver-unknown', why, {
    hint: 'Give a path, ":memory:", or an open database of better-sqlite3, libsql or node:sqlite, or what Drizzle, Knex, TypeORM, MikroORM or Prisma connect with.',
  })
}

function overHandle(handle: Handle): Connection {
  const driver = nameOf(handle)
  const all = (statement: string): readonly Readonly<Record<string, unknown>>[] => {
    const prepared = handle.prepare(statement)
    // node:sqlite takes it as a setting of the handle, too.
    prepared.setReturnArrays?.(false)
    // Rows of these drivers are plain objects unless the user asked for arrays, which is a mode of a statement, not of a handle.
    // node:sqlite gives them without a prototype.
    try {
      if (prepared.reader !== false) return (prepared.all() as Readonly<Record<string, unknown>>[]).map((row) => ({ ...row }))
      prepared.run()
      return []
    } finally {
      // Where statements are not collected, an open one keeps its connection from closing.
      prepared.finalize?.()
    }
  }
  return {
    driver,
    handle,
    path: pathOf(all),
    readOnly: handle.readonly === true,
    get inTransaction() {
      return handle.inTransaction ?? handle.isTransaction ?? false
    },
    all,
    // Not by a prepared statement: after SQLITE_BUSY libsql leaves it half done, and then no transaction can be committed.
    run: (statement) => {
      handle.exec(statement)
    },
    another: (path) => {
      // The constructor of a database handle takes a path in all of these drivers.
      const Constructor = handle.constructor as new (path: string) => Handle
      return overHandle(new Constructor(path))
    },
    close: () => handle.close(),
  }
}

function nameOf(handle: Handle): HandleName {
  if (typeof handle.pragma === 'function') return typeof handle.sync === 'function' ? 'libsql' : 'better-sqlite3'
  return typeof handle.fileControl === 'function' ? 'bun:sqlite' : 'node:sqlite'
}

function pathOf(all: Connection['all']): string | null {
  // The pragma looks at the connection only. A SELECT would read the file, which another process may hold at this moment.
  const file = all('PRAGMA database_list').find((row) => row['name'] === 'main')?.['file']
  return typeof file === 'string' && file !== '' ? file : null
}
