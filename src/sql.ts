/**
 * SQL as a value. Text reaches a statement only through the `sql` tag, an identifier, or `sql.raw`; a string that is put
 * into the tag becomes a quoted literal, never syntax.
 */
export type SqlPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'name'; readonly path: readonly string[] }
  | { readonly type: 'value'; readonly value: unknown }

/** How one database writes names and values. */
export interface SqlWriter {
  /** Quotes a name verbatim: upper case, blanks and quotes survive. */
  name(name: string): string
  /** A value as a literal of this database. */
  literal(value: unknown): string
}

const BRAND = Symbol.for('trueup.sql')

/** A piece of SQL. Made by the `sql` tag; opaque to its user. */
export class Sql {
  readonly [BRAND] = true
  readonly parts: readonly SqlPart[]

  constructor(parts: readonly SqlPart[]) {
    this.parts = parts
  }

  /** The text of this SQL in one database's notation. */
  write(writer: SqlWriter): string {
    return this.parts.map((part) => writePart(part, writer)).join('')
  }
}

/** True for a value of the `sql` tag, also when it comes from another copy of trueup. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && BRAND in value
}

function writePart(part: SqlPart, writer: SqlWriter): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'name':
      return part.path.map((name) => writer.name(name)).join('.')
    case 'value':
      return writer.literal(part.value)
  }
}

function tag(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const parts: SqlPart[] = []
  strings.forEach((text, index) => {
    if (text !== '') parts.push({ type: 'text', text })
    if (index >= values.length) return
    const value = values[index]
    if (isSql(value)) parts.push(...value.parts)
    else parts.push({ type: 'value', value })
  })
  return new Sql(parts)
}

/**
 * Makes SQL: `` sql`UPDATE ${sql.name('task_logs')} SET progress = ${0}` ``. Interpolated values become literals,
 * interpolated `sql` values are inserted as they are.
 */
export const sql: typeof tag & {
  /** A quoted name, with its schema first when two are given. */
  name(...path: readonly string[]): Sql
  /** Text that is already SQL. What is in it is the caller's responsibility. */
  raw(text: string): Sql
  /** Several pieces with a separator between them. */
  join(pieces: readonly Sql[], separator?: string): Sql
  // A function's own `name` is read-only until it is said otherwise.
} = Object.assign(Object.defineProperty(tag, 'name', { writable: true }), {
  name: (...path: readonly string[]) => new Sql([{ type: 'name', path }]),
  raw: (text: string) => new Sql([{ type: 'text', text }]),
  join: (pieces: readonly Sql[], separator = ', ') =>
    new Sql(pieces.flatMap((piece, i) => (i === 0 ? piece.parts : [{ type: 'text', text: separator }, ...piece.parts]))),
})

/** A statement with its semicolon, which stands on its own line where the statement ends in a line comment. */
export function ended(statement: string): string {
  const text = statement.trimEnd()
  if (text.endsWith(';') && !/--[^\n]*$/.test(text)) return text
  return /--[^\n]*$/.test(text) ? `${text}\n;` : `${text};`
}
