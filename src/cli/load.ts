import { spawnSync } from 'node:child_process'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Trueup } from '../api.ts'
import { isTrueupError, TrueupError } from '../errors.ts'
import { appOf, findConfig } from './config.ts'

export type Module = Readonly<Record<string, unknown>>

/**
 * Finds and loads the configuration. The working folder becomes the configuration's own, so that relative paths in it mean
 * the same from everywhere.
 *
 * @throws TrueupError `config-invalid` that says which file, which import, and what to do
 */
export async function loadApp(named: string | undefined, cwd: string): Promise<Trueup> {
  const file = findConfig(named, cwd)
  process.chdir(dirname(file))
  return appOf(await load(file), file)
}

/**
 * Loads a module of the user's, in whatever language it is written.
 *
 * @throws TrueupError `config-invalid` as `loadApp`
 */
export async function load(file: string): Promise<Module> {
  try {
    return ['.ts', '.mts', '.cts'].includes(extname(file)) ? await loadTypeScript(file) : await importFile(file)
  } catch (error) {
    throw isTrueupError(error) ? error : explain(error, file)
  }
}

// Always a namespace object.
const importFile = async (file: string): Promise<Module> => (await import(pathToFileURL(file).href)) as Module

/**
 * The user's own loader first, then Node's type stripping, and tsx for what these cannot do (enums, tsconfig paths,
 * `./x.js` for `x.ts`). They fail while linking, before any code of the configuration has run.
 */
async function loadTypeScript(file: string): Promise<Module> {
  if (mayReadTypeScript()) {
    try {
      return await importFile(file)
    } catch (error) {
      if (!isBeyondLoader(error)) throw error
    }
  }
  return loadWithTsx(file)
}

function mayReadTypeScript(): boolean {
  if ('bun' in process.versions || 'deno' in process.versions) return true
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  if (/(^|\s)(--import|--require|-r|--loader|--experimental-loader)[\s=]/.test(flags)) return true
  // Node 22.18 and later; not in the types of Node 20.
  return Boolean((process.features as { readonly typescript?: string | false }).typescript)
}

const BEYOND = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_INVALID_TYPESCRIPT_SYNTAX', 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'MODULE_NOT_FOUND',
])

/** What another loader may be able to do. A SyntaxError of linking is one: a type that was imported like a value. */
const isBeyondLoader = (error: unknown): boolean => error instanceof SyntaxError || (error instanceof Error && 'code' in error && BEYOND.has(String(error.code)))

async function loadWithTsx(file: string): Promise<Module> {
  const { tsImport } = await import('tsx/esm/api').catch((cause: unknown) => {
    throw new TrueupError('config-invalid', `${file} is TypeScript, and tsx, which loads it, could not be loaded itself.`, {
      hint: 'Run `npm install tsx`, or start with a loader of your own: node --import LOADER node_modules/trueup/dist/cli/bin.js', cause,
    })
  })
  // Always a namespace object.
  return (await tsImport(pathToFileURL(file).href, { parentURL: pathToFileURL(file).href })) as Module
}

/** Says in the reader's terms why a configuration could not be loaded. */
function explain(error: unknown, file: string): TrueupError {
  const message = error instanceof Error ? error.message : String(error)
  const missing = /Cannot find (?:package|module) '([^']+)'(?: imported from '?([^'\n]+))?/.exec(message)
  if (missing) return explainMissing(missing[1] ?? '', missing[2]?.trim(), file, error)
  const place = placeOf(error) ?? (error instanceof SyntaxError ? syntaxPlace(file) : null)
  if (error instanceof SyntaxError || message.startsWith('Transform failed')) {
    return new TrueupError('config-invalid', `${file} could not be read${place === null ? '' : `, at ${place}`}: ${message}`, {
      hint: 'Correct the syntax there.', cause: error,
    })
  }
  return new TrueupError('config-invalid', `${file} threw while it was loaded${place === null ? '' : `, at ${place}`}: ${message}`, {
    hint: 'It must load without a database; making the application opens nothing.', cause: error,
  })
}

function explainMissing(name: string, from: string | undefined, file: string, cause: unknown): TrueupError {
  const isPath = /^([./]|file:|[A-Za-z]:\\)/.test(name)
  const importer = from === undefined || from === file ? '' : ` (imported by ${from})`
  return new TrueupError('config-invalid', `${file} could not be loaded: it needs ${name}${importer}, which cannot be found.`, {
    hint: isPath ? 'Correct the path of that import.' : `Run \`npm install ${packageOf(name)}\`, or correct the import.`,
    cause,
  })
}

const packageOf = (name: string): string => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')

/** `file:line` of the first frame that is neither Node's nor a package's. */
function placeOf(error: unknown): string | null {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : []
  for (const line of lines) {
    const found = /(?:file:\/\/)?(\/[^()\s?]+?|[A-Za-z]:\\[^()?]+?)(?:\?[^:()]*)?:(\d+)(?::\d+)?\)?$/.exec(line)
    if (found?.[1] !== undefined && !line.includes('node:') && !found[1].includes('node_modules')) return `${line.includes('file://') ? decodeURI(found[1]) : found[1]}:${found[2]}`
  }
  return null
}

/** Where the configuration's own syntax is wrong. An import does not tell; `node --check` does. */
function syntaxPlace(file: string): string | null {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  return placeOf(Object.assign(new SyntaxError(), { stack: stderr.split('\n')[0] ?? '' }))
}
