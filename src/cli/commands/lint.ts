import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Trueup, TrueupOptions } from '../../api.ts'
import type { RunnerFacts } from '../../dialects/facts.ts'
import { SEVERITIES, type Diagnostic, type Severity } from '../../lint/diagnostic.ts'
import { judge, type JudgedText } from '../../lint/sql/judge.ts'
import { STATEMENT_RULES } from '../../lint/sql/rules.ts'
import { UsageError } from '../arguments.ts'
import { nearestConfig } from '../config.ts'
import { OLDEST_SERVER } from '../lint/entries.ts'
import { observe } from '../lint/observe.ts'
import { findingLines, githubLines, summaryLine } from '../lint/print.ts'
import { ownRunner, plainRunner, readAll, readerFor, textsOfEntries, textsOfFile, type Unread } from '../lint/texts.ts'
import type { Command, Context } from '../run.ts'
import { dialectOfText, nameOf } from '../sources/sources.ts'
import type { DialectName } from '../sources/given.ts'
import { readSqlFile, readSqlFolder } from '../sources/sql-files.ts'

export const command: Command<'lint'> = async (context, { flags, words }) => {
  const format = flags.json ? 'json' : (flags.format ?? 'text')
  if (flags.json && flags.format !== undefined && flags.format !== 'json') throw new UsageError(`--json and --format ${flags.format} exclude each other`, 'lint')
  if (flags.pending && words.length > 0) throw new UsageError('--pending is about the entries of the configuration, and files were named', 'lint')
  const app = words.length === 0 ? await context.app() : await configFor(context)
  const options = app?.options
  const major = flags['server-version'] ?? options?.lint?.serverVersion ?? OLDEST_SERVER
  const runner = (transaction: boolean): RunnerFacts => (flags.runner === 'psql' ? plainRunner(major) : ownRunner(transaction, major))
  const texts = words.length === 0 && app !== null ? await entries(app, flags.pending, major) : filesOf(words, context.io.cwd, runner)
  const dialect = flags.dialect ?? dialectOf(texts, words.length === 0 ? options : undefined)
  const read = readAll(texts, await readerFor(dialect, options?.database.defaultSchema))
  const seen = flags.observe === undefined ? read : await observe(read, flags.observe, app, dialect, context)
  const found = judge(seen, { rules: { ...options?.lint?.rules, ...severities(flags.rule) } })
  print(found, seen, format, words.length === 0, context)
  return exitCode(found)
}

/** Rules that the configuration weighs count for files as well, where there is one that can be loaded. */
async function configFor(context: Context): Promise<Trueup | null> {
  if (context.config !== undefined) return context.app()
  if (nearestConfig(context.io.cwd) === null) return null
  try {
    return await context.app()
  } catch (error) {
    context.printer.remark(`The configuration was left out, as it cannot be loaded: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`)
    return null
  }
}

async function entries(app: Trueup, pending: boolean, major: number): Promise<readonly Unread[]> {
  if (!pending) return textsOfEntries(app.options, () => true, major)
  const plan = await app.plan()
  const ids = new Set(plan.steps.flatMap((step) => step.entry ?? []))
  return textsOfEntries(app.options, (id) => ids.has(id), major)
}

function filesOf(words: readonly string[], cwd: string, runner: (transaction: boolean) => RunnerFacts): readonly Unread[] {
  const files = words.flatMap((word) => {
    const path = resolve(cwd, word)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) throw new UsageError(`${word}: there is no such file or folder`, 'lint')
    const found = stats.isDirectory() ? readSqlFolder(word, path, 'lint') : [readSqlFile(word, path, 'lint')]
    if (found.length === 0) throw new UsageError(`${word}: there is no .sql file in this folder`, 'lint')
    return found
  })
  const parts = files.map(({ name, text }) => textsOfFile(name, text, runner))
  // What undoes comes when all that it undoes is there.
  return [...parts.flatMap(([up]) => up ?? []), ...parts.toReversed().flatMap(([, down]) => down ?? [])]
}

function dialectOf(texts: readonly Unread[], options: TrueupOptions | undefined): DialectName {
  const own = options === undefined ? null : nameOf(options.database)
  return own ?? dialectOfText(texts.map(({ text }) => text).join('\n')) ?? 'postgres'
}

const isSeverity = (word: string): word is Severity => (SEVERITIES as readonly string[]).includes(word)

function severities(given: readonly string[]): Readonly<Record<string, Severity>> {
  const known = new Set([...STATEMENT_RULES.map(({ code }) => code), ...STATEMENT_RULES.map(({ code }) => code[0]), 'X', 'X001', 'X002', 'X003'])
  return Object.fromEntries(given.map((word) => {
    const [code = '', severity = ''] = word.split('=')
    if (!known.has(code)) throw new UsageError(`--rule ${word}: there is no rule or family ${code}; docs/rules/README.md lists them`, 'lint')
    if (!isSeverity(severity)) throw new UsageError(`--rule ${word}: expected ${code}=off, ${code}=info, ${code}=warning or ${code}=error`, 'lint')
    return [code, severity]
  }))
}

/** What cannot be read was not judged at all. */
function exitCode(found: readonly Diagnostic[]): number {
  if (found.some((item) => item.code === 'T020' && item.severity === 'error')) return 1
  return found.some((item) => item.severity === 'error') ? 3 : 0
}

function print(found: readonly Diagnostic[], texts: readonly JudgedText[], format: 'text' | 'json' | 'github', areEntries: boolean, { printer }: Context): void {
  const statements = texts.flatMap((text) => text.statements.map((statement) => ({ text, statement })))
  const names = new Set(texts.map(({ file, entry }) => entry ?? file))
  const summary = summaryLine(found, statements.length, names.size, areEntries ? ['entry', 'entries'] : ['file', 'files'])
  if (format === 'json') {
    return printer.json({
      diagnostics: found,
      statements: statements.map(({ text, statement: { text: sql, transaction, locks, works, timeouts } }) => ({ file: text.file, sql, transaction, locks, works, timeouts })),
    })
  }
  printer.lines(...(format === 'github' ? githubLines(found) : findingLines(found, printer.paint)))
  if (format === 'text') printer.lines(...(found.length === 0 ? [] : ['']), summary)
  else printer.remark(summary)
}
