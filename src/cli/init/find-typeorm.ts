import type { Import, Language, ModelFinding, Place, Written } from './finding.ts'
import { languageNamed, literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'
import { exportOf, stringOf, variableOf } from './syntax.ts'

const MADE = /new\s+DataSource\s*\(/
const FROM: Import = { what: '{ fromTypeORM }', from: 'trueup/models/typeorm' }
/** What is read of its options; their type is a union of all drivers'. */
const OPTIONS = '{ url?: string; host?: string; port?: number; username?: string; password?: string; database?: string }'

/** TypeORM: an exported `DataSource`, else the classes with `@Entity`, in a DataSource that is made for reading them. */
export function findTypeORM(project: Project): ModelFinding | null {
  const sources = project.files.filter((file) => isCode(file) && !isTest(file) && MADE.test(project.code(file)))
  if (!project.dependencies.has('typeorm') && sources.length === 0) return null
  const own = sources.map((file) => ({ file, name: exportOf(project.code(file), MADE) })).find((one) => one.name !== null)
  return own === undefined ? fromEntities(project, sources) : fromSource(project, own.file, own.name ?? 'default')
}

/** From where the options begin: before it, columns have types and defaults of their own. */
const optionsIn = (code: string): string => code.slice(Math.max(0, code.search(MADE)))

function fromSource(project: Project, file: string, name: string): ModelFinding {
  const code = optionsIn(project.code(file))
  const language = languageNamed(stringOf(code, 'type'))
  const variable = name === 'default' ? 'dataSource' : name
  return {
    kind: 'typeorm', title: 'TypeORM', strength: 2, files: [file], language, needs: [],
    place: placeOf(code, language) ?? placeOfSource(variable, language),
    notes: notesOn(file, project.code(file)),
    models: { imports: [FROM, { what: name === 'default' ? 'dataSource' : `{ ${name} }`, from: file, file: true }], before: [], expression: `fromTypeORM(${variable})` },
  }
}

function notesOn(file: string, code: string): readonly string[] {
  const notes: string[] = []
  if (/\bsynchronize\s*:\s*(?!false)/.test(code)) notes.push(`${file} sets synchronize: set it to false, trueup takes its place and drops nothing.`)
  if (/\bmigrationsRun\s*:\s*(?!false)/.test(code)) notes.push(`${file} sets migrationsRun: set it to false, so that one tool changes the database.`)
  if (/\.initialize\s*\(\s*\)/.test(code)) notes.push(`${file} connects when it is imported: move .initialize() to where the service starts.`)
  return notes
}

function placeOf(code: string, language: Language | null): Place | null {
  const variable = variableOf(code, language === 'sqlite' ? ['database', 'url'] : ['url', 'connectionString'])
  if (variable !== null) return { kind: 'variable', name: variable }
  return literalPlace(stringOf(code, language === 'sqlite' ? 'database' : 'url'), language)
}

const placeOfSource = (variable: string, language: Language | null): Place =>
  language === 'sqlite'
    ? { kind: 'path', expression: `String(${variable}.options.database)` }
    : { kind: 'parts', of: `${variable}.options`, type: OPTIONS, parts: { connectionString: 'url', host: 'host', port: 'port', user: 'username', password: 'password', database: 'database' } }

/** Where a framework makes the DataSource, the entities are enough: reading them needs no connection. */
function fromEntities(project: Project, sources: readonly string[]): ModelFinding {
  const files = project.files.filter((file) => isCode(file) && !isTest(file) && /@Entity\s*\(|new\s+EntitySchema\b/.test(project.code(file)))
  const found = files.flatMap((file) => {
    const names = entitiesIn(project.code(file))
    return names.length === 0 ? [] : [{ file, names }]
  })
  const making = [...sources, ...project.files.filter((file) => isCode(file) && /TypeOrmModule\.forRoot/.test(project.code(file)))]
  const code = making.map((file) => optionsIn(project.code(file))).join('\n')
  const type = stringOf(code, 'type') ?? ['pg', 'better-sqlite3', 'sqlite3', 'mysql2'].find((name) => project.dependencies.has(name)) ?? null
  const language = languageNamed(type)
  const notes = found.length > 0 ? making.flatMap((file) => notesOn(file, project.code(file))) : ['No exported DataSource and no class with @Entity was found: export the DataSource from a file of its own.']
  return {
    kind: 'typeorm', title: 'TypeORM', strength: found.length > 0 ? 2 : sources.length > 0 ? 1 : 0, files: [...new Set([...making, ...found.map((one) => one.file)])],
    language, place: placeOf(code, language), notes, needs: [], models: found.length === 0 ? null : ofEntities(found, language),
  }
}

function entitiesIn(code: string): readonly string[] {
  const classes = [...code.matchAll(/@Entity\s*\((?:[^()]|\([^()]*\))*\)[\s\S]*?export\s+(?:default\s+)?(?:abstract\s+)?class\s+(\w+)/g)].map((match) => match[1] ?? '')
  const schemas = [...code.matchAll(/export\s+const\s+(\w+)\s*(?::[^=]+)?=\s*new\s+EntitySchema\b/g)].map((match) => match[1] ?? '')
  return [...new Set([...classes, ...schemas])]
}

function ofEntities(found: readonly { readonly file: string; readonly names: readonly string[] }[], language: Language | null): Written {
  const names = found.flatMap((one) => one.names)
  const options = language === 'sqlite' ? `type: 'better-sqlite3', database: ':memory:'` : `type: 'postgres'`
  return {
    imports: [{ what: '{ DataSource }', from: 'typeorm' }, FROM, ...found.map((one): Import => ({ what: `{ ${one.names.join(', ')} }`, from: one.file, file: true }))],
    before: ['// For reading the entities; it never connects.', `const dataSource = new DataSource({ ${options}, entities: [${names.join(', ')}] })`],
    expression: 'fromTypeORM(dataSource)',
  }
}
