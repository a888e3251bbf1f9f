import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A pair of database states as the corpus gives it. */
export interface SchemaCase {
  readonly id: string
  readonly source: string
  readonly dialect: string
  readonly old_sql: string
  readonly new_sql: string
  readonly setup_sql?: string
  readonly seed_sql?: string
  readonly roles?: readonly string[]
  readonly tags?: readonly string[]
  readonly pair_hash?: string
  readonly expect_error?: unknown
  readonly validated?: { readonly loads_on: readonly string[] }
}

/** The folder of the corpus beside the repository, or where `TRUEUP_CASES` says; `null` when it is not there. */
export function corpusFolder(): string | null {
  const candidates = [process.env['TRUEUP_CASES'], join(import.meta.dirname, '../../../shared/cases'), join(import.meta.dirname, '../../../../shared/cases')]
  return candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'tools'))) ?? null
}

/** The pairs of one dialect that both states of which load on a version, each pair once. */
export function readCases(folder: string, dialect: string, version: number): readonly SchemaCase[] {
  const seen = new Set<string>()
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl')).sort()
  const all = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as SchemaCase))
  return all.filter((item) => {
    if (item.dialect !== dialect || item.old_sql === undefined || item.expect_error !== undefined) return false
    if (item.validated !== undefined && version >= 15 && !item.validated.loads_on.includes(`pg${version}`)) return false
    const key = item.pair_hash ?? item.id
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** What the corpus brings to read it: a splitter of statements and a reader of catalogues that is not ours. */
export interface CorpusTools {
  split(sql: string): readonly string[]
  /** A second opinion: every object of the database as key and text. */
  snapshot(client: unknown, options: { readonly ignoreColumnOrder: boolean }): Promise<Map<string, string>>
  diffMaps(a: Map<string, string>, b: Map<string, string>): readonly { readonly key: string; readonly left?: string; readonly right?: string }[]
}

/** Loads the tools of the corpus. */
export async function corpusTools(folder: string): Promise<CorpusTools> {
  const { splitSql } = await import(pathToFileURL(join(folder, 'tools/lib/sqlsplit.mjs')).href)
  const { snapshot, diffMaps } = await import(pathToFileURL(join(folder, 'tools/compare/pg-catalog.mjs')).href)
  return { split: (sql) => splitSql(sql ?? '', 'postgresql').map((item: { sql: string }) => item.sql), snapshot, diffMaps }
}
