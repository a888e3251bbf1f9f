import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database, HeldLock, RunRequest, Session } from '../../src/dialects/dialect.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../src/errors.ts'
import { openPglite } from '../servers/pglite.ts'
import { startPooler } from '../servers/pooler.ts'
import { availableServers, newestServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'

const KEY = `app's "ledger"\\ of ünïcode`
const SCHEMA = 'the "default" Schema'

const code = (wanted: string, message = /./) => (error: unknown): boolean => {
  assert.ok(isTrueupError(error), String(error))
  assert.equal(error.code, wanted, error.message)
  assert.match(error.message, message)
  return true
}

function request(statements: readonly string[], more: Partial<RunRequest> & { readonly transaction?: boolean } = {}): RunRequest {
  return { step: { statements, transaction: more.transaction ?? true, locks: [] }, lockTimeout: 50, fence: [], journal: [], defaultSchema: 'public', ...more }
}

/** What holds on a server and on PGlite alike. */
function runKeeps(open: () => Promise<{ readonly database: Database; close(): Promise<void> }>): void {
  let place: Awaited<ReturnType<typeof open>>
  let session: Session
  let lock: HeldLock
  before(async () => {
    place = await open()
    session = await place.database.open()
    lock = (await place.database.dialect.lock.tryAcquire(session, KEY)) as HeldLock
    assert.ok(lock !== null)
    await session.script([`CREATE SCHEMA "the ""default"" Schema"`, 'CREATE TABLE journal (entry text)', 'CREATE TABLE t (a int)'])
  })
  after(async () => {
    await session.release()
    await place.close()
  })
  const run = (statements: readonly string[], more: Parameters<typeof request>[1] = {}) => place.database.dialect.run(session, request(statements, { fence: lock.fence, ...more }))
  const count = (table: string) => session.json<number>(`SELECT count(*) FROM ${table}`)
  const setting = (name: string) => session.json<string>(`SELECT to_json(current_setting('${name}'))::text`)

  test('the work and its journal commit together, and the rows of the work alone are counted', async () => {
    const { rows } = await run(['INSERT INTO t VALUES (1), (2); UPDATE t SET a = 3 WHERE a = 1;;\n;', 'SELECT * FROM t -- a comment; at the end', '/* only a comment */', 'DELETE FROM t'], { journal: ["INSERT INTO journal VALUES ('done')"] })
    assert.deepEqual([rows, await count('journal'), await count('t')], [5, 1, 0])
    await assert.rejects(run(['INSERT INTO t VALUES (1)'], { journal: ['INSERT INTO nowhere VALUES (1)'] }))
    assert.equal(await count('t'), 0)
    assert.deepEqual(await run([], { journal: ["INSERT INTO journal VALUES ('alone')"] }), { rows: 0 })
  })

  test('what is written down is written before a lock that holds others up, unless somebody wants to see that lock', async () => {
    const step = { statements: ['ALTER TABLE t ADD b int', 'ALTER TABLE t DROP b'], transaction: true, locks: [{ relation: { schema: 'public', name: 't' }, mode: 'ACCESS EXCLUSIVE' }] }
    const held = `SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode = 'AccessExclusiveLock' AND pid = pg_backend_pid()`
    await session.script(['DELETE FROM journal'])
    const journal = [`INSERT INTO journal SELECT 'held ' || (${held})`]
    for (const [note, wanted] of [[undefined, ['held 0']], [`INSERT INTO journal SELECT 'seen ' || (${held})`, ['held 1', 'seen 1']]] as const) {
      await run([], { step, journal, ...(note !== undefined && { note }) })
      assert.deepEqual(await session.query('SELECT entry FROM journal ORDER BY entry'), wanted.map((entry) => ({ entry })))
      await session.script(['DELETE FROM journal'])
    }
    await assert.rejects(run([], { step: { ...step, statements: ['ALTER TABLE t DROP nowhere'] }, journal }))
    assert.equal(await count('journal'), 0)
  })

  test('names without a schema mean the default schema, and no setting stays behind', async () => {
    const before = [await setting('search_path'), await setting('lock_timeout'), await setting('statement_timeout')]
    await run(['CREATE TABLE here (a text)', "INSERT INTO here VALUES (current_setting('lock_timeout'))"], { defaultSchema: SCHEMA, lockTimeout: 123 })
    assert.equal(await session.json(`SELECT to_json(a)::text FROM "the ""default"" Schema".here`), '123ms')
    await run(['CREATE TABLE "here too" (a int)', 'VACUUM "here too"'], { defaultSchema: SCHEMA, transaction: false })
    assert.deepEqual([await setting('search_path'), await setting('lock_timeout'), await setting('statement_timeout')], before)
    await assert.rejects(run(['VACUUM nowhere'], { transaction: false }))
    assert.deepEqual([await setting('search_path'), await setting('lock_timeout'), await setting('statement_timeout')], before)
  })

  test('statements outside a transaction go one by one, also out of one text', async () => {
    await session.execute('CREATE TABLE big (a int, b int)')
    const { rows } = await run(['CREATE INDEX CONCURRENTLY big_a ON big (a); CREATE INDEX CONCURRENTLY big_b ON big (b); -- both\n', 'INSERT INTO big VALUES (1, 1)'], { transaction: false, journal: ["INSERT INTO journal VALUES ('index')"] })
    assert.equal(rows, 1)
    assert.equal(await session.json("SELECT count(*) FROM pg_index WHERE indrelid = 'big'::regclass AND indisvalid"), 2)
  })

  test('SQL that ends our transaction is refused before any of it is run', async () => {
    for (const text of ['COMMIT', 'INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2)', 'rollback', '/* x */ END', 'BEGIN', 'START TRANSACTION', 'ABORT', "PREPARE TRANSACTION 'x'", 'COMMIT AND CHAIN', 'ROLLBACK WORK']) {
      await assert.rejects(run([text]), code('entry-failed', /ends the transaction/), text)
    }
    assert.equal(await count('t'), 0)
    assert.equal(await session.json('SELECT to_json(now() = statement_timestamp())::text'), true)
  })

  test('SQL that only looks like it is run', async () => {
    const { rows } = await run([
      "INSERT INTO t SELECT 1 WHERE 'COMMIT;' <> 'x; COMMIT; y'", 'SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO SAVEPOINT s; ROLLBACK WORK TO s; RELEASE s',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END', 'DO $$ BEGIN PERFORM 1; END $$', '-- COMMIT;\nSELECT 1 /* ; COMMIT; */',
    ])
    assert.equal(rows, 2)
    await run(['DELETE FROM t', 'DROP FUNCTION f()'])
  })

  test('an end of the transaction that no reader of text sees is found before the journal', async () => {
    await session.execute(`CREATE PROCEDURE sly() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$`)
    const before = await count('journal')
    await assert.rejects(run(['CALL sly()'], { journal: ["INSERT INTO journal VALUES ('sly')"] }))
    assert.equal(await count('journal'), before)
  })

  test('a literal and a comment that are left open fail as a whole', async () => {
    for (const text of ["INSERT INTO t VALUES (1); SELECT 'open", 'INSERT INTO t VALUES (1); /* open', 'INSERT INTO t VALUES (1); SELECT $x$ open', 'INSERT INTO t VALUES (1); SELECT "open']) {
      await assert.rejects(run([text], { journal: ["INSERT INTO journal VALUES ('''open''')"] }), (error) => place.database.dialect.failure(error).kind === 'invalid', text)
    }
    assert.equal(await count('t'), 0)
  })

  test('the fence lets the holder through and nobody else', async () => {
    await run(['SELECT 1'])
    assert.equal(await lock.release(), true)
    assert.equal(await lock.release(), false)
    await assert.rejects(run(['INSERT INTO t VALUES (1)']), code('lock-lost'))
    await assert.rejects(run(['INSERT INTO t VALUES (1)'], { transaction: false }), code('lock-lost'))
    await assert.rejects(session.transaction(async () => { for (const statement of lock.fence) await session.query(statement) }), (error) => place.database.dialect.failure(error).kind === 'fence')
    assert.equal(await count('t'), 0)
    lock = (await place.database.dialect.lock.tryAcquire(session, KEY)) as HeldLock
    await run(['SELECT 1'])
  })
}

for (const kind of availableServers()) {
  describe(kind.title, () => {
    let server: TestServer
    before(async () => { server = await kind.start() })
    after(() => server.stop())

    describe('a step', () => runKeeps(async () => {
      const database = postgres(await server.createDatabase())
      return { database, close: () => database.close() }
    }))

    test('one session has the lock, others are told who, and a death sets it free', async () => {
      const url = await server.createDatabase()
      const [one, two] = [postgres(url), postgres(`${url}?application_name=${encodeURIComponent('the "other"')}`)]
      const [first, second] = [await one.open(), await two.open()]
      const { lock } = one.dialect
      const held = await lock.tryAcquire(first, KEY)
      assert.ok(held !== null)
      assert.equal(await lock.tryAcquire(second, KEY), null)
      assert.ok((await lock.tryAcquire(second, `${KEY} of another`)) !== null, 'keys are independent')
      assert.match(String(await lock.holder(second, KEY)), new RegExp(`pid ${first.id} trueup from 127\\.0\\.0\\.1`))
      await server.sql(`SELECT pg_terminate_backend(${first.id})`)
      let next: HeldLock | null = null
      // The server ends the other session in its own time.
      for (let i = 0; i < 500 && next === null; i++) {
        next = await lock.tryAcquire(second, KEY)
        if (next === null) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      assert.ok(next !== null)
      assert.equal(await held.release(), false)
      await first.release()
      assert.equal(await next.release(), true)
      await second.release()
    })

    test('a role that may see nothing of others still learns the number', async () => {
      await server.sql('CREATE ROLE blind LOGIN')
      const url = await server.createDatabase()
      const [first, blind] = [await postgres(url).open(), await postgres(url.replace('postgres@', 'blind@')).open()]
      const { lock } = postgres(url).dialect
      const held = await lock.tryAcquire(first, KEY)
      assert.match(String(await lock.holder(blind, KEY)), new RegExp(`pid ${first.id}`))
      await held?.release()
      assert.equal(await lock.holder(blind, KEY), null)
      await first.release()
      await blind.release()
    })

    test('a table that is in use is asked for only for moments, with or without a transaction', async () => {
      const url = await server.createDatabase()
      const [user, session] = [await postgres(url).open(), await postgres(url).open()]
      const { run, failure } = postgres(url).dialect
      await session.execute('CREATE TABLE busy (a int)')
      await user.transaction(async () => {
        await user.query('SELECT * FROM busy')
        for (const transaction of [true, false]) {
          const began = Date.now()
          await assert.rejects(run(session, request(['ALTER TABLE busy ADD b int'], { transaction })), (error) => failure(error).kind === 'lock-timeout')
          assert.ok(Date.now() - began < 1_000)
        }
        const { rows } = await run(session, request(['SELECT 1']))
        assert.equal(rows, 0, 'the session is clean after a failure')
      })
      await user.release()
      await session.release()
    })

    test('limits that the role has by default do not cut a step short', async () => {
      await server.sql(`CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET statement_timeout = '100ms'; ALTER ROLE hasty SET lock_timeout = '1h'${server.title.endsWith('18') ? "; ALTER ROLE hasty SET transaction_timeout = '150ms'" : ''}`)
      const database = postgres((await server.createDatabase()).replace('postgres@', 'hasty@'))
      const session = await database.open()
      await database.dialect.run(session, request(['SELECT pg_sleep(0.2)']))
      await database.dialect.run(session, request(['SELECT pg_sleep(0.2)'], { transaction: false }))
      await session.transaction(() => session.query('SELECT pg_sleep(0.2)'), { settings: database.dialect.userSettings?.('public') ?? [] })
      assert.equal(await session.first('SELECT pg_sleep(0.2)'), '', 'a question is asked again')
      await assert.rejects(session.execute('SELECT pg_sleep(0.2)'), (error) => database.dialect.failure(error).kind === 'cancelled')
      await session.release()
    })
  })
}

describe('PGlite', () => runKeeps(async () => {
  const handle = await openPglite()
  return { database: postgres(handle), close: () => handle.close() }
}))

/** As a driver gives it that does not say which backend it was told of: then only the fence can tell. */
const untold = (session: Session): Session => ({
  id: '', version: session.version, handle: session.handle, query: (text) => session.query(text), first: (text) => session.first(text), json: (text) => session.json(text), execute: (text) => session.execute(text),
  script: (texts) => session.script(texts), transaction: (work, options) => session.transaction(work, options), release: (options) => session.release(options),
})

const newest = newestServer()
describe('behind a pooler in transaction mode', { skip: newest === null && 'no PostgreSQL server is installed here' }, () => {
  let server: TestServer
  before(async () => { server = await (newest as NonNullable<typeof newest>).start() })
  after(() => server.stop())

  test('it is found before anything is changed, and no lock stays behind', async () => {
    const url = await server.createDatabase('pooled')
    const pooler = await startPooler(server, { user: 'postgres', database: 'pooled' }, 3)
    const database = postgres(pooler.url(url))
    const session = await database.open()
    await assert.rejects(database.dialect.lock.tryAcquire(session, KEY), code('pooler-detected', /pooler/))
    assert.deepEqual(await server.sql("SELECT * FROM pg_locks WHERE locktype = 'advisory'"), [])
    const findings = await database.dialect.examine(session)
    assert.equal(findings.find(({ topic }) => topic === 'pooler')?.level, 'error')
    await session.release()
    await pooler.close()
  })

  test('one that only begins to share later is found by the fence, and its stray lock is taken away', async () => {
    const url = await server.createDatabase('later')
    const pooler = await startPooler(server, { user: 'postgres', database: 'later' }, 2)
    const database = postgres(pooler.url(url))
    const [session, other] = [await database.open(), await database.open()]
    const { lock } = database.dialect
    // Another client has the second backend, so that both statements of the lock meet the first one.
    let leave = (): void => {}
    const staying = other.transaction(() => new Promise<void>((resolve) => { leave = resolve }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const held = (await lock.tryAcquire(untold(session), KEY)) as HeldLock
    leave()
    await staying
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => database.dialect.run(session, request(['CREATE TABLE IF NOT EXISTS never ()'], { fence: held.fence })).then(() => 'ran', (error: unknown) => (isTrueupError(error) ? error.code : String(error)))))
    assert.ok(outcomes.includes('pooler-detected'), outcomes.join())
    await held.release()
    assert.deepEqual(await server.sql("SELECT * FROM pg_locks WHERE locktype = 'advisory'"), [])
    await session.release()
    await other.release()
    await pooler.close()
  })
})
