import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadModule, parseSync } from 'libpg-query'
import type { RunnerFacts } from '../../src/dialects/facts.ts'
import { Analyser } from '../../src/dialects/postgres/analyse/analyse.ts'
import { SqliteAnalyser } from '../../src/dialects/sqlite/analyse.ts'
import type { Diagnostic } from '../../src/lint/diagnostic.ts'
import { judge } from '../../src/lint/sql/judge.ts'
import { STATEMENT_RULES } from '../../src/lint/sql/rules.ts'
import { CORRESPONDING, DISAGREEMENTS } from './disagreements.ts'

/** A case of another tool's own tests. */
export interface LintCase {
  readonly id: string
  readonly source: string
  readonly dialect: string
  readonly rule: string
  readonly kind?: string
  readonly sql: string
  readonly fixed_sql?: string
  readonly files?: Readonly<Record<string, string>>
  readonly settings?: { readonly pg_version?: string; readonly assume_in_transaction?: boolean }
  readonly violations?: readonly { readonly rule: string }[]
  readonly locks?: readonly { readonly statement: string; readonly locks: readonly { readonly object: string; readonly mode: string; readonly kind: string }[] }[]
}

/** One question on which two tools agree or not: does this text break this rule? */
export interface Verdict {
  readonly id: string
  readonly rule: string
  readonly theirs: boolean
  readonly ours: boolean
  readonly reason: string | null
}

export interface AgreementRow {
  readonly rule: string
  readonly ours: readonly string[]
  readonly violations: { readonly agree: number; readonly of: number }
  readonly clean: { readonly agree: number; readonly of: number }
  readonly declined: string | null
}

export const readCases = (folder: string, source: string): readonly LintCase[] =>
  readFileSync(join(folder, `${source}.jsonl`), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LintCase)

const ALL_ON = Object.fromEntries(STATEMENT_RULES.map(({ code }) => [code, 'warning' as const]))

/** The files of a case: those that markers part, each deployed on its own. */
export function filesOf(item: LintCase, sql = item.sql): readonly string[] {
  if (item.files !== undefined) return Object.values(item.files)
  if (item.source !== 'eugene') return [sql]
  return sql.split(/^-- \d+\.sql\n/m).filter((part) => part.trim() !== '')
}

/** squawk takes a file for what psql gets, unless told otherwise; eugene runs each file in a transaction where it can. */
function runnerOf(item: LintCase, text: string): RunnerFacts {
  const own = item.settings?.assume_in_transaction === true && !text.includes('disable-assume-in-transaction')
  return { transaction: item.source === 'eugene' ? !/concurrently/i.test(text) : own, lockTimeout: null, major: Number(item.settings?.pg_version?.split('.')[0] ?? 16) }
}

/** What we find in a text of a case. */
export async function findings(item: LintCase, sql = item.sql): Promise<readonly Diagnostic[]> {
  await loadModule()
  const analyser = item.dialect === 'sqlite' ? new SqliteAnalyser() : new Analyser(parseSync)
  const texts = filesOf(item, sql).map((text, at) => {
    const runner = runnerOf(item, text)
    return { file: `${at + 1}.sql`, text, statements: analyser.analyse(text, runner), runner }
  })
  return judge(texts, { rules: ALL_ON })
}

/**
 * What a case asks, once a text: eugene looks at each text twice, without and with a server, and what either of them finds is
 * its verdict. A rule that only one of them can see is no disagreement of the other.
 */
function merged(cases: readonly LintCase[]): readonly LintCase[] {
  const byId = new Map<string, LintCase>()
  for (const item of cases) {
    const id = item.source === 'eugene' ? item.id.replace(/\/(lint|trace)$/, '') : item.id
    const other = byId.get(id)
    byId.set(id, { ...other, ...item, id, ...(other?.violations !== undefined && { violations: [...other.violations, ...(item.violations ?? [])] }) })
  }
  return [...byId.values()]
}

/** A group of cases, not a rule: its cases name the rules that they are about. */
const GROUPS: ReadonlySet<string> = new Set(['require-timeout-settings'])

/** All questions of a source, with our answers. */
export async function verdicts(cases: readonly LintCase[]): Promise<readonly Verdict[]> {
  const all: Verdict[] = []
  for (const item of merged(cases)) {
    if (item.violations === undefined && item.kind !== 'fix') continue
    const found = new Set((await findings(item)).map(({ code }) => code))
    const theirs = new Set(item.violations?.map(({ rule }) => rule) ?? [item.rule])
    const asked = GROUPS.has(item.rule) && theirs.size > 0 && item.kind !== 'fix' ? theirs : new Set([item.rule, ...theirs])
    for (const rule of asked) all.push(verdict(item.id, rule, theirs.has(rule), found))
    if (item.fixed_sql === undefined) continue
    const after = new Set((await findings(item, item.fixed_sql)).map(({ code }) => code))
    all.push(verdict(`${item.id}#fixed`, item.rule, false, after))
  }
  return all
}

function verdict(id: string, rule: string, theirs: boolean, found: ReadonlySet<string>): Verdict {
  const ours = CORRESPONDING[rule]?.codes.some((code) => found.has(code)) === true
  return { id, rule, theirs, ours, reason: ours === theirs ? null : (DISAGREEMENTS[`${id} ${rule}`] ?? DISAGREEMENTS[id] ?? null) }
}

/** One row a foreign rule. */
export function table(all: readonly Verdict[]): readonly AgreementRow[] {
  return [...new Set(all.map(({ rule }) => rule))].sort().map((rule) => {
    const mine = all.filter((one) => one.rule === rule)
    const count = (theirs: boolean): { agree: number; of: number } => ({ of: mine.filter((one) => one.theirs === theirs).length, agree: mine.filter((one) => one.theirs === theirs && one.ours === theirs).length })
    return { rule, ours: CORRESPONDING[rule]?.codes ?? [], violations: count(true), clean: count(false), declined: CORRESPONDING[rule]?.declined ?? null }
  })
}
