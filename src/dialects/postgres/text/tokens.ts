/**
 * PostgreSQL's tokens as far as they decide where a statement ends (`psqlscan.l`): strings of every kind, dollar quotes,
 * nested comments, quoted names. A word is kept in lower case; what is inside a string is never looked at.
 */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'operator'
  /** Words in lower case, everything else as written. */
  readonly value: string
  readonly start: number
  readonly end: number
}

const WORD_START = /[\p{L}_]/u
const WORD = /[\p{L}\p{N}_$]/u

/** The next token at or after an offset; `null` at the end. Blanks and comments are passed over; a comment without an end is the last token. */
export function nextToken(text: string, from: number): Token | null {
  const start = skipBlanks(text, from)
  if (start >= text.length) return null
  if (text.startsWith('/*', start)) return token('operator', text, start, text.length)
  const character = text[start] ?? ''
  if (character === "'") return token('string', text, start, endOfQuoted(text, start, "'"))
  if (character === '"') return token('name', text, start, endOfQuoted(text, start, '"'))
  if (character === '$') return dollar(text, start)
  if (/[eE]/.test(character) && text[start + 1] === "'") return token('string', text, start, endOfEscaped(text, start + 1))
  if (/[bBxXnN]/.test(character) && text[start + 1] === "'") return token('string', text, start, endOfQuoted(text, start + 1, "'"))
  if (/[uU]/.test(character) && text[start + 1] === '&' && /['"]/.test(text[start + 2] ?? '')) return unicode(text, start)
  if (WORD_START.test(character)) return word(text, start)
  if (/[0-9]/.test(character)) return token('number', text, start, endWhile(text, start, /[0-9a-zA-Z_.]/))
  return token('operator', text, start, start + 1)
}

/** Offset of the first character that is neither blank nor part of a comment that ends. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  for (;;) {
    at = endWhile(text, at, /\s/)
    if (text.startsWith('--', at)) at = endOfLine(text, at)
    else {
      const end = text.startsWith('/*', at) ? endOfComment(text, at) : null
      if (end === null) return at
      at = end
    }
  }
}

/** Offset just behind the line break, or the end. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

function token(kind: Token['kind'], text: string, start: number, end: number): Token {
  return { kind, value: text.slice(start, end), start, end }
}

function word(text: string, start: number): Token {
  const end = endWhile(text, start, WORD)
  return { kind: 'word', value: text.slice(start, end).toLowerCase(), start, end }
}

function endWhile(text: string, from: number, pattern: RegExp): number {
  let at = from
  while (at < text.length && pattern.test(text[at] ?? '')) at++
  return at
}

/** Comments nest. `null`: it never ends, and the server is the one to say so. */
function endOfComment(text: string, from: number): number | null {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++
      at++
    } else if (text.startsWith('*/', at)) {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  return null
}

/** A doubled quote is part of the text. */
function endOfQuoted(text: string, open: number, quote: string): number {
  let at = open + 1
  for (;;) {
    const close = text.indexOf(quote, at)
    if (close < 0) return text.length
    if (text[close + 1] !== quote) return close + 1
    at = close + 2
  }
}

/** In E'…' a backslash takes the next character with it. */
function endOfEscaped(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === "'") {
      if (text[at + 1] !== "'") return at + 1
      at++
    }
  }
  return text.length
}

function unicode(text: string, start: number): Token {
  const quote = text[start + 2] ?? ''
  return token(quote === "'" ? 'string' : 'name', text, start, endOfQuoted(text, start + 2, quote))
}

function dollar(text: string, start: number): Token {
  const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(text.slice(start, start + 70))?.[0]
  if (tag === undefined) return token('operator', text, start, start + 1)
  const close = text.indexOf(tag, start + tag.length)
  return token('string', text, start, close < 0 ? text.length : close + tag.length)
}
