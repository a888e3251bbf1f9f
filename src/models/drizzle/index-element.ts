import type { IndexKey } from '../../schema/schema.ts'

/**
 * Takes apart what the user wrote as one element of an index in SQL of his own, such as `lower("email") text_pattern_ops DESC`.
 * PostgreSQL's grammar is `{ column | function(…) | (expression) } [COLLATE …] [opclass [(…)]] [ASC | DESC] [NULLS …]`; what
 * does not fit it is an expression that lacks its parentheses, and gets them.
 */
export function postgresIndexElement(text: string): IndexKey {
  const tokens = tokenise(text.trim())
  const head = headLength(tokens)
  const suffix = head === 0 ? undefined : readSuffix(tokens.slice(head))
  if (suffix === undefined) return key(null, `(${text.trim()})`, {})
  const first = tokens.slice(0, head)
  const column = first.length === 1 ? nameOf(first[0] ?? '') : null
  return column === null ? key(null, first.join(''), suffix) : key(column, null, suffix)
}

/** SQLite's element is `expression [COLLATE …] [ASC | DESC]`; the parser of expressions takes the collation. */
export function sqliteIndexElement(text: string): IndexKey {
  const tokens = tokenise(text.trim())
  const last = tokens.at(-1)?.trim().toLowerCase()
  const order = last === 'asc' || last === 'desc' ? last : undefined
  const rest = (order === undefined ? tokens : tokens.slice(0, -1)).join('').trim()
  const body = tokenise(rest)
  const column = body.length === 1 ? nameOf(body[0] ?? '', (name) => name) : null
  return { column, expression: column === null ? rest : null, order: order ?? 'asc', nulls: order === 'desc' ? 'last' : 'first' }
}

interface Suffix {
  readonly order?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
  readonly opclass?: string
  readonly collation?: string
}

function key(column: string | null, expression: string | null, suffix: Suffix): IndexKey {
  const order = suffix.order ?? 'asc'
  return {
    column, expression, order,
    nulls: suffix.nulls ?? (order === 'desc' ? 'first' : 'last'),
    ...(suffix.opclass !== undefined && { opclass: suffix.opclass }),
    ...(suffix.collation !== undefined && { collation: suffix.collation }),
  }
}

/** Quoted names, texts, groups in parentheses, words and single characters, each with the blanks before it. */
function tokenise(text: string): readonly string[] {
  const tokens: string[] = []
  let at = 0
  while (at < text.length) {
    const blanks = /^\s*/.exec(text.slice(at))?.[0].length ?? 0
    const end = tokenEnd(text, at + blanks)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

function tokenEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"' || first === "'") return quoteEnd(text, start, first)
  if (first === '(') return groupEnd(text, start)
  const word = /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(text.slice(start))
  return start + (word === null ? 1 : word[0].length)
}

function quoteEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== quote) continue
    if (text[at + 1] !== quote) return at + 1
    at++
  }
  return text.length
}

function groupEnd(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const character = text[at]
    if (character === '"' || character === "'") {
      at = quoteEnd(text, at, character)
      continue
    }
    if (character === '(') depth++
    if (character === ')') depth--
    at++
    if (depth === 0) return at
  }
  return text.length
}

const isName = (token: string | undefined): boolean => token !== undefined && /^\s*["\p{L}_]/u.test(token)
const isGroup = (token: string | undefined): boolean => token?.trimStart().startsWith('(') === true

/** How many tokens the column, the function call or the group takes; 0 when it begins with something else. */
function headLength(tokens: readonly string[]): number {
  if (isGroup(tokens[0])) return 1
  if (!isName(tokens[0])) return 0
  let length = 1
  while (tokens[length] === '.' && isName(tokens[length + 1])) length += 2
  if (isGroup(tokens[length])) return length + 1
  return length === 1 ? 1 : 0
}

/** The options after the head; `undefined` when something else follows, so that the head was not the whole. */
function readSuffix(tokens: readonly string[]): Suffix | undefined {
  const words = tokens.map((token) => token.trim())
  const collation = words[0]?.toLowerCase() === 'collate' ? readPath(words, 1) : null
  let at = collation?.next ?? 0
  const isOpclass = isName(words[at]) && !/^(asc|desc|nulls)$/i.test(words[at] ?? '')
  const opclass = isOpclass ? readPath(words, at) : null
  at = opclass?.next ?? at
  const options = opclass !== null && isGroup(words[at]) ? ` ${words[at]}` : ''
  at += options === '' ? 0 : 1
  const order = words[at]?.toLowerCase()
  const isOrder = order === 'asc' || order === 'desc'
  at += isOrder ? 1 : 0
  const nulls = words[at]?.toLowerCase() === 'nulls' ? words[at + 1]?.toLowerCase() : undefined
  const isNulls = nulls === 'first' || nulls === 'last'
  at += isNulls ? 2 : 0
  if (at !== words.length) return undefined
  return {
    ...(collation !== null && { collation: collation.name }),
    ...(opclass !== null && { opclass: `${opclass.name}${options}` }),
    ...(isOrder && { order }),
    ...(isNulls && { nulls }),
  }
}

/** A name with its qualifiers, and where it ends. */
function readPath(words: readonly string[], from: number): { readonly name: string; readonly next: number } {
  let name = words[from] ?? ''
  let next = from + 1
  while (words[next] === '.' && isName(words[next + 1])) {
    name += `.${words[next + 1]}`
    next += 2
  }
  return { name, next }
}

/** A quoted name without its quotes, a bare one folded as the server does; `null` when the token is no name. */
function nameOf(token: string, fold: (name: string) => string = (name) => name.toLowerCase()): string | null {
  const text = token.trim()
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"')
  return isName(text) ? fold(text) : null
}
