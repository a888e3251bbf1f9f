import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { asRecord, parseJson } from './jsonc.ts'

export interface TsConfig {
  readonly file: string
  /** With those that it extends; what is nearer wins. */
  readonly options: Readonly<Record<string, unknown>>
}

/** The nearest tsconfig.json at or above a file; `null` when there is none. */
export function tsconfigFor(file: string): TsConfig | null {
  for (let folder = dirname(resolve(file)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'tsconfig.json')
    if (existsSync(candidate)) return { file: candidate, options: optionsIn(candidate, new Set()) }
    if (folder === dirname(folder)) return null
  }
}

/**
 * The folder below a project into which a new source file must go. `rootDir` names it: the compiler refuses files outside of it.
 * Without `rootDir`, a compiler that writes to `outDir` takes the folder that all files have in common as its root: that is `src`
 * where there is one, and a file above it would move all output. `null`: the project's own folder will do.
 */
export function sourceFolder(folder: string): string | null {
  const file = join(folder, 'tsconfig.json')
  if (!existsSync(file)) return null
  const { rootDir, outDir, noEmit } = optionsIn(file, new Set())
  const named = typeof rootDir === 'string' ? relative(folder, resolve(folder, rootDir)).replaceAll('\\', '/') : outDir !== undefined && noEmit !== true ? 'src' : ''
  return named === '' || named.startsWith('..') || !existsSync(join(folder, named)) ? null : named
}

function optionsIn(file: string, seen: Set<string>): Readonly<Record<string, unknown>> {
  if (seen.has(file)) return {}
  seen.add(file)
  const config = parseJson(textOf(file))
  const above = config?.['extends']
  const bases = (Array.isArray(above) ? above : [above]).flatMap((one) => (typeof one === 'string' ? (baseOf(file, one) ?? []) : []))
  return Object.assign({}, ...bases.map((base) => optionsIn(base, seen)), asRecord(config?.['compilerOptions'])) as Readonly<Record<string, unknown>>
}

/** The file that `extends` names: a path, or a file of a package. */
function baseOf(file: string, name: string): string | null {
  if (/^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:)/.test(name)) {
    const path = resolve(dirname(file), name)
    return [path, `${path}.json`, join(path, 'tsconfig.json')].find((one) => one.endsWith('.json') && existsSync(one)) ?? null
  }
  const from = createRequire(file)
  for (const one of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      const found = from.resolve(one)
      if (found.endsWith('.json')) return found
    } catch {
      // The next way to write it.
    }
  }
  return null
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
