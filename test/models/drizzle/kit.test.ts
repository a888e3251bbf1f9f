// What drizzle-kit makes of models, and what we make of them.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
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

async function assertSame(models: Readonly<Record<string, object>>, statements: readonly string[]): Promise<void> {
  const schemas = ['public', 'other']
  const [theirs, ours] = [await server.createDatabase(), await server.createDatabase()]
  const client = await server.connect(theirs)
  for (const statement of statements) await client.query(statement)
  await client.end()
  const options = { logger: false, schemas, models: fromDrizzle(models) } as const
  const there = trueup({ database: postgres(theirs), ...options })
  const check = await there.check()
  assert.deepEqual([check.pending, check.drift.filter((drift) => drift.kind !== 'incomparable')], [[], []])
  assert.deepEqual((await there.plan()).steps, [])
  const here = trueup({ database: postgres(ours), ...options })
  assert.equal((await here.applyMigrations()).outcome, 'applied')
  assert.deepEqual(await described(postgres(ours), schemas), await described(postgres(theirs), schemas))
  assert.equal((await here.applyMigrations()).outcome, 'current')
  await Promise.all([there.close(), here.close()])
}

describe('drizzle-kit 0.31', () => {
  test('PostgreSQL, 66 tables with all that Drizzle can say: its database and ours are the same, names included', async () => {
    const models = largeModels(pg, sql, 64)
    await assertSame(models, await generateMigration(generateDrizzleJson({}), generateDrizzleJson(models)))
  })

  test('SQLite, 64 tables: its database is in line, and ours is the same', async (t) => {
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

/** A folder with drizzle-kit and drizzle-orm 1.0, which together are too heavy (125 MB) to be installed for these tests alone. */
const FOLDER = process.env['TRUEUP_TEST_DRIZZLE_KIT_1']
if (FOLDER === undefined) console.log('drizzle-kit 1.0 is not compared: TRUEUP_TEST_DRIZZLE_KIT_1 names no folder where drizzle-kit@1.0.0-rc.5 and drizzle-orm@1.0.0-rc.5 are installed')
else describe('drizzle-kit 1.0', () => {
  const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(createRequire(join(FOLDER, 'package.json')).resolve(name)).href)) as T

  test('PostgreSQL, 66 tables with all that Drizzle can say: its database and ours are the same, names included', async () => {
    // 1.0's types differ in detail from 0.45's; the members that the models use are the same.
    const models = largeModels(await load<typeof pg>('drizzle-orm/pg-core'), (await load<{ readonly sql: typeof sql }>('drizzle-orm')).sql, 64)
    const kit = await load<{ generateDrizzleJson(models: object): Promise<object>; generateMigration(from: object, to: object): Promise<readonly string[]> }>('drizzle-kit/payload/postgres')
    await assertSame(models, await kit.generateMigration(await kit.generateDrizzleJson({}), await kit.generateDrizzleJson(models)))
  })

  test('SQLite, 64 tables: its database is in line, although its unique keys are constraints and ours are indexes', async (t) => {
    const models = largeSqliteModels(await load<typeof sqliteCore>('drizzle-orm/sqlite-core'), (await load<{ readonly sql: typeof sql }>('drizzle-orm')).sql, 62)
    const kit = await load<{ generateDrizzleJson(models: object): Promise<object>; generateMigration(from: object, to: object): Promise<readonly string[]> }>('drizzle-kit/payload/sqlite')
    await assertSamePair(t, {
      models: fromDrizzle(models),
      async make(path) {
        const database = new Libsql(path)
        for (const statement of await kit.generateMigration(await kit.generateDrizzleJson({}), await kit.generateDrizzleJson(models))) database.exec(statement)
        database.close()
      },
      alike: false,
    })
  })
})
