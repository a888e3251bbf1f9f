import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Database } from '../../../src/dialects/dialect.ts'
import { postgres } from '../../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../../src/dialects/sqlite/sqlite.ts'
import { isTrueupError } from '../../../src/errors.ts'
import { findEngine, prismaSql } from '../../../src/models/prisma/engine.ts'
import { fromPrisma, fromPrismaContract } from '../../../src/models/prisma/prisma.ts'
import { fromSnapshot, toSnapshot } from '../../../src/models/snapshot.ts'
import type { ModelSource } from '../../../src/models/source.ts'
import { sortSchema } from '../../../src/schema/schema.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import { trueup } from '../../../src/trueup.ts'
import { described } from '../described.ts'
import { newestServer } from '../newest-server.ts'
import { families } from './families.ts'
import { CONTRACT, largeSchema, MEMORIES } from './schemas.ts'

const start = (database: Database, models: ModelSource, schemas?: readonly string[]) => trueup({ database, models, logger: false, ...(schemas && { schemas }) })

/** What Prisma writes for a schema, split at the ends of its statements, as `prisma migrate` would send it. */
const sqlOf = async (text: string, provider: 'postgres' | 'sqlite'): Promise<string> => prismaSql(await findEngine(), [{ name: 'schema.prisma', text }], provider)

const server = newestServer()
after(() => server.stop())

/** An empty database on the newest server. */
async function empty(t: { after(work: () => Promise<void>): void }): Promise<{ readonly database: Database; readonly exec: (sql: string) => Promise<unknown> }> {
  const url = await server.createDatabase()
  const client = await server.connect(url)
  t.after(() => client.end())
  return { database: postgres(url), exec: (sql) => client.query(sql) }
}

describe('Prisma 7, on PostgreSQL', () => {
  for (const [title, text, schemas] of [['the memories application', MEMORIES, ['public', 'audit']], ['90 models with every type', largeSchema(90, 'postgresql'), ['public']], ['61 models', largeSchema(61, 'postgresql'), ['public']], ['eight families of nine tables', families(8, 'postgresql'), ['public']]] as const) {
    test(`${title}: what Prisma makes and what we make is the same, and Prisma’s own database is in line`, async (t) => {
      const [theirs, ours] = [await empty(t), await empty(t)]
      await theirs.exec(await sqlOf(text, 'postgres'))
      const check = await start(theirs.database, fromPrisma(text), schemas).check()
      assert.deepEqual([check.pending, check.drift], [[], []])
      const report = await start(ours.database, fromPrisma(text), schemas).applyMigrations()
      assert.equal(report.outcome, 'applied')
      assert.deepEqual(await described(ours.database, schemas), await described(theirs.database, schemas))
      assert.equal((await start(ours.database, fromPrisma(text), schemas).applyMigrations()).outcome, 'current')
    })
  }

  test('what Prisma has no words for is neither missed nor dropped, not even when everything is made equal', async (t) => {
    const { database, exec } = await empty(t)
    const text = 'datasource db {\n provider = "postgresql"\n}\nmodel Item {\n id Int @id\n size Int\n}\n'
    await start(database, fromPrisma(text)).applyMigrations()
    await exec(`ALTER TABLE "Item" ADD CONSTRAINT positive CHECK (size > 0); CREATE INDEX half ON "Item" ((size / 2)); CREATE INDEX big ON "Item" (size) WHERE size > 9;
      CREATE SEQUENCE numbers; COMMENT ON TABLE "Item" IS 'kept'; CREATE VIEW seen AS SELECT id FROM "Item"`)
    const models = start(database, fromPrisma(text))
    assert.deepEqual((await models.check()).drift, [])
    assert.deepEqual((await models.plan({ allow: 'destructive' })).steps, [])
    const source = await declared(fromPrisma(text))
    assert.deepEqual(await declared(fromSnapshot(JSON.stringify(toSnapshot(source)))), sortSchema(source))
  })

  test('a schema of several files, and one that a generated client carries', async () => {
    const [head, models] = ['datasource db {\n provider = "postgresql"\n}\n', 'model A {\n id Int @id\n}\n']
    const several = await declared(fromPrisma([{ name: 'prisma/a.prisma', text: models }, { name: 'prisma/base.prisma', text: head }]))
    const client = await declared(fromPrisma({ _engineConfig: { inlineSchema: head + models } }))
    assert.deepEqual(several.table.map((table) => table.name), ['A'])
    assert.deepEqual(client, several)
  })

  test('a schema of Prisma 4 to 6, with places, preview features and extensions of its time', async (t) => {
    const { database } = await empty(t)
    const text = `generator client {
  provider        = "prisma-client-js"
  binaryTargets   = ["native"]
  previewFeatures = [
    "metrics", // since gone
    "postgresqlExtensions", "interactiveTransactions"
  ]
}
datasource db {
  provider             = "postgresql"
  url                  = env("DATABASE_URL")
  directUrl            = env("DIRECT_URL")
  shadowDatabaseUrl    = env("SHADOW_URL")
  referentialIntegrity = "prisma"
  extensions           = [citext, pg_trgm(schema: "public")]
}
model User {
  id    Int    @id @default(autoincrement())
  email String @unique @db.Citext
  posts Post[]
}
model Post {
  id     Int   @id
  owner  Int
  author User  @relation(fields: [owner], references: [id])
}
`
    const models = start(database, fromPrisma(text))
    assert.equal((await models.applyMigrations()).outcome, 'applied')
    assert.equal((await models.applyMigrations()).outcome, 'current')
    const found = await database.read()
    assert.deepEqual(found.extension.map(({ name }) => name).filter((name) => name !== 'plpgsql').sort(), ['citext', 'pg_trgm'])
    assert.deepEqual(found.table.find(({ name }) => name === 'Post')?.constraints.map(({ type }) => type), ['primaryKey'], 'relations are Prisma’s own')
    const broken = text.replace('email String @unique', 'email Strong @unique')
    await assert.rejects(declared(fromPrisma(broken)), (error) => isTrueupError(error) && error.message.includes(`schema.prisma:${broken.split('\n').findIndex((line) => line.includes('Strong')) + 1}`))
    assert.throws(() => fromPrisma('prisma/schema.prisma'), (error) => isTrueupError(error) && /path/.test(error.message))
  })

  test('an error of Prisma’s names file and line', async () => {
    const files = [{ name: 'prisma/base.prisma', text: 'datasource db {\n provider = "postgresql"\n}\n' }, { name: 'prisma/broken.prisma', text: 'model A {\n id Int @id\n b B\n}\n' }]
    await assert.rejects(declared(fromPrisma(files)), (error) => isTrueupError(error) && error.code === 'models-invalid' && error.message.includes('prisma/broken.prisma:3') && error.message.includes('"B"'))
  })

  test('a schema for another database, one without a datasource, and no schema at all are refused in words', async () => {
    const refusal = (text: string, message: string): Promise<void> => assert.rejects(declared(fromPrisma(text)), (error) => isTrueupError(error) && error.message.includes(message))
    await refusal('datasource db {\n provider = "mysql"\n}\nmodel A {\n id Int @id\n}\n', 'the provider "mysql" cannot be read')
    await refusal('datasource db {\n provider = "sqlite"\n}\nmodel A {\n id Int @id\n}\n', 'it is written for sqlite, the database speaks postgres')
    await refusal('model A {\n id Int @id\n}\n', 'no datasource')
    assert.throws(() => fromPrisma({}), (error) => isTrueupError(error) && error.code === 'models-invalid')
  })
})

const declared = async (source: ModelSource): Promise<Schema> => {
  const result = await source.declare({ dialect: 'postgres', defaultSchema: 'public' })
  assert.ok(result.form !== 'text')
  return result.schema
}

describe('Prisma 7, on SQLite', () => {
  for (const [title, text] of [['62 models', largeSchema(62, 'sqlite')], ['eight families of nine tables', families(8, 'sqlite')]] as const) test(`${title}: what Prisma makes and what we make is the same, and Prisma’s own database is in line`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'trueup-prisma-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const [theirs, ours] = [sqlite(join(folder, 'theirs.db')), sqlite(join(folder, 'ours.db'))]
    const session = await theirs.open()
    await session.script((await sqlOf(text, 'sqlite')).split(/;\n/).filter((statement) => statement.trim() !== ''))
    await session.release()
    const check = await start(theirs, fromPrisma(text)).check()
    assert.deepEqual([check.pending, check.drift], [[], []])
    assert.equal((await start(ours, fromPrisma(text)).applyMigrations()).outcome, 'applied')
    assert.deepEqual(await described(ours, ['main'], { names: false }), await described(theirs, ['main'], { names: false }))
  })
})

describe('the contract of Prisma 8', () => {
  test('is read without any engine, made, and in line afterwards', async (t) => {
    const { database } = await empty(t)
    const models = start(database, fromPrismaContract(JSON.stringify(CONTRACT)))
    assert.equal((await models.applyMigrations()).outcome, 'applied')
    const check = await models.check()
    assert.deepEqual([check.pending, check.drift], [[], []])
    const users = (await database.read()).table.find((table) => table.name === 'users')
    assert.deepEqual(users?.columns.map((column) => [column.name, column.type, column.default]), [
      ['id', 'bigint', "nextval('public.users_id_seq'::regclass)"], ['email', 'character varying(320)', null], ['state', 'text', "'it''s new'::text"],
      ['settings', 'jsonb', `'{"theme": "O''R"}'::jsonb`], ['created_at', 'timestamp with time zone', 'now()'],
    ])
  })

  test('what is not known in it is named, never passed over', () => {
    const changed = structuredClone(CONTRACT) as unknown as { storage: { namespaces: { public: { entries: { table: { users: Record<string, unknown> } } } } } }
    changed.storage.namespaces.public.entries.table.users['checks'] = []
    const source = fromPrismaContract(changed)
    assert.throws(() => source.declare({ dialect: 'postgres', defaultSchema: 'public' }), (error) => isTrueupError(error) && error.message.includes('users: its "checks" is not known here'))
  })
})
