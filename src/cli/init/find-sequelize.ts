import { dirname, posix } from 'node:path'
import type { Import, Language, ModelFinding, Place } from './finding.ts'
import { languageNamed, literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'
import { asRecord, parseJson } from '../jsonc.ts'
import { exportOf, stringOf, variableIn, variableOf } from './syntax.ts'

const MADE = /new\s+(?:Sequelize\.)?Sequelize\s*\(/
const DEFINES = /\bsequelize\s*\.\s*define\s*\(|\bextends\s+Model\b/
const FROM: Import = { what: '{ fromSequelize }', from: 'trueup/models/sequelize' }

/** Sequelize: the `models/index.js` of sequelize-cli, else the file that exports the instance. */
export function findSequelize(project: Project): ModelFinding | null {
  const making = project.files.filter((file) => isCode(file) && !isTest(file) && MADE.test(project.code(file)))
  if (!project.dependencies.has('sequelize') && !project.dependencies.has('@sequelize/core') && making.length === 0) return null
  const gathered = making.find((file) => /(^|\/)models\/index\.[cm]?[jt]s$/.test(file) && /\bdb\.sequelize\s*=|sequelize\s*[,}]/.test(project.code(file)))
  const instance = making.map((file) => ({ file, name: exportOf(project.code(file), MADE) })).find((one) => one.name !== null)
  const settings = project.files.find((file) => /(^|\/)config\/(config|database)\.(json|[cm]?js|ts)$/.test(file))
  const code = [...making, ...(settings?.endsWith('.json') === false ? [settings] : [])].map((file) => project.code(file)).join('\n')
  const json = settings?.endsWith('.json') === true ? (asRecord(parseJson(project.text(settings))?.['development']) ?? null) : null
  const language = languageNamed(textOf(json?.['dialect']) ?? stringOf(code, 'dialect') ?? /new\s+(?:Sequelize\.)?Sequelize\s*\(\s*['"](\w+):/.exec(code)?.[1] ?? dialectByDriver(project))
  const found = gathered !== undefined ? fromGathered(gathered, project) : instance !== undefined ? fromInstance(project, instance.file, instance.name ?? 'default') : null
  return {
    kind: 'sequelize', title: 'Sequelize', strength: found === null ? (making.length > 0 ? 1 : 0) : 2,
    files: [...new Set([...making, ...(settings === undefined ? [] : [settings])])], language,
    place: placeOf(code, json, language, found?.variable ?? 'sequelize'), needs: [],
    notes: [
      ...(found === null ? ['No exported Sequelize instance was found: export it from the file that makes it.'] : []),
      ...(/\.sync\s*\(\s*\{[^}]*(alter|force)/.test(allCode(project)) ? ['sync({ alter }) or sync({ force }) is called: remove it, trueup takes its place and drops nothing.'] : []),
    ],
    models: found === null ? null : { imports: [FROM, ...found.imports], before: found.before, expression: `fromSequelize(${found.variable})` },
  }
}

interface Found {
  readonly imports: readonly Import[]
  readonly before: readonly string[]
  readonly variable: string
}

/** sequelize-cli's own: the module is an object with every model, and the instance among them. */
const fromGathered = (file: string, project: Project): Found =>
  /export\s+(?:const|\{)[^}]*\bsequelize\b/.test(project.code(file))
    ? { imports: [{ what: '{ sequelize }', from: file, file: true }], before: [], variable: 'sequelize' }
    : { imports: [{ what: 'models', from: file, file: true }], before: [], variable: 'models.sequelize' }

/** The instance, and for their effect the files that define models on it. */
function fromInstance(project: Project, file: string, name: string): Found {
  const variable = name === 'default' ? 'sequelize' : name
  const own = project.code(file)
  const models = project.files.filter((other) => other !== file && isCode(other) && !isTest(other) && DEFINES.test(project.code(other)) && refersTo(project, other, file) && !refersTo(project, file, other))
  const effects = /\bmodels\s*:\s*\[/.test(own) ? [] : models
  return { imports: [{ what: name === 'default' ? 'sequelize' : `{ ${name} }`, from: file, file: true }, ...effects.map((other): Import => ({ what: '', from: other, file: true }))], before: [], variable }
}

/** True when one file imports the other. */
function refersTo(project: Project, from: string, to: string): boolean {
  const bare = to.replace(/(\/index)?\.[cm]?[jt]s$/, '')
  return [...project.code(from).matchAll(/(?:from\s+|require\s*\(\s*|import\s*\(?\s*)['"](\.[^'"]+)['"]/g)]
    .some((match) => posix.join(dirname(from), match[1] ?? '').replace(/(\/index)?\.[cm]?[jt]s$/, '') === bare)
}

const allCode = (project: Project): string => project.files.filter((file) => isCode(file) && !isTest(file)).map((file) => project.code(file)).join('\n')

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const dialectByDriver = (project: Project): string | null => ['pg', 'sqlite3', 'mysql2', 'mariadb'].find((name) => project.dependencies.has(name)) ?? null

function placeOf(code: string, json: Readonly<Record<string, unknown>> | null, language: Language | null, variable: string): Place {
  const fromJson = textOf(json?.['use_env_variable'])
  const named = fromJson ?? variableOf(code, ['use_env_variable']) ?? variableIn(/new\s+(?:Sequelize\.)?Sequelize\s*\(([^,)]*)/.exec(code)?.[1] ?? '')
  if (named !== null && named !== undefined) return { kind: 'variable', name: named }
  if (language === 'sqlite') return literalPlace(textOf(json?.['storage']) ?? stringOf(code, 'storage'), language) ?? { kind: 'path', expression: `String(${variable}.options.storage)` }
  return { kind: 'parts', of: `${variable}.config`, type: '{ host?: string; port?: number | string; username?: string; password?: string; database?: string }', parts: { host: 'host', port: 'port', user: 'username', password: 'password', database: 'database' } }
}
