import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../src/errors.ts'
import { snapshot, trueup } from '../../src/index.ts'
import { fromDrizzle, withExtensions } from '../../src/models/drizzle/drizzle.ts'
import { fromSnapshot } from '../../src/models/snapshot.ts'
import type { ModelSource } from '../../src/models/source.ts'
import { fromSql } from '../../src/models/sql.ts'
import { newestServer } from './newest-server.ts'

const server = newestServer()
after(() => server.stop())

const citext = pg.customType<{ data: string }>({ dataType: () => 'citext' })
const users = pg.pgTable('users', { id: pg.uuid().primaryKey(), name: pg.text(), email: citext() }, (columns) => [pg.index('users_name').using('gin', columns.name.op('gin_trgm_ops'))])
const MODELS = fromDrizzle({ users })

async function on(url: string, models: ModelSource) {
  const schema = trueup({ database: postgres(url), models, logger: false })
  try {
    return { plan: await schema.plan({ allow: 'destructive' }), outcome: (await schema.applyMigrations()).outcome, check: await schema.check() }
  } finally {
    await schema.close()
  }
}

const failing = async (work: Promise<unknown>): Promise<{ readonly code: string; readonly hint: string | undefined }> => {
  const error = await work.then(() => null, (reason: unknown) => reason)
  assert.ok(isTrueupError(error), String(error))
  return { code: error.code, hint: error.hint }
}

describe('what models need and a server does not have', () => {
  test('extensions are created before the tables, found in line afterwards, and neither dropped nor missed when they are not named any more', async () => {
    const url = await server.createDatabase()
    const made = await on(url, withExtensions(MODELS, ['pg_trgm', 'citext', 'citext']))
    assert.deepEqual(made.plan.steps.map((step) => step.title), ['create extension citext', 'create extension pg_trgm', 'create table users'])
    assert.deepEqual([made.outcome, made.check.pending, made.check.drift], ['applied', [], []])
    for (const models of [withExtensions(MODELS, ['citext']), MODELS]) {
      const again = await on(url, models)
      assert.deepEqual([again.plan.steps, again.outcome, again.check.drift], [[], 'current', []])
    }
  })

  test('extensions go before SQL texts, too', async () => {
    const made = await on(await server.createDatabase(), withExtensions(fromSql('CREATE TABLE users (email citext);'), ['citext']))
    assert.deepEqual([made.outcome, made.check.drift], ['applied', []])
  })

  for (const [title, table, name] of [
    ['a type', pg.pgTable('t', { email: citext() }), 'citext'],
    ['an operator class', pg.pgTable('t', { name: pg.text() }, (columns) => [pg.index('t_name').using('gin', columns.name.op('gin_trgm_ops'))]), 'pg_trgm'],
    ['a function', pg.pgTable('t', { id: pg.uuid().default(sql`uuid_generate_v4()`) }), 'uuid-ossp'],
    ['a type that no server here brings', pg.pgTable('t', { at: pg.vector({ dimensions: 3 }) }), 'vector'],
  ] as const) {
    test(`without it the error names the one that has what is missing: ${title}`, async () => {
      const { code, hint } = await failing(on(await server.createDatabase(), fromDrizzle({ table })))
      assert.equal(code, 'step-failed')
      assert.equal(hint, `The extension ${name} has it. Name it beside the models, withExtensions(models, ['${name}']) from their door, or create it: CREATE EXTENSION "${name}". Then start again: what ran is recorded.`)
    })
  }

  test('a policy for a role that is not there says that roles are made by hand', async () => {
    const table = pg.pgTable('t', { n: pg.integer() }, () => [pg.pgPolicy('own', { to: ['nobody_here'], using: sql`true` })])
    const { code, hint } = await failing(on(await server.createDatabase(), fromDrizzle({ table })))
    assert.deepEqual([code, hint], ['step-failed', 'Roles belong to the whole server, and trueup makes none: create it (CREATE ROLE …), or name another one. Then start again: what ran is recorded.'])
  })

  test('an extension that the server does not have is named, and nothing else was made', async () => {
    const url = await server.createDatabase()
    const { code, hint } = await failing(on(url, withExtensions(MODELS, ['nobodys "own"'])))
    assert.deepEqual([code, hint], ['step-failed', 'It has to be installed where PostgreSQL runs, often by a package of the system. PGlite is given it when it is made: PGlite.create({ extensions: { … } }).'])
    const client = await server.connect(url)
    assert.deepEqual((await client.query("SELECT relname FROM pg_class WHERE relname = 'users'")).rows, [])
    await client.end()
  })

  test('extensions are refused beside a snapshot and for SQLite, where they mean nothing', async () => {
    const url = await server.createDatabase()
    const taken = await snapshot({ of: postgres(url) })
    assert.equal((await failing(on(url, withExtensions(fromSnapshot(taken), ['citext'])))).code, 'models-invalid')
    assert.equal((await failing(Promise.resolve(withExtensions(MODELS, ['citext']).declare({ dialect: 'sqlite', defaultSchema: 'main' })))).code, 'models-invalid')
  })
})
