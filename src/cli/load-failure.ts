import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { TrueupError } from '../errors.ts'
import { asRecord } from './jsonc.ts'
import type { TsConfig } from './tsconfig.ts'

/** What is known of the surroundings of a file that could not be loaded. */
export interface Surroundings {
  readonly tsconfig: TsConfig | null
  /** The command that installs a loader which writes the metadata of decorators; `null` where there is one, or none is wanted. */
  readonly missing: string | null
}

/** Says in the reader's terms why a configuration could not be loaded. */
export function explain(error: unknown, file: string, { tsconfig, missing }: Surroundings): TrueupError {
  const message = error instanceof Error ? error.message : String(error)
  const wanted = missingImport(message)
  if (wanted !== null) return explainMissing(wanted, file, tsconfig, error)
  const place = placeOf(error) ?? (error instanceof SyntaxError ? syntaxPlace(file) : null)
  const at = place === null ? '' : `, at ${place}`
  // What swc adds after its own picture of the place is a stack of Rust.
  const [picture = message, cause] = message.split(/\n+Caused by:\s*/)
  if (error instanceof SyntaxError || message.startsWith('Transform failed') || cause?.startsWith('Syntax Error') === true) {
    return new TrueupError('config-invalid', `${file} could not be read${at}: ${picture.trim()}`, { hint: 'Correct the syntax there.', cause: error })
  }
  const bare = /^(__dirname|__filename|require|module|exports) is not defined/.exec(message)?.[1]
  const hint = missing !== null && isAboutMetadata(message)
    ? `The types of properties are missing, which emitDecoratorMetadata in ${tsconfig?.file ?? 'tsconfig.json'} asks for: run ${missing}.`
    : bare !== undefined ? `${bare} is there in CommonJS only; use import and import.meta, or give the file the ending .cts.`
    : 'It must load without a database; making the application opens nothing.'
  return new TrueupError('config-invalid', `${file} threw while it was loaded${at}: ${message}`, { hint, cause: error })
}

/** TypeORM, MikroORM and sequelize-typescript, when a decorator finds no type. */
export const isAboutMetadata = (message: string): boolean =>
  /cannot be "?guessed"?|emitDecoratorMetadata|reflect-metadata|Please provide either 'type' or 'entity'|cannot be automatically resolved/i.test(message)

export interface MissingImport {
  readonly name: string
  /** Who imports it; `null` where the message does not say. */
  readonly from: string | null
}

/** What could not be found, out of the message of Node, tsx or Bun. Paths of Windows are understood everywhere. */
export function missingImport(message: string): MissingImport | null {
  const found = /Cannot find (?:package|module) '([^']+)'(?: imported from '?([^'\n]+?)'?(?:\n|$))?/.exec(message) ?? /Cannot find module "([^"]+)" from "([^"]+)"/.exec(message)
  if (found?.[1] === undefined) return null
  const required = /Require stack:\n- ([^\n]+)/.exec(message)?.[1]
  return { name: plainPath(found[1]), from: found[2] === undefined ? (required === undefined ? null : plainPath(required)) : plainPath(found[2].trim()) }
}

/** A path instead of a file URL: `file:///C:/app/x.ts` is `C:/app/x.ts`. What a loader added for itself is left out. */
export function plainPath(url: string): string {
  const text = url.replace(/\?namespace=[\w-]+$/, '')
  if (!text.startsWith('file://')) return text.replace(/^\/(?=[A-Za-z]:[/\\])/, '')
  try {
    return decodeURIComponent(new URL(text).pathname).replace(/^\/(?=[A-Za-z]:\/)/, '')
  } catch {
    return text
  }
}

const isPath = (name: string): boolean => /^(\.{1,2}([/\\]|$)|[/\\]|[A-Za-z]:[/\\])/.test(name)

const packageOf = (name: string): string => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')

function explainMissing({ name: named, from }: MissingImport, file: string, tsconfig: TsConfig | null, cause: unknown): TrueupError {
  const name = isPath(named) ? named : wholeImport(named, textOf(from ?? file))
  const importer = from === null || from === file ? '' : ` (imported by ${from})`
  return new TrueupError('config-invalid', `${file} could not be loaded: it needs ${name}${importer}, which cannot be found.`, { hint: remedyFor(name, tsconfig), cause })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** The import as it is written in that text: Node names its package alone. */
export function wholeImport(name: string, text: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(String.raw`(?:from|import|require)\s*\(?\s*['"](${escaped}(?:/[^'"]*)?)['"]`).exec(text)?.[1] ?? name
}

/** What to do about an import that is not there. */
export function remedyFor(name: string, tsconfig: TsConfig | null): string {
  if (isPath(name)) return /[/\\](dist|build|lib|out)[/\\]/.test(name) ? 'It is made by a build: build that package first, or correct the path of that import.' : 'Correct the path of that import.'
  if (name.startsWith('#')) return 'Correct the import, or `imports` in package.json.'
  const alias = Object.keys(asRecord(tsconfig?.options['paths']) ?? {}).find((pattern) => pattern !== '*' && (name === pattern || name === packageOf(pattern) || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)))))
  if (alias !== undefined) return `It fits ${JSON.stringify(alias)} of \`paths\` in ${tsconfig?.file ?? 'tsconfig.json'}, where no such file is. Correct the import, or \`paths\`.`
  return `Run \`npm install ${packageOf(name)}\`, or correct the import.`
}

function placeOf(error: unknown): string | null {
  return error instanceof Error ? placeIn(error.stack ?? '') : null
}

/** `file:line` of the first frame of a stack that is neither Node's nor a package's; maps of packages name files that are not there. */
export function placeIn(stack: string, exists: (path: string) => boolean = existsSync): string | null {
  for (const line of stack.split('\n')) {
    const found = /((?:file:\/\/)?(?:\/[^()?]*?|[A-Za-z]:[\\/][^()?]*?))(?:\?[^:()]*)?:(\d+)(?::\d+)?\)?$/.exec(line)
    if (found?.[1] === undefined || line.includes('node:') || /[\\/]node_modules[\\/]/.test(found[1])) continue
    const path = plainPath(found[1])
    if (exists(path)) return `${path}:${found[2]}`
  }
  return null
}

/** Where the configuration's own syntax is wrong. An import does not tell; `node --check` does. */
function syntaxPlace(file: string): string | null {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  return placeIn(stderr.split('\n')[0] ?? '')
}
