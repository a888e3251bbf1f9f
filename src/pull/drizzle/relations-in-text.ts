import type { ObjectRef } from '../../schema/schema.ts'
import { escapeTemplate } from './writing.ts'

/**
 * A view's query for Drizzle's tag, with the variables of the tables and views that it reads in their places. The server writes
 * a relation's schema only where it names the relation, never before a column.
 *
 * @param needs what the server says that the query reads
 * @param variable the variable of a relation, when it is among the models
 */
export function withVariables(text: string, needs: readonly ObjectRef[], variable: (ref: ObjectRef) => string | undefined): string {
  const names = new Map<string, string>(needs.flatMap((ref) => {
    const found = ref.kind === 'table' || ref.kind === 'view' ? variable(ref) : undefined
    return found === undefined ? [] : [[`${ref.schema}\u0000${ref.name}`, found] as const]
  }))
  const pieces = /'(?:[^']|'')*'|(?<![\w$."])((?:"(?:[^"]|"")+"|[\p{Ll}_][\p{Ll}\p{N}_$]*)\.(?:"(?:[^"]|"")+"|[\p{Ll}_][\p{Ll}\p{N}_$]*))(?![\w$."(])/gu
  let result = ''
  let at = 0
  for (const match of text.matchAll(pieces)) {
    const found = match[1] === undefined ? undefined : names.get(unquoted(match[1]))
    if (found === undefined) continue
    result += `${escapeTemplate(text.slice(at, match.index))}\${${found}}`
    at = match.index + match[0].length
  }
  return result + escapeTemplate(text.slice(at))
}

/** `public."My Table"` as the two names, joined by the character of keys. */
const unquoted = (path: string): string =>
  [...path.matchAll(/"((?:[^"]|"")+)"|([^."]+)/g)].map((part) => (part[1] === undefined ? (part[2] ?? '') : part[1].replaceAll('""', '"'))).join('\u0000')
