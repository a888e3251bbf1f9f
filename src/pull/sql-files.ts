import type { Dialect } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { planDdl } from '../plan/ddl.ts'
import type { Schema } from '../schema/schema.ts'
import { emptySchema } from '../schema/schema.ts'
import { ended } from '../sql.ts'
import type { Home } from './homes.ts'
import { homesOf } from './homes.ts'

/** A file to be written, with its path below the folder of the set. */
export interface PulledFile {
  readonly path: string
  readonly text: string
}

export interface SqlFilesRequest {
  /** As it was read from a server, or put into its words. */
  readonly schema: Schema
  readonly dialect: Pick<Dialect, 'renderers' | 'alterable' | 'capabilities'>
  readonly defaultSchema: string
  /** The server's version, as `Session.version`. */
  readonly version: number
}

/** The beginning of every file's first line: only files that have it are ever written over or removed. */
export const SQL_MARK = '-- trueup pull: '

/**
 * A schema as a set of SQL files, one an object with all that belongs to it. The same schema gives the same files. `fromSql`
 * takes them in any order.
 */
export function sqlFiles(request: SqlFilesRequest): readonly PulledFile[] {
  const { schema, dialect, defaultSchema, version } = request
  const from = newDatabase(schema, defaultSchema)
  const homeOf = homesOf(schema, defaultSchema)
  const texts = new Map<string, { readonly home: Home; readonly statements: string[] }>()
  for (const { operation, step } of planDdl({ from, to: schema, operations: diff(from, schema), dialect, defaultSchema, version })) {
    const home = homeOf(operation.ref)
    const file = texts.get(home.path) ?? { home, statements: [] }
    texts.set(home.path, file)
    file.statements.push(...step.statements)
  }
  return [...texts.values()]
    .map(({ home, statements }) => ({ path: home.path, text: `${[`${SQL_MARK}${home.title}`, ...statements.map(ended)].join('\n\n')}\n` }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What a new database has before anything is loaded into it: PostgreSQL makes its schema `public`, with this comment. */
function newDatabase(schema: Schema, defaultSchema: string): Schema {
  const given = schema.namespace.some((namespace) => namespace.name === defaultSchema)
  return given ? { ...emptySchema(), namespace: [{ name: defaultSchema, ...(defaultSchema === 'public' && { comment: 'standard public schema' }) }] } : emptySchema()
}
