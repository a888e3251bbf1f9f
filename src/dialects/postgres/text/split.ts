import type { Token } from './tokens.ts'
import { endOfLine, nextToken, skipBlanks } from './tokens.ts'

/** One statement of a text, without its semicolon. */
export interface Statement {
  readonly text: string
  /** Where it begins in the whole text. */
  readonly start: number
  readonly tokens: readonly Token[]
}

/**
 * Cuts a text into statements. Semicolons inside strings, comments, parentheses and `BEGIN ATOMIC … END` do not end one; lines
 * of psql's own, such as `\restrict`, are left out.
 */
export function splitStatements(text: string): readonly Statement[] {
  const statements: Statement[] = []
  let tokens: Token[] = []
  let depth = new Depth()
  let at = 0
  const finish = (): void => {
    const [first, last] = [tokens[0], tokens.at(-1)]
    if (first !== undefined && last !== undefined) statements.push({ text: text.slice(first.start, last.end), start: first.start, tokens })
    if (readsRows(tokens)) at = endOfRows(text, at)
    tokens = []
    depth = new Depth()
  }
  for (;;) {
    if (tokens.length === 0) at = skipMetaLines(text, at, statements)
    const token = nextToken(text, at)
    if (token === null) break
    at = token.end
    if (token.value === ';' && token.kind === 'operator' && depth.isTop) finish()
    else {
      depth.take(token, tokens)
      tokens.push(token)
    }
  }
  finish()
  return statements
}

/** One-based line and column of an offset. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const inLine = before.slice(before.lastIndexOf('\n') + 1)
  // People count characters, not UTF-16 units.
  return { line: before.split('\n').length, column: Array.from(inLine).length + 1 }
}

/** What psql commands of a dump say to psql alone, and nothing about the schema. */
const SAID_TO_PSQL = /^\\(?:restrict|unrestrict|connect|c|encoding|set|unset|pset|echo|qecho|warn|timing|errverbose|x|a|t|q|\.)$/

/** Passes over lines of psql's own; one that would do something is kept as a statement, to be told of. */
function skipMetaLines(text: string, from: number, statements: Statement[]): number {
  let at = skipBlanks(text, from)
  while (text[at] === '\\') {
    const end = endOfLine(text, at)
    const command = /^\\\S*/.exec(text.slice(at, end))?.[0] ?? '\\'
    if (!SAID_TO_PSQL.test(command)) {
      statements.push({ text: text.slice(at, end).trimEnd(), start: at, tokens: [{ kind: 'operator', value: command, start: at, end: at + command.length }] })
    }
    at = skipBlanks(text, end)
  }
  return at
}

/** `COPY … FROM stdin`: rows follow, up to a line with a backslash and a full stop. */
function readsRows(tokens: readonly Token[]): boolean {
  if (tokens[0]?.value !== 'copy') return false
  return tokens.some((token, i) => token.kind === 'word' && token.value === 'from' && tokens[i + 1]?.value === 'stdin')
}

function endOfRows(text: string, from: number): number {
  const end = /^\\\.[ \t\r]*$/m.exec(text.slice(from))
  return end === null ? text.length : endOfLine(text, from + end.index)
}

/** How deep in parentheses and in bodies of SQL routines the reader is, as psql counts it. */
class Depth {
  private parentheses = 0
  private bodies = 0

  get isTop(): boolean {
    return this.parentheses === 0 && this.bodies === 0
  }

  take(token: Token, before: readonly Token[]): void {
    if (token.kind === 'operator') {
      if (token.value === '(') this.parentheses++
      else if (token.value === ')') this.parentheses = Math.max(0, this.parentheses - 1)
    } else if (token.kind === 'word' && this.parentheses === 0) this.takeWord(token.value, before)
  }

  private takeWord(word: string, before: readonly Token[]): void {
    if (word === 'begin' && makesRoutine(before)) this.bodies++
    else if (word === 'case' && this.bodies > 0) this.bodies++
    else if (word === 'end' && this.bodies > 0) this.bodies--
  }
}

/** `CREATE [OR REPLACE] FUNCTION` or `PROCEDURE`: only there BEGIN opens a body. */
function makesRoutine(tokens: readonly Token[]): boolean {
  const words = tokens.slice(0, 4).map((token) => token.value)
  return words[0] === 'create' && (words.includes('function') || words.includes('procedure'))
}
