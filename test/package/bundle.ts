import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The doors that applications import; `files` and `cli` are for Node alone. */
export const APPLICATION_DOORS = ['.', './postgres', './sqlite', './models/drizzle', './models/sql', './models/snapshot', './models/tables', './models/json', './models/typeorm', './models/mikro-orm', './models/sequelize', './fastify', './nestjs', './rehearse'] as const

/** What applications bring themselves. */
export const DRIVERS = ['pg', 'postgres', '@electric-sql/pglite', 'libsql', 'better-sqlite3', 'node:sqlite', 'drizzle-orm', 'libpg-query']

export interface Bundled {
  readonly code: string
  readonly bytes: number
  readonly gzipped: number
  /** Packages whose code is inside. */
  readonly packages: readonly string[]
  /** Modules that stay imports. */
  readonly external: readonly { readonly module: string; readonly dynamic: boolean }[]
}

/** Bundles a door of the built package for a target that has neither a file system nor anything else of Node's. */
export function bundleDoor(door: string): Promise<Bundled> {
  return bundle(`export * from 'trueup${door.slice(1)}'`)
}

/**
 * Bundles a program. `neutral` knows no module of Node's, so that an import of one by our code fails; drivers stay outside.
 *
 * @param globalName - makes a script that leaves its exports in a variable of this name
 */
export async function bundle(contents: string, globalName?: string): Promise<Bundled> {
  const result = await build({
    stdin: { contents, resolveDir: ROOT, sourcefile: 'program.js' },
    bundle: true, write: false, minify: true, metafile: true, platform: 'neutral', target: 'es2022',
    ...(globalName === undefined ? { format: 'esm' } : { format: 'iife', globalName }),
    external: DRIVERS,
    logLevel: 'silent',
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error('esbuild gave no output')
  const inputs = Object.keys(result.metafile.inputs).filter((path) => path.includes('node_modules/'))
  const imports = Object.values(result.metafile.outputs).flatMap((one) => one.imports).filter((one) => one.external === true)
  return {
    code: output.text, bytes: output.contents.byteLength, gzipped: gzipSync(output.contents).byteLength,
    packages: [...new Set(inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path))].sort(),
    external: imports.map((one) => ({ module: one.path, dynamic: one.kind === 'dynamic-import' })),
  }
}
