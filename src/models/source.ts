import type { SourceText } from '../dialects/dialect.ts'
import type { Schema } from '../schema/schema.ts'

/** What a model source is told when it is read. */
export interface DeclareContext {
  /** The name of the dialect that the models must be for. */
  readonly dialect: string
  /** The schema of tables whose models name none. */
  readonly defaultSchema: string
}

/**
 * What models declare: a structured schema in the words of the models, or whole DDL texts that only a database can read.
 * Neither needs a server.
 */
export type Declared =
  | { readonly form: 'schema'; readonly schema: Schema }
  | { readonly form: 'text'; readonly texts: readonly SourceText[] }
  /** Already in a server's words: a snapshot. */
  | { readonly form: 'normal'; readonly schema: Schema }

/** Where a declared schema comes from. */
export interface ModelSource {
  /** For messages: `Drizzle models`, `SQL text`. */
  readonly title: string
  /**
   * Reads the models without a connection.
   *
   * @throws TrueupError `models-invalid` that lists, model by model and field by field, what cannot be carried
   */
  declare(context: DeclareContext): Declared | Promise<Declared>
}
