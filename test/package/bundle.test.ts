import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import type { PGlite } from '@electric-sql/pglite'
import Libsql from 'libsql'
import type { Report } from '../../src/api.ts'
import { openPglite } from '../servers/pglite.ts'
import { APPLICATION_DOORS, bundle, bundleDoor, DRIVERS } from './bundle.ts'

for (const door of APPLICATION_DOORS) {
  test(`door ${door} bundles for a target without a file system, with no package inside`, async () => {
    const { packages, external } = await bundleDoor(door)
    assert.deepEqual(packages, [])
    for (const { module, dynamic } of external) {
      assert.ok(dynamic, `${module} is loaded as soon as the door is`)
      assert.ok(DRIVERS.includes(module), module)
    }
  })
}

test('a bundle for such a target is refused what Node alone has', async () => {
  for (const module of ['fs', 'node:fs', 'node:path', 'process']) await assert.rejects(bundle(`import '${module}'`), /Could not resolve/, module)
})

const PROGRAM = `
import { sql, trueup } from 'trueup'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'
import { fromSql } from 'trueup/models/sql'
import { fromJson } from 'trueup/models/json'

const migrations = [
  { table: 'notes', column: 'task_id', type: 'VARCHAR', description: 'Task' },
  { id: 'fill', backfill: { table: 'notes', set: sql\`task_id = 'none'\`, where: sql\`task_id IS NULL\` } },
]

async function migrate(database, models) {
  const app = trueup({ database, models, migrations, logger: false, application: 'bundled' })
  const first = await app.applyMigrations()
  const second = await app.applyMigrations()
  const check = await app.check()
  await app.close()
  return { first, second, check }
}

export const onSqlite = (handle) => migrate(sqlite(handle), fromSql('CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL)'))

export const onPostgres = (handle) => migrate(postgres(handle), fromJson({ table: [{
  name: 'notes', columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'body', type: 'text', notNull: true }],
  constraints: [{ type: 'primaryKey', columns: ['id'] }],
}] }))
`

interface Outcome {
  readonly first: Report
  readonly second: Report
  readonly check: { readonly inSync: boolean }
}

interface Program {
  onSqlite(handle: Libsql.Database): Promise<Outcome>
  onPostgres(handle: PGlite): Promise<Outcome>
}

/** Runs the bundle where there is what the web has and nothing of Node: no process, no require, no import. */
async function load(): Promise<Program> {
  const { code } = await bundle(PROGRAM, 'program')
  const web = { console, URL, URLSearchParams, TextEncoder, TextDecoder, AbortController, AbortSignal, crypto, performance, setTimeout, clearTimeout, queueMicrotask, structuredClone, Uint8Array, ArrayBuffer }
  const context = vm.createContext(web)
  vm.runInContext(`${code}\nglobalThis.program = program`, context)
  // What the program above exports.
  return context['program'] as Program
}

function assertDone({ first, second, check }: Outcome): void {
  assert.equal(first.outcome, 'applied')
  assert.deepEqual([...first.applied], ['notes.task_id'])
  assert.equal(second.outcome, 'current')
  assert.equal(check.inSync, true)
}

test('the bundle migrates a SQLite database outside Node', async (t) => {
  const handle = new Libsql(':memory:')
  t.after(() => { handle.close() })
  assertDone(await (await load()).onSqlite(handle))
  assert.deepEqual(handle.prepare(`SELECT name FROM pragma_table_info('notes')`).raw().all().flat(), ['id', 'body', 'task_id'])
})

test('the bundle migrates a PGlite database outside Node', async (t) => {
  const handle = await openPglite()
  t.after(() => handle.close())
  assertDone(await (await load()).onPostgres(handle))
  const { rows } = await handle.query<{ name: string }>(`SELECT attname AS name FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attnum > 0`)
  assert.deepEqual(rows.map((row) => row.name), ['id', 'body', 'task_id'])
})
