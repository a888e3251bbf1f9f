import { TrueupError } from '../../../errors.ts'
import type { Answered, AskOptions, Row, Session, TransactionOptions } from '../../dialect.ts'
import { notePlace } from '../failure-place.ts'
import { failure } from '../failure.ts'
import { Kept, UNKNOWN_STATEMENT } from './kept.ts'
import { STATEMENT_LIMIT, changedSettings, restoreSettings, withoutLimits } from './settings.ts'
import type { Wire } from './wire.ts'
import { joined } from './wire.ts'

/** A setting that lives as long as a transaction: it tells whether we are still in the one that we began. */
const MARK = 'trueup.session'

/** One pinned connection with what is known of its server. */
export class PostgresSession implements Session {
  readonly id: string
  readonly version: number
  readonly #wire: Wire
  readonly #kept: Kept
  #state: 'idle' | 'transaction' | 'broken' | 'released' = 'idle'
  /** The settings that were there before the first statement that may change some; `null` before it. */
  #former: string | null = null
  #transactions = 0

  private constructor(wire: Wire, id: string, version: number) {
    this.#wire = wire
    this.#kept = new Kept(wire)
    this.id = id
    this.version = version
  }

  /** Asks the server for its version and our number there, where setting the connection up did not tell. */
  static async over(wire: Wire, known?: { readonly id: string; readonly version: number }): Promise<PostgresSession> {
    if (known !== undefined && known.version > 0) return new PostgresSession(wire, known.id, known.version)
    try {
      const answer = await wire.text("SELECT pg_catalog.pg_backend_pid() || ' ' || pg_catalog.current_setting('server_version_num')")
      const [id = '', version = '0'] = (answer ?? '').split(' ')
      return new PostgresSession(wire, id, Number(version))
    } catch (error) {
      await wire.release(true)
      throw error
    }
  }

  /** The backend's number as the connection was told it; another one than the server's own means a pooler. */
  get told(): number | null {
    return this.#wire.told()
  }

  get handle(): unknown {
    return this.#wire.handle
  }

  query(statement: string): Promise<readonly Row[]> {
    return this.#patiently(() => this.#wire.rows(statement))
  }

  async first(statement: string): Promise<string | null> {
    return (await this.#patiently(() => this.#wire.text(statement))) ?? null
  }

  async json<T>(statement: string, { often = false }: AskOptions = {}): Promise<T | null> {
    const text = await (often && this.#state === 'idle' ? this.#again(statement) : this.first(statement))
    // What the text holds is the caller's knowledge: it wrote the statement.
    return text === null ? null : (JSON.parse(text) as T)
  }

  /** A statement that comes again and again. Not for a transaction: an unknown name would end it. */
  async #again(statement: string): Promise<string | null> {
    const name = await this.#send(() => this.#kept.nameOf(statement))
    if (name === null) return this.first(statement)
    try {
      return (await this.#patiently(async () => this.#wire.kept?.(statement, name), () => this.#wire.text(statement))) ?? null
    } catch (error) {
      if (failure(error).code !== UNKNOWN_STATEMENT) throw error
      this.#kept.forget()
      return this.first(statement)
    }
  }

  /** A question that a limit of the role's or the database's cut short is asked again without it; what somebody cancelled stays cancelled. */
  async #patiently<T>(ask: () => Promise<T>, again = ask): Promise<T> {
    try {
      return await this.#send(ask)
    } catch (error) {
      const isLimited = this.#state === 'idle' && failure(error).kind === 'cancelled' && (await this.#send(() => this.#wire.text(STATEMENT_LIMIT))) !== '0'
      if (!isLimited) throw error
      return this.transaction(() => this.#send(again))
    }
  }

  async execute(statement: string): Promise<number> {
    await this.#remember()
    const outcomes = await this.#send(() => this.#wire.script([statement]))
    return outcomes.reduce((sum, { changed }) => sum + changed, 0)
  }

  async script(statements: readonly string[]): Promise<readonly number[]> {
    return (await this.exchange(statements)).map(({ changed }) => changed)
  }

  async exchange(statements: readonly string[]): Promise<readonly Answered[]> {
    await this.#remember()
    try {
      return await this.#send(() => this.#wire.script(statements))
    } catch (error) {
      if (statements.length > 1) notePlace(error, statements, this.#wire.sent?.(statements) ?? joined(statements))
      if (this.#state === 'idle' && /^\s*(BEGIN|START)\b/i.test(statements[0] ?? '')) await this.#rollBack()
      throw error
    }
  }

  /**
   * @throws TrueupError `step-failed` when the server rolled back what `work` meant to commit, or `work` ended the transaction itself
   */
  async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#state === 'transaction') throw new TrueupError('not-supported', 'A transaction is open on this session already.', { hint: 'Do the work in that one.' })
    const mark = `${++this.#transactions}`
    const begin = ['BEGIN', `SET LOCAL ${MARK} = '${mark}'`, ...withoutLimits(this.version), ...(options.settings ?? [])]
    try {
      await this.#send(() => this.#wire.script(begin))
      this.#state = 'transaction'
      const result = await work()
      const isOurs = `SELECT 1 / CASE WHEN pg_catalog.current_setting('${MARK}', true) = '${mark}' THEN 1 ELSE 0 END`
      const ends = await this.#send(() => this.#wire.script([isOurs, 'COMMIT'])).catch((error: unknown) => {
        throw notCommitted(error)
      })
      if (ends.at(-1)?.command === 'ROLLBACK') throw notCommitted(null)
      this.#setIdle()
      return result
    } catch (error) {
      this.#setIdle()
      await this.#rollBack()
      throw error
    }
  }

  async release(options: { readonly broken?: boolean } = {}): Promise<void> {
    if (this.#state === 'released') return
    const { afterUse } = this.#wire
    const isUnclear = options.broken === true || this.#state !== 'idle'
    const isThrownAway = afterUse === 'restore' ? !(await this.#clean(isUnclear)) : isUnclear || (afterUse === 'discard' && this.#former !== null)
    this.#state = 'released'
    await this.#wire.release(isThrownAway)
  }

  async #send<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === 'released') throw new TrueupError('connection-lost', 'This session was given back already.', { hint: 'Open another one.' })
    if (this.#state === 'broken') throw new TrueupError('connection-lost', 'The connection of this session was lost.', { hint: 'Start again: what was done is in the ledger.' })
    try {
      return await work()
    } catch (error) {
      if (failure(error).kind === 'connection') this.#state = 'broken'
      throw error
    }
  }

  #setIdle(): void {
    if (this.#state === 'transaction') this.#state = 'idle'
  }

  /** The first error is what the caller wants to know; a connection that is gone has nothing to roll back. */
  async #rollBack(): Promise<void> {
    if (this.#state !== 'idle') return
    try {
      await this.#wire.script(['ROLLBACK'])
    } catch {
      this.#state = 'broken'
    }
  }

  /** What follows may hold statements of the author's, and those may change settings of the session. */
  async #remember(): Promise<void> {
    if (this.#former !== null) return
    if (this.#wire.afterUse !== 'restore') this.#former = ''
    else if (this.#state === 'idle') this.#former = (await this.#send(() => this.#wire.text(changedSettings))) ?? ''
  }

  /** Puts the settings back that the author's statements changed. False when that failed. */
  async #clean(isUnclear: boolean): Promise<boolean> {
    if (this.#state === 'broken') return false
    try {
      if (isUnclear) await this.#wire.script(['ROLLBACK'])
      if (this.#former === null) return true
      const now = (await this.#wire.text(changedSettings)) ?? ''
      if (now !== this.#former) await this.#wire.script(restoreSettings(this.#former, now))
      return true
    } catch {
      return false
    }
  }
}

/** Division by zero is our own question's way to fail; 25P02 says that an earlier failure was not let through. */
function notCommitted(cause: unknown): unknown {
  if (cause !== null && !['22012', '25P02'].includes(failure(cause).code)) return cause
  return new TrueupError('step-failed', 'The transaction was not committed: a statement in it failed and went unnoticed, or it was ended by a COMMIT or ROLLBACK of its own.', {
    hint: 'Let errors through, and leave the end of the transaction to trueup.', ...(cause !== null && { cause }),
  })
}
