import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Outcome, Project } from '../project.ts'
import { project } from '../project.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A project in which only these packages are installed, beside trueup. */
export function made(t: TestContext, packages: readonly string[], files: Readonly<Record<string, string>>): Project {
  const app = project(t)
  rmSync(join(app.folder, 'node_modules/@electric-sql'), { recursive: true })
  app.remove('package.json')
  for (const name of packages) {
    const place = join(app.folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    if (!existsSync(place)) symlinkSync(join(ROOT, 'node_modules', name), place)
  }
  for (const [name, text] of Object.entries(files)) app.write(name, text)
  return app
}

/** Every file of the project with its text, so that a change shows. */
export function contents(app: Project): Readonly<Record<string, string>> {
  const names = readdirSync(app.folder, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
  return Object.fromEntries(names.map((entry) => [join(entry.parentPath, entry.name).slice(app.folder.length + 1), readFileSync(join(entry.parentPath, entry.name), 'utf8')]))
}

/** What a command printed for a program. */
export const documentOf = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T
