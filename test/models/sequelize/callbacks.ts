import Libsql from 'libsql'

type Done = (this: { readonly changes: number; readonly lastID: number }, error: Error | null, rows?: readonly unknown[]) => void

/** libsql as the package sqlite3, which Sequelize wants and which compiles when it is installed: as much of it as sync() calls. */
class Database {
  readonly #database: InstanceType<typeof Libsql>

  constructor(path: string, _mode: number, done: (error: Error | null) => void) {
    this.#database = new Libsql(path)
    queueMicrotask(() => done(null))
  }

  serialize(work: () => unknown): void {
    work()
  }

  run(text: string, parameters: unknown = [], done?: Done): void {
    this.#answer(text, parameters, done)
  }

  all(text: string, parameters: unknown = [], done?: Done): void {
    this.#answer(text, parameters, done)
  }

  close(done?: (error: Error | null) => void): void {
    this.#database.close()
    done?.(null)
  }

  #answer(text: string, parameters: unknown, done: Done | undefined): void {
    const given = typeof parameters === 'function' ? (parameters as Done) : done
    try {
      const statement = this.#database.prepare(text)
      const rows = statement.reader ? statement.all() : []
      const { changes, lastInsertRowid } = statement.reader ? { changes: 0, lastInsertRowid: 0 } : statement.run()
      given?.call({ changes, lastID: Number(lastInsertRowid) }, null, rows)
    } catch (error) {
      given?.call({ changes: 0, lastID: 0 }, error instanceof Error ? error : new Error(String(error)))
    }
  }
}

export const CALLBACKS = { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, OPEN_CREATE: 4 }
