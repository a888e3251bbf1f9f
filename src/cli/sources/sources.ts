import type { Trueup } from '../../api.ts'
import type { Database } from '../../dialects/dialect.ts'
import { postgres } from '../../dialects/postgres/postgres.ts'
import { sqlite } from '../../dialects/sqlite/sqlite.ts'
import { isTrueupError, TrueupError } from '../../errors.ts'
import { fromSnapshot } from '../../models/snapshot.ts'
import { fromSql } from '../../models/sql.ts'
import type { SchemaSource } from '../../tools.ts'
import type { Closeable } from './embedded.ts'
import { extensionsNamed, makePglite } from './embedded.ts'
import type { DialectName, Given } from './given.ts'
import { understandModule } from './modules.ts'

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
  readonly #handles: Closeable[] = []

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
        return { title: given.title, source: snapshotOf(given), database: null, dialect: dialectOfSnapshot(given.text), app: null }
      case 'module': {
        const held = await understandModule(given.path, given.title)
        if (held.holds === 'app') return this.#ofApp(await this.#app(given.path), given)
        return { title: given.title, source: held.models, database: null, dialect: known(held.dialect), app: null }
      }
      case 'config':
        return this.#ofApp(await this.#app(given.config), given)
    }
  }

  #ofApp(app: Trueup, { part, title }: { readonly part: 'database' | 'models'; readonly title: string }): Side {
    const { database, models } = app.options
    const isDatabase = part === 'database'
    return { title: isDatabase ? database.address : title, source: isDatabase ? database : models, database: isDatabase ? database : null, dialect: nameOf(database), app }
  }

  open(url: string, dialect: DialectName): Database {
    const database = dialect === 'postgres' ? postgres(url) : sqlite(url)
    this.#opened.push(database)
    return database
  }

  /**
   * An embedded database of its own, where nothing that is tried out lasts.
   *
   * @param sides what will be read in it, and may need extensions
   */
  async embedded(dialect: DialectName, sides: readonly Side[]): Promise<Database> {
    if (dialect === 'sqlite') return this.open(':memory:', 'sqlite')
    const handle = await makePglite(await extensionsNamed(sides.map(({ source }) => source)))
    this.#handles.push(handle)
    return postgres(handle)
  }

  async close(): Promise<void> {
    for (const held of [...this.#opened, ...this.#handles]) await held.close()
  }
}

/** A dialect that the command line can open; `null` for another one's. */
export const nameOf = (database: Database): DialectName | null => known(database.dialect.name)

const known = (name: string | null): DialectName | null => (name === 'postgres' || name === 'sqlite' ? name : null)

function snapshotOf({ text, title }: { readonly text: string; readonly title: string }): SchemaSource {
  try {
    return fromSnapshot(text)
  } catch (error) {
    if (!isTrueupError(error)) throw error
    const { code, message, hint, problems, details } = error
    throw new TrueupError(code, `${title}: ${message}`, { ...(hint !== undefined && { hint }), problems, details, cause: error })
  }
}

function dialectOfSnapshot(text: string): DialectName | null {
  return known(/"dialect"\s*:\s*"(postgres|sqlite)"/.exec(text)?.[1] ?? null)
}

/** Words that only SQLite has. Text that shows none may be of either. */
export const dialectOfText = (text: string): DialectName | null =>
  /\bAUTOINCREMENT\b|\)\s*(STRICT|WITHOUT\s+ROWID)\b|^\s*PRAGMA\s|\bCREATE\s+VIRTUAL\s+TABLE\b/im.test(text) ? 'sqlite' : null
