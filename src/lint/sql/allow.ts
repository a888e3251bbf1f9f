import type { StatementFacts } from '../../dialects/facts.ts'

/** A finding that is accepted, with the reason: `-- trueup: allow I001: the table is empty until the feature is on`. */
export interface Allowance {
  readonly code: string
  readonly reason: string
  /** Offset of the comment in the text; `null` for one that stands beside the text, in an entry or on the command line. */
  readonly at: number | null
  /** The statement that it is for; `null`: all of the text. */
  readonly statement: StatementFacts | null
}

const COMMENT = /--[ \t]*trueup:[ \t]*(allow(?:-file)?)\b[ \t]*([^\n:]*?)[ \t]*(?::[ \t]*([^\n]*?))?[ \t]*(?=\r?\n|$)/g

/**
 * The allowances that stand in a text as comments. `allow` is for the statement that follows, or the one on whose lines it
 * stands; `allow-file` is for the whole text. Several codes are parted by commas.
 */
export function allowancesIn(text: string, statements: readonly StatementFacts[]): readonly Allowance[] {
  return [...text.matchAll(COMMENT)].flatMap((match) => {
    const at = match.index
    if (isInside(text, at, statements)) return []
    const statement = match[1] === 'allow-file' ? null : (statements.find((one) => endOf(text, one) >= at) ?? null)
    return (match[2] ?? '').split(',').map((code) => code.trim()).filter((code) => code !== '').map((code) => ({ code, reason: match[3] ?? '', at, statement }))
  })
}

/** The end of the line on which a statement ends: a comment behind it is still its own. */
function endOf(text: string, statement: StatementFacts): number {
  const end = text.indexOf('\n', statement.start + statement.text.length)
  return end < 0 ? text.length : end
}

/** Inside a string that holds such words: an odd number of quotes stands before it in its statement. */
function isInside(text: string, at: number, statements: readonly StatementFacts[]): boolean {
  const around = statements.find((one) => one.start < at && at < one.start + one.text.length)
  if (around === undefined) return false
  const before = text.slice(around.start, at).replace(/--[^\n]*/g, '')
  return (before.split("'").length - 1) % 2 === 1 || (before.split(/\$\w*\$/).length - 1) % 2 === 1
}
