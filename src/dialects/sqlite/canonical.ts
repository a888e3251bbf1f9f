import type { Token } from './tokens.ts'
import { tokenize } from './tokens.ts'
import { AMBIGUOUS, RESERVED } from './keywords.ts'
import { foldName, isPlainName, quoteName } from './names.ts'

/**
 * One spelling for texts that SQLite reads as the same: keywords in upper case, function names in lower case, one blank
 * between tokens, no comments, quotes only around names that need them. Literals, operators and parentheses stay as written.
 *
 * A name in double quotes that names nothing is a text to SQLite (https://www.sqlite.org/quirks.html#dblquote); so these quotes
 * go only where the name is known.
 */
export function canonical(source: string | readonly Token[], known: ReadonlySet<string> = NONE): string {
  const tokens = typeof source === 'string' ? tokenize(source) : source
  const spoken = new Set(known)
  for (const token of tokens) if (token.kind === 'word' && !RESERVED.has(token.value)) spoken.add(foldName(token.text))
  let text = ''
  tokens.forEach((token, index) => {
    const next = tokens[index + 1]
    text += (index > 0 && spaced(tokens[index - 1], token, tokens[index - 2]) ? ' ' : '') + spell(token, next, spoken)
  })
  return text
}

/** A column type in one spelling: `VARCHAR(255)`. */
export function canonicalType(type: string): string {
  const tokens = tokenize(type)
  return tokens
    .map((token, index) => {
      const written = token.kind === 'word' ? token.value : token.text
      const before = tokens[index - 1]
      const tight = before === undefined || token.text === '(' || token.text === ')' || token.text === ',' || before.text === '(' || /^[+-]$/.test(before.text)
      return tight ? written : ` ${written}`
    })
    .join('')
    .replaceAll(/,\s+/g, ',')
}

/** What SQLite makes of a type's name (https://www.sqlite.org/datatype3.html#determination_of_column_affinity). */
export function affinityOf(type: string): string {
  const name = type.toUpperCase()
  if (name.includes('INT')) return 'INTEGER'
  if (/CHAR|CLOB|TEXT/.test(name)) return 'TEXT'
  if (name.includes('BLOB') || name.trim() === '') return 'BLOB'
  return /REAL|FLOA|DOUB/.test(name) ? 'REAL' : 'NUMERIC'
}

/** The names that occur in a text, folded; for finding out what it reads. */
export function namesIn(text: string): ReadonlySet<string> {
  return new Set(tokenize(text).filter((token) => token.kind === 'word' || token.kind === 'quoted').map((token) => foldName(token.kind === 'word' ? token.text : token.value)))
}

const NONE: ReadonlySet<string> = new Set()

function spell(token: Token, next: Token | undefined, known: ReadonlySet<string>): string {
  if (token.kind === 'quoted') return spellName(token, known)
  if (token.kind !== 'word') return token.kind === 'blob' ? token.text.toUpperCase() : token.text
  if (RESERVED.has(token.value) && !AMBIGUOUS.has(token.value)) return token.value
  if (next?.text === '(' && !known.has(`table ${foldName(token.text)}`)) return AMBIGUOUS.has(token.value) ? token.value : token.text.toLowerCase()
  return AMBIGUOUS.has(token.value) && !known.has(foldName(token.text)) ? token.value : token.text
}

function spellName(token: Token, known: ReadonlySet<string>): string {
  const isSure = token.text.charAt(0) !== '"' || known.has(foldName(token.value))
  return isSure && isPlainName(token.value) ? token.value : quoteName(token.value)
}

function spaced(before: Token | undefined, token: Token, earlier: Token | undefined): boolean {
  if (before === undefined) return false
  if (token.text === ',' || token.text === ')' || token.text === ';' || token.text === '.' || before.text === '(' || before.text === '.') return false
  if (token.text === '(') return !isFunctionName(before)
  if (before.text === '-' || before.text === '+' || before.text === '~') return !isSign(earlier)
  return true
}

function isFunctionName(token: Token): boolean {
  return token.kind === 'word' && (!RESERVED.has(token.value) || ['CAST', 'RAISE', 'REPLACE', 'GLOB', 'LIKE'].includes(token.value))
}

/** After nothing, an operator, an opening parenthesis or a keyword, a minus is a sign. */
function isSign(before: Token | undefined): boolean {
  return before === undefined || (before.kind === 'operator' && before.text !== ')') || (before.kind === 'word' && RESERVED.has(before.value))
}
