import { posix } from 'node:path'
import type { Import, Language, ModelFinding, Place } from './finding.ts'
import { literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { asRecord } from '../jsonc.ts'
import { stringOf, stringsOf, variableOf } from './syntax.ts'

const CONFIG = /(^|\/)mikro-orm(?:\.[\w-]+)?\.config\.[cm]?[jt]s$|(^|\/)mikro-orm\.config\.[cm]?[jt]s$/
const DRIVERS: readonly (readonly [string, Language])[] = [
  ['@mikro-orm/postgresql', 'postgres'], ['@mikro-orm/sqlite', 'sqlite'], ['@mikro-orm/better-sqlite', 'sqlite'], ['@mikro-orm/libsql', 'sqlite'], ['@mikro-orm/sql', 'sqlite'],
  ['@mikro-orm/mysql', 'mysql'], ['@mikro-orm/mariadb', 'mysql'], ['@mikro-orm/mssql', 'mssql'], ['@mikro-orm/mongodb', 'mongodb'],
]
const FROM: Import = { what: '{ fromMikroOrm }', from: 'trueup/models/mikro-orm' }

/** MikroORM: the configuration, in an instance that does not connect. */
export function findMikroOrm(project: Project): ModelFinding | null {
  const config = configOf(project)
  const driver = DRIVERS.find(([name]) => project.dependencies.has(name) || (config !== null && project.code(config).includes(`'${name}'`)))
  if (config === null && driver === undefined && !project.dependencies.has('@mikro-orm/core')) return null
  const code = config === null ? '' : project.code(config)
  const language = driver?.[1] ?? null
  const old = /^\D*[0-6]\./.test(project.dependencies.get(driver?.[0] ?? '@mikro-orm/core') ?? '')
  return {
    kind: 'mikro-orm', title: 'MikroORM', strength: config === null ? 0 : 2, files: config === null ? [] : [config], language,
    place: placeOf(code, language), needs: [],
    notes: [
      ...(config === null ? ['No mikro-orm.config was found: export its options from a file of that name.'] : []),
      ...(old ? ['Version 7 of MikroORM is read; this project has an older one.'] : []),
    ],
    models: config === null || driver === undefined ? null : {
      imports: [{ what: '{ MikroORM }', from: driver[0] }, FROM, { what: 'options', from: config, file: true }],
      before: [`const orm = ${usesPatterns(code) ? 'await MikroORM.init' : 'new MikroORM'}({ ...options, connect: false })`],
      expression: 'fromMikroOrm(orm)',
    },
  }
}

/** Entities that are found by patterns of files take an asynchronous search. */
const usesPatterns = (code: string): boolean => (stringsOf(code, 'entities') ?? stringsOf(code, 'entitiesTs')) !== null

function configOf(project: Project): string | null {
  const paths = asRecord(project.manifest?.['mikro-orm'])?.['configPaths']
  const named = (Array.isArray(paths) ? paths : []).map((path) => posix.normalize(String(path))).find((path) => project.files.includes(path))
  return named ?? project.files.find((file) => CONFIG.test(file)) ?? null
}

function placeOf(code: string, language: Language | null): Place {
  const variable = variableOf(code, language === 'sqlite' ? ['dbName', 'clientUrl'] : ['clientUrl'])
  if (variable !== null) return { kind: 'variable', name: variable }
  const get = (name: string): string => `get('${name}')`
  if (language === 'sqlite') return literalPlace(stringOf(code, 'dbName'), language) ?? { kind: 'path', expression: `orm.config.${get('dbName')}` }
  return { kind: 'parts', of: 'orm.config', type: null, parts: { connectionString: get('clientUrl'), host: get('host'), port: get('port'), user: get('user'), password: get('password'), database: get('dbName') } }
}
