import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseEnv } from 'node:util'
import type { Io } from '../io.ts'
import type { Configuration } from './write.ts'
import type { Place } from './finding.ts'
import type { Project } from './project.ts'

/** What fills the variable of a place when a command runs here. */
export interface Environment {
  readonly load: Configuration['environment']
  /** True when the variable is set, or will be by what the configuration loads. */
  readonly known: boolean
}

const FILES = ['.env', '.env.local', '.env.development']

/** Finds who sets the variable: the surroundings, or a file that the project loads already or that Node can load. */
export function findEnvironment(project: Project, place: Place, env: Io['env']): Environment {
  if (place.kind !== 'variable') return { load: usesDotenv(project) && place.kind === 'parts' ? { kind: 'package' } : null, known: true }
  const folders = [project.folder, ...(project.workspaceRoot === null ? [] : [project.workspaceRoot])]
  const file = folders.flatMap((folder) => FILES.map((name) => join(folder, name))).find((path) => place.name in variablesOf(path))
  const own = file === join(project.folder, '.env')
  const load: Environment['load'] = file === undefined ? null : own && usesDotenv(project) ? { kind: 'package' } : { kind: 'file', path: relative(project.folder, file).replaceAll('\\', '/') }
  return { load, known: file !== undefined || env[place.name] !== undefined || place.otherwise !== undefined }
}

const usesDotenv = (project: Project): boolean => project.dependencies.has('dotenv') && project.has('dotenv')

/** The names in a file of variables. Their values are not kept: they may be secrets. */
function variablesOf(path: string): Readonly<Record<string, unknown>> {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch {
    // A file that is not there, or that may not be read, sets nothing.
    return {}
  }
}

/** A variable whose name says that it holds the database, from the files that name variables; `DATABASE_URL` else. */
export function likelyVariable(project: Project): string {
  const files = project.files.filter((file) => file.startsWith('.env'))
  const names = files.flatMap((file) => Object.keys(variablesOf(join(project.folder, file))))
  const said = names.filter((name) => /(DATABASE|DB|POSTGRES|PG|SQLITE).*(URL|URI|DSN)$/.test(name))
  return said.includes('DATABASE_URL') ? 'DATABASE_URL' : (said[0] ?? 'DATABASE_URL')
}
