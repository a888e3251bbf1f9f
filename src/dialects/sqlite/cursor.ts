import type { Token } from './tokens.ts'
import { isWord } from './tokens.ts'

/** Walks over tokens. */
export class Cursor {
  readonly tokens: readonly Token[]
  at = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  get token(): Token | undefined {
    return this.tokens[this.at]
  }

  get done(): boolean {
    return this.at >= this.tokens.length
  }

  next(): Token | undefined {
    return this.tokens[this.at++]
  }

  /** Steps over these words when all of them stand here. */
  accept(...words: readonly string[]): boolean {
    if (!words.every((word, index) => isWord(this.tokens[this.at + index], word))) return false
    this.at += words.length
    return true
  }

  /** Steps over one operator when it stands here. */
  acceptMark(mark: string): boolean {
    if (this.token?.text !== mark || this.token.kind !== 'operator') return false
    this.at += 1
    return true
  }

  /** A name in any notation: bare, quoted, or as a text, which SQLite takes for a name, too. */
  name(): string {
    const token = this.next()
    if (token === undefined) return ''
    if (token.kind === 'string') return token.text.slice(1, -1).replaceAll("''", "'")
    return token.kind === 'quoted' ? token.value : token.text
  }

  /** The tokens inside the parentheses that begin here. */
  group(): readonly Token[] {
    if (!this.acceptMark('(')) return []
    const from = this.at
    let depth = 1
    while (!this.done && depth > 0) {
      const token = this.next()
      if (token?.text === '(') depth += 1
      else if (token?.text === ')') depth -= 1
    }
    return this.tokens.slice(from, depth === 0 ? this.at - 1 : this.at)
  }

  rest(): readonly Token[] {
    const rest = this.tokens.slice(this.at)
    this.at = this.tokens.length
    return rest
  }
}

/** The pieces between commas that stand in no parentheses. */
export function splitCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const pieces: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === ',' && depth === 0) pieces.push([])
    else pieces.at(-1)?.push(token)
  }
  return pieces.filter((piece) => piece.length > 0)
}
