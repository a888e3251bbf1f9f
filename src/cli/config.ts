import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Trueup } from '../api.ts'
import { TrueupError } from '../errors.ts'
import { sourceFolder } from './tsconfig.ts'

/** In the order of preference that the messages give. */
const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs', 'cts', 'cjs'].map((ending) => `trueup.config.${ending}`)

/**
 * The configuration file that was named, or the nearest one at or above the folder.
 *
 * @throws TrueupError `config-invalid` when there is none, or when a folder holds two
 */
export function findConfig(named: string | undefined, cwd: string): string {
  if (named !== undefined) return namedConfig(named, cwd)
  const found = nearestConfig(cwd)
  if (found !== null) return found
  throw new TrueupError('config-invalid', `No trueup.config.{ts,mts,js,mjs,cts,cjs} in ${cwd}, in the folder that its tsconfig.json compiles, or in a folder above it.`, {
    hint: 'Run `trueup init`, which writes one, or make trueup.config.ts with `export default trueup({ database, models, migrations })`, or name a file with --config.',
  })
}

/** The nearest configuration file at or above the folder, also in the folder that a project compiles; `null` when there is none. */
export function nearestConfig(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const [first, second] = configsOf(folder)
    if (first !== undefined && second !== undefined) {
      throw new TrueupError('config-invalid', `${folder} holds two configurations: ${first} and ${second}.`, {
        hint: `Remove one, or name one: --config ${join(folder, first)}`,
      })
    }
    if (first !== undefined) return join(folder, first)
    if (folder === dirname(folder)) return null
  }
}

/** The configurations of a project's folder, as paths below it. */
export function configsOf(folder: string): readonly string[] {
  const below = sourceFolder(folder)
  const names = [...CONFIG_NAMES, ...(below === null ? [] : CONFIG_NAMES.map((name) => `${below}/${name}`))]
  return names.filter((name) => existsSync(join(folder, name)))
}

function namedConfig(named: string, cwd: string): string {
  const path = resolve(cwd, named)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw new TrueupError('config-invalid', `There is no file ${path}.`, { hint: 'It was named with --config.' })
  if (stats.isDirectory()) return findConfig(undefined, path)
  return path
}

const METHODS = ['applyMigrations', 'status', 'check', 'checkFresh', 'plan', 'rollback', 'history', 'baseline', 'examine', 'close'] as const

/** True for what `trueup(…)` gives, also when it comes from another copy of the package. */
export function isApp(value: unknown): value is Trueup {
  // Reading a property of any object is safe; what it is gets checked.
  return typeof value === 'object' && value !== null && METHODS.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

/**
 * The application that a configuration's module exports.
 *
 * @throws TrueupError `config-invalid` that says what was found instead
 */
export async function appOf(module: Readonly<Record<string, unknown>>, file: string): Promise<Trueup> {
  const exported: unknown = await module['default']
  for (const candidate of [exported, innerDefault(exported)]) if (isApp(candidate)) return candidate
  throw new TrueupError('config-invalid', `${file} exports ${whatIs(exported, module)}; expected what trueup(…) gives, as its default export.`, {
    hint: hintFor(exported, module),
  })
}

/** A CommonJS module that was compiled from `export default`, seen through import. */
const innerDefault = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'default' in value ? value.default : undefined

const namesOf = (module: Readonly<Record<string, unknown>>): string[] => Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports')

function whatIs(exported: unknown, module: Readonly<Record<string, unknown>>): string {
  if (exported === undefined) {
    const names = namesOf(module)
    return names.length === 0 ? 'nothing' : `no default (only ${names.join(', ')})`
  }
  if (exported === null) return 'null as its default'
  if (typeof exported === 'function') return `a function${exported.name === '' || exported.name === 'default' ? '' : ` ${exported.name}`} as its default`
  if (Array.isArray(exported)) return 'an array as its default'
  if (typeof exported !== 'object') return `a ${typeof exported} as its default`
  const keys = Object.keys(exported)
  return `an object with ${keys.length === 0 ? 'no fields' : `the fields ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}`} as its default`
}

function hintFor(exported: unknown, module: Readonly<Record<string, unknown>>): string {
  const named = namesOf(module).find((name) => isApp(module[name]))
  if (named !== undefined) return `Write \`export default ${named}\`.`
  if (typeof exported === 'object' && exported !== null && 'database' in exported) {
    return "These look like its options: write `export default trueup({ … })` with `import { trueup } from 'trueup'`."
  }
  return "Write `export default trueup({ database, models, migrations })` with `import { trueup } from 'trueup'`."
}
