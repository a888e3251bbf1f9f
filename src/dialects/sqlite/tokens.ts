/**
 * SQLite's tokens, by the rules of its own tokenizer (https://www.sqlite.org/lang_expr.html, tokenize.c): enough to cut a
 * text into statements and to read what pragmas do not tell.
 */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'blob' | 'number' | 'parameter' | 'operator'
  /** As written. */
  readonly text: string
  /** A name without its quotes, a word in upper case, the text itself otherwise. */
  readonly value: string
  readonly start: number
  readonly end: number
}

export interface Statement {
  readonly text: string
  readonly tokens: readonly Token[]
  /** Offset of its first token in the whole text. */
  readonly start: number
}

/** The tokens of a text, without blanks and comments. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const skipped = skipBlank(text, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const token = readToken(text, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

/** The statements of a text, without their semicolons. The body of a trigger belongs to its statement. */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = []
  let current: Token[] = []
  const finish = (): void => {
    const [first, last] = [current[0], current.at(-1)]
    if (first && last) statements.push({ text: text.slice(first.start, last.end), tokens: current, start: first.start })
    current = []
  }
  for (const token of tokenize(text)) {
    if (token.text === ';' && !(isTrigger(current) && !triggerEnds(current))) finish()
    else current.push(token)
  }
  finish()
  return statements
}

/** True when the token is this unquoted word. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.value)
}

/** The line and column of an offset, both from one. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function isTrigger(tokens: readonly Token[]): boolean {
  return isWord(tokens[0], 'CREATE') && isWord(tokens[isWord(tokens[1], 'TEMP', 'TEMPORARY') ? 2 : 1], 'TRIGGER')
}

/** As `sqlite3_complete` does it: only an END directly after a semicolon ends a trigger; that of CASE never stands there. */
function triggerEnds(tokens: readonly Token[]): boolean {
  return isWord(tokens.at(-1), 'END') && tokens.at(-2)?.text === ';'
}

function skipBlank(text: string, start: number): number {
  if (/\s|\uFEFF/.test(text.charAt(start))) return start + 1
  if (text.startsWith('--', start)) return endOr(text, '\n', start + 2)
  if (text.startsWith('/*', start)) return endOr(text, '*/', start + 2)
  return start
}

function endOr(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found + mark.length
}

const WORD = /[A-Za-z_\u0080-\u{10FFFF}][A-Za-z0-9_$\u0080-\u{10FFFF}]*/uy
const NUMBER = /0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?/y
const PARAMETER = /\?[0-9]*|[:@#$][A-Za-z0-9_$:\u0080-\u{10FFFF}]+/uy
const OPERATOR = /->>|->|\|\||==|<>|!=|<=|>=|<<|>>|[^]/uy

function readToken(text: string, start: number): Token {
  const first = text.charAt(start)
  if (first === "'") return cut('string', text, start, endOfQuoted(text, start, "'"))
  if (first === '"' || first === '`') {
    const end = endOfQuoted(text, start, first)
    return cut('quoted', text, start, end, text.slice(start + 1, end - 1).replaceAll(first + first, first))
  }
  if (first === '[') {
    const end = endOr(text, ']', start + 1)
    return cut('quoted', text, start, end, text.slice(start + 1, end - 1))
  }
  if ((first === 'x' || first === 'X') && text.charAt(start + 1) === "'") return cut('blob', text, start, endOfQuoted(text, start + 1, "'"))
  const word = match(WORD, text, start)
  if (word !== null) return cut('word', text, start, start + word.length, word.toUpperCase())
  for (const [kind, pattern] of OTHERS) {
    const found = match(pattern, text, start)
    if (found !== null) return cut(kind, text, start, start + found.length)
  }
  return cut('operator', text, start, start + 1)
}

const OTHERS = [['number', NUMBER], ['parameter', PARAMETER], ['operator', OPERATOR]] as const

function cut(kind: Token['kind'], source: string, start: number, end: number, value?: string): Token {
  const text = source.slice(start, end)
  return { kind, text, value: value ?? text, start, end }
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function endOfQuoted(text: string, start: number, quote: string): number {
  let at = start + 1
  while (at < text.length) {
    if (text.charAt(at) !== quote) at += 1
    else if (text.charAt(at + 1) === quote) at += 2
    else return at + 1
  }
  return text.length
}
