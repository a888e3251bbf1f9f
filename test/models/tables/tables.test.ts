import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Generated, Insertable, Kysely, Selectable } from 'kysely'
import type { Database } from '../../../src/dialects/dialect.ts'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../../src/dialects/sqlite/sqlite.ts'
import { isTrueupError } from '../../../src/errors.ts'
import { column, foreignKey, fromTables, index, table } from '../../../src/models/tables/tables.ts'
import type { DatabaseOf, RowOf } from '../../../src/models/tables/tables.ts'
import { sql } from '../../../src/sql.ts'
import { trueup } from '../../../src/trueup.ts'
import { openPglite } from '../../servers/pglite.ts'
import { described } from '../described.ts'
import { chain, chainSql, families } from './large.ts'
import * as models from './memories.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | void => undefined

describe('declared tables', () => {
  test('give rows their types, and Kysely its database', () => {
    type User = RowOf<typeof models.users>
    holds<Same<User['id'], string>>()
    holds<Same<User['role'], 'owner' | 'member' | "guest's">>()
    holds<Same<User['tags'], string[]>>()
    holds<Same<User['settings'], { readonly theme: string }>>()
    holds<Same<User['boss'], string | null>>()
    holds<Same<RowOf<typeof models.memories>['price'], string | null>>()
    type Tables = DatabaseOf<typeof models>
    holds<Same<keyof Tables, 'users' | 'projects' | 'memories' | 'task_logs'>>()
    holds<Same<Selectable<Tables['users']>['created_at'], Date>>()
    // What has a default or may be null need not be given, what is computed cannot be.
    const given: Insertable<Tables['memories']> = { user_id: '1', content: 'a' }
    // @ts-expect-error -- size is generated
    const refused: Insertable<Tables['memories']> = { user_id: '1', content: 'a', size: 1 }
    // @ts-expect-error -- content is required
    const missing: Insertable<Tables['memories']> = { user_id: '1' }
    const query = (db: Kysely<Tables>) => db.selectFrom('memories').innerJoin('users', 'users.id', 'memories.user_id').select(['memories.id', 'users.role'])
    type Row = Awaited<ReturnType<ReturnType<typeof query>['execute']>>[number]
    holds<Same<Row['role'], 'owner' | 'member' | "guest's">>()
    type Made = Generated<number>
    holds<Same<Made['__insert__'], number | undefined>>()
    assert.ok(given.content === 'a' && refused !== missing)
  })

  test('are made from nothing, in line afterwards, on PostgreSQL', async (t) => {
    const client = await openPglite()
    t.after(() => client.close())
    const schema = trueup({ database: postgres(client), models: fromTables(models), logger: false })
    assert.equal((await schema.applyMigrations()).outcome, 'applied')
    const check = await schema.check()
    assert.deepEqual([check.pending, check.drift], [[], []])
    const { rows } = await client.query(`INSERT INTO users (email) VALUES ('a@b') RETURNING role, settings, tags`)
    assert.deepEqual(rows, [{ role: 'member', settings: { theme: "O'Reilly" }, tags: [] }])
    await assert.rejects(client.query(`INSERT INTO users (email) VALUES ('nobody')`), /mail has an at/)
    const again = trueup({ database: postgres(client), models: fromTables(Object.values(models)), logger: false })
    assert.deepEqual((await again.plan({ allow: 'destructive' })).steps, [])
  })

  test('64 of them are what one would write by hand, both ways; 64 in families are in line once they are made', async (t) => {
    const [client, byHand, third] = [await openPglite(), await openPglite(), await openPglite()]
    t.after(() => Promise.all([client.close(), byHand.close(), third.close()]))
    const [ours, theirs] = [postgres(client), postgres(byHand)]
    const declared = fromTables(chain(64))
    assert.equal((await trueup({ database: ours, models: declared, logger: false }).applyMigrations()).outcome, 'applied')
    await byHand.exec(chainSql(64))
    const check = await trueup({ database: theirs, models: declared, logger: false }).check()
    assert.deepEqual([check.pending, check.drift], [[], []])
    assert.deepEqual(await described(ours, ['public']), await described(theirs, ['public']))
    const related = trueup({ database: postgres(third), models: fromTables(families(16)), logger: false })
    assert.equal((await related.applyMigrations()).outcome, 'applied')
    assert.deepEqual((await related.plan({ allow: 'destructive' })).steps, [])
    assert.equal((await related.applyMigrations()).outcome, 'current')
  })

  test('are made from nothing, in line afterwards, on SQLite', async (t) => {
    const database: Database = sqlite(':memory:')
    t.after(() => database.close())
    const parents = table('parents', { id: column('INTEGER').primaryKey(), name: column('TEXT').notNull().default("it's") })
    const children = table('children', { id: column('INTEGER').primaryKey(), parent: column('INTEGER').references(() => parents.id, { onDelete: 'cascade' }), size: column('REAL') }, (c) => [index([c.parent, sql`abs(${c.size})`])])
    const schema = trueup({ database, models: fromTables({ parents, children }), logger: false })
    assert.equal((await schema.applyMigrations()).outcome, 'applied')
    const check = await schema.check()
    assert.deepEqual([check.pending, check.drift], [[], []])
  })

  test('a mistake is named with its table and column', () => {
    const wrong = table('wrong', { id: column('integer').default((() => 1) as never), other: column('integer') }, (t) => [foreignKey([t.other], () => [undefined as never])])
    const source = fromTables({ wrong })
    assert.throws(() => source.declare({ dialect: 'postgres', defaultSchema: 'public' }), (error) => isTrueupError(error) && error.code === 'models-invalid' &&
      error.problems.some((one) => one.subject === 'wrong' && one.field === 'id' && one.message === 'a function cannot be written as a literal') &&
      error.problems.some((one) => one.field === 'other' && one.message.includes('leads to no column')))
    assert.throws(() => fromTables({}).declare({ dialect: 'postgres', defaultSchema: 'public' }), (error) => isTrueupError(error) && error.problems[0]?.message.includes('no table') === true)
  })
})
