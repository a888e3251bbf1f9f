import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

/** The files that a door loads at once, or with `lazily` also those that it may load later. */
function filesOf(door: string, lazily: boolean): ReadonlyMap<string, string> {
  const seen = new Map<string, string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    const text = readFileSync(file, 'utf8')
    seen.set(file, text)
    for (const module of importsOf(file, text, lazily)) if (module.startsWith('.')) visit(join(dirname(file), module))
  }
  visit(join(dist, door))
  return seen
}

function importsOf(file: string, text: string, lazily: boolean): readonly string[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module
  const exported = staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))
  // Only literal names can be followed; the doors have no others.
  const later = dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1))
  return [...staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...(lazily ? later : [])]
}

const DOORS = ['index.js', 'dialects/postgres/postgres.js', 'dialects/sqlite/sqlite.js', 'models/sql.js', 'files/files.js']

test('a start loads neither the rules about SQL nor the parser', () => {
  for (const door of DOORS) {
    for (const [file, text] of filesOf(door, false)) assert.doesNotMatch(text, /"V003"|'V003'/, `${door} loads the rules by ${file}`)
    for (const [file, text] of filesOf(door, true)) assert.doesNotMatch(text, /import\(\s*["']libpg-query/, `${door} may load the parser by ${file}`)
  }
  // The check itself: the command line has both.
  const cli = [...filesOf('cli/bin.js', true).values()].join('\n')
  assert.match(cli, /"V003"/)
  assert.match(cli, /import\(\s*["']libpg-query/)
})
