import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { splitStatements } from '../../src/dialects/postgres/text/split.ts'
import type { CorpusTools, SchemaCase } from './corpus.ts'

/** A pair of states of our own, on the versions that know what it is about. */
export interface Pair extends SchemaCase {
  readonly since: number
  readonly until: number
}

const FOLDER = join(import.meta.dirname, 'pairs')

/**
 * The pairs of `pairs/*.sql`. Each begins with `-- pair: name`, with `[since 15]` or `[until 17]` where versions differ; the state
 * after it follows `-- becomes`. What stands before the first pair of a file is run first on both sides.
 */
export function readPairs(): readonly Pair[] {
  return readdirSync(FOLDER).sort().flatMap((file) => {
    const [setup = '', ...parts] = readFileSync(join(FOLDER, file), 'utf8').split(/^-- pair: /m)
    return parts.map((part) => {
      const [title = '', ...lines] = part.split('\n')
      const [from, to, ...rest] = lines.join('\n').split(/^-- becomes\n/m)
      if (from === undefined || to === undefined || rest.length > 0) throw new Error(`${file}: "${title}" needs one line "-- becomes"`)
      const bound = (word: string, otherwise: number): number => Number(new RegExp(`\\[${word} (\\d+)\\]`).exec(title)?.[1] ?? otherwise)
      const id = `${file.replace('.sql', '')}: ${title.replace(/\s*\[.*/, '')}`
      return { id, source: file, dialect: 'postgresql', setup_sql: setup, old_sql: from, new_sql: to, since: bound('since', 14), until: bound('until', 99) }
    })
  })
}

/** Without the corpus there is no second reader of catalogues; ours has to do. */
export const OWN_TOOLS: CorpusTools = {
  split: (sql) => splitStatements(sql).map(({ text }) => text),
  snapshot: async () => new Map(),
  diffMaps: () => [],
}
