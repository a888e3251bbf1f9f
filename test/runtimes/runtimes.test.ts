import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Consumer } from '../package/consumer.ts'
import { makeConsumer } from '../package/consumer.ts'
import type { TestServer } from '../servers/postgres.ts'
import { newestServer } from '../servers/postgres.ts'
import type { Runtime } from './runtimes.ts'
import { runtimes } from './runtimes.ts'

const DRIZZLE = `import { pgTable, serial, text } from 'drizzle-orm/pg-core'
export const users = pgTable('users', { id: serial().primaryKey(), email: text().notNull() })
`

/** What a service does: import what it needs, bring its database into line twice, and check. */
const PROGRAM = `
import { trueup, sql } from 'trueup'
import { fromDrizzle } from 'trueup/models/drizzle'
import { fromSql } from 'trueup/models/sql'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'
import * as models from './models.mjs'

const doors = JSON.parse(process.env.DOORS)
for (const door of doors) await import('trueup' + door.slice(1))

const migrations = [{ id: 'fill', backfill: { table: 'users', set: sql\`email = 'none'\`, where: sql\`email = ''\` } }]
async function start(database, source) {
  const app = trueup({ database, models: source, migrations, logger: false, application: 'runtimes' })
  const first = (await app.applyMigrations()).outcome
  const second = (await app.applyMigrations()).outcome
  const { inSync } = await app.check()
  await app.close()
  return [first, second, inSync]
}
const told = { doors: doors.length }
if (process.env.DATABASE_URL) told.postgres = await start(postgres(process.env.DATABASE_URL), fromDrizzle(models))
if (process.env.SQLITE) told.sqlite = await start(sqlite(process.env.SQLITE, process.env.DRIVER ? { driver: process.env.DRIVER } : {}), fromSql("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '')"))
console.log(JSON.stringify(told))
`

const CONFIG = `import { trueup } from 'trueup'
import { fromDrizzle } from 'trueup/models/drizzle'
import { postgres } from 'trueup/postgres'
import * as models from './models.mjs'
enum Stage { one = 'runtimes' }
export default trueup({ application: Stage.one, database: postgres(process.env.DATABASE_URL as string), models: fromDrizzle(models) })
`

let server: TestServer
let consumer: Consumer
let doors: readonly string[]

before(async () => {
  const kind = newestServer()
  assert.ok(kind, 'a server for the runtimes to use')
  server = await kind.start()
  consumer = makeConsumer('pg', 'postgres', 'drizzle-orm', 'libsql', 'better-sqlite3', 'tsx')
  const manifest = (await import(join(consumer.installed, 'package.json'), { with: { type: 'json' } })).default as { readonly exports: Readonly<Record<string, unknown>> }
  doors = Object.keys(manifest.exports).filter((door) => door !== './package.json')
  consumer.write('models.mjs', DRIZZLE)
  consumer.write('program.mjs', PROGRAM)
  consumer.write('config/trueup.config.ts', CONFIG.replace('./models.mjs', '../models.mjs'))
})
after(() => server.stop())

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(runtime: Runtime, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, DATABASE_URL: ___, ...own } = process.env
  const child = spawn(runtime.program, args, { cwd: consumer.folder, env: { ...own, DOORS: JSON.stringify(doors), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => (stdout += String(data)))
  child.stderr.on('data', (data: Buffer) => (stderr += String(data)))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const done = (ended: Ended): Readonly<Record<string, unknown>> => {
  assert.equal(ended.code, 0, ended.stderr)
  return JSON.parse(ended.stdout) as Readonly<Record<string, unknown>>
}

const IN_LINE = ['applied', 'current', true]

for (const runtime of runtimes()) {
  describe(runtime.title, () => {
    test('every door opens; a PostgreSQL and a SQLite database are brought into line', async () => {
      const told = done(await run(runtime, ['program.mjs'], { DATABASE_URL: await server.createDatabase(), SQLITE: join(consumer.folder, `${runtime.program.replace(/\W/g, '')}.db`) }))
      assert.deepEqual(told, { doors: doors.length, postgres: IN_LINE, sqlite: IN_LINE })
    })

    test('the command line loads a configuration in TypeScript that no runtime reads by its types alone', async () => {
      const DATABASE_URL = await server.createDatabase()
      const cli = [join(consumer.installed, 'dist/cli/bin.js'), 'check', '--config', 'config/trueup.config.ts', '--json']
      const { code, stdout, stderr } = await run(runtime, cli, { DATABASE_URL })
      assert.equal(code, 2, stderr)
      assert.match(stdout, /create table users/)
    })

    if (!runtime.isBun && runtime.major >= 24) {
      // Node's permission model stands for a read-only file system; from 25 on it refuses the network, too.
      const refused = runtime.major >= 25 ? 'no file may be written and no network is there' : 'no file may be written'
      test(`a start where ${refused}`, async () => {
        const flags = ['--permission', '--allow-fs-read=*']
        const told = done(await run(runtime, [...flags, 'program.mjs'], { SQLITE: ':memory:', DRIVER: 'node:sqlite' }))
        assert.deepEqual(told, { doors: doors.length, sqlite: IN_LINE })
        if (runtime.major >= 25) return
        assert.deepEqual(done(await run(runtime, [...flags, 'program.mjs'], { DATABASE_URL: await server.createDatabase() })), { doors: doors.length, postgres: IN_LINE })
      })
    }
  })
}
