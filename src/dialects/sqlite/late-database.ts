import type { Schema } from '../../schema/schema.ts'
import type { Database, OpenOptions, Session } from '../dialect.ts'
import type { Lender, Lent } from './lent.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

/** A database over a connection that another library lends: asked for when the first session is opened, given back with the last. */
export class LateDatabase implements Database {
  readonly dialect = sqliteDialect
  readonly defaultSchema = 'main'
  readonly #lender: Lender
  readonly #over: (target: Lent['target'], afterUse: () => Promise<void>) => Database
  #current: Promise<{ readonly lent: Lent; readonly database: Database }> | null = null
  #address: string
  #users = 0

  constructor(lender: Lender, over: (target: Lent['target'], afterUse: () => Promise<void>) => Database) {
    this.#lender = lender
    this.#over = over
    this.#address = `SQLite by ${lender.title}`
  }

  get address(): string {
    return this.#address
  }

  async open(options: OpenOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted()
    const database = await this.#enter()
    try {
      return await database.open(options)
    } catch (error) {
      await this.#leave()
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
    const database = await this.#enter()
    try {
      return await database.scratch(work)
    } finally {
      await this.#leave()
    }
  }

  async close(): Promise<void> {
    await (await this.#current)?.database.close()
  }

  async #enter(): Promise<Database> {
    this.#users += 1
    this.#current ??= this.#borrow()
    try {
      return (await this.#current).database
    } catch (error) {
      this.#users -= 1
      this.#current = null
      throw error
    }
  }

  async #borrow(): Promise<{ readonly lent: Lent; readonly database: Database }> {
    const lent = await this.#lender.lend()
    const database = this.#over(lent.target, () => this.#leave())
    this.#address = database.address
    return { lent, database }
  }

  async #leave(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    const current = this.#current
    this.#current = null
    await (await current)?.lent.giveBack()
  }
}
