import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import { availableServers } from '../servers/postgres.ts'
import { ITEMS_SQL, RECIPES, olderOf, startRecipe } from './recipes.ts'
import type { Recipe } from './recipes.ts'

for (const kind of availableServers()) {
  describe(`${kind.title}: what a start left that died between two steps`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => (await started).stop())

    test('a NOT NULL that was not yet checked is checked', { skip: kind.major < 18 && 'before version 18 a NOT NULL is no constraint of its own' }, async () => {
      const server = await started
      const url = await server.createDatabase()
      const database = new URL(url).pathname.slice(1)
      const recipe = RECIPES['not null'] as Recipe
      const { models, statement } = olderOf(recipe, 100)
      const older = trueup({ database: postgres(url), models, logger: false })
      await older.applyMigrations()
      await older.close()
      await server.sql(`${statement}; ALTER TABLE ${ITEMS_SQL} ADD CONSTRAINT "the ""Items"" of ünïcode_Code_not_null" NOT NULL "Code" NOT VALID`, database)
      const made = trueup({ database: postgres(url), models: recipe.models, logger: false, longSteps: 'wait' })
      assert.equal((await startRecipe(made, recipe)).outcome, 'applied')
      assert.deepEqual(await server.sql('SELECT conname FROM pg_constraint WHERE NOT convalidated', database), [])
      assert.equal((await made.status()).inSync, true)
      await made.close()
    })

    test('a run that died when all was done is closed, also where something drifts', async () => {
      const server = await started
      const url = await server.createDatabase()
      const database = new URL(url).pathname.slice(1)
      const recipe = RECIPES['plain'] as Recipe
      const { models } = olderOf(recipe, 100)
      const older = trueup({ database: postgres(url), models, logger: false })
      await older.applyMigrations()
      await older.close()
      const made = trueup({ database: postgres(url), models: recipe.models, logger: false })
      assert.ok((await made.applyMigrations()).drift.some((item) => item.kind === 'changed'))
      await server.sql("UPDATE trueup_runs SET outcome = 'running', finished = NULL WHERE outcome = 'done'", database)
      assert.equal((await made.applyMigrations()).outcome, 'current')
      assert.deepEqual(await server.sql('SELECT DISTINCT outcome FROM trueup_runs', database), [{ outcome: 'interrupted' }])
      await made.close()
    })

    for (const validated of [false, true]) {
      for (const equalises of [false, true]) {
        test(`the ${validated ? 'validated' : 'unvalidated'} proof of a NOT NULL is used and dropped${equalises ? ' once, where models and database are made equal' : ''}`, async () => {
          const server = await started
          const url = await server.createDatabase()
          const database = new URL(url).pathname.slice(1)
          const recipe: Recipe = { ...(RECIPES['not null'] as Recipe), isEqualising: equalises }
          const { models, statement } = olderOf(recipe, 100)
          const older = trueup({ database: postgres(url), models, logger: false })
          await older.applyMigrations()
          await older.close()
          await server.sql(`${statement}; ALTER TABLE ${ITEMS_SQL} ADD CONSTRAINT "the ""Items"" of ünïcode_Code_is_not_null" CHECK ("Code" IS NOT NULL)${validated ? '' : ' NOT VALID'}`, database)
          const made = trueup({ database: postgres(url), models: recipe.models, logger: false })
          // Version 18 proves by the constraint itself: such a check is the user's own there, and goes only where all must be equal.
          const ends = kind.major < 18 || equalises ? [] : [{ conname: 'the "Items" of ünïcode_Code_is_not_null' }]
          assert.equal((await startRecipe(made, recipe)).outcome, 'applied')
          assert.deepEqual(await server.sql("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0", database), ends)
          assert.deepEqual(await server.sql(`SELECT attnotnull FROM pg_attribute WHERE attrelid = '${ITEMS_SQL}'::regclass AND attname = 'Code'`, database), [{ attnotnull: true }])
          await made.close()
        })
      }
    }

    for (const [title, name, columns] of [['unique', '"one ""Code"""', '"Code"'], ['primary key', 'items_pkey', 'id']] as const) {
      test(`${title}: the whole index that it left is taken over, not built again`, async () => {
        const server = await started
        const url = await server.createDatabase()
        const database = new URL(url).pathname.slice(1)
        const recipe = RECIPES[title] as Recipe
        const { models, statement } = olderOf(recipe, 100)
        const older = trueup({ database: postgres(url), models, logger: false })
        await older.applyMigrations()
        await older.close()
        await server.sql(`${statement}; CREATE UNIQUE INDEX ${name} ON ${ITEMS_SQL} (${columns})`, database)
        const file = `SELECT c.relfilenode FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indrelid = '${ITEMS_SQL}'::regclass AND i.indisunique`
        const before = await server.sql(file, database)
        const made = trueup({ database: postgres(url), models: recipe.models, logger: false, longSteps: 'wait' })
        assert.equal((await made.applyMigrations()).outcome, 'applied')
        assert.equal((await made.applyMigrations()).outcome, 'current')
        assert.deepEqual(await server.sql(file, database), before)
        await made.close()
      })
    }
  })
}
