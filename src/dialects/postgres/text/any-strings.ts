import { literal } from '../literal.ts'
import { nextToken } from './tokens.ts'

/**
 * A statement that means the same under either setting of `standard_conforming_strings`: plain quotes with a backslash in
 * them become `E'…'`. The setting cannot be sent along, as the server reads a whole message before it runs any of it.
 *
 * @param statement written for the setting `on`
 */
export function forAnyStrings(statement: string): string {
  if (!statement.includes('\\')) return statement
  let [written, from] = ['', 0]
  for (let token = nextToken(statement, 0); token !== null; token = nextToken(statement, token.end)) {
    if (token.kind !== 'string' || !token.value.startsWith("'") || !token.value.includes('\\')) continue
    written += statement.slice(from, token.start) + literal(token.value.slice(1, -1).replaceAll("''", "'"))
    from = token.end
  }
  return written + statement.slice(from)
}
