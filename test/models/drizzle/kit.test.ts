// What drizzle-kit makes of models, and what we make of them.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { generateDrizzleJson, generateMigration, generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as sqliteCore from 'drizzle-orm/sqlite-core'
import Libsql from 'libsql'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { fromDrizzle } from '../../../src/models/drizzle/drizzle.ts'
import { trueup } from '../../../src/trueup.ts'
import { described } from '../described.ts'
import { newestServer } from '../newest-server.ts'
import { assertSamePair } from '../sqlite-pair.ts'
import { largeSqliteModels } from './large-sqlite.ts'
import { largeModels } from './large.ts'

const server = newestServer()
after(() => server.stop())

describe('drizzle-kit 0.31, on PostgreSQL', () => {
  for (const [title, models, schemas] of [['64 tables with every type', largeModels(pg, sql, 64), ['public', 'other']]] as const) {
    test(`${title}: what drizzle-kit makes and what we make is the same, and drizzle-kit’s own database is in line`, async () => {
      const [theirs, ours] = [await server.createDatabase(), await server.createDatabase()]
      const client = await server.connect(theirs)
      for (const statement of await generateMigration(generateDrizzleJson({}), generateDrizzleJson(models))) await client.query(statement)
      await client.end()
      const options = { logger: false, schemas, models: fromDrizzle(models) } as const
      const there = trueup({ database: postgres(theirs), ...options })
      const check = await there.check()
      assert.deepEqual([check.pending, check.drift.filter((drift) => drift.kind !== 'incomparable')], [[], []])
      const here = trueup({ database: postgres(ours), ...options })
      assert.equal((await here.applyMigrations()).outcome, 'applied')
      assert.deepEqual(await described(postgres(ours), schemas), await described(postgres(theirs), schemas))
      assert.equal((await here.applyMigrations()).outcome, 'current')
      await Promise.all([there.close(), here.close()])
    })
  }
})

describe('drizzle-kit 0.31, on SQLite', () => {
  test('64 tables: what drizzle-kit makes and what we make is the same, and drizzle-kit’s own database is in line', async (t) => {
    const models = largeSqliteModels(sqliteCore, sql, 62)
    await assertSamePair(t, {
      models: fromDrizzle(models),
      async make(path) {
        const statements = await generateSQLiteMigration(await generateSQLiteDrizzleJson({}), await generateSQLiteDrizzleJson(models))
        const database = new Libsql(path)
        for (const statement of statements) database.exec(statement)
        database.close()
      },
      respell: (theirs) => theirs.replaceAll('"default":"FALSE"', '"default":"0"').replaceAll('"default":"TRUE"', '"default":"1"').replace(/\\+"[Ll]arge[ _](?:table )?\d+\\+"\.(?=small > 3)/g, ''),
    })
  })
})
