import { posix } from 'node:path'
import type { Project } from './project.ts'
import { isCode, pathFrom } from './project.ts'
import type { Style } from './style.ts'
import { importPath } from './style.ts'
import { asRecord } from '../jsonc.ts'
import { isModuleSyntax } from './syntax.ts'

/** The file that starts the service, and what to write there. */
export interface Entry {
  /** `null` where no such file was found. */
  readonly file: string | null
  readonly lines: readonly string[]
}

/** The line for the entry file, as its framework wants it. */
export function findEntry(project: Project, style: Style): Entry {
  const next = project.dependencies.has('next')
  const file = next ? instrumentationOf(project) : entryFile(project)
  const code = file === null ? '' : project.code(file)
  const path = importPath(style, pathFrom(file ?? 'main.ts', style.file))
  const load = style.imports || isModuleSyntax(code) ? `import schema from '${path}'` : `const schema = require('${path}')`
  if (next) {
    return { file, lines: ['export async function register() {', "  if (process.env.NEXT_RUNTIME !== 'nodejs') return", `  const { default: schema } = await import('${path}')`, '  await schema.applyMigrations()', '}'] }
  }
  if (project.dependencies.has('@nestjs/core')) {
    const module = project.files.find((one) => /(^|\/)app\.module\.ts$/.test(one)) ?? null
    const from = importPath(style, pathFrom(module ?? 'src/app.module.ts', style.file))
    return { file: module, lines: ["import { TrueupModule } from 'trueup/nestjs'", `import schema from '${from}'`, '', '@Module({ imports: [TrueupModule.forRoot(schema), …] })'] }
  }
  if (project.dependencies.has('fastify')) return { file, lines: [load.startsWith('import') ? "import { fastifyTrueup } from 'trueup/fastify'" : "const { fastifyTrueup } = require('trueup/fastify')", load, '', 'await server.register(fastifyTrueup, { schema })      // before server.listen'] }
  return { file, lines: [load, '', 'await schema.applyMigrations()      // before the server listens'] }
}

function instrumentationOf(project: Project): string {
  const there = project.files.find((file) => /^(src\/)?instrumentation\.[jt]s$/.test(file))
  const inSrc = project.files.some((file) => /^src\/(app|pages)\//.test(file))
  return there ?? `${inSrc ? 'src/' : ''}instrumentation.${project.files.includes('tsconfig.json') ? 'ts' : 'js'}`
}

const USUAL = ['main', 'server', 'index', 'app', 'start'].flatMap((name) => ['src/', ''].map((folder) => `${folder}${name}`))

/** What the scripts start, as source; else what services are usually called. */
function entryFile(project: Project): string | null {
  const scripts = asRecord(project.manifest?.['scripts']) ?? {}
  const started = ['dev', 'start:dev', 'start', 'serve'].flatMap((name) => String(scripts[name] ?? '').match(/[\w./-]+\.[cm]?[jt]sx?\b/g) ?? [])
  const named = [...started, ...[project.manifest?.['main']].flatMap((main) => (typeof main === 'string' ? [main] : []))].map((path) => posix.normalize(path))
  const found = named.flatMap((path) => [path, path.replace(/^(dist|build|out|lib)\//, 'src/'), path.replace(/^(dist|build|out|lib)\//, '')].flatMap((one) => [one, one.replace(/\.([cm]?)js$/, '.$1ts')]))
  const usual = USUAL.flatMap((name) => ['.ts', '.mts', '.js', '.mjs', '.cjs'].map((ending) => `${name}${ending}`))
  return [...found, ...usual].find((path) => project.files.includes(path) && isCode(path)) ?? null
}
