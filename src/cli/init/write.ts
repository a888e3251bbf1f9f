import type { Import, ModelFinding, Part, Place } from './finding.ts'
import { pathFrom } from './project.ts'
import type { Style } from './style.ts'
import { importPath } from './style.ts'

export interface Configuration {
  readonly application: string
  readonly language: 'postgres' | 'sqlite'
  readonly models: ModelFinding & { readonly models: NonNullable<ModelFinding['models']> }
  readonly place: Place
  /** The package `dotenv/config`, or the path of a file that Node itself loads; `null` where nothing is to be loaded. */
  readonly environment: { readonly kind: 'package' } | { readonly kind: 'file'; readonly path: string } | null
}

/** The text of the configuration, in the project's own style. */
export function configText(style: Style, { application, language, models, place, environment }: Configuration): string {
  const pool = place.kind === 'parts' ? poolImport(style) : null
  const file = environment?.kind === 'file' ? environment.path : null
  const imports: readonly Import[] = merged([
    ...(environment?.kind === 'package' ? [{ what: '', from: 'dotenv/config' }] : []),
    ...(file === null ? [] : [{ what: '{ existsSync }', from: 'node:fs' }]),
    ...(pool === null ? [] : [pool]),
    { what: '{ trueup }', from: 'trueup' }, { what: `{ ${language} }`, from: `trueup/${language}` },
    ...models.models.imports,
  ])
  const before = [
    ...(file === null ? [] : ['// For development; where the service runs, its variables are set.', `if (existsSync(${quote(file)})) process.loadEnvFile(${quote(file)})`]),
    ...models.models.before,
    ...(place.kind === 'parts' && place.type !== null ? [`const connection = ${place.of}${style.typed ? ` as ${place.type}` : ''}`] : []),
  ]
  return [
    ...imports.map((one) => importLine(style, one)), '',
    ...(before.length === 0 ? [] : [...before, '']),
    `${style.imports ? 'export default' : 'module.exports ='} trueup({`,
    `  application: ${quote(application)},`,
    `  database: ${databaseText(style, language, place)},`,
    `  models: ${models.models.expression},`,
    '  // What models cannot say: columns with their story, renames, rows to fill, SQL. `npx trueup new` writes an entry.',
    '  migrations: [],',
    '})', '',
  ].join('\n')
}

/** One line for each module, whoever asked for it. */
function merged(imports: readonly Import[]): readonly Import[] {
  const names = (what: string): readonly string[] => what.slice(1, -1).split(',').map((name) => name.trim()).filter((name) => name !== '')
  return imports.reduce<readonly Import[]>((done, one) => {
    const at = one.what.startsWith('{') ? done.findIndex((other) => other.from === one.from && other.what.startsWith('{')) : -1
    if (at === -1) return [...done, one]
    return done.with(at, { ...one, what: `{ ${[...new Set([...names(done[at]?.what ?? ''), ...names(one.what)])].sort().join(', ')} }` })
  }, [])
}

function importLine(style: Style, { what, from, file = false }: Import): string {
  const path = quote(file ? importPath(style, pathFrom(style.file, from)) : from)
  if (style.imports) return what === '' ? `import ${path}` : `import ${what} from ${path}`
  return what === '' ? `require(${path})` : `const ${what.replace(/^\* as /, '')} = require(${path})`
}

/** `pg` is CommonJS: its default is the way in that every version has, but TypeScript that becomes CommonJS sees no default. */
const poolImport = (style: Style): Import => (style.modules === 'esm' ? { what: 'pg', from: 'pg' } : { what: '{ Pool }', from: 'pg' })

function databaseText(style: Style, language: 'postgres' | 'sqlite', place: Place): string {
  switch (place.kind) {
    case 'variable': {
      const variable = /^[A-Za-z_$][\w$]*$/.test(place.name) ? `process.env.${place.name}` : `process.env[${quote(place.name)}]`
      return `${language}(${variable}${place.otherwise === undefined ? (style.typed ? '!' : '') : ` ?? ${quote(place.otherwise)}`})`
    }
    case 'literal': return `${language}(${quote(place.target)})`
    case 'path': return `${language}(${place.expression})`
    case 'parts': {
      const of = place.type === null ? place.of : 'connection'
      const parts = (Object.entries(place.parts) as readonly (readonly [Part, string])[]).map(([part, member]) => `${part}: ${part === 'port' && place.type?.includes('port?: number | string') === true ? `Number(${of}.${member} ?? 5432)` : `${of}.${member}`}`)
      return `${language}(new ${style.modules === 'esm' ? 'pg.' : ''}Pool({ ${parts.join(', ')}, max: 2, allowExitOnIdle: true }))`
    }
  }
}

/** A string of JavaScript. */
export const quote = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
