import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Session } from '../../src/dialects/dialect.ts'
import { isTrueupError } from '../../src/errors.ts'
import { availableServers } from '../servers/postgres.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { Opened } from './handles.ts'
import { HANDLES, PGLITE } from './handles.ts'
import { ORM_HANDLES } from './orm-handles.ts'

const code = (wanted: string) => (error: unknown): boolean => {
  assert.ok(isTrueupError(error), String(error))
  assert.equal(error.code, wanted)
  return true
}

/** What every session keeps, whatever the application gave. */
function sessionKeeps(open: () => Promise<Opened>): void {
  let opened: Opened
  before(async () => { opened = await open() })
  after(() => opened.close())
  const inSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await opened.database.open()
    try {
      return await work(session)
    } finally {
      await session.release()
    }
  }

  test('reads JSON past the parsers and transforms of the application', async () => {
    const value = { text: `O'Reilly "x" \\ é 😀`, big: '9007199254740993', list: [1, null, true] }
    const literal = JSON.stringify(value).replaceAll("'", "''")
    for (const type of ['text', 'json', 'jsonb']) assert.deepEqual(await inSession((session) => session.json(`SELECT '${literal}'::${type} AS "some Name"`)), value, type)
    assert.equal(await inSession((session) => session.json('SELECT 1 WHERE false')), null)
    assert.equal(await inSession((session) => session.json('SELECT NULL::text')), null)
  })

  test('knows its version and its backend', async () => {
    await inSession(async (session) => {
      assert.equal(session.version, await session.json("SELECT current_setting('server_version_num')"))
      if (session.id !== '') assert.equal(session.id, String(await session.json('SELECT pg_backend_pid()::text')))
    })
  })

  test('counts rows that changed, statement by statement, and not those that were read', async () => {
    await inSession(async (session) => {
      await session.execute('CREATE TABLE counted (a int)')
      const counts = await session.script(['BEGIN', 'INSERT INTO counted VALUES (1), (2), (3)', 'SELECT * FROM counted', 'UPDATE counted SET a = 5 WHERE a > 1 -- the large ones', 'DELETE FROM counted WHERE a = 1', 'COMMIT'])
      assert.deepEqual(counts, [0, 3, 0, 2, 1, 0])
      assert.equal(await session.execute('SELECT * FROM counted'), 0)
      assert.equal(await session.execute('UPDATE counted SET a = 6'), 2)
      assert.equal((await session.query('SELECT a FROM counted')).length, 2)
    })
  })

  test('a script takes effect as a whole or not at all, and leaves the session clean', async () => {
    await inSession(async (session) => {
      await session.execute('CREATE TABLE whole (a int)')
      await assert.rejects(session.script(['INSERT INTO whole VALUES (1)', 'INSERT INTO nowhere VALUES (1)']))
      await assert.rejects(session.script(['BEGIN', 'INSERT INTO whole VALUES (2)', 'SELECT 1/0', 'COMMIT']))
      assert.equal(await session.json('SELECT count(*) FROM whole'), 0)
      assert.equal(await session.json("SELECT to_json(now() = statement_timestamp())::text"), true, 'no transaction is open')
    })
  })

  test('a transaction commits what resolves and rolls back what rejects', async () => {
    await inSession(async (session) => {
      await session.execute('CREATE TABLE kept (a int)')
      const result = await session.transaction(async () => {
        await session.execute('INSERT INTO kept VALUES (1)')
        return session.json("SELECT to_json(current_setting('lock_timeout'))::text")
      }, { settings: ["SET LOCAL lock_timeout = '77ms'"] })
      assert.equal(result, '77ms')
      const mine = new Error('mine')
      await assert.rejects(session.transaction(async () => { await session.execute('INSERT INTO kept VALUES (2)'); throw mine }), mine)
      assert.equal(await session.json('SELECT count(*) FROM kept'), 1)
      assert.equal(await session.json("SELECT to_json(current_setting('lock_timeout'))::text"), '0')
    })
  })

  test('a failure that was swallowed does not pass for a commit', async () => {
    await inSession(async (session) => {
      await session.execute('CREATE TABLE swallowed (a int)')
      await assert.rejects(session.transaction(async () => {
        await session.execute('INSERT INTO swallowed VALUES (1)')
        await session.execute('SELECT 1/0').catch(() => {})
      }), code('step-failed'))
      await assert.rejects(session.transaction(() => session.execute('COMMIT')), code('step-failed'))
      await assert.rejects(session.transaction(() => session.script(['ROLLBACK', 'BEGIN'])), code('step-failed'))
      assert.equal(await session.json('SELECT count(*) FROM swallowed'), 0)
    })
  })

  test('gives the connection back as it was', async () => {
    const before = await opened.ask("SELECT current_setting('search_path') || current_setting('statement_timeout')")
    await inSession(async (session) => {
      await session.execute(`SELECT pg_catalog.set_config('search_path', '', false); SET statement_timeout = '3h'; SET "my.Setting" = 'x'`)
      await session.execute('SET ROLE pg_monitor')
    })
    assert.equal(await opened.ask("SELECT current_setting('search_path') || current_setting('statement_timeout')"), before)
    assert.notEqual(await opened.ask('SELECT current_user'), 'pg_monitor')
    const unfinished = await opened.database.open()
    await unfinished.execute('BEGIN')
    await unfinished.execute('CREATE TABLE unfinished (a int)')
    await unfinished.release({ broken: true })
    assert.ok(['t', 'true', true].includes((await opened.ask("SELECT to_regclass('unfinished') IS NULL")) as string))
    await opened.ask("SELECT 1")
  })

  test('a statement that comes often leaves nothing behind on a connection that others get', async () => {
    await inSession(async (session) => {
      await session.execute('CREATE TABLE often (a int)')
      const count = (): Promise<number | null> => session.json('SELECT count(*)::text FROM often', { often: true })
      await assert.rejects(session.json('SELECT count(*)::text FROM seldom', { often: true }))
      for (let rows = 0; rows < 4; rows += 1) {
        assert.equal(await count(), rows)
        await session.execute('INSERT INTO often VALUES (1)')
      }
      assert.equal(await session.transaction(count), 4)
      // A plan that was kept is of no use any more.
      await session.script(['ALTER TABLE often ALTER a TYPE text', 'ALTER TABLE often RENAME TO before', 'CREATE TABLE often (b text)'])
      assert.equal(await count(), 0)
    })
    assert.equal(Number(await opened.ask("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'trueup%'")), 0)
  })

  test('is of no use after it was given back', async () => {
    const session = await opened.database.open()
    await session.release()
    await session.release()
    await assert.rejects(session.query('SELECT 1'), code('connection-lost'))
  })

  test('a long statement is not cut short by the application’s own limit', async () => {
    await inSession((session) => session.execute('SELECT pg_sleep(0.4)'))
  })
}

for (const [i, kind] of availableServers().entries()) {
  describe(kind.title, () => {
    let server: TestServer
    before(async () => { server = await kind.start() })
    after(() => server.stop())
    test('a connection of our own keeps the plan of what comes often, until an author takes it away', async () => {
      const database = postgres(await server.createDatabase())
      const session = await database.open()
      const ask = (): Promise<number | null> => session.json("SELECT (SELECT count(*) FROM pg_prepared_statements)::text", { often: true })
      assert.deepEqual([await ask(), await ask(), await ask()], [0, 1, 1])
      for (const away of ['DEALLOCATE ALL', 'DISCARD ALL']) {
        await session.execute(away)
        assert.equal(await ask(), 0, away)
        assert.equal(await ask(), 1, away)
      }
      // A name that two sessions had would be answered by the wrong statement, if ever one met the other's server session.
      const namesOf = async (asking: Session): Promise<readonly string[]> => {
        const list = (): Promise<readonly string[] | null> => asking.json("SELECT json_agg(name)::text FROM pg_prepared_statements WHERE name LIKE 'trueup%'", { often: true })
        for (let asked = 0; asked < 2; asked += 1) await list()
        return (await list()) ?? []
      }
      const [one, other] = [await database.open(), await database.open()]
      const mine = await namesOf(one)
      const theirs = await namesOf(other)
      assert.ok(mine.length > 0 && theirs.length > 0)
      assert.deepEqual(mine.filter((name) => theirs.includes(name)), [])
      for (const opened of [one, other, session]) await opened.release()
      await database.close()
    })

    // What they lend is a client of node-postgres, which the oldest version has seen enough of.
    for (const handle of i === 0 ? HANDLES : [...HANDLES, ...ORM_HANDLES]) {
      describe(handle.title, () => {
        sessionKeeps(async () => handle.open(await server.createDatabase()))

        if (!handle.many) {
          test('waits for the one connection, and gives up in words', async () => {
            const opened = await handle.open(await server.createDatabase())
            const first = await opened.database.open()
            await assert.rejects(opened.database.open({ connectTimeout: 100 }), code('connection-failed'))
            await assert.rejects(opened.database.open({ signal: AbortSignal.timeout(50) }), code('interrupted'))
            const waiting = opened.database.open()
            await first.release()
            const second = await waiting
            assert.equal(await second.json('SELECT 1'), 1)
            await second.release()
            await opened.close()
          })
        }

        if (handle.scratch !== false) test('a scratch database is made beside it and gone afterwards', async () => {
          const opened = await handle.open(await server.createDatabase())
          const busy = await opened.database.open()
          const name = await opened.database.scratch(async (scratch) => {
            const session = await scratch.open()
            await session.execute('CREATE TABLE t (a int)')
            const found = await session.json<string>('SELECT to_json(current_database())::text')
            await session.release()
            return found
          })
          assert.match(String(name), /^trueup_scratch_/)
          assert.deepEqual(await server.sql(`SELECT 1 FROM pg_database WHERE datname = '${name}'`), [])
          await assert.rejects(opened.database.scratch(async () => { throw new Error('mine') }), /mine/)
          assert.deepEqual(await server.sql("SELECT datname FROM pg_database WHERE datname LIKE 'trueup_scratch%'"), [])
          await busy.release()
          await opened.close()
        })
      })
    }
  })
}

describe('PGlite', () => sessionKeeps(() => PGLITE.open('')))
