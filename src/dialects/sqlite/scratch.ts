import type { Catalogue } from './catalogue.ts'
import type { Connection } from './connection.ts'
import { catalogueQuery } from './catalogue.ts'

/**
 * A place for trying things out: a database in memory of the same driver, so of the same version of SQLite. Nothing of the
 * user's database can be reached from it.
 */
export class Scratch {
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection.another(':memory:')
    // Rows are never checked here, and a table may be created before the one that it references.
    this.connection.run('PRAGMA foreign_keys=OFF')
  }

  /** Runs a statement; the message of SQLite when it is refused, `null` otherwise. */
  refusal(statement: string): string | null {
    try {
      this.connection.run(statement)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  catalogue(): Catalogue {
    const [row] = this.connection.all(catalogueQuery())
    // The query gives one row with one JSON text of this shape.
    return JSON.parse(String(row?.['catalogue'])) as Catalogue
  }

  close(): void {
    this.connection.close()
  }
}
