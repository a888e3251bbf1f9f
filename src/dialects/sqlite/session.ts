import type { Row, Session, TransactionOptions } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { TrueupError } from '../../errors.ts'
import { failureOf } from './failures.ts'
import type { Token } from './tokens.ts'
import { isWord, tokenize } from './tokens.ts'
import { Turn } from './turn.ts'

/** What the sessions over one connection share. */
export class Shared {
  readonly connection: Connection
  readonly turn = new Turn()
  /** The user's setting, kept while sessions are open. */
  #timeout: number | null = null
  #sessions = 0

  constructor(connection: Connection) {
    this.connection = connection
  }

  join(): void {
    this.#sessions += 1
    if (this.#sessions > 1) return
    this.#timeout = this.timeout()
    if (this.#timeout < BUSY_TIMEOUT) this.setTimeout(BUSY_TIMEOUT)
  }

  leave(): void {
    this.#sessions -= 1
    if (this.#sessions > 0 || this.#timeout === null) return
    this.setTimeout(this.#timeout)
    this.#timeout = null
  }

  timeout(): number {
    return Number(this.connection.all('PRAGMA busy_timeout')[0]?.['timeout'] ?? 0)
  }

  setTimeout(milliseconds: number): void {
    this.connection.run(`PRAGMA busy_timeout=${Math.max(0, Math.round(milliseconds))}`)
  }
}

/** The drivers wait synchronously, so that a long wait here would stop the whole application. */
const BUSY_TIMEOUT = 1000

/** Tries of a COMMIT that readers hold up, and the milliseconds between them. */
const COMMIT_TRIES = 40
const COMMIT_PAUSE = 25

/** A session over a connection. Several may be open over one; each transaction has it alone. */
export class SqliteSession implements Session {
  readonly id: string
  readonly version: number
  readonly shared: Shared
  readonly #onRelease: () => void | Promise<void>
  #open = true
  #inTransaction = false

  constructor(shared: Shared, id: string, onRelease: () => void | Promise<void>) {
    this.shared = shared
    this.id = id
    this.#onRelease = onRelease
    shared.join()
    const [major = 3, minor = 0, patch = 0] = String(shared.connection.all('SELECT sqlite_version() AS version')[0]?.['version']).split('.').map(Number)
    this.version = major * 1_000_000 + minor * 1000 + patch
  }

  get handle(): unknown {
    return this.connection.handle
  }

  get connection(): Connection {
    if (!this.#open) throw new TrueupError('connection-lost', 'This session was given back already.', { hint: 'Open another one.' })
    return this.shared.connection
  }

  query(statement: string): Promise<readonly Row[]> {
    return this.alone((connection) => {
      this.#refuseControl(statement)
      return connection.all(statement)
    })
  }

  async first(statement: string): Promise<string | null> {
    const [row] = await this.query(statement)
    const value = row === undefined ? null : Object.values(row)[0]
    return value === null || value === undefined ? null : String(value)
  }

  async json<T>(statement: string): Promise<T | null> {
    const text = await this.first(statement)
    // What the text holds is the caller's knowledge: it wrote the statement.
    return text === null ? null : (JSON.parse(text) as T)
  }

  execute(statement: string): Promise<number> {
    return this.alone((connection) => {
      this.#refuseControl(statement)
      return runCounting(connection, statement)
    })
  }

  script(statements: readonly string[]): Promise<readonly number[]> {
    const runAll = (connection: Connection): number[] => statements.map((statement) => runCounting(connection, statement))
    return this.alone(async (connection) => {
      if (isWord(tokenize(statements[0] ?? '')[0], 'BEGIN')) return this.#undoing(connection, () => runAll(connection))
      if (connection.inTransaction) return withSavepoint(connection, () => runAll(connection))
      return await this.transaction(async () => runAll(connection))
    })
  }

  transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.alone(async (connection) => {
      if (connection.inTransaction) {
        throw new TrueupError('database-in-use', 'The connection given to sqlite() is in a transaction of its own.', { hint: 'Commit it first, or give a path, so that a connection of our own is opened.' })
      }
      connection.run('BEGIN IMMEDIATE')
      this.#inTransaction = true
      try {
        return await this.#undoing(connection, async () => {
          connection.run(`SAVEPOINT ${GUARD}`)
          for (const setting of options.settings ?? []) connection.run(setting)
          const result = await work()
          releaseGuard(connection)
          await commit(connection)
          return result
        })
      } finally {
        this.#inTransaction = false
      }
    })
  }

  #refuseControl(statement: string): void {
    if (this.#inTransaction) refuseTransactionControl(statement, tokenize(statement))
  }

  /** Runs `work` while no other session uses the connection. */
  alone<T>(work: (connection: Connection) => T | Promise<T>): Promise<T> {
    return this.shared.turn.use(this, () => work(this.connection))
  }

  async release(): Promise<void> {
    if (!this.#open) return
    if (this.shared.turn.isHeldBy(this) && this.connection.inTransaction) this.connection.run('ROLLBACK')
    this.#open = false
    try {
      this.shared.leave()
    } finally {
      await this.#onRelease()
    }
  }

  async #undoing<T>(connection: Connection, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (connection.inTransaction) connection.run('ROLLBACK')
      throw error
    }
  }
}

const CONTROL = ['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'] as const

/**
 * Refuses statements that would end or nest a transaction of ours.
 *
 * @throws TrueupError `step-failed`
 */
export function refuseTransactionControl(text: string, [first]: readonly Token[]): void {
  if (!isWord(first, ...CONTROL)) return
  throw new TrueupError('step-failed', `The SQL contains ${first?.value}, but it runs in a transaction of trueup's own: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`, {
    hint: 'Remove BEGIN, COMMIT, ROLLBACK and savepoints, or set transaction: false and give a check.',
  })
}

/** A mark inside each transaction: when it is gone at the end, somebody ended the transaction, and maybe began another. */
const GUARD = 'trueup_guard'

function releaseGuard(connection: Connection): void {
  try {
    connection.run(`RELEASE ${GUARD}`)
  } catch (cause) {
    throw new TrueupError('step-failed', 'The transaction was ended by the code that ran in it; what came before that may be committed.', {
      hint: 'Leave BEGIN, COMMIT and ROLLBACK to trueup, or set transaction: false and give a check.', cause,
    })
  }
}

/** Runs one statement and gives the number of rows that it changed itself, without those of its triggers. */
export function runCounting(connection: Connection, statement: string): number {
  if (!isWord(tokenize(statement)[0], 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'WITH')) {
    connection.run(statement)
    return 0
  }
  const total = (): number => Number(connection.all('SELECT total_changes() AS n')[0]?.['n'])
  const before = total()
  connection.run(statement)
  return total() === before ? 0 : Number(connection.all('SELECT changes() AS n')[0]?.['n'])
}

/** Commits. A reader of a database without a write-ahead log holds a commit up; then only the COMMIT is tried again. */
async function commit(connection: Connection): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.run('COMMIT')
      return
    } catch (error) {
      const again = failureOf(error).kind === 'busy' && connection.inTransaction && attempt < COMMIT_TRIES
      if (!again) throw error
      await new Promise((resolve) => setTimeout(resolve, COMMIT_PAUSE))
    }
  }
}

function withSavepoint<T>(connection: Connection, work: () => T): T {
  connection.run('SAVEPOINT trueup_script')
  try {
    const result = work()
    connection.run('RELEASE trueup_script')
    return result
  } catch (error) {
    if (connection.inTransaction) {
      connection.run('ROLLBACK TO trueup_script')
      connection.run('RELEASE trueup_script')
    }
    throw error
  }
}

/** The connection behind a session of this dialect. */
export function connectionOf(session: Session): Connection {
  if (session instanceof SqliteSession) return session.connection
  throw new TrueupError('driver-unknown', 'This session was not opened by sqlite().', { hint: 'Open it with the database that sqlite() gives.' })
}
