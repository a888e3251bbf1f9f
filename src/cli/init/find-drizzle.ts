import { dirname, posix } from 'node:path'
import type { Import, Language, ModelFinding, Place } from './finding.ts'
import { languageNamed, literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'
import { stringOf, stringsOf, variableOf } from './syntax.ts'

const CONFIG = /^(?:config\/|src\/)?drizzle(?:[.-][\w-]+)?\.config\.[cm]?[jt]s$/
const TABLES = /\b(?:pgTable|sqliteTable|mysqlTable|singlestoreTable|pgSchema|\w*[cC]ase\.table)\s*(?:<[^>]*>)?\(|\b(?:pgTableCreator|sqliteTableCreator)\(/

/** Drizzle: what `drizzle.config.ts` names, else the files that declare tables. */
export function findDrizzle(project: Project): ModelFinding | null {
  const config = project.files.find((file) => CONFIG.test(file))
  if (config === undefined && !project.dependencies.has('drizzle-orm')) return null
  const code = config === undefined ? '' : project.code(config)
  const named = stringsOf(code, 'schema')
  const files = named === null ? tableFiles(project) : modulesNamed(project, named)
  const language = languageNamed(stringOf(code, 'dialect')) ?? languageOfTables(project, files)
  const notes: string[] = []
  if (config !== undefined && named === null) notes.push(`The schema that ${config} names is no plain text; the files that declare tables were taken.`)
  if (named !== null && files.length === 0) notes.push(`${config} names ${named.join(', ')}, and no such file is here.`)
  if (files.length === 0) notes.push('No file with Drizzle tables was found: write the import of your models.')
  const casing = stringOf(code, 'casing')
  return {
    kind: 'drizzle', title: 'Drizzle', strength: files.length > 0 ? 2 : config === undefined ? 0 : 1,
    files: [...(config === undefined ? [] : [config]), ...files], language, place: placeOf(code, language), notes, needs: [],
    models: files.length === 0 ? null : { ...importsOf(files), before: [], expression: `fromDrizzle(${modulesOf(files)}${casing === null ? '' : `, { casing: '${casing}' }`})` },
  }
}

function placeOf(code: string, language: Language | null): Place | null {
  const variable = variableOf(code, ['url', 'connectionString'])
  const driver = stringOf(code, 'driver')
  const literal = stringOf(code, 'url')
  if (driver === 'pglite' && literal !== null) return { kind: 'literal', target: `pglite:${literal}` }
  return variable === null ? literalPlace(literal, language) : { kind: 'variable', name: variable }
}

/** A module that only gathers the others is enough. */
function tableFiles(project: Project): readonly string[] {
  const files = project.files.filter((file) => isCode(file) && !isTest(file) && TABLES.test(project.code(file)))
  const index = project.files.find((file) => /(^|\/)(schemas?|models?|tables?)(\/index)?\.[cm]?[jt]s$/.test(file) && files.length > 0 && gathers(project, file, files))
  return index === undefined ? files : [index]
}

/** True when a file gives all others on: `export * from './users'`. */
function gathers(project: Project, file: string, all: readonly string[]): boolean {
  const given = new Set([...project.code(file).matchAll(/export\s+(?:\*|\{[^}]*\})\s+from\s+['"](\.[^'"]+)['"]/g)].flatMap((match) => resolveModule(project, posix.join(dirname(file), match[1] ?? '')) ?? []))
  return all.every((one) => one === file || given.has(one))
}

/** The files that the strings of `schema` name: a file, a folder, or a pattern. */
function modulesNamed(project: Project, named: readonly string[]): readonly string[] {
  const found = named.flatMap((name) => {
    const path = posix.normalize(name.replaceAll('\\', '/').replace(/^\.\//, ''))
    const exact = resolveModule(project, path)
    if (exact !== null && !/[*{]/.test(path)) return [exact]
    const pattern = /[*{?]/.test(path) ? patternOf(path) : new RegExp(`^${escaped(path.replace(/\/$/, ''))}/[^/]+$`)
    return project.files.filter((file) => isCode(file) && pattern.test(file))
  })
  return [...new Set(found)]
}

const escaped = (text: string): string => text.replace(/[.+^$()|[\]\\]/g, String.raw`\$&`)

/** `src/**\/*.ts` and `{a,b}` as drizzle-kit understands them. */
function patternOf(path: string): RegExp {
  const parts = path.split(/(\*\*\/|\*\*|\*|\?|\{[^}]*\})/)
  const body = parts.map((part) => {
    if (part === '**/') return '(?:[^/]+/)*'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`
    return escaped(part)
  })
  return new RegExp(`^${body.join('')}$`)
}

/** A module as imports write it: with the ending of what it is compiled to, with none, or a folder. */
export function resolveModule(project: Project, path: string): string | null {
  const bare = path.replace(/\.[cm]?js$/, '')
  const endings = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '/index.ts', '/index.mts', '/index.js', '/index.mjs', '/index.cjs']
  return [path, ...endings.map((ending) => `${bare}${ending}`)].find((candidate) => project.files.includes(candidate) && isCode(candidate)) ?? null
}

function languageOfTables(project: Project, files: readonly string[]): Language | null {
  const code = [...files, ...project.files.filter((file) => isCode(file) && !isTest(file))].map((file) => project.code(file))
  const found = code.map((text) => /drizzle-orm\/(pg|sqlite|mysql|singlestore)-core/.exec(text)?.[1]).find((name) => name !== undefined)
  return found === undefined ? null : found === 'pg' ? 'postgres' : found === 'sqlite' ? 'sqlite' : 'mysql'
}

function importsOf(files: readonly string[]): { readonly imports: readonly Import[] } {
  return { imports: [{ what: '{ fromDrizzle }', from: 'trueup/models/drizzle' }, ...files.map((file, at): Import => ({ what: `* as ${nameOf(files, at)}`, from: file, file: true }))] }
}

const modulesOf = (files: readonly string[]): string => (files.length === 1 ? nameOf(files, 0) : `[${files.map((_, at) => nameOf(files, at)).join(', ')}]`)

/** A variable for a module, made of its file's name; numbered where two would be the same. */
function nameOf(files: readonly string[], at: number): string {
  if (files.length === 1) return 'models'
  const plain = (file: string): string => {
    const words = posix.basename(file).replace(/\.[cm]?[jt]sx?$/, '').split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
    return words.map((word, index) => (index === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1))).join('').replace(/^\d/, '_$&')
  }
  const name = plain(files[at] ?? '')
  const same = files.slice(0, at).filter((file) => plain(file) === name).length
  return `${name}Models${same === 0 ? '' : String(same + 1)}`
}
