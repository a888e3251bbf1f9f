import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { sql as classicSql } from 'drizzle-orm'
import * as classicPg from 'drizzle-orm/pg-core'
import { sql as modernSql } from 'drizzle-orm-1'
import * as modernPg from 'drizzle-orm-1/pg-core'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { fromDrizzle } from '../../../src/models/drizzle/drizzle.ts'
import { trueup } from '../../../src/trueup.ts'
import type { Pg } from './memories.ts'
import { memoriesModels } from './memories.ts'

// 1.0's types differ in detail from 0.45's; the members that the models use are the same.
const CLASSIC = memoriesModels(classicPg, classicSql)
const MODERN = memoriesModels(modernPg as unknown as Pg, modernSql as unknown as typeof classicSql)

describe('the memories application in Drizzle, on a database', () => {
  for (const [title, first, second] of [['0.45, then 1.0', CLASSIC, MODERN], ['1.0, then 0.45', MODERN, CLASSIC]] as const) {
    test(`${title}: made from nothing, in line afterwards, and the other version finds nothing to do`, async (t) => {
      const client = await PGlite.create()
      t.after(() => client.close())
      await client.exec('CREATE ROLE reader; CREATE VIEW somebody_elses AS SELECT 1 AS id')
      const start = async (models: object) => {
        const schema = trueup({ database: postgres(client), models: fromDrizzle(models), logger: false })
        const report = await schema.applyMigrations()
        return { report, check: await schema.check() }
      }
      const made = await start(first)
      assert.equal(made.report.outcome, 'applied')
      assert.deepEqual([made.check.pending, made.check.drift.filter((drift) => drift.kind === 'changed')], [[], []])
      const again = await start(second)
      assert.deepEqual(again.report.steps.map((step) => step.title), [])
      assert.deepEqual([again.check.pending, again.check.drift.filter((drift) => drift.kind === 'changed')], [[], []])
    })
  }

  test('an exclusion constraint, which Drizzle has no words for, is neither missed nor dropped, not even when everything is made equal', async (t) => {
    const client = await PGlite.create()
    t.after(() => client.close())
    const schema = trueup({ database: postgres(client), models: fromDrizzle({ seats: classicPg.pgTable('seats', { n: classicPg.integer('n') }) }), logger: false })
    await schema.applyMigrations()
    await client.exec(`ALTER TABLE seats ADD CONSTRAINT apart EXCLUDE USING btree (n WITH =)`)
    assert.deepEqual((await schema.check()).drift, [])
    assert.deepEqual((await schema.plan({ allow: 'destructive' })).steps, [])
  })

  test('a unique key over the columns of the primary key, which a CREATE TABLE passes over, is not made, and stays where somebody made it', async (t) => {
    const client = await PGlite.create()
    t.after(() => client.close())
    const pairs = classicPg.pgTable('pairs', { a: classicPg.integer('a'), b: classicPg.integer('b') }, (columns) => [classicPg.primaryKey({ columns: [columns.a, columns.b] }), classicPg.unique('pairs_again').on(columns.a, columns.b)])
    const schema = trueup({ database: postgres(client), models: fromDrizzle({ pairs }), logger: false })
    await schema.applyMigrations()
    const keys = async (): Promise<unknown> => (await client.query("SELECT conname FROM pg_constraint WHERE conrelid = 'pairs'::regclass AND contype IN ('p', 'u') ORDER BY conname")).rows
    assert.deepEqual(await keys(), [{ conname: 'pairs_a_b_pk' }])
    await client.exec('ALTER TABLE pairs ADD CONSTRAINT pairs_again UNIQUE (a, b)')
    assert.deepEqual((await schema.check()).drift, [])
    assert.deepEqual((await schema.plan({ allow: 'destructive' })).steps, [])
  })
})
