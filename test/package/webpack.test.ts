import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import webpack from 'webpack'
import { makeConsumer } from './consumer.ts'

// Next.js bundles a server by webpack, with `serverExternalPackages` left outside: the same is done here, with the same target.
const PROGRAM = `
import { trueup } from 'trueup'
import { fromSql } from 'trueup/models/sql'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'

export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const schema = trueup({ database: sqlite(process.env.FILE), models: fromSql('CREATE TABLE notes (id INTEGER PRIMARY KEY)'), logger: false })
  const { outcome } = await schema.applyMigrations()
  const { inSync } = await schema.check()
  await schema.close()
  // Named, so that it is not shaken off: what a service on PostgreSQL imports.
  console.log(JSON.stringify([outcome, inSync, postgres('postgres://localhost/app').address]))
}
register()
`

const EXTERNAL = ['pg', 'postgres', '@electric-sql/pglite', 'libsql', 'better-sqlite3']

for (const mode of ['production', 'development'] as const) {
  test(`webpack bundles a service for Node without a warning, and it starts (${mode})`, async () => {
    const consumer = makeConsumer('libsql', 'better-sqlite3')
    consumer.write('program.mjs', PROGRAM)
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack({
        mode, target: 'node20', context: consumer.folder, entry: './program.mjs', devtool: false, stats: 'none',
        output: { path: join(consumer.folder, 'out'), filename: 'server.cjs', chunkFilename: '[id].cjs' },
        externals: [...EXTERNAL.map((name) => ({ [name]: `import ${name}` })), { 'node:sqlite': 'import node:sqlite' }],
      }, (error, done) => (error ? reject(error) : resolve(done)))
    })
    const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {}
    assert.deepEqual([...errors, ...warnings].map((one) => one.message), [])
    const started = consumer.node(['out/server.cjs'], { NEXT_RUNTIME: 'nodejs', FILE: join(consumer.folder, 'notes.db') })
    assert.equal(started.status, 0, started.stderr)
    assert.deepEqual(JSON.parse(started.stdout), ['applied', true, 'PostgreSQL at localhost:5432/app'])
  })
}
