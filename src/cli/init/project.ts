import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { asRecord, parseJson, withoutComments } from '../jsonc.ts'

/** A project as its files tell it. Paths are below its folder, with `/` between their parts. */
export interface Project {
  readonly folder: string
  /** The package's own name, or the folder's. */
  readonly name: string
  /** Its package.json; `null` where there is none. */
  readonly manifest: Readonly<Record<string, unknown>> | null
  /** Versions of what it and the root of its workspaces depend on. */
  readonly dependencies: ReadonlyMap<string, string>
  /** The folder above whose workspaces it is one of. */
  readonly workspaceRoot: string | null
  /** Code and configurations; what is generated or installed is left out. */
  readonly files: readonly string[]
  /** The text of a file without comments, or `''`. */
  code(file: string): string
  /** The text of a file as it is, or `''`. */
  text(file: string): string
  /** True when a package can be found from here. */
  has(name: string): boolean
}

const LEFT_OUT = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'generated', '__generated__', 'vendor', 'tmp'])
const DEEPEST = 8
const MOST = 5_000

/** Reads the project that a folder belongs to: the nearest package.json at or above it, or the folder itself. */
export function readProject(cwd: string): Project {
  const folder = nearest(cwd, 'package.json') ?? resolve(cwd)
  const manifest = manifestIn(folder)
  const workspaceRoot = manifest === null ? null : rootOf(folder)
  const texts = new Map<string, string>()
  const text = (file: string): string => {
    const known = texts.get(file) ?? readText(join(folder, file))
    texts.set(file, known)
    return known
  }
  const from = createRequire(join(folder, 'package.json'))
  return {
    folder, manifest, workspaceRoot,
    name: typeof manifest?.['name'] === 'string' ? manifest['name'] : basename(folder),
    dependencies: new Map([...(workspaceRoot === null ? [] : dependenciesOf(manifestIn(workspaceRoot))), ...dependenciesOf(manifest)]),
    files: filesIn(folder), text, code: (file) => withoutComments(text(file)),
    has: (name) => isInstalled(from, name),
  }
}

/** The packages of a root of workspaces, as folders below it; empty for any other project. */
export function workspacesOf(project: Project): readonly string[] {
  if (!isRoot(project.folder)) return []
  const manifests = project.files.filter((file) => file.endsWith('/package.json'))
  return manifests.map((file) => dirname(file)).sort()
}

function nearest(cwd: string, name: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder
    if (folder === dirname(folder)) return null
  }
}

/** The nearest folder above that has workspaces. */
function rootOf(folder: string): string | null {
  for (let above = dirname(folder); above !== dirname(above); above = dirname(above)) if (isRoot(above)) return above
  return null
}

const isRoot = (folder: string): boolean => existsSync(join(folder, 'pnpm-workspace.yaml')) || manifestIn(folder)?.['workspaces'] !== undefined

const manifestIn = (folder: string): Readonly<Record<string, unknown>> | null => parseJson(readText(join(folder, 'package.json')))

function dependenciesOf(manifest: Readonly<Record<string, unknown>> | null): readonly (readonly [string, string])[] {
  return ['devDependencies', 'optionalDependencies', 'peerDependencies', 'dependencies'].flatMap((kind) =>
    Object.entries(asRecord(manifest?.[kind]) ?? {}).map(([name, range]) => [name, String(range)] as const))
}

function filesIn(folder: string): readonly string[] {
  const found: string[] = []
  const visit = (below: string, depth: number): void => {
    for (const entry of entriesOf(join(folder, below))) {
      if (found.length >= MOST) return
      if (LEFT_OUT.has(entry.name) || (entry.name.startsWith('.') && !/^\.(env|sequelizerc|mocharc)/.test(entry.name))) continue
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && depth < DEEPEST) visit(path, depth + 1)
      else if (entry.isFile()) found.push(path)
    }
  }
  visit('', 0)
  return found
}

function entriesOf(folder: string) {
  try {
    // Sorted by code unit, so that the same project always gives the same answer.
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    // A folder that may not be read holds nothing for us.
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isInstalled(from: NodeJS.Require, name: string): boolean {
  return (from.resolve.paths(`${name}/package.json`) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')))
}

/** A path of the project, from one of its files. */
export function pathFrom(file: string, to: string): string {
  const path = relative(dirname(`/${file}`), `/${to}`).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** Source files, in the order in which a project's own are most likely. */
export const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file)
export const isTest = (file: string): boolean => /(^|\/)(tests?|__tests__|e2e|spec|fixtures)\/|\.(test|spec)\.[cm]?[jt]sx?$/.test(file)
