import { findDrivers, importsPackage } from './drivers.ts'
import type { Import, Language, ModelFinding, Place, Written } from './finding.ts'
import { languageNamed, literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'
import { stringOf, variableIn, variableOf } from './syntax.ts'

/** Libraries without models of their own, and drivers: what there is to read is SQL, or tables that are declared for them. */
const LIBRARIES: readonly (readonly [name: string, title: string])[] = [['kysely', 'Kysely'], ['objection', 'Objection'], ['knex', 'Knex'], ['slonik', 'Slonik']]
const OPENS = /(?:\bpostgres|\bneon|new\s+(?:\w+\.)?(?:Pool|Client|PGlite|Database|DatabaseSync|SQLite|Sqlite|Libsql)|createClient|\bopen)\s*\(([^;]{0,160})/g

/** SQL files, declared tables, and projects that only have a driver or a query builder. */
export function findSql(project: Project): ModelFinding | null {
  const libraries = LIBRARIES.filter(([name]) => project.dependencies.has(name))
  const sources = project.files.filter((file) => isCode(file) && !isTest(file))
  const drivers = findDrivers(project)
  const tables = sources.filter((file) => importsPackage(project.code(file), 'trueup/models/tables') && !/(^|\/)trueup\.config\./.test(file))
  const schemas = schemaFiles(project)
  if (libraries.length === 0 && drivers.length === 0 && tables.length === 0 && schemas.length === 0) return null
  const knexfile = project.files.find((file) => /(^|\/)knexfile\.[cm]?[jt]s$/.test(file))
  const settings = knexfile === undefined ? '' : project.code(knexfile)
  const language = languageNamed(stringOf(settings, 'client')) ?? drivers[0]?.language ?? null
  return {
    kind: 'sql', title: libraries[0]?.[1] ?? (tables.length > 0 ? 'Declared tables' : 'SQL'), strength: tables.length > 0 || schemas.length > 0 ? 2 : 0,
    files: [...(knexfile === undefined ? [] : [knexfile]), ...tables, ...schemas], language,
    place: placeOf(project, sources, settings, language), needs: [],
    notes: tables.length > 0 || schemas.length > 0 ? [] : ['There are no models to read. `trueup pull --out schema` writes the live schema down as SQL files; from then on these are the models.'],
    models: tables.length > 0 ? ofTables(tables) : ofFiles(schemas),
  }
}

/** One file that holds the whole schema, else the folder that `trueup pull` wrote. */
function schemaFiles(project: Project): readonly string[] {
  const whole = project.files.find((file) => /^(?:(?:src|db|database|sql|src\/db)\/)?(?:schema|structure)\.sql$/.test(file))
  return whole === undefined ? project.files.filter((file) => file.startsWith('schema/') && file.endsWith('.sql')) : [whole]
}

function placeOf(project: Project, sources: readonly string[], settings: string, language: Language | null): Place | null {
  const variable = variableOf(settings, ['connection', 'connectionString', 'filename'])
  if (variable !== null) return { kind: 'variable', name: variable }
  const written = literalPlace(stringOf(settings, 'filename') ?? stringOf(settings, 'connection'), language)
  if (written !== null) return written
  const code = sources.map((file) => project.code(file))
  for (const text of code) {
    for (const [, given = ''] of text.matchAll(OPENS)) {
      const name = variableIn(given)
      if (name !== null && /URL|URI|DSN|CONNECTION|DATABASE|SQLITE|PATH|FILE/i.test(name)) return { kind: 'variable', name }
      const literal = literalPlace(/^\s*['"]([^'"\n]+)['"]/.exec(given)?.[1] ?? null, language)
      if (literal !== null) return literal
    }
  }
  return null
}

const ofTables = (files: readonly string[]): Written => ({
  imports: [{ what: '{ fromTables }', from: 'trueup/models/tables' }, ...files.map((file, at): Import => ({ what: `* as tables${files.length === 1 ? '' : String(at + 1)}`, from: file, file: true }))],
  before: [], expression: files.length === 1 ? 'fromTables(tables)' : `fromTables({ ${files.map((_, at) => `...tables${String(at + 1)}`).join(', ')} })`,
})

function ofFiles(schemas: readonly string[]): Written {
  const from: Import = { what: '{ fromSql }', from: 'trueup/models/sql' }
  const [only] = schemas
  if (only !== undefined && !only.startsWith('schema/')) {
    return { imports: [{ what: '{ readFileSync }', from: 'node:fs' }, from], before: [], expression: `fromSql({ name: '${only}', text: readFileSync('${only}', 'utf8') })` }
  }
  return {
    imports: [{ what: '{ existsSync, readdirSync, readFileSync }', from: 'node:fs' }, from],
    before: [
      '// What `npx trueup pull --out schema` writes. While there is nothing, everything in the database is left alone and told.',
      `const files = existsSync('schema') ? readdirSync('schema', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql')).sort() : []`,
    ],
    expression: `fromSql(files.map((name) => ({ name, text: readFileSync(\`schema/\${name}\`, 'utf8') })))`,
  }
}
