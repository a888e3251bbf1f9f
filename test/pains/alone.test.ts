import { build } from 'esbuild'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildProgram } from '../race/build.ts'
import type { Job } from '../race/program.ts'
import type { Work } from '../race/scenarios.ts'
import { play } from '../race/scenarios.ts'
import { app, engines, onEmpty, server } from './places.ts'

const WORK: Work = { rows: 0, batch: 5, sleep: 0 }
const ROOT = join(import.meta.dirname, '..', '..')

interface End {
  readonly code: number | null
  readonly out: string
}

function run(words: readonly string[], cwd: string): Promise<End> {
  return new Promise((resolve) => {
    let out = ''
    const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '' } })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.on('close', (code) => resolve({ code, out }))
  })
}

test('pains 24 and 26: one minified file in an empty read-only folder migrates, and runs nothing again that the sources ran', () => onEmpty(server, async (place) => {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-bundle-'))
  try {
    const file = join(folder, 'service.mjs')
    await build({
      entryPoints: [join(ROOT, 'test', 'race', 'program.ts')], outfile: file, bundle: true, minify: true, format: 'esm', platform: 'node', logLevel: 'error',
      // The application's driver is bundled with it; those that it does not use are left out.
      external: ['pg-native', 'libsql', 'better-sqlite3', '@electric-sql/pglite', 'postgres'],
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    })
    chmodSync(folder, 0o555)
    const job: Job = { url: place.url ?? '', dialect: 'postgres', work: WORK }
    const first = await run([file, JSON.stringify(job)], folder)
    assert.equal(first.code, 0, first.out)
    assert.match(first.out, /"outcome":"applied"/)
    const sources = app(place, play('postgres', WORK).models, play('postgres', WORK).migrations)
    assert.equal((await sources.applyMigrations()).outcome, 'current', 'the sources see the work of the bundle as done')
    const second = await run([file, JSON.stringify(job)], folder)
    assert.match(second.out, /"outcome":"current"/)
  } finally {
    chmodSync(folder, 0o755)
    rmSync(folder, { recursive: true, force: true })
  }
}))

test('pain 24: what an application imports reads no folder', async () => {
  const result = await build({
    stdin: { contents: "export * from './src/index.ts'; export * from './src/dialects/postgres/postgres.ts'; export * from './src/models/sql.ts'", resolveDir: ROOT, loader: 'ts' },
    bundle: true, write: false, format: 'esm', platform: 'neutral', external: ['pg', 'postgres', '@electric-sql/pglite', 'libpg-query', 'pgsql-parser'], metafile: true, logLevel: 'error',
  })
  const wanted = Object.values(result.metafile.inputs).flatMap((input) => input.imports).filter((one) => one.external === true).map((one) => one.path)
  assert.deepEqual(wanted.filter((path) => path.startsWith('node:')), [])
})

for (const engine of engines) {
  test(`pain 28: without an input nothing asks, every command ends (${engine.title})`, () => onEmpty(engine, async (place) => {
    const program = await buildProgram()
    const job: Job = { url: place.url ?? '', dialect: engine.dialect, work: WORK }
    const ends: [string, number | null][] = []
    for (const words of [['status'], ['plan'], ['check'], ['apply'], ['check'], ['history'], ['rollback', '--dry-run'], ['doctor']]) {
      const { code, out } = await run([program, JSON.stringify({ ...job, cli: words })], ROOT)
      ends.push([words.join(' '), code])
      assert.ok(!out.includes('\u001b'), out)
      assert.doesNotMatch(out, /\(y\/n\)/i, out)
    }
    assert.deepEqual(ends.filter(([, code]) => code === null), [])
    assert.deepEqual(ends.map(([, code]) => code).slice(0, 6), [0, 0, 2, 0, 0, 0], JSON.stringify(ends))
  }))
}
