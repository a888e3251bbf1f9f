import type { Row, Session, TransactionOptions } from '../../dialect.ts'
import type { Wire } from './wire.ts'

/** One pinned connection with what is known of its server. */
export class PostgresSession implements Session {
  readonly id: string
  readonly version: number
  readonly handle: unknown
  readonly #wire: Wire
  #open = false

  private constructor(wire: Wire, id: string, version: number) {
    this.#wire = wire
    this.handle = wire.handle
    this.id = id
    this.version = version
  }

  /** Asks the server for its version and our number there: part of setting the connection up. */
  static async over(wire: Wire, known?: { readonly id: string; readonly version: number }): Promise<PostgresSession> {
    if (known !== undefined) return new PostgresSession(wire, known.id, known.version)
    const answer = await wire.text("SELECT pg_catalog.pg_backend_pid() || ' ' || pg_catalog.current_setting('server_version_num')")
    const [id = '', version = '0'] = (answer ?? '').split(' ')
    return new PostgresSession(wire, id, Number(version))
  }

  query(statement: string): Promise<readonly Row[]> {
    return this.#wire.rows(statement)
  }

  async json<T>(statement: string): Promise<T | null> {
    const text = await this.#wire.text(statement)
    return text === null || text === undefined ? null : (JSON.parse(text) as T)
  }

  async execute(statement: string): Promise<number> {
    const counts = await this.#wire.script(statement)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  script(statements: readonly string[]): Promise<readonly number[]> {
    return this.#wire.script(statements.map((statement) => `${statement}\n;`).join('\n'))
  }

  async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#open) throw new Error('a transaction is open on this session already')
    this.#open = true
    try {
      await this.#wire.script(['BEGIN', ...(options.settings ?? [])].join(';\n'))
      const result = await work()
      await this.#wire.script('COMMIT')
      return result
    } catch (error) {
      // The first error is what the caller wants to know; a connection that is gone has nothing to roll back.
      await this.#wire.script('ROLLBACK').catch(() => [])
      throw error
    } finally {
      this.#open = false
    }
  }

  async release(options: { readonly broken?: boolean } = {}): Promise<void> {
    await this.#wire.release(options.broken === true || this.#open)
  }
}
