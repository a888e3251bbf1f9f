/** A piece of the SQL that a library writes. `name` is a quoted identifier, without its quotes. */
export interface Token {
  readonly kind: 'name' | 'word' | 'text' | 'mark'
  readonly value: string
  readonly start: number
  readonly end: number
}

const PIECES = /\s+|--[^\n]*|"((?:[^"]|"")*)"|([eE]?'(?:[^']|'')*')|([\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*)|(::|.)/gsu

/** What libraries write is regular: every identifier is quoted, and nothing but plain strings is inside of quotes. */
export function tokensOf(sql: string): readonly Token[] {
  return [...sql.matchAll(PIECES)].flatMap((found): readonly Token[] => {
    const [whole, name, text, word, mark] = found
    const place = { start: found.index, end: found.index + whole.length }
    if (name !== undefined) return [{ kind: 'name', value: name.replaceAll('""', '"'), ...place }]
    if (text !== undefined) return [{ kind: 'text', value: text, ...place }]
    if (word !== undefined) return [{ kind: 'word', value: word, ...place }]
    return mark === undefined ? [] : [{ kind: 'mark', value: mark, ...place }]
  })
}

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
    const fits = words.every((word, index) => {
      const token = this.#tokens[this.#at + index]
      return token !== undefined && token.kind !== 'name' && token.kind !== 'text' && token.value.toUpperCase() === word
    })
    if (fits) this.#at += words.length
    return fits
  }

  /** @throws Error when something else stands there */
  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.unexpected(words.join(' '))
  }

  name(): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'name') throw this.unexpected('a name')
    this.#at += 1
    return token.value
  }

  /** A word without quotes. */
  word(): string {
    const token = this.#tokens[this.#at]
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
    for (let depth = 0; !this.done; this.#at++) {
      const token = this.#tokens[this.#at]
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

/** Statements of a text, each as its own reader. */
export function statementsOf(sql: string): readonly { readonly text: string; readonly reader: Reader }[] {
  const tokens = tokensOf(sql)
  const statements: { readonly text: string; readonly reader: Reader }[] = []
  let start = 0
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'mark' || token.value !== ';') continue
    const own = tokens.slice(start, at)
    start = at + 1
    const first = own[0]
    if (first !== undefined) statements.push({ text: sql.slice(first.start, token.start), reader: new Reader(sql, own) })
  }
  return statements
}
