import type { SourceText } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { ModelSource } from './source.ts'

/** DDL as text, with or without the name that messages give it. */
export type SqlText = string | SourceText

/**
 * Models that are written as SQL: `CREATE` statements in the database's own language, such as a `pg_dump --schema-only`.
 * Only a database can read them, so they are loaded into a scratch place of the server when a plan is made.
 *
 * @param text one text or several, loaded in the order given; `''` is an empty schema
 * @throws TrueupError `models-invalid` when something else than text is given
 */
export function fromSql(text: SqlText | readonly SqlText[]): ModelSource {
  const given: readonly SqlText[] = isList(text) ? text : [text]
  const texts = given.map((each, index) => sourceText(each, given.length === 1 ? 'models' : `models[${index}]`))
  return { title: 'SQL text', declare: () => ({ form: 'text', texts }) }
}

const isList = (text: SqlText | readonly SqlText[]): text is readonly SqlText[] => Array.isArray(text)

function sourceText(given: unknown, place: string): SourceText {
  if (typeof given === 'string') return { name: place, text: withoutMark(given) }
  if (typeof given === 'object' && given !== null && 'text' in given && 'name' in given) {
    if (typeof given.text === 'string' && typeof given.name === 'string') return { name: given.name, text: withoutMark(given.text) }
  }
  throw new TrueupError('models-invalid', `${place} is no SQL text.`, {
    problems: [{ subject: place, message: `a ${given === null ? 'null' : typeof given} was given` }],
    hint: 'Give a string, or { name, text }.',
  })
}

/** An editor's byte-order mark is no part of the SQL. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '')
