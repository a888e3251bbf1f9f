import type { Index } from '../schema/schema.ts'
import { postgresIndexElement } from './drizzle/index-element.ts'
import { Refusal } from './problems.ts'
import type { Token } from './sql-reader.ts'
import { Reader, tokensOf } from './sql-reader.ts'

/**
 * Takes apart a `CREATE INDEX` that a user wrote by hand for his library to send as it is.
 *
 * @throws Refusal when it is something else
 */
export function readIndexStatement(sql: string): Index {
  const reader = new Reader(sql, tokensOf(sql).filter((token, at, all) => !(token.value === ';' && at === all.length - 1)))
  try {
    return statement(reader)
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)} in: ${sql}`, 'Write it as CREATE INDEX name ON table (…), or as an entry of SQL.')
  }
}

const isMark = (token: Token, value: string): boolean => token.kind === 'mark' && token.value === value

function statement(reader: Reader): Index {
  reader.expect('CREATE')
  const unique = reader.take('UNIQUE')
  reader.expect('INDEX')
  reader.take('CONCURRENTLY')
  reader.take('IF', 'NOT', 'EXISTS')
  const name = anyName(reader)
  reader.expect('ON')
  reader.take('ONLY')
  reader.textUntil((token) => isMark(token, '(') || /^using$/i.test(token.value))
  const method = reader.take('USING') ? anyName(reader) : 'btree'
  const keys = reader.list((item) => postgresIndexElement(item.textUntil((token) => isMark(token, ',') || isMark(token, ')'))))
  const include = reader.take('INCLUDE') ? reader.list(anyName) : undefined
  const nullsNotDistinct = reader.take('NULLS', 'NOT', 'DISTINCT')
  const parameters = reader.take('WITH') ? reader.list((item) => item.textUntil((token) => isMark(token, ',') || isMark(token, ')')).replace(/\s*=\s*/, '=')) : []
  const where = reader.take('WHERE') ? reader.textUntil(() => false) : null
  if (!reader.done) throw reader.unexpected('the end of the statement')
  return { name, named: true, unique, method, keys, where, ...(include && { include }), ...(nullsNotDistinct && { nullsNotDistinct }), parameters: [...parameters].sort() }
}

/** A name in quotes as it stands, one without folded as PostgreSQL folds it. */
function anyName(reader: Reader): string {
  const token = reader.peek()
  if (token?.kind === 'name') return reader.name()
  return reader.word().toLowerCase()
}
