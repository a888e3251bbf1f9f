import { extname, join } from 'node:path'
import { sourceFolder, tsconfigFor } from '../tsconfig.ts'
import type { ModelFinding } from './finding.ts'
import type { Project } from './project.ts'
import { isCode, isTest } from './project.ts'
import { isModuleSyntax } from './syntax.ts'

/** How the project writes its code, so that the configuration is written the same way. */
export interface Style {
  readonly typed: boolean
  /** Written with import and export; false: with require. TypeScript is always written with import. */
  readonly imports: boolean
  /** What it is when it runs. */
  readonly modules: 'esm' | 'cjs'
  /** The configuration, below the project's folder. */
  readonly file: string
  /** The ending that imports of TypeScript files have here. */
  readonly ending: '.ts' | '.js' | ''
}

export function styleOf(project: Project, models: ModelFinding): Style {
  const own = models.files.filter(isCode)
  const files = own.length > 0 ? own : project.files.filter((file) => isCode(file) && !isTest(file))
  const typed = files.length > 0 ? files.some((file) => /\.[cm]?tsx?$/.test(file)) : project.files.includes('tsconfig.json') || project.dependencies.has('typescript')
  const isModule = project.manifest?.['type'] === 'module'
  const waits = models.models?.before.some((line) => /= await\b/.test(line)) === true
  if (typed) {
    const modules = isModule || waits ? 'esm' : 'cjs'
    // Beside the sources where the compiler wants all of them in one folder: the service imports the configuration.
    const below = sourceFolder(project.folder)
    const file = waits && !isModule ? 'trueup.config.mts' : 'trueup.config.ts'
    return { typed, imports: true, modules, file: below === null ? file : `${below}/${file}`, ending: endingOf(project) }
  }
  const asModule = isModule || waits || files.some((file) => extname(file) === '.mjs' || (extname(file) === '.js' && isModuleSyntax(project.code(file))))
  return { typed, imports: asModule, modules: asModule ? 'esm' : 'cjs', file: asModule && !isModule ? 'trueup.config.mjs' : 'trueup.config.js', ending: '.js' }
}

/** As the project's own files write it; else as its tsconfig.json wants it. */
function endingOf(project: Project): Style['ending'] {
  for (const file of project.files) {
    if (!/\.[cm]?tsx?$/.test(file) || !isCode(file) || isTest(file)) continue
    const path = /(?:from|import)\s+['"](\.{1,2}\/[^'"]+)['"]/.exec(project.code(file))?.[1]
    if (path !== undefined) return /\.[cm]?tsx?$/.test(path) ? '.ts' : /\.[cm]?jsx?$/.test(path) ? '.js' : ''
  }
  const options = tsconfigFor(join(project.folder, 'tsconfig.json'))?.options ?? {}
  if (options['allowImportingTsExtensions'] === true || options['rewriteRelativeImportExtensions'] === true) return '.ts'
  const modules = `${String(options['module'] ?? '')} ${String(options['moduleResolution'] ?? '')}`.toLowerCase()
  if (/node(16|18|20|next)/.test(modules)) return project.manifest?.['type'] === 'module' ? '.js' : ''
  return Object.keys(options).length === 0 ? '.ts' : ''
}

/** How a file of the project is imported from another in its style. */
export function importPath(style: Style, path: string): string {
  if (/\.(mts|cts)$/.test(path)) return style.ending === '.ts' ? path : path.replace(/\.([mc])ts$/, '.$1js')
  if (/\.tsx?$/.test(path)) return style.ending === '.ts' ? path : path.replace(/\.tsx?$/, style.ending)
  if (!style.imports && path.endsWith('.js')) return path
  return style.typed && style.ending === '' && path.endsWith('.js') ? path.replace(/\.js$/, '') : path
}
