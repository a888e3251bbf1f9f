import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Trueup } from '../api.ts'
import { isTrueupError, TrueupError } from '../errors.ts'
import { appOf, findConfig } from './config.ts'
import { parseJson } from './jsonc.ts'
import { explain } from './load-failure.ts'
import type { TsConfig } from './tsconfig.ts'
import { tsconfigFor } from './tsconfig.ts'

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
  const tsconfig = tsconfigFor(file)
  try {
    return isTypeScript(file) ? await loadTypeScript(file, tsconfig) : await importFile(file)
  } catch (error) {
    throw isTrueupError(error) ? error : explain(error, file, { tsconfig, missing: wantsMetadata(tsconfig) && !hasOwnRunner() && findMetadataLoader(file) === null ? metadataPackages(file) : null })
  }
}

const isTypeScript = (file: string): boolean => ['.ts', '.mts', '.cts'].includes(extname(file))

// Always a namespace object.
const importFile = async (file: string): Promise<Module> => (await import(pathToFileURL(file).href)) as Module

/**
 * The user's own runner first. Then, where the project compiles decorators with the types of what they stand on, a loader that
 * does so too, if it is installed: no other can. Then Node's type stripping, and tsx for what that cannot do (enums, decorators,
 * tsconfig paths, `./x.js` for `x.ts`). What cannot be done shows while linking, before any code of the configuration has run.
 */
async function loadTypeScript(file: string, tsconfig: TsConfig | null): Promise<Module> {
  const own = hasOwnRunner()
  const loader = own || !wantsMetadata(tsconfig) ? null : findMetadataLoader(file)
  if (loader !== null) return loader.load(file)
  // Node 22.18 and later; not in the types of Node 20.
  if (own || Boolean((process.features as { readonly typescript?: string | false }).typescript)) {
    try {
      return await importFile(file)
    } catch (error) {
      if (!isBeyondLoader(error)) throw error
    }
  }
  return loadWithTsx(file, tsconfig)
}

/** Whoever starts the command line in a runtime or with a loader of their choice has chosen. */
function hasOwnRunner(): boolean {
  if ('bun' in process.versions || 'deno' in process.versions) return true
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return /(^|\s)(--import|--require|-r|--loader|--experimental-loader)[\s=]/.test(flags)
}

const BEYOND = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_INVALID_TYPESCRIPT_SYNTAX', 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'MODULE_NOT_FOUND',
])

/** What another loader may be able to do. A SyntaxError of linking is one: a type that was imported like a value. */
const isBeyondLoader = (error: unknown): boolean => error instanceof SyntaxError || (error instanceof Error && 'code' in error && BEYOND.has(String(error.code)))

async function loadWithTsx(file: string, tsconfig: TsConfig | null): Promise<Module> {
  const { tsImport } = await import('tsx/esm/api').catch((cause: unknown) => {
    throw new TrueupError('config-invalid', `${file} is TypeScript, and tsx, which loads it, could not be loaded itself.`, {
      hint: 'Run `npm install tsx`, or start with a loader of your own: node --import LOADER node_modules/trueup/dist/cli/bin.js', cause,
    })
  })
  const url = pathToFileURL(file).href
  // Always a namespace object.
  return (await tsImport(url, { parentURL: url, ...(tsconfig !== null && { tsconfig: tsconfig.file }) })) as Module
}

const wantsMetadata = (tsconfig: TsConfig | null): boolean => tsconfig?.options['emitDecoratorMetadata'] === true

/** True where `.ts` files are CommonJS: by their ending, or by the nearest package.json. */
function isCommonJs(file: string): boolean {
  if (/\.[mc]ts$/.test(file)) return file.endsWith('.cts')
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) return parseJson(readFileSync(manifest, 'utf8'))?.['type'] !== 'module'
    if (folder === dirname(folder)) return true
  }
}

interface MetadataLoader {
  load(file: string): Promise<Module>
}

/** A loader that writes decorators' metadata, from the user's own packages; for CommonJS first the one that knows `__dirname`. */
function findMetadataLoader(file: string): MetadataLoader | null {
  const from = createRequire(file)
  const find = (name: string): string | null => {
    try {
      return from.resolve(name)
    } catch {
      return null
    }
  }
  // It reads tsconfig.json by TypeScript before 7, which alone has the means.
  const swc = isCommonJs(file) && hasOldTypeScript(find('typescript/package.json')) ? find('@swc-node/register') : null
  if (swc !== null) {
    return {
      load: async (path) => {
        from(swc)
        const exported: unknown = from(path)
        // What a CommonJS module exports, as `import` would show it.
        return { default: exported, ...(typeof exported === 'object' && exported !== null ? exported : {}) }
      },
    }
  }
  // Its `register` is exported to import alone, which cannot be asked for from another place.
  const core = find('@oxc-node/core')
  const oxc = core === null ? null : join(dirname(core), 'register.mjs')
  if (oxc === null || !existsSync(oxc)) return null
  return {
    load: async (path) => {
      await import(pathToFileURL(oxc).href)
      return importFile(path)
    },
  }
}

function hasOldTypeScript(manifest: string | null): boolean {
  const version = manifest === null ? undefined : parseJson(readFileSync(manifest, 'utf8'))?.['version']
  return typeof version === 'string' && Number.parseInt(version, 10) < 7
}

const metadataPackages = (file: string): string =>
  `\`npm install --save-dev @oxc-node/core\`${isCommonJs(file) ? ', or with TypeScript before 7 `npm install --save-dev @swc-node/register @swc/core`' : ''}`
