import type { Token } from './tokens.ts'
import { canonical } from './canonical.ts'
import { quoteText, sqliteWriter } from './names.ts'
import { tokenize } from './tokens.ts'

/** A default in one spelling, without the parentheses that DEFAULT asks for around expressions. */
export function canonicalDefault(text: string): string {
  const tokens = unwrap(tokenize(text))
  const [only] = tokens
  // A lone name that is no keyword of its own is a text to SQLite.
  if (tokens.length === 1 && only && (only.kind === 'quoted' || (only.kind === 'word' && !CONSTANTS.has(only.value)))) {
    return quoteText(only.kind === 'quoted' ? only.value : only.text)
  }
  if (tokens.length === 2 && tokens[0]?.text === '+' && tokens[1]?.kind === 'number') return tokens[1].text
  return only?.kind === 'word' && tokens.length === 1 ? only.value : canonical(tokens)
}

/** How ADD COLUMN takes a default: it refuses those that are worked out for each row once the table has rows. */
export function isConstantDefault(text: string | null): boolean {
  if (text === null) return true
  const tokens = tokenize(text)
  const [first, second] = tokens
  if (tokens.length === 1) return first?.kind === 'number' || first?.kind === 'string' || first?.kind === 'blob' || ['NULL', 'TRUE', 'FALSE'].includes(first?.value ?? '')
  return tokens.length === 2 && (first?.text === '-' || first?.text === '+') && second?.kind === 'number'
}

/** What follows DEFAULT: constants bare, expressions in parentheses. */
export function writeDefault(text: string): string {
  const bare = isConstantDefault(text) || /^CURRENT_(?:DATE|TIME|TIMESTAMP)$/i.test(text.trim())
  return bare ? text.trim() : `(${text})`
}

/** A JavaScript value as a default. Booleans become 1 and 0, dates and plain data become texts. */
export function defaultLiteral(value: unknown, _type: string): string {
  return sqliteWriter.literal(value)
}

const CONSTANTS: ReadonlySet<string> = new Set(['NULL', 'TRUE', 'FALSE', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP'])

function unwrap(tokens: readonly Token[]): readonly Token[] {
  if (tokens[0]?.text !== '(' || tokens.at(-1)?.text !== ')') return tokens
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0 && index < tokens.length - 1) return tokens
  }
  return unwrap(tokens.slice(1, -1))
}
