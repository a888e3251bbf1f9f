/** A piece of the SQL that a library writes. `name` is a quoted identifier, without its quotes. */
export interface Token {
  readonly kind: 'name' | 'word' | 'text' | 'mark'
  readonly value: string
  readonly start: number
  readonly end: number
}

const WORD = /[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*/uy
/** Most words, with an expression that runs several times as fast. What follows one must be looked at again when it is no ASCII. */
const PLAIN_WORD = /[A-Za-z_][\w$]*|\d[\w.]*/y

/**
 * What libraries write is regular: every identifier is quoted, and nothing but plain strings is inside of quotes. Character by
 * character, because some hundred tables have a hundred thousand pieces.
 */
export const tokensOf = (sql: string): readonly Token[] => statementTokens(sql, 0, false).tokens

/** The tokens from `start` on, up to a semicolon (which `end` is behind) where `one` statement is wanted. */
function statementTokens(sql: string, start: number, one: boolean): { readonly tokens: readonly Token[]; readonly end: number } {
  const tokens: Token[] = []
  for (let at = start; at < sql.length; ) {
    const code = sql.charCodeAt(at)
    if (code <= 32 || (code > 127 && sql.charAt(at).trim() === '')) at += 1
    else if (code === DASH && sql.charCodeAt(at + 1) === DASH) at = endOfLine(sql, at)
    else if (one && code === SEMICOLON) return { tokens, end: at + 1 }
    else {
      const token = tokenAt(sql, at, code)
      tokens.push(token)
      at = token.end
    }
  }
  return { tokens, end: sql.length }
}

const [DASH, SEMICOLON, NAME_QUOTE, TEXT_QUOTE] = [45, 59, 34, 39]

function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf('\n', at)
  return end === -1 ? sql.length : end
}

function tokenAt(sql: string, start: number, code: number): Token {
  if (code === NAME_QUOTE) {
    const end = closing(sql, start, '"')
    if (end !== null) return { kind: 'name', value: sql.slice(start + 1, end - 1).replaceAll('""', '"'), start, end }
  }
  const open = (code === 69 || code === 101) && sql.charCodeAt(start + 1) === TEXT_QUOTE ? start + 1 : start
  const close = sql.charCodeAt(open) === TEXT_QUOTE ? closing(sql, open, "'") : null
  if (close !== null) return { kind: 'text', value: sql.slice(start, close), start, end: close }
  const end = endOfWord(sql, start)
  if (end !== null) return { kind: 'word', value: sql.slice(start, end), start, end }
  const value = sql.startsWith('::', start) ? '::' : String.fromCodePoint(sql.codePointAt(start) ?? 0)
  return { kind: 'mark', value, start, end: start + value.length }
}

function endOfWord(sql: string, start: number): number | null {
  PLAIN_WORD.lastIndex = start
  const plain = PLAIN_WORD.test(sql)
  if (plain && !(sql.charCodeAt(PLAIN_WORD.lastIndex) > 127)) return PLAIN_WORD.lastIndex
  if (!plain && sql.charCodeAt(start) < 128) return null
  WORD.lastIndex = start
  return WORD.test(sql) ? WORD.lastIndex : null
}

/** Behind the quote that closes the one at `open`; a doubled one stands for itself. `null`: it is never closed. */
function closing(sql: string, open: number, quote: string): number | null {
  for (let at = sql.indexOf(quote, open + 1); at !== -1; at = sql.indexOf(quote, at + 2)) if (sql[at + 1] !== quote) return at + 1
  return null
}

/** Whether a token is this word or mark, in any case. */
export const isWord = (token: Token, word: string): boolean =>
  token.kind !== 'name' && token.kind !== 'text' && (token.value === word || (token.value.length === word.length && token.value.toUpperCase() === word))

/** Reads tokens from left to right. */
export class Reader {
  readonly #sql: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.#sql = sql
    this.#tokens = tokens
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  /** Takes the words given, all or none, in any case. */
  take(...words: readonly string[]): boolean {
    for (let index = 0; index < words.length; index++) {
      const token = this.#tokens[this.#at + index]
      if (token === undefined || !isWord(token, words[index] ?? '')) return false
    }
    this.#at += words.length
    return true
  }

  /** @throws Error when something else stands there */
  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.unexpected(words.join(' '))
  }

  name(): string {
    const token = this.peek()
    if (token?.kind !== 'name') throw this.unexpected('a name')
    this.#at += 1
    return token.value
  }

  /** A word without quotes. */
  word(): string {
    const token = this.peek()
    if (token?.kind !== 'word') throw this.unexpected('a name')
    this.#at += 1
    return token.value
  }

  /** `"a"."b"` or `"b"`. */
  path(): { readonly schema: string | null; readonly name: string } {
    const first = this.name()
    return this.take('.') ? { schema: first, name: this.name() } : { schema: null, name: first }
  }

  /** `("a", "b")` */
  names(): readonly string[] {
    return this.list((item) => item.name())
  }

  /** Items between parentheses, each read by `read`. */
  list<T>(read: (reader: Reader) => T): readonly T[] {
    this.expect('(')
    const items: T[] = [read(this)]
    while (this.take(',')) items.push(read(this))
    this.expect(')')
    return items
  }

  /** The text up to the first token outside of parentheses that `ends` names; that token stays. */
  textUntil(ends: (token: Token) => boolean): string {
    const start = this.peek()?.start ?? this.#sql.length
    let end = start
    for (let depth = 0; ; this.#at++) {
      const token = this.peek()
      if (token === undefined || (depth === 0 && ends(token))) break
      if (token.kind === 'mark' && '(['.includes(token.value)) depth += 1
      if (token.kind === 'mark' && ')]'.includes(token.value)) depth -= 1
      end = token.end
    }
    return this.#sql.slice(start, end)
  }

  unexpected(wanted: string): Error {
    const token = this.peek()
    return new Error(`${wanted} was expected where ${token === undefined ? 'the statement ends' : JSON.stringify(this.#sql.slice(token.start, token.start + 40))} stands`)
  }
}

/** Statements of a text, each as its own reader. One after the other: what a statement was made of need not be kept. */
export function* statementsOf(sql: string): Generator<{ readonly text: string; readonly reader: Reader }> {
  for (let at = 0; at < sql.length; ) {
    const { tokens, end } = statementTokens(sql, at, true)
    const [first, last] = [tokens[0], tokens.at(-1)]
    if (first !== undefined && last !== undefined) yield { text: sql.slice(first.start, last.end), reader: new Reader(sql, tokens) }
    at = end
  }
}
