import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { TrueupError, sql, trueup } from '../../src/index.ts'
import type { Migration, Trueup } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'
import { models, table } from '../start/sketches.ts'

const OLD = models(table('users', 'name'))
const NEW = models(table('users', 'name', 'mail'), { ...table('orders'), columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'user_id', type: 'integer' }], constraints: [
  { type: 'primaryKey', name: 'orders_pkey', named: false, columns: ['id'] },
  { type: 'foreignKey', name: 'orders_user', named: true, columns: ['user_id'], references: { schema: '', table: 'users', columns: ['id'] }, onUpdate: 'no action', onDelete: 'no action' },
] })
const MAIL: Migration = { table: 'users', column: 'mail', type: 'text' }

interface Ground {
  readonly server: TestServer
  readonly name: string
  /** Runs statements as the superuser. */
  sql(statement: string): Promise<readonly Record<string, unknown>[]>
  /** trueup as this role. */
  as(role: string, source: ModelSource, migrations?: readonly Migration[]): Trueup
  /** DDL that was sent since the event trigger was set. */
  ddl(): Promise<number>
}

const opened: Trueup[] = []

async function ground(server: TestServer, name: string): Promise<Ground> {
  await server.createDatabase(name)
  const run = (statement: string): ReturnType<TestServer['sql']> => server.sql(statement, name)
  await run(`DO $$ BEGIN CREATE ROLE owner_of LOGIN; CREATE ROLE reader LOGIN; CREATE ROLE newcomer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
  await run(`CREATE SCHEMA watch; CREATE TABLE watch.seen (tag text); GRANT USAGE ON SCHEMA watch TO PUBLIC; GRANT ALL ON watch.seen TO PUBLIC;
    CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO watch.seen VALUES (tg_tag); END';
    CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION watch.note()`)
  return {
    server, name, sql: run,
    as: (role, source, migrations = []) => {
      const url = new URL(server.url(name))
      url.username = role
      const app = trueup({ database: postgres(url.href), models: source, migrations, logger: false, longSteps: 'wait' })
      opened.push(app)
      return app
    },
    ddl: async () => Number((await run('SELECT count(*)::integer AS n FROM watch.seen'))[0]?.['n']),
  }
}

async function denied(app: Trueup): Promise<TrueupError> {
  const error = await app.applyMigrations().then(() => assert.fail('it should have been refused'), (reason: unknown) => reason)
  assert.ok(error instanceof TrueupError, String(error instanceof Error ? error.stack : error))
  assert.equal(error.code, 'permission-denied', error.message)
  return error
}

/** The statements that the hint prints. */
const grantsOf = (error: TrueupError): readonly string[] => (error.hint ?? '').split('\n').map((line) => line.trim()).filter((line) => /^GRANT\b/.test(line))

for (const kind of availableServers()) {
  describe(`${kind.title}: rights`, { concurrency: false }, () => {
    const started = kind.start()
    after(async () => {
      for (const app of opened.splice(0)) await app.close()
      await (await started).stop()
    })

    test('a role with read rights only starts where nothing is to do, and sends no DDL', async () => {
      const it = await ground(await started, 'steady')
      await it.sql('GRANT ALL ON SCHEMA public TO owner_of')
      await it.as('owner_of', NEW, [MAIL]).applyMigrations()
      await it.sql('GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader')
      const before = await it.ddl()
      assert.equal((await it.as('reader', NEW, [MAIL]).applyMigrations()).outcome, 'current')
      assert.equal((await it.as('reader', NEW, [MAIL]).check()).inSync, true)
      assert.equal((await it.as('reader', NEW, [MAIL]).status()).inSync, true)
      assert.equal(await it.ddl(), before)
    })

    test('the same without a stored fast path: other code that needs nothing more', async () => {
      const it = await ground(await started, 'slow')
      await it.sql('GRANT ALL ON SCHEMA public TO owner_of')
      await it.as('owner_of', NEW, [MAIL]).applyMigrations()
      await it.sql('GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader')
      await it.sql('DELETE FROM trueup_pairs')
      const before = await it.ddl()
      assert.equal((await it.as('reader', NEW, [MAIL]).applyMigrations()).outcome, 'current')
      assert.equal(await it.ddl(), before)
    })

    test('public without CREATE: the schema and the GRANT are named, nothing was changed, and the GRANT mends it', async () => {
      const it = await ground(await started, 'closed')
      if (kind.major < 15) await it.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
      const before = await it.ddl()
      const error = await denied(it.as('newcomer', NEW))
      assert.match(error.message, /schema public/)
      assert.deepEqual(grantsOf(error), ['GRANT USAGE, CREATE ON SCHEMA "public" TO "newcomer";'])
      assert.equal(await it.ddl(), before)
      for (const grant of grantsOf(error)) await it.sql(grant)
      assert.equal((await it.as('newcomer', NEW).applyMigrations()).outcome, 'applied')
    })

    test("another role's table: every missing right at once, before anything was changed, and the GRANTs mend it", async () => {
      const it = await ground(await started, 'foreign')
      await it.sql('GRANT ALL ON SCHEMA public TO owner_of; GRANT USAGE ON SCHEMA public TO newcomer')
      await it.as('owner_of', OLD).applyMigrations()
      await it.sql("INSERT INTO users VALUES (1, 'one'); GRANT SELECT ON ALL TABLES IN SCHEMA public TO newcomer")
      await it.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
      const before = await it.ddl()
      const fill: Migration = { id: 'fill', backfill: { table: 'users', set: sql`mail = ${'m'}`, where: sql`mail IS NULL` } }
      const error = await denied(it.as('newcomer', NEW, [MAIL, fill]))
      assert.match(error.message, /table public\.users/)
      assert.match(error.message, /schema public/)
      assert.equal(await it.ddl(), before)
      assert.deepEqual(Object.keys((await it.sql('SELECT * FROM users'))[0] ?? {}), ['id', 'name'])
      for (const grant of grantsOf(error)) await it.sql(grant)
      assert.equal((await it.as('newcomer', NEW, [MAIL, fill]).applyMigrations()).outcome, 'applied')
      assert.deepEqual((await it.sql('SELECT mail FROM users'))[0], { mail: 'm' })
    })

    test('a ledger that may not be read is told, with its tables', async () => {
      const it = await ground(await started, 'blind')
      await it.sql('GRANT ALL ON SCHEMA public TO owner_of; GRANT USAGE ON SCHEMA public TO reader')
      await it.as('owner_of', OLD).applyMigrations()
      const error = await it.as('reader', OLD).applyMigrations().then(() => assert.fail(), (reason: unknown) => reason)
      assert.ok(error instanceof TrueupError && error.code === 'ledger-unreadable', String(error))
      assert.match(error.hint ?? '', /SELECT on trueup_state/)
    })
  })
}
