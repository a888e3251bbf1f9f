import type { RunnerFacts, StatementFacts } from '../../dialects/facts.ts'
import type { Diagnostic, Severity } from '../diagnostic.ts'
import { allowancesIn, type Allowance } from './allow.ts'
import type { LintSettings, Seen, StatementRule } from './rule.ts'
import { STATEMENT_RULES } from './rules.ts'

/** A text with its facts: a file, or what one entry holds. */
export interface JudgedText {
  /** What findings call it. */
  readonly file: string
  readonly text: string
  readonly statements: readonly StatementFacts[]
  readonly runner: RunnerFacts
  readonly entry?: string
  /** The only families of rules that have a say, such as `LT`. */
  readonly families?: string
  /** Accepted beside the text: code and reason. */
  readonly allow?: Readonly<Record<string, string>>
}

export interface JudgeOptions {
  /** Severities by code, or by family: `{ I001: 'warning', T: 'off' }`. The code wins. */
  readonly rules?: Readonly<Record<string, Severity>>
  readonly settings?: Partial<LintSettings>
}

/** Rules about allowances themselves. */
export const ALLOW_RULES = {
  X001: { severity: 'error', title: 'An allowance without a reason', why: 'In a year nobody knows whether it still holds.', safe: 'Say why: `-- trueup: allow I001: the table has ten rows`.' },
  X002: { severity: 'warning', title: 'An allowance that allows nothing', why: 'What it was for is gone; the next finding of that rule would pass unseen.', safe: 'Remove it.' },
  X003: { severity: 'error', title: 'An allowance of a rule that does not exist', why: 'A mistyped code allows nothing.', safe: 'The codes are listed in docs/rules/README.md.' },
} as const satisfies Readonly<Record<string, Pick<StatementRule, 'severity' | 'title' | 'why' | 'safe'>>>

const CODES: ReadonlySet<string> = new Set([...STATEMENT_RULES.map(({ code }) => code), ...Object.keys(ALLOW_RULES)])
const DEFAULTS: LintSettings = { deadlockTimeout: 1000 }

/** What every rule that is on has to say about every statement, in the order of the texts. */
export function judge(texts: readonly JudgedText[], options: JudgeOptions = {}): readonly Diagnostic[] {
  const all = texts.flatMap(({ statements }) => statements)
  return texts.flatMap((text) => judgeText(text, all, options))
}

/** The severity of a rule after what the user has said of it or its family. */
export function severityOf(code: string, own: Severity, rules: JudgeOptions['rules']): Severity {
  return rules?.[code] ?? rules?.[code[0] ?? ''] ?? own
}

function judgeText(text: JudgedText, together: readonly StatementFacts[], options: JudgeOptions): readonly Diagnostic[] {
  const allowances: readonly Allowance[] = [...allowancesIn(text.text, text.statements), ...Object.entries(text.allow ?? {}).map(([code, reason]) => ({ code, reason, at: null, statement: null }))]
  const used = new Set<Allowance>()
  const found = text.statements.flatMap((statement, at) => {
    const earlier = statement.transaction === null ? [] : text.statements.slice(0, at).filter((one) => one.transaction === statement.transaction)
    const seen: Seen = { statement, unit: { statements: text.statements, runner: text.runner, all: together }, earlier, settings: { ...DEFAULTS, ...options.settings } }
    return STATEMENT_RULES.filter(({ code }) => text.families?.includes(code[0] ?? '') ?? true).flatMap((rule) => {
      const severity = severityOf(rule.code, rule.severity, options.rules)
      const messages = severity === 'off' && !allowances.some(({ code }) => code === rule.code) ? [] : rule.check(seen)
      const allowance = messages.length === 0 ? undefined : allowances.find((one) => one.code === rule.code && (one.statement === null || one.statement === statement))
      if (allowance !== undefined) used.add(allowance)
      return allowance !== undefined || severity === 'off' ? [] : messages.map((message) => diagnostic(rule, severity, message, text, statement.start, firstLine(statement.text)))
    })
  })
  const all = [...found, ...allowances.flatMap((allowance) => judgeAllowance(allowance, used, text, options))]
  return all.toSorted((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0))
}

function judgeAllowance(allowance: Allowance, used: ReadonlySet<Allowance>, text: JudgedText, options: JudgeOptions): readonly Diagnostic[] {
  const code = !CODES.has(allowance.code) ? 'X003' : allowance.reason === '' ? 'X001' : used.has(allowance) ? null : 'X002'
  if (code === null) return []
  const severity = severityOf(code, ALLOW_RULES[code].severity, options.rules)
  if (severity === 'off') return []
  const messages = { X001: `Allowing ${allowance.code} needs a reason behind a colon.`, X002: `Nothing here is found by ${allowance.code}.`, X003: `There is no rule ${allowance.code}.` }
  return [diagnostic({ code, ...ALLOW_RULES[code] }, severity, messages[code], text, allowance.at ?? 0, `allow ${allowance.code}`)]
}

function diagnostic(rule: Pick<StatementRule, 'code' | 'why' | 'safe'>, severity: Exclude<Severity, 'off'>, message: string, text: JudgedText, at: number, subject: string): Diagnostic {
  return { code: rule.code, severity, subject, message, why: rule.why, hint: rule.safe, place: { file: text.file, ...placeOf(text.text, at) }, ...(text.entry !== undefined && { entry: text.entry }) }
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trimEnd()

/** One-based line and column. People count characters, not UTF-16 units. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split('\n')
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 }
}
