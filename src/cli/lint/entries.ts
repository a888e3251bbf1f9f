import type { Trueup, TrueupOptions } from '../../api.ts'
import type { Diagnostic } from '../../lint/diagnostic.ts'
import type { Plan } from '../../plan/plan.ts'
import { judge } from '../../lint/sql/judge.ts'
import { nameOf } from '../sources/sources.ts'
import { findParser } from './parser.ts'
import { readAll, readerFor, textsOfEntries } from './texts.ts'

/** The oldest server that trueup supports. */
export const OLDEST_SERVER = 14

/**
 * What the rules say of the SQL of these entries; `null` where it cannot be read, because the parser is not installed.
 * No entry with SQL: the parser is not even looked for.
 */
export async function judgeEntries(options: TrueupOptions, ids: ReadonlySet<string>): Promise<readonly Diagnostic[] | null> {
  const dialect = nameOf(options.database)
  const texts = textsOfEntries(options, (id) => ids.has(id), options.lint?.serverVersion ?? OLDEST_SERVER)
  if (texts.length === 0 || dialect === null) return []
  if (dialect === 'postgres' && (await findParser()) === null) return null
  return judge(readAll(texts, await readerFor(dialect, options.database.defaultSchema)), { ...(options.lint?.rules !== undefined && { rules: options.lint.rules }) })
}

/** What the rules say of the entries whose SQL a plan would run. */
export const judgePlan = (app: Trueup, plan: Plan): Promise<readonly Diagnostic[] | null> => judgeEntries(app.options, new Set(plan.steps.flatMap((step) => step.entry ?? [])))

/** What is said where entries cannot be judged. */
export const NOT_JUDGED = 'The SQL of entries was not judged: libpg-query is not installed (npm install --save-dev libpg-query).'
