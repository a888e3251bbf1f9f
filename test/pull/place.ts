import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Beside the tests, so that the models find Drizzle. */
const PARENT = join(import.meta.dirname, '../../node_modules/.cache')

/** Loads the text of a module as an application would. */
export async function loadModels(text: string): Promise<Readonly<Record<string, unknown>>> {
  mkdirSync(PARENT, { recursive: true })
  const folder = mkdtempSync(join(PARENT, 'trueup-pull-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'schema.ts')
  writeFileSync(file, text)
  // Always a namespace object.
  return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
}
