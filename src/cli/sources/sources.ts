import type { Trueup } from '../../api.ts'
import type { Database } from '../../dialects/dialect.ts'
import { postgres } from '../../dialects/postgres/postgres.ts'
import { sqlite } from '../../dialects/sqlite/sqlite.ts'
import { isTrueupError, TrueupError } from '../../errors.ts'
import { fromSnapshot } from '../../models/snapshot.ts'
import { fromSql } from '../../models/sql.ts'
import type { SchemaSource } from '../../tools.ts'
import type { DialectName, Given } from './given.ts'

/** A source that is ready to be read, and what messages call it. */
export interface Side {
  readonly title: string
  readonly source: SchemaSource
  /** The database that it is, or that its configuration names. */
  readonly database: Database | null
  readonly dialect: DialectName | null
  /** The application that it comes from. */
  readonly app: Trueup | null
}

/** Databases and models for the words of a command line; what it opened, it closes. */
export class Sources {
  readonly #app: (config?: string) => Promise<Trueup>
  readonly #opened: Database[] = []

  /** @param app loads a configuration */
  constructor(app: (config?: string) => Promise<Trueup>) {
    this.#app = app
  }

  async side(given: Given): Promise<Side> {
    switch (given.kind) {
      case 'url': {
        const database = this.open(given.url, given.dialect)
        return { title: database.address, source: database, database, dialect: given.dialect, app: null }
      }
      case 'text':
        return { title: given.title, source: fromSql(given.texts), database: null, dialect: dialectOfText(given.texts.map(({ text }) => text).join('\n')), app: null }
      case 'snapshot':
        return { title: given.title, source: fromSnapshot(given.text), database: null, dialect: dialectOfSnapshot(given.text), app: null }
      case 'config': {
        const app = await this.#app(given.config)
        const { database, models } = app.options
        const title = given.part === 'database' ? database.address : given.title
        return { title, source: given.part === 'database' ? database : models, database: given.part === 'database' ? database : null, dialect: nameOf(database), app }
      }
    }
  }

  open(url: string, dialect: DialectName): Database {
    const database = dialect === 'postgres' ? postgres(url) : sqlite(url)
    this.#opened.push(database)
    return database
  }

  /** An embedded database of its own, where nothing that is tried out lasts. */
  async embedded(dialect: DialectName): Promise<Database> {
    const database = this.open(dialect === 'postgres' ? 'pglite://memory' : ':memory:', dialect)
    if (dialect === 'sqlite') return database
    try {
      await (await database.open()).release()
      return database
    } catch (error) {
      if (!isTrueupError(error) || error.code !== 'driver-missing') throw error
      throw new TrueupError('driver-missing', 'Neither side is a database, and PGlite, in whose words they could be compared, is not installed.', {
        hint: 'Name a server with --on postgres://…, where a scratch database may be made, or run `npm install @electric-sql/pglite`.', cause: error,
      })
    }
  }

  async close(): Promise<void> {
    for (const database of this.#opened) await database.close()
  }
}

/** A dialect that the command line can open; `null` for another one's. */
export const nameOf = (database: Database): DialectName | null => {
  const { name } = database.dialect
  return name === 'postgres' || name === 'sqlite' ? name : null
}

function dialectOfSnapshot(text: string): DialectName | null {
  const name = /"dialect"\s*:\s*"(postgres|sqlite)"/.exec(text)?.[1]
  return name === 'postgres' || name === 'sqlite' ? name : null
}

/** Words that only SQLite has. Text that shows none may be of either. */
const dialectOfText = (text: string): DialectName | null =>
  /\bAUTOINCREMENT\b|\)\s*(STRICT|WITHOUT\s+ROWID)\b|^\s*PRAGMA\s|\bCREATE\s+VIRTUAL\s+TABLE\b/im.test(text) ? 'sqlite' : null
