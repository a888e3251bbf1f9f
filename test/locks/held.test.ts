import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Trueup, TrueupOptions } from '../../src/index.ts'
import { isTrueupError, trueup } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { oneOfEverything } from '../postgres/one-of-everything.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

const SCHEMA = 'Mine of'
/** Milliseconds after which something counts as waiting for ever. */
const FOR_EVER = 25_000

for (const kind of availableServers()) {
  describe(`${kind.title}: tables that somebody holds against readers`, { concurrency: false }, () => {
    let server: TestServer
    let url = ''
    let holder: pg.Client
    let models: ModelSource
    let present: ModelSource
    const said: string[] = []
    before(async () => {
      server = await kind.start()
      url = await server.createDatabase()
      holder = new pg.Client({ connectionString: url })
      await holder.connect()
      const version = Number((await holder.query('SHOW server_version_num')).rows[0].server_version_num)
      for (const statement of oneOfEverything(version)) await holder.query(statement)
      await holder.query(`INSERT INTO "${SCHEMA}"."Users" (name) VALUES ('a'); INSERT INTO "${SCHEMA}".parted VALUES (1, 'a')`)
      const database = postgres(url)
      const schema = await database.read({ schemas: [SCHEMA] })
      await database.close()
      present = { title: 'the database itself', declare: () => ({ form: 'schema', schema }) }
      const first = await outcome((app) => app.applyMigrations(), { models: present })
      assert.ok(!(first instanceof Error) && first.outcome === 'current', String(first))
      models = { title: 'the database itself, and a column more for each table', declare: () => ({ form: 'schema', schema: withMore(schema) }) }
      const { rows } = await holder.query("SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = $1 AND relkind IN ('r', 'p', 'v')", [SCHEMA])
      await holder.query(`BEGIN; LOCK TABLE ${rows.map(({ name }) => name).join(', ')} IN ACCESS EXCLUSIVE MODE`)
    })
    after(async () => {
      await holder?.end()
      await server?.stop()
    })

    const waiting = async (): Promise<string> => (await holder.query("SELECT string_agg(query, ' AND IN ') AS q FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).rows[0].q

    /** What becomes of it, as an error where it is one. */
    async function outcome<T>(work: (app: Trueup) => Promise<T>, options: Partial<TrueupOptions> = {}): Promise<T | Error> {
      const database = postgres(url)
      const app = trueup({ database, models, logger: { info: (line) => said.push(line), warn: () => {}, error: () => {} }, schemas: [SCHEMA], waitForLock: 6_000, ...options })
      let timer: NodeJS.Timeout | undefined
      try {
        const late = new Promise<Error>((resolve) => {
          timer = setTimeout(() => void waiting().then((query) => resolve(new Error(`waits for ever in ${query}`))), FOR_EVER)
        })
        return await Promise.race([work(app).catch((error: unknown) => error as Error), late])
      } finally {
        clearTimeout(timer)
        await app.close()
        await database.close()
      }
    }

    test('a start with nothing to do waits for nobody, and one that cannot know whether there is does', async () => {
      const report = await outcome((app) => app.applyMigrations(), { models: present })
      assert.ok(!(report instanceof Error), String(report))
      assert.equal(report.outcome, 'current')
      await server.sql(`COMMENT ON SCHEMA "${SCHEMA}" IS 'somebody was here'`, new URL(url).pathname.slice(1))
      const failure = await outcome((app) => app.applyMigrations(), { models: present, waitForLock: 1_000 })
      assert.ok(isTrueupError(failure) && failure.code === 'table-lock-timeout', String(failure))
      await server.sql(`COMMENT ON SCHEMA "${SCHEMA}" IS NULL`, new URL(url).pathname.slice(1))
      const again = await outcome((app) => app.applyMigrations(), { models: present })
      assert.ok(!(again instanceof Error), String(again))
    })

    test('what only looks gives up after seconds, and says who is in the way', async () => {
      const looks = ['plan', 'status', 'check'] as const
      const failures = await Promise.all(looks.map((look) => outcome<unknown>((app) => app[look]())))
      for (const [at, failure] of failures.entries()) {
        assert.ok(isTrueupError(failure), `${looks[at]}: ${String(failure)}`)
        assert.equal(failure.code, 'table-lock-timeout', failure.message)
        assert.match(failure.message, /Could not read the schema of .*: in the way is pid \d+ .*idle in transaction.* with ACCESS EXCLUSIVE on /)
      }
    })

    test('a start waits for as long as it may, and says who is in the way', async () => {
      const failure = await outcome((app) => app.applyMigrations())
      assert.ok(isTrueupError(failure), String(failure))
      assert.equal(failure.code, 'table-lock-timeout', failure.message)
      assert.match(failure.message, /in the way is pid \d+ .*idle in transaction.* with ACCESS EXCLUSIVE on /)
      assert.match(said.join('\n'), /Waiting to read the schema of PostgreSQL at .*: in the way is pid \d+ .* with ACCESS EXCLUSIVE on /)
    })

    test('where the description does not need the table that is held, only the step that does waits', async () => {
      await holder.query('ROLLBACK')
      await holder.query('CREATE TABLE plain (id integer PRIMARY KEY, n integer); INSERT INTO plain VALUES (1, 1)')
      await holder.query('BEGIN; LOCK TABLE plain IN ACCESS EXCLUSIVE MODE')
      const plain = { title: 'models', declare: () => ({ form: 'text' as const, texts: [{ name: 'models', text: 'CREATE TABLE plain (id integer PRIMARY KEY, n integer NOT NULL, m text)' }] }) }
      const planned = await outcome((app) => app.plan(), { models: plain, schemas: ['public'] })
      assert.ok(!(planned instanceof Error), String(planned))
      assert.equal(planned.steps.some(({ title }) => title === 'add column m to plain'), true)
      assert.match(planned.warnings.join('\n'), /table plain: whether rows stand in the way of NOT NULL of column n was not found out: somebody holds the table/)
      const failure = await outcome((app) => app.applyMigrations(), { models: plain, schemas: ['public'] })
      assert.ok(isTrueupError(failure), String(failure))
      assert.match(failure.message, /Could not add column m to plain: in the way is pid \d+ .* with ACCESS EXCLUSIVE on plain/)
    })

    test('how many rows would go is never guessed', async () => {
      const without = { title: 'models', declare: () => ({ form: 'text' as const, texts: [{ name: 'models', text: 'CREATE TABLE plain (id integer PRIMARY KEY)' }] }) }
      const failure = await outcome((app) => app.plan({ allow: 'destructive' }), { models: without, schemas: ['public'] })
      assert.ok(isTrueupError(failure), JSON.stringify(failure))
      assert.match(failure.message, /Could not read .*: in the way is pid \d+ .* with ACCESS EXCLUSIVE on plain/)
      await holder.query('ROLLBACK')
      const planned = await outcome((app) => app.plan({ allow: 'destructive' }), { models: without, schemas: ['public'] })
      assert.ok(!(planned instanceof Error), String(planned))
      assert.equal(planned.rowsLost, 1)
    })

    test('a start goes on as soon as readers are let in again', async () => {
      // What prints the default of a column locks its table.
      await holder.query('ALTER TABLE plain ALTER COLUMN n SET DEFAULT 1; BEGIN; LOCK TABLE plain IN ACCESS EXCLUSIVE MODE')
      const plain = { title: 'models', declare: () => ({ form: 'text' as const, texts: [{ name: 'models', text: 'CREATE TABLE plain (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 1, m text)' }] }) }
      const released = new Promise((resolve) => setTimeout(resolve, 7_000)).then(() => holder.query('ROLLBACK'))
      const report = await outcome((app) => app.applyMigrations(), { models: plain, schemas: ['public'], waitForLock: 20_000, longSteps: 'wait' })
      await released
      assert.ok(!(report instanceof Error), String(report))
      assert.deepEqual(report.steps.some(({ title }) => title === 'add column m to plain'), true)
    })
  })
}

/** Every ordinary table with a column that must have a value, so that planning looks at its rows. */
function withMore(schema: Schema): Schema {
  return {
    ...schema,
    table: schema.table.map((table) => (table.partitionOf != null || table.foreign != null || (table.inherits ?? []).length > 0 || table.ofType != null ? table : { ...table, columns: [...table.columns, { name: 'more of it', type: 'integer', notNull: true, default: '1' }] })),
  }
}
