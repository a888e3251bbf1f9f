import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { TrueupError, trueup } from '../../src/index.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { newestServer } from '../servers/postgres.ts'
import type { TableSketch } from './targets.ts'
import { models, table } from './targets.ts'

const kind = newestServer()

describe('rights', { skip: kind === null ? 'no PostgreSQL server is installed here' : false }, () => {
  let server: TestServer
  before(async () => {
    server = await (kind as NonNullable<typeof kind>).start()
    await server.sql('CREATE ROLE app LOGIN')
    await server.sql('CREATE ROLE reader LOGIN')
    await server.sql('CREATE ROLE "own er" NOLOGIN')
  })
  after(() => server.stop())

  const as = (role: string, url: string): string => {
    const parsed = new URL(url)
    parsed.username = role
    return parsed.href
  }
  const start = async (url: string, ...tables: readonly TableSketch[]) => {
    const app = trueup({ database: postgres(url), models: models(...tables), logger: false })
    try {
      return await app.applyMigrations()
    } finally {
      await app.close()
    }
  }
  const refusal = async (work: Promise<unknown>): Promise<TrueupError> => {
    const error = await work.then(() => assert.fail('it should have been refused'), (reason: unknown) => reason)
    assert.ok(error instanceof TrueupError, String(error instanceof Error ? error.stack : error))
    return error
  }
  const watchDdl = (database: string): Promise<unknown> => server.sql(
    "CREATE TABLE public.seen (tag text); GRANT INSERT ON public.seen TO PUBLIC; CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.seen VALUES (tg_tag); END$$; CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.watch()",
    database,
  )
  const nameOf = (url: string): string => new URL(url).pathname.slice(1)

  test("PostgreSQL 15's public schema: the missing right is named with its GRANT before anything is changed, and the GRANT is enough", async () => {
    const url = await server.createDatabase()
    const error = await refusal(start(as('app', url), table('users', 'name')))
    assert.equal(error.code, 'permission-denied')
    assert.match(error.message, /schema public: role app may not create objects in it/)
    const grant = error.problems[0]?.hint ?? ''
    assert.equal(grant, 'GRANT USAGE, CREATE ON SCHEMA "public" TO "app";')
    assert.deepEqual(await server.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace", nameOf(url)), [])
    await server.sql(grant, nameOf(url))
    assert.equal((await start(as('app', url), table('users', 'name'))).outcome, 'applied')
  })

  test('a start with nothing to do needs read rights only and sends no DDL', async () => {
    const url = await server.createDatabase()
    await start(url, table('users', 'name'))
    await server.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader', nameOf(url))
    await watchDdl(nameOf(url))
    const app = trueup({ database: postgres(as('reader', url)), models: models(table('users', 'name')), logger: false })
    assert.equal((await app.applyMigrations()).outcome, 'current')
    assert.equal((await app.status()).inSync, true)
    // A build that never ran here has no pair to find: it must look at everything, and still changes nothing.
    const other = trueup({ database: postgres(as('reader', url)), models: models(table('users', 'name')), logger: false, strict: true })
    assert.equal((await other.applyMigrations()).outcome, 'current')
    await app.close()
    await other.close()
    assert.deepEqual(await server.sql('SELECT tag FROM public.seen', nameOf(url)), [])
  })

  test('a role that may not make the ledger starts all the same when nothing is to do', async () => {
    const url = await server.createDatabase()
    await start(url, table('users', 'name'))
    await server.sql('DROP TABLE trueup_steps, trueup_pairs, trueup_entries, trueup_runs, trueup_state; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader', nameOf(url))
    await watchDdl(nameOf(url))
    for (let run = 0; run < 2; run++) assert.equal((await start(as('reader', url), table('users', 'name'))).outcome, 'current')
    assert.deepEqual(await server.sql('SELECT tag FROM public.seen', nameOf(url)), [])
    await start(url, table('users', 'name'))
    assert.ok((await server.sql('SELECT tag FROM public.seen', nameOf(url))).some(({ tag }) => tag === 'CREATE TABLE'))
  })

  test('a read-only role with something to do is told so, and a ledger that it may not read is named', async () => {
    const url = await server.createDatabase()
    await start(url, table('users', 'name'))
    const blind = await refusal(start(as('reader', url), table('users', 'name')))
    assert.equal(blind.code, 'ledger-unreadable')
    await server.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader', nameOf(url))
    const error = await refusal(start(as('reader', url), table('users', 'name', 'email')))
    assert.equal(error.code, 'permission-denied')
    assert.match(error.message, /table public\.users: only its owner/)
    assert.ok(error.problems.some((problem) => problem.hint?.startsWith('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "public"."trueup_runs"')), JSON.stringify(error.problems))
  })

  test("a table of another owner: the error names table and owner, and membership is enough", async () => {
    const url = await server.createDatabase()
    await server.sql('GRANT USAGE, CREATE ON SCHEMA public TO app; CREATE TABLE public."Odd "";name" (id integer PRIMARY KEY); ALTER TABLE public."Odd "";name" OWNER TO "own er"; INSERT INTO public."Odd "";name" VALUES (1)', nameOf(url))
    const error = await refusal(start(as('app', url), table('Odd ";name', 'note')))
    assert.equal(error.code, 'permission-denied')
    const grant = error.problems.find((problem) => problem.subject.includes('Odd'))?.hint ?? ''
    assert.equal(grant, 'GRANT "own er" TO "app";')
    await server.sql(grant, nameOf(url))
    assert.equal((await start(as('app', url), table('Odd ";name', 'note'))).outcome, 'applied')
  })

  test('a read-only session is refused only when something is pending', async () => {
    const url = await server.createDatabase()
    await start(url, table('users', 'name'))
    await server.sql(`ALTER DATABASE "${nameOf(url)}" SET default_transaction_read_only = on`)
    assert.equal((await start(url, table('users', 'name'))).outcome, 'current')
    assert.equal((await refusal(start(url, table('users', 'name', 'email')))).code, 'read-only-database')
  })
})
