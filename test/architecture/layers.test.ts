import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

interface File {
  readonly path: string
  readonly text: string
  /** Modules as written in the source. */
  readonly imports: readonly { readonly specifier: string; readonly dynamic: boolean; readonly erased: boolean }[]
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path): File => {
    const text = readFileSync(join(SRC, path), 'utf8')
    const { module } = parseSync(path, text)
    const fixed = [...module.staticImports.map((one) => one.moduleRequest.value), ...module.staticExports.flatMap((one) => one.entries.flatMap((entry) => (entry.moduleRequest === null ? [] : [entry.moduleRequest.value])))]
    // An import of types alone is gone when the program runs.
    const erased = new Set(module.staticImports.filter((one) => one.entries.length > 0 && one.entries.every((entry) => entry.isType)).map((one) => one.moduleRequest.value))
    const dynamic = module.dynamicImports.map((one) => text.slice(one.moduleRequest.start, one.moduleRequest.end))
    return { path: path.replaceAll('\\', '/'), text, imports: [...fixed.map((specifier) => ({ specifier, dynamic: false, erased: erased.has(specifier) })), ...dynamic.map((specifier) => ({ specifier, dynamic: true, erased: false }))] }
  })

/** The port, in several files. */
const PORT: ReadonlySet<string> = new Set(['dialects/rehearsal.ts', 'dialects/dialect.ts', 'dialects/facts.ts', 'dialects/session.ts', 'dialects/step.ts', 'dialects/approach.ts', 'dialects/backfill.ts', 'dialects/handles.ts', 'dialects/online.ts'])

/** The room of a file: the first folder, `dialects/<name>` for a dialect, or the file's own name at the top. */
function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  if (first === 'dialects') return PORT.has(path) ? 'port' : `dialects/${second}`
  return path.includes('/') ? first : path.replace(/\.ts$/, '')
}

const GROUND = ['errors', 'sql', 'graph', 'hash', 'version']

/** Which rooms a room may look into, besides itself, and why no other. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  errors: [], sql: [], graph: [], hash: [], version: [],
  schema: ['errors', 'hash'],
  operations: ['schema', 'errors'],
  port: ['schema', 'operations', 'sql', 'errors'],
  models: ['schema', 'port', 'errors', 'hash', 'sql'],
  registry: ['schema', 'operations', 'port', ...GROUND],
  diff: ['schema', 'operations', 'port', 'errors'],
  plan: ['schema', 'operations', 'port', 'registry', 'diff', ...GROUND],
  lint: ['schema', 'plan', 'port'],
  ledger: ['schema', 'port', 'sql', 'errors'],
  takeover: ['schema', 'port'],
  api: ['port', 'plan', 'lint', 'ledger', 'models', 'registry', 'schema', 'takeover'],
  execute: ['schema', 'plan', 'ledger', 'registry', 'port', 'api', ...GROUND],
  survey: ['schema', 'plan', 'ledger', 'takeover', 'registry', 'models', 'diff', 'port', 'api', ...GROUND],
  methods: ['schema', 'operations', 'diff', 'plan', 'lint', 'ledger', 'execute', 'survey', 'takeover', 'registry', 'models', 'port', 'api', ...GROUND],
  trueup: ['api', 'methods', 'survey'],
  // It uses the calls of the API on a database that tells what it does.
  rehearse: ['schema', 'operations', 'diff', 'plan', 'survey', 'methods', 'port', 'api', ...GROUND],
  index: ['trueup', 'methods', 'api', 'models', 'plan', 'registry', 'port', 'schema', ...GROUND],
  frameworks: ['api'],
  files: ['registry', 'errors', 'sql'],
  pull: ['schema', 'operations', 'diff', 'plan', 'port', ...GROUND],
  tools: ['methods', 'pull', 'schema', 'port'],
  // The command line makes databases and models of what is named on it, by the doors that an application uses.
  cli: ['index', 'tools', 'rehearse', 'api', 'errors', 'sql', 'version', 'plan', 'registry', 'schema', 'files', 'lint', 'port', 'models', 'dialects/postgres', 'dialects/sqlite'],
  conformance: ['index', 'port', 'schema', 'operations', 'diff', 'plan', 'api'],
}
const DIALECT = ['port', 'schema', 'operations', ...GROUND]

test('a room looks only into the rooms below it', () => {
  const broken = files.flatMap((file) => {
    const room = roomOf(file.path)
    const allowed = room.startsWith('dialects/') ? DIALECT : MAY[room]
    assert.ok(allowed, `src/${file.path} stands in a room that this test does not know: add it to MAY with what it may import`)
    return file.imports.flatMap(({ specifier }) => {
      const plain = specifier.replace(/^['"`]|['"`]$/g, '')
      if (!plain.startsWith('.')) return []
      const target = roomOf(posix.normalize(posix.join(dirname(file.path), plain)))
      if (target === room || allowed.includes(target)) return []
      return [`src/${file.path} imports ${plain}: ${room} may not know ${target}${target.startsWith('dialects/') ? ' (stages know the port, never a dialect, and no dialect knows another)' : ''}`]
    })
  })
  assert.deepEqual(broken, [])
})

test('what an application imports loads no package but a driver by its literal name', () => {
  const drivers = new Set(['pg', 'postgres', '@electric-sql/pglite', 'better-sqlite3', 'libsql', 'node:sqlite'])
  // Nothing but Prisma itself can read a Prisma schema; who uses that door has it.
  const engines = new Map([['@prisma/schema-engine-wasm/schema_engine_bg', 'models/prisma/']])
  const broken = files.filter((file) => !file.path.startsWith('cli/') && !file.path.startsWith('files/')).flatMap((file) =>
    file.imports.flatMap(({ specifier, dynamic, erased }) => {
      const plain = specifier.replace(/^['"]|['"]$/g, '')
      if (plain.startsWith('.') || erased) return []
      if (dynamic && drivers.has(plain) && /^['"]/.test(specifier)) return []
      if (dynamic && file.path.startsWith(engines.get(plain) ?? '-')) return []
      return [`src/${file.path} imports ${specifier}: only the command line and src/files may`]
    }),
  )
  assert.deepEqual(broken, [])
})

test('only the command line prints, reads the environment or exits', () => {
  const broken = files.filter((file) => !file.path.startsWith('cli/')).flatMap((file) =>
    [...file.text.matchAll(/process\.(env|exit|stdout|stderr)\b|(?<!globalThis\.)\bconsole\.\w+\(/g)].map((match) => `src/${file.path}: ${match[0]}`),
  )
  assert.deepEqual(broken, [])
})

test('no dialect is named outside its room, the command line and the list of drivers', () => {
  const word = /(['"`])(postgres|sqlite|mysql)\1/g
  const broken = files.filter((file) => !/^(dialects\/\w+\/|cli\/|models\/|pull\/)/.test(file.path)).flatMap((file) => [...file.text.matchAll(word)].map((match) => `src/${file.path}: ${match[0]}`))
  assert.deepEqual(broken, [])
})

test('files stay small', () => {
  const sizes = files.map((file) => ({ path: relative('.', file.path), lines: file.text.split('\n').length })).sort((a, b) => a.lines - b.lines)
  const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0
  assert.ok(at(0.5) <= 80, `half of the files have at most 80 lines; the median is ${at(0.5)}`)
  assert.ok(at(0.9) <= 200, `nine of ten files have at most 200 lines; the 90th percentile is ${at(0.9)}`)
  assert.deepEqual(sizes.filter((file) => file.lines > 401).map((file) => file.path), [], 'no file has more than 400 lines')
})
