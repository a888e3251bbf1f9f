import { build } from 'esbuild'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CATALOGUE } from '../../src/cli/catalogue.ts'
import { runChild, startChild, describeEnd } from '../race/children.ts'
import { assertInLine } from '../race/ledger.ts'
import type { Job } from '../race/program.ts'
import type { Work } from '../race/scenarios.ts'
import { models, table } from '../start/sketches.ts'
import { app, engines, number, onEmpty, server, sqlite, start } from './places.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WORK: Work = { rows: 40, batch: 5, sleep: 300 }

test('pain 2: replicas that start together run everything once, and all of them end well', () => onEmpty(server, async (place) => {
  const job: Job = { url: place.url ?? '', dialect: 'postgres', work: WORK }
  const children = await Promise.all(Array.from({ length: 6 }, () => startChild(job)))
  await Promise.all(children.map((child) => child.ready))
  for (const child of children) child.go()
  const ends = await Promise.all(children.map((child) => child.ended))
  for (const end of ends) assert.equal(end.code, 0, describeEnd(end))
  const applied = ends.filter((end) => end.told?.ok === true && end.told.outcome === 'applied')
  assert.equal(applied.length, 1, 'one of them did it, the others waited and found it done')
  await assertInLine(place, 'postgres', WORK, 0)
}))

test('pain 5: who dies in the middle leaves no lock that anybody has to remove', () => onEmpty(server, async (place) => {
  const job: Job = { url: place.url ?? '', dialect: 'postgres', work: { ...WORK, sleep: 5_000 } }
  const dying = await startChild(job)
  await dying.ready
  dying.go()
  // Inside a statement of its own: the server notices the death only afterwards.
  const busy = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
  for (let tries = 0; (await number(place, busy)) === 0; tries += 1) {
    assert.ok(tries < 1000, 'it never came to its own statement')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  dying.kill()
  await dying.ended
  const next = await runChild({ ...job, work: { ...WORK, sleep: 0 } })
  assert.equal(next.code, 0, describeEnd(next))
  assert.equal(await number(place, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), 0)
}))

test('pain 7: a migration that fails half-way on MySQL goes on where it stopped', { skip: 'there is no MySQL dialect yet: the step ledger that it needs is played on PostgreSQL and SQLite in test/crash' }, () => {})

test('pain 14: the rebuild of a SQLite table keeps the rows that point at it', () => onEmpty(sqlite, async (place) => {
  const children = { name: 'pets', columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'owner', type: 'integer' }],
    constraints: [{ type: 'foreignKey' as const, name: 'pets_owner', columns: ['owner'], references: { schema: '', table: 'owners', columns: ['id'] }, onDelete: 'cascade' as const, onUpdate: 'no action' as const }] }
  const owners = (notNull: boolean) => ({ ...table('owners'), columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'name', type: 'text', notNull }] })
  await start(place, models(owners(false), children))
  await place.script("INSERT INTO owners VALUES (1, 'a'), (2, 'b')", 'INSERT INTO pets VALUES (1, 1), (2, 2), (3, 2)')
  const wanted = app(place, models(owners(true), children))
  const plan = await wanted.plan({ allow: 'destructive' })
  assert.ok(plan.steps.some((step) => /owners/.test(step.title)), 'the table is made anew')
  await wanted.applyMigrations({ allow: 'destructive', confirm: plan.hash })
  assert.equal(await number(place, 'SELECT count(*) FROM pets'), 3)
  assert.equal(await number(place, 'SELECT count(*) FROM owners'), 2)
  assert.deepEqual(await place.rows('PRAGMA foreign_key_check'), [])
}))

test('pain 25: a start needs no engine, no other program, no native add-on and no worker', () => onEmpty(server, async (place) => {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-bare-'))
  try {
    const file = join(folder, 'service.mjs')
    await build({
      entryPoints: [join(ROOT, 'test', 'race', 'program.ts')], outfile: file, bundle: true, format: 'esm', platform: 'node', logLevel: 'error', external: ['pg-native', 'libsql', 'better-sqlite3', '@electric-sql/pglite', 'postgres'],
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    })
    // Node itself forbids the rest: writing files, child processes, add-ons, workers.
    const flag = Number(process.versions.node.split('.')[0]) >= 24 ? ['--permission', ...(Number(process.versions.node.split('.')[0]) >= 25 ? ['--allow-net'] : [])] : ['--experimental-permission']
    const job: Job = { url: place.url ?? '', dialect: 'postgres', work: { ...WORK, sleep: 0 } }
    const end = await run([...flag, '--allow-fs-read=*', file, JSON.stringify(job)], folder)
    assert.equal(end.code, 0, end.out)
    assert.match(end.out, /"outcome":"applied"/)
    const manifest: { readonly dependencies: Readonly<Record<string, string>>; readonly scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    assert.deepEqual(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name)), [], 'nothing runs when it is installed')
    assert.ok(Object.keys(manifest.dependencies).length <= 1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}))

test('pain 27: the command line runs inside the application’s own entry, under its own loader, from any path', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'trueup-embedded-')), 'a folder, ü & 100%')
  mkdirSync(folder)
  try {
    const entry = join(folder, 'migrate.mts')
    const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
    writeFileSync(entry, `enum Kind { Users = 'users' }
import { trueup } from ${at('index.ts')}
import { sqlite } from ${at('dialects/sqlite/sqlite.ts')}
import { fromSql } from ${at('models/sql.ts')}
import { runCli } from ${at('cli/run.ts')}
await runCli(trueup({ database: sqlite(':memory:', { driver: 'libsql' }), models: fromSql(\`CREATE TABLE \${Kind.Users} (id integer)\`), logger: false }), process.argv)
`)
    const loaded = await run(['--import', new URL('../../node_modules/tsx/dist/esm/index.mjs', import.meta.url).href, entry, 'plan', '--json'], folder, process.env)
    assert.equal(loaded.code, 0, loaded.out)
    assert.match(loaded.out, /create table users/)
    const bundled = join(folder, 'migrate.mjs')
    await build({ entryPoints: [entry], outfile: bundled, bundle: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'error', absWorkingDir: ROOT })
    assert.match(readFileSync(bundled, 'utf8'), /create table|CREATE TABLE/)
  } finally {
    rmSync(join(folder, '..'), { recursive: true, force: true })
  }
})

for (const engine of engines) {
  test(`pain 29: drift is told object by object with a way out of each, and nobody offers to reset (${engine.title})`, () => onEmpty(engine, async (place) => {
    const wanted = models(table('users', 'name'))
    await start(place, wanted)
    await place.script("INSERT INTO users VALUES (1, 'kept')", 'ALTER TABLE users ADD COLUMN by_hand text', 'CREATE TABLE somebody_elses (x integer)')
    const { drift } = await app(place, wanted).status()
    assert.deepEqual(drift.map((item) => `${item.kind} ${item.object}`).sort(), ['extra column users.by_hand', 'extra table somebody_elses'])
    for (const item of drift) {
      assert.match(item.hint ?? '', /[Dd]eclare it|leave it|rename entry/, 'into the models, or left')
      assert.match(item.hint ?? '', /SQL entry|tolerate/, 'or changed by an entry')
    }
    assert.equal((await start(place, wanted)).steps.length, 0)
    assert.equal(await number(place, "SELECT count(*) FROM users WHERE name = 'kept'"), 1)
    const words = Object.entries(CATALOGUE).flatMap(([name, command]) => [name, ...Object.keys((command as { readonly flags?: object }).flags ?? {})])
    assert.deepEqual(words.filter((word) => /reset|force|accept|wipe/i.test(word)), [])
  }))
}

interface End {
  readonly code: number | null
  readonly out: string
}

function run(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = { PATH: '' }): Promise<End> {
  return new Promise((resolve) => {
    let out = ''
    const { NODE_TEST_CONTEXT: _, ...rest } = env
    const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: rest })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.on('close', (code) => resolve({ code, out }))
  })
}
