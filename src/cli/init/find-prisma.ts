import { posix } from 'node:path'
import type { Import, Language, ModelFinding, Place, Written } from './finding.ts'
import { languageNamed, literalPlace } from './finding.ts'
import type { Project } from './project.ts'
import { asRecord } from '../jsonc.ts'
import { stringOf, variableOf } from './syntax.ts'

const CONFIG = /^(?:\.config\/)?prisma\.config\.[cm]?[jt]s$/
const ENGINE = '@prisma/schema-engine-wasm'
const READ: Import = { what: '{ readFileSync }', from: 'node:fs' }
const READ_ALL: Import = { what: '{ readdirSync, readFileSync }', from: 'node:fs' }

/** Prisma: the schema that `prisma.config.ts` or package.json names, else `prisma/schema.prisma`, else a folder of them. */
export function findPrisma(project: Project): ModelFinding | null {
  const config = project.files.find((file) => CONFIG.test(file))
  const code = config === undefined ? '' : project.code(config)
  const contract = project.files.find((file) => /(^|\/)contract\.json$/.test(file) && project.text(file).includes('"nativeType"'))
  const schemas = schemaFiles(project, stringOf(code, 'schema') ?? stringOfManifest(project))
  if (config === undefined && schemas.length === 0 && contract === undefined && !project.dependencies.has('prisma') && !project.dependencies.has('@prisma/client')) return null
  const texts = schemas.map((file) => withoutPrismaComments(project.text(file))).join('\n')
  const provider = /datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"([^"]+)"/.exec(texts)?.[1] ?? null
  const language = contract !== undefined && schemas.length === 0 ? 'postgres' : languageNamed(provider)
  return {
    kind: 'prisma', title: 'Prisma', strength: schemas.length > 0 || contract !== undefined ? 2 : config === undefined ? 0 : 1,
    files: [...(config === undefined ? [] : [config]), ...schemas, ...(schemas.length === 0 && contract !== undefined ? [contract] : [])],
    language, place: placeOf(code, texts, language),
    notes: [
      ...(schemas.length === 0 && contract === undefined ? ['No schema.prisma was found: write its path.'] : []),
      ...(/datasource\s+\w+\s*\{[^}]*\burl\s*=/.test(texts) ? ['Schemas of Prisma 7 are read, and their datasource has no url: move it to prisma.config.ts.'] : []),
    ],
    needs: schemas.length > 0 && !project.has(ENGINE) ? [ENGINE] : [],
    models: schemas.length > 0 ? modelsOf(schemas) : contract === undefined ? null : contractOf(contract),
  }
}

function schemaFiles(project: Project, named: string | null): readonly string[] {
  const path = named === null ? null : posix.normalize(named.replaceAll('\\', '/')).replace(/^\.\//, '').replace(/\/$/, '')
  const all = project.files.filter((file) => file.endsWith('.prisma'))
  const candidates = path === null ? ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema', 'prisma', 'src/prisma'] : [path]
  for (const candidate of candidates) {
    if (all.includes(candidate)) return [candidate]
    const inside = all.filter((file) => file.startsWith(`${candidate}/`))
    if (inside.length > 0) return inside
  }
  return path === null ? all : []
}

const stringOfManifest = (project: Project): string | null => {
  const schema = asRecord(project.manifest?.['prisma'])?.['schema']
  return typeof schema === 'string' ? schema : null
}

const withoutPrismaComments = (text: string): string => text.replace(/\/\/[^\n]*/g, '')

function placeOf(code: string, schema: string, language: Language | null): Place | null {
  const source = /datasource\s+\w+\s*\{[^}]*\}/.exec(schema)?.[0].replaceAll(/\burl\s*=/g, 'url:') ?? ''
  const variable = variableOf(code, ['url']) ?? variableOf(source, ['url'])
  if (variable !== null) return { kind: 'variable', name: variable }
  return literalPlace(stringOf(code, 'url') ?? stringOf(source, 'url'), language)
}

/** Paths from the folder that the service starts in, as Prisma itself reads them: what is compiled lies elsewhere. */
function modelsOf(schemas: readonly string[]): Written {
  const from: Import = { what: '{ fromPrisma }', from: 'trueup/models/prisma' }
  const [first = ''] = schemas
  if (schemas.length === 1) return { imports: [READ, from], before: [], expression: `fromPrisma({ name: '${first}', text: readFileSync('${first}', 'utf8') })` }
  const folder = commonFolder(schemas)
  return {
    imports: [READ_ALL, from],
    before: [`const schemas = readdirSync('${folder}', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.prisma')).sort()`],
    expression: `fromPrisma(schemas.map((name) => ({ name, text: readFileSync(\`${folder}/\${name}\`, 'utf8') })))`,
  }
}

function commonFolder(files: readonly string[]): string {
  const parts = files.map((file) => file.split('/').slice(0, -1))
  const [first = []] = parts
  const depth = first.findIndex((part, at) => parts.some((other) => other[at] !== part))
  return (depth === -1 ? first : first.slice(0, depth)).join('/') || '.'
}

const contractOf = (file: string): Written => ({
  imports: [READ, { what: '{ fromPrismaContract }', from: 'trueup/models/prisma' }], before: [],
  expression: `fromPrismaContract(readFileSync('${file}', 'utf8'))`,
})
