import type { RunnerFacts, StatementFacts } from '../../dialects/facts.ts'
import { Analyser } from '../../dialects/postgres/analyse/analyse.ts'
import { SqliteAnalyser } from '../../dialects/sqlite/analyse.ts'
import type { TrueupOptions } from '../../api.ts'
import type { JudgedText } from '../../lint/sql/judge.ts'
import { makeRegistry, statementsOf, sqlText, type Entry } from '../../registry/registry.ts'
import type { DialectName } from '../sources/given.ts'
import { requireParser } from './parser.ts'

/** A text before it is read. */
export type Unread = Omit<JudgedText, 'statements'>

interface Reader {
  analyse(text: string, runner: RunnerFacts): readonly StatementFacts[]
}

/** Whoever understands the SQL of a dialect. */
export async function readerFor(dialect: DialectName, defaultSchema = 'public'): Promise<Reader> {
  return dialect === 'sqlite' ? new SqliteAnalyser() : new Analyser(await requireParser(), defaultSchema)
}

/** Reads texts in their order. */
export const readAll = (texts: readonly Unread[], reader: Reader): readonly JudgedText[] => texts.map((text) => ({ ...text, statements: reader.analyse(text.text, text.runner) }))

/** How trueup runs SQL: in one transaction with a budget for locks, or one statement at a time. */
export const ownRunner = (transaction: boolean, major: number): RunnerFacts => ({ transaction, lockTimeout: 0, major })

/** How psql runs a file: nothing is bounded, and each statement stands for itself. */
export const plainRunner = (major: number): RunnerFacts => ({ transaction: false, lockTimeout: null, major })

const NO_TRANSACTION = /^[ \t]*--[ \t]*trueup:[ \t]*transaction[ \t]+false[ \t]*$/im
const DOWN = /^[ \t]*--[ \t]*trueup:[ \t]*down[ \t]*$/im

/** What undoes a change removes what the change made: only how it locks is judged. */
const DOWN_FAMILIES = 'LRVIPTQ'

/** A file; its part behind `-- trueup: down` is a text of its own at the same lines. */
export function textsOfFile(file: string, text: string, runner: (transaction: boolean) => RunnerFacts): readonly Unread[] {
  const facts = runner(!NO_TRANSACTION.test(text))
  const cut = DOWN.exec(text)
  if (cut === null) return [{ file, text, runner: facts }]
  // Blank in place of what comes before, so that lines stay what they are.
  const blank = text.slice(0, cut.index).replace(/[^\n]/g, ' ')
  return [{ file, text: text.slice(0, cut.index), runner: facts }, { file, text: blank + text.slice(cut.index), runner: facts, families: DOWN_FAMILIES }]
}

/** The SQL of the registry's entries: ups in their order, then downs in the opposite one, as a rollback would run them. */
export function textsOfEntries(options: TrueupOptions, wanted: (id: string) => boolean, major: number): readonly Unread[] {
  const { writer } = options.database.dialect
  const entries = makeRegistry(options.migrations ?? []).entries.filter((entry) => wanted(entry.id))
  const common = (entry: Entry): { readonly entry: string; readonly allow?: Readonly<Record<string, string>> } => ({ entry: entry.id, ...(entry.entry.allow !== undefined && { allow: entry.entry.allow }) })
  const ups = entries.flatMap((entry): readonly Unread[] => {
    if (entry.kind === 'sql') return [{ ...common(entry), file: `entry ${entry.id}`, text: statementsOf(entry.entry.up, writer).join(';\n'), runner: ownRunner(entry.entry.transaction ?? true, major) }]
    if (entry.kind !== 'backfill') return []
    const { table, schema, set, where } = entry.entry.backfill
    const target = schema === undefined ? writer.name(table) : `${writer.name(schema)}.${writer.name(table)}`
    const text = `UPDATE ${target} SET ${sqlText(set, writer)}${where === undefined ? '' : ` WHERE ${sqlText(where, writer)}`}`
    // In batches by key, so that no rule about writes to every row is for it.
    return [{ ...common(entry), file: `entry ${entry.id}`, text, runner: ownRunner(true, major), families: 'T' }]
  })
  const downs = entries.toReversed().flatMap((entry): readonly Unread[] =>
    entry.kind !== 'sql' || entry.entry.down === undefined ? [] : [{ entry: entry.id, file: `entry ${entry.id} (down)`, text: statementsOf(entry.entry.down, writer).join(';\n'), runner: ownRunner(entry.entry.transaction ?? true, major), families: DOWN_FAMILIES }])
  return [...ups, ...downs]
}
