import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSync } from 'oxc-parser'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { VERSION } from '../../src/version.ts'
import { makeConsumer } from './consumer.ts'

const consumer = makeConsumer()
const manifest: {
  readonly version: string
  readonly bin: { readonly trueup: string }
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
} = JSON.parse(readFileSync(join(consumer.installed, 'package.json'), 'utf8'))

/** What each door gives at run time. A name is added here on purpose, and never removed lightly. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '.': ['TrueupError', 'VERSION', 'compare', 'isTrueupError', 'snapshot', 'sql', 'trueup'],
  './postgres': ['postgres'],
  './sqlite': ['sqlite'],
  './models/drizzle': ['fromDrizzle', 'withExtensions'],
    './models/prisma': ['fromPrisma', 'fromPrismaContract'],
    './models/json': ['fromJson'],
    './fastify': ['fastifyTrueup'],
    './nestjs': ['TRUEUP', 'TrueupModule'],
    './models/typeorm': ['fromTypeORM', 'withExtensions'],
    './models/mikro-orm': ['fromMikroOrm', 'withExtensions'],
    './models/sequelize': ['fromSequelize', 'withExtensions'],
    './models/tables': ['check', 'column', 'enumType', 'foreignKey', 'fromTables', 'index', 'primaryKey', 'table', 'unique', 'withExtensions'],
  './models/sql': ['fromSql'],
  './models/snapshot': ['SNAPSHOT_VERSION', 'fromSnapshot', 'toSnapshot'],
  './rehearse': ['planKey', 'rehearse', 'requireRehearsal'],
  './files': ['migrationsFrom'],
  './cli': ['runCli', 'runWith'],
}

const doors = Object.keys(manifest.exports).filter((door) => door !== './package.json')

test('the doors are those that the tests know', () => {
  assert.deepEqual(doors.sort(), Object.keys(NAMES).sort())
})

test('every door can be imported by its name, without any other package, and gives its names', () => {
  consumer.write('names.js', `
const names = {}
for (const door of ${JSON.stringify(doors)}) names[door] = Object.keys(await import('trueup' + door.slice(1))).sort()
console.log(JSON.stringify(names))
`)
  const { status, stdout, stderr } = consumer.node(['names.js'])
  assert.equal(status, 0, stderr)
  assert.deepEqual(JSON.parse(stdout), NAMES)
})

test('making an application opens no connection and loads no package', () => {
  consumer.write('offline.js', `
import { trueup } from 'trueup'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'
import { fromSql } from 'trueup/models/sql'
for (const database of [postgres('postgres://nobody@localhost:1/none'), sqlite('none.db')]) {
  await trueup({ database, models: fromSql('CREATE TABLE a (b integer)'), logger: false }).close()
}
console.log('done')
`)
  assert.deepEqual(consumer.node(['offline.js']), { status: 0, stdout: 'done\n', stderr: '' })
})

test('the first door has at most 30 public names', () => {
  const text = readFileSync(join(consumer.installed, 'dist/index.d.ts'), 'utf8')
  const names = parseSync('index.d.ts', text).module.staticExports.flatMap((one) => one.entries.map((entry) => entry.exportName.name))
  assert.ok(!names.includes(null), 'a star export has no end of names')
  assert.ok(names.length <= 30, `${names.length} names: ${names.join(', ')}`)
  assert.ok(names.includes('Migration') && names.includes('TrueupOptions'))
})

test('the package is small and holds what it should', () => {
  const paths = consumer.packed.files.map((file) => file.path)
  assert.ok(consumer.packed.size < 750_000, `${consumer.packed.size} bytes`)
  assert.deepEqual(paths.filter((path) => path.endsWith('.map')), [])
  assert.deepEqual(paths.filter((path) => !/^(dist\/|docs\/|package\.json$|README\.md$|LICEN[CS]E)/.test(path)), [])
  for (const file of ['package.json', 'README.md', 'dist/index.js', 'dist/index.d.ts']) assert.ok(paths.includes(file), file)
})

test('no file points at a source map that is not there', () => {
  const folder = join(consumer.installed, 'dist')
  const pointing = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(js|d\.ts)$/.test(name))
    .filter((name) => readFileSync(join(folder, name), 'utf8').includes('//# sourceMappingURL='))
  assert.deepEqual(pointing, [])
})

test('publint finds nothing to mend', async () => {
  const { messages } = await publint({ pkgDir: consumer.installed, strict: true, pack: false })
  const shown = messages.map((message) => formatMessage(message, manifest, { color: false }))
  assert.deepEqual(shown, [])
})

test('what the program needs beside itself are few packages, and only the program loads them', () => {
  assert.deepEqual(Object.keys(manifest.dependencies), ['tsx'])
})

test('the version is the same wherever it is written', () => {
  assert.equal(VERSION, manifest.version)
  const { status, stdout } = consumer.node([join(consumer.installed, manifest.bin.trueup), '--version'])
  assert.equal(status, 0)
  assert.equal(stdout.trim(), manifest.version)
})

test('the program is one: a first line for the shell, a mode that npm makes executable, help without a configuration', () => {
  const bin = join(consumer.installed, manifest.bin.trueup)
  assert.equal(readFileSync(bin, 'utf8').split('\n')[0], '#!/usr/bin/env node')
  assert.ok(statSync(bin).isFile())
  const { status, stdout, stderr } = consumer.node([bin, '--help'])
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^trueup /)
})
