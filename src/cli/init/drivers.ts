import type { Language } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'

/** Packages that speak to a database, and what it speaks. */
const DRIVERS: readonly (readonly [name: string, language: Language])[] = [
  ['pg', 'postgres'], ['postgres', 'postgres'], ['@electric-sql/pglite', 'postgres'], ['@neondatabase/serverless', 'postgres'], ['@vercel/postgres', 'postgres'], ['pg-promise', 'postgres'], ['slonik', 'postgres'],
  ['better-sqlite3', 'sqlite'], ['node:sqlite', 'sqlite'], ['libsql', 'sqlite'], ['@libsql/client', 'sqlite'], ['sqlite3', 'sqlite'], ['node-sqlite3-wasm', 'sqlite'], ['bun:sqlite', 'sqlite'],
  ['mysql2', 'mysql'], ['mariadb', 'mysql'],
]

export interface FoundDriver {
  readonly name: string
  readonly language: Language
}

/** The drivers of a project: those that its code imports, before those that it depends on or that its ORM brought along. */
export function findDrivers(project: Project): readonly FoundDriver[] {
  const sources = project.files.filter((file) => isCode(file) && !isTest(file))
  const all = DRIVERS.map(([name, language]) => ({ name, language, used: sources.some((file) => importsPackage(project.code(file), name)), known: project.dependencies.has(name) }))
  const found = [...all.filter((one) => one.used), ...all.filter((one) => !one.used && one.known)]
  return found.map(({ name, language }) => ({ name, language }))
}

/** The drivers for one language; where the project names none, those that are installed. */
export function driversFor(project: Project, language: Language): readonly FoundDriver[] {
  const found = findDrivers(project).filter((one) => one.language === language)
  return found.length > 0 ? found : DRIVERS.filter(([name, speaks]) => speaks === language && project.has(name)).map(([name]) => ({ name, language }))
}

/** True when the code imports or requires the package. */
export const importsPackage = (code: string, name: string): boolean =>
  ["'", '"'].some((mark) => code.includes(`${mark}${name}${mark}`) && new RegExp(`(?:from|import|require)\\s*\\(?\\s*${mark}${name.replaceAll('/', '\\/')}${mark}`).test(code))

/**
 * What must be installed so that a URL or a path can be opened; `null` when it can.
 *
 * @param node the version of Node that this runs on; `null` on other runtimes, which have a SQLite of their own
 */
export function missingDriver(project: Project, language: 'postgres' | 'sqlite', needsPool: boolean, node: string | null): string | null {
  if (language === 'postgres') return project.has('pg') || (!needsPool && project.has('postgres')) ? null : 'pg'
  const [major = 0, minor = 0] = (node ?? '99.0').split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 13) || project.has('libsql') ? null : 'libsql'
}
