/**
 * An expression in the server's words, written so that it reads back as the same words.
 *
 * `x IN ('a', 'b')` over a `varchar` is printed as `(ARRAY['a'::character varying, …])::text[]`; read again, the server pushes the
 * outer cast into the elements and prints something else. A cast of the array to its own type in between keeps it outside.
 */
export function stable(expression: string): string {
  let result = ''
  let at = 0
  for (;;) {
    const start = expression.indexOf('(ARRAY[', at)
    if (start < 0) return result + expression.slice(at)
    const end = closing(expression, start + '(ARRAY'.length)
    const cast = /^\)::[^\s,()]+(?: [a-z]+)*\[\]/.exec(expression.slice(end + 1))
    const element = end < 0 || cast === null ? null : elementType(expression.slice(start, end))
    if (element === null) {
      result += expression.slice(at, start + 1)
      at = start + 1
      continue
    }
    result += `${expression.slice(at, start)}(${stable(expression.slice(start, end + 1))})::${element}[]`
    at = end + 1
  }
}

/** The place of the bracket that closes the one at `open`; texts and names in quotes are passed over. */
function closing(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i += 1) {
    const character = text[i]
    if (character === "'" || character === '"') i = text.indexOf(character, i + 1)
    if (i < 0) return -1
    if (character === '[') depth += 1
    if (character === ']') depth -= 1
    if (depth === 0) return i
  }
  return -1
}

/** The type that the last element is cast to; `null` when it says none. */
function elementType(array: string): string | null {
  return /::([a-z][a-z ]*|[^\s'",()]+)$/.exec(array)?.[1] ?? null
}
