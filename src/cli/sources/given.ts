import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import type { SourceText } from '../../dialects/dialect.ts'
import type { CommandName } from '../catalogue.ts'
import { UsageError } from '../arguments.ts'
import { configsOf } from '../config.ts'
import { readSqlFile, readSqlFolder, unreadable } from './sql-files.ts'

export type DialectName = 'postgres' | 'sqlite'

/** What a word of the command line names, before anything is opened. */
export type Given =
  | { readonly kind: 'url'; readonly url: string; readonly dialect: DialectName; readonly title: string }
  | { readonly kind: 'text'; readonly texts: readonly SourceText[]; readonly title: string }
  | { readonly kind: 'snapshot'; readonly text: string; readonly title: string }
  /** `undefined`: the configuration that is found from here. */
  | { readonly kind: 'config'; readonly config: string | undefined; readonly part: 'database' | 'models'; readonly title: string }
  /** A module: a configuration, or models. */
  | { readonly kind: 'module'; readonly path: string; readonly part: 'database' | 'models'; readonly title: string }

const WORDS = "expected a database URL, a SQLite file, a .sql file or a folder of them, a snapshot (.json), a module (.ts, .js) with a configuration or Drizzle models, or one of the words models, database, empty"

/**
 * Understands `--from`, `--to` and `--on`.
 *
 * @param part what a configuration stands for where its path is given
 * @throws UsageError for what is none of these; never repeats a URL, which may hold a password
 */
export function understandSource(word: string, cwd: string, about: CommandName, part: 'database' | 'models' = 'models'): Given {
  if (word === 'models' || word === 'database') return { kind: 'config', config: undefined, part: word, title: word === 'models' ? 'the models' : 'the database' }
  if (word === 'empty') return { kind: 'text', texts: [], title: 'an empty database' }
  return fromUrl(word, cwd) ?? fromPath(word, resolve(cwd, word), about, part)
}

function fromUrl(word: string, cwd: string): Given | null {
  if (/^postgres(ql)?:/i.test(word)) return { kind: 'url', url: word, dialect: 'postgres', title: 'PostgreSQL' }
  const embedded = /^pglite:(?:\/\/)?(.*)$/is.exec(word)
  if (embedded !== null) {
    const place = embedded[1] ?? ''
    return { kind: 'url', url: place === '' || /^:?memory:?$/.test(place) ? 'pglite://memory' : `pglite:${resolve(cwd, place)}`, dialect: 'postgres', title: 'PGlite' }
  }
  if (word === ':memory:' || /^(sqlite|file):/i.test(word)) return { kind: 'url', url: absolute(word, cwd), dialect: 'sqlite', title: 'SQLite' }
  return null
}

/** A relative path stays what it was when the configuration makes its own folder the working one. */
function absolute(word: string, cwd: string): string {
  const path = /^sqlite:(?!\/\/|:memory:)(.+)$/i.exec(word)?.[1]
  return path === undefined ? word : resolve(cwd, path)
}

function fromPath(word: string, path: string, about: CommandName, part: 'database' | 'models'): Given {
  if (!existsSync(path)) throw new UsageError(`${/:\/\//.test(word) ? `${word.replace(/:.*$/s, '')}://…` : word}: there is no such file; ${WORDS}`, about)
  if (reading(word, about, () => statSync(path)).isDirectory()) return fromFolder(word, path, about, part)
  const ending = extname(path).toLowerCase()
  if (ending === '.sql') return { kind: 'text', texts: [readSqlFile(word, path, about)], title: word }
  if (ending === '.json') return { kind: 'snapshot', text: reading(word, about, () => readFileSync(path, 'utf8')), title: word }
  if (/^\.[cm]?[jt]s$/.test(ending)) return { kind: 'module', path, part, title: word }
  if (reading(word, about, () => isSqliteFile(path))) return { kind: 'url', url: path, dialect: 'sqlite', title: word }
  throw new UsageError(`${word}: the file is of no kind that is known here; ${WORDS}`, about)
}

function fromFolder(word: string, path: string, about: CommandName, part: 'database' | 'models'): Given {
  const names = reading(word, about, () => readdirSync(path))
  if (names.includes('PG_VERSION')) throw new UsageError(`${word} is the data folder of a database; for PGlite write pglite:${word}`, about)
  const texts = readSqlFolder(word, path, about)
  if (texts.length > 0) return { kind: 'text', texts, title: word }
  const [config] = configsOf(path)
  if (config !== undefined) return { kind: 'config', config: join(path, config), part, title: join(word, config) }
  throw new UsageError(`${word}: there is no .sql file in this folder`, about)
}

/** Tells a file or folder that cannot be read by the name that it was given. */
function reading<T>(word: string, about: CommandName, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(word, error, about)
  }
}

/** An empty file is a database of SQLite that nothing was written to. */
function isSqliteFile(path: string): boolean {
  const start = readFileSync(path).subarray(0, 16)
  return start.length === 0 ? /\.(db|sqlite3?)$/i.test(path) : start.toString('latin1') === 'SQLite format 3\u0000'
}
