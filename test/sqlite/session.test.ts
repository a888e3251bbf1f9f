import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isTrueupError } from '../../src/errors.ts'
import { sql } from '../../src/sql.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { driver, openHandle, request, withDatabase, withFolder } from './support.ts'

test(`${driver}: sessions over one connection take turns, transactions included`, async () => {
  const handle = await openHandle(':memory:')
  const database = sqlite(handle)
  const [one, two] = [await database.open(), await database.open()]
  await one.execute('CREATE TABLE t (a)')
  const first = one.transaction(async () => {
    await one.execute('INSERT INTO t VALUES (1)')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await one.execute('INSERT INTO t VALUES (2)')
    throw new Error('undone')
  })
  const second = two.execute('INSERT INTO t VALUES (3)')
  await assert.rejects(first, /undone/)
  assert.equal(await second, 1)
  assert.deepEqual(await two.json('SELECT json_group_array(a) FROM t'), [3], 'what the other session wrote was not undone with it')
  await one.release()
  await one.release()
  await assert.rejects(one.query('SELECT 1'), { code: 'connection-lost' })
  await two.release()
  await database.close()
  handle.exec('SELECT 1')
  handle.close()
})

test(`${driver}: rows are counted, without those of triggers`, async () => {
  await withDatabase(':memory:', async (_, session) => {
    await session.script(['CREATE TABLE t (a)', 'CREATE TABLE log (a)', 'CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a), (new.a); END'])
    assert.deepEqual(await session.script(['INSERT INTO t VALUES (1), (2)', 'UPDATE t SET a = 5 WHERE a > 9', 'CREATE TABLE u (a)', 'WITH x AS (SELECT 1) SELECT * FROM x', 'DELETE FROM t']), [2, 0, 0, 0, 2])
    assert.equal(await session.execute('INSERT INTO t VALUES (7) RETURNING a'), 1)
    await assert.rejects(session.script(['INSERT INTO t VALUES (8)', 'INSERT INTO nowhere VALUES (1)']))
    assert.equal(await session.json('SELECT count(*) FROM t'), 1, 'a script happens whole or not at all')
  })
})

test(`${driver}: number modes of the user's handle change nothing`, async () => {
  const handle = await openHandle(':memory:') as Awaited<ReturnType<typeof openHandle>> & { defaultSafeIntegers?(on: boolean): void }
  handle.defaultSafeIntegers?.(true)
  await withDatabase(handle, async (database, session) => {
    await session.script(['CREATE TABLE t (id INTEGER PRIMARY KEY, a)', 'INSERT INTO t VALUES (9223372036854775806, 1), (9223372036854775807, 2)'])
    assert.equal(await session.execute('UPDATE t SET a = 3'), 2)
    const { backfill } = database.dialect
    const request = { table: { schema: 'main', name: 't' }, key: [], set: 'a = 4', where: 'a = 3' }
    assert.equal(await session.json(backfill.count(request)), 2)
    const batches = await backfill.open(session, request, null)
    const go = async (after: readonly string[] | null): Promise<unknown> => {
      const batch = await batches.next(after, 1)
      const step = { statements: batch.statements, transaction: true, locks: [] }
      return batch.done(await database.dialect.run(session, { step, lockTimeout: 100, fence: [], journal: [], defaultSchema: 'main' }))
    }
    assert.deepEqual(await go(null), { after: ['9223372036854775806'], changed: 1, isLast: false })
    assert.deepEqual(await go(['9223372036854775806']), { after: ['9223372036854775807'], changed: 1, isLast: false })
    assert.deepEqual(await go(['9223372036854775807']), { after: ['9223372036854775807'], changed: 0, isLast: true })
    assert.equal(await session.json(backfill.count(request)), 0)
    assert.deepEqual((await database.dialect.introspect(session, { schemas: ['main'], defaultSchema: 'main', ledgerTables: [] })).table[0]?.columns.length, 2)
  })
  handle.close()
})

test(`${driver}: values become literals that give the same value back`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    const values = ["O'Reilly", '', 'a\u0000b', 0, -0.5, 1e300, 9007199254740993n, -9223372036854775808n, 9223372036854775807n, null]
    for (const value of values) {
      const [text] = await session.json<string[]>(`SELECT json_array(quote(${sql`${value}`.write(database.dialect.writer)}))`) ?? []
      if (typeof value === 'bigint' || value === 0) assert.equal(text, String(value))
    }
    assert.equal(await session.json(`SELECT length(CAST(${sql`${'a\u0000b'}`.write(database.dialect.writer)} AS BLOB))`), 3)
    assert.equal(database.dialect.defaultLiteral(true, 'INTEGER'), '1')
    assert.equal(database.dialect.defaultLiteral({ a: ["'"] }, 'TEXT'), `'{"a":["''"]}'`)
    assert.throws(() => database.dialect.defaultLiteral(2n ** 63n, 'INTEGER'), /64-bit/)
    assert.throws(() => database.dialect.defaultLiteral(Number.NaN, 'REAL'), /NaN/)
  })
})

test(`${driver}: steps run in one transaction with fence and journal; a transaction of the author's own is refused`, async () => {
  await withDatabase(':memory:', async (database, session) => {
    await session.script(['CREATE TABLE t (a)', 'CREATE TABLE journal (a)'])
    const run = (statements: readonly string[], more: object = {}): Promise<unknown> => database.dialect.run(session, request({ step: { statements, transaction: true, locks: [] }, journal: ["INSERT INTO journal VALUES ('done')"], ...more }))
    assert.deepEqual(await run(["INSERT INTO t VALUES (';'), ('--'); -- a comment; with a semicolon\nUPDATE t SET a = 1;"]), { rows: 4 })
    for (const word of ['BEGIN', 'commit', 'END', 'Rollback', 'SAVEPOINT x', '/* hidden */ COMMIT TRANSACTION']) {
      await assert.rejects(run([`INSERT INTO t VALUES (2); ${word}; INSERT INTO t VALUES (3)`]), /runs in a transaction of trueup's own/)
    }
    await assert.rejects(run(['INSERT INTO t VALUES (9)'], { fence: ['INSERT INTO nowhere VALUES (1)'] }), /nowhere/)
    await assert.rejects(run(['INSERT INTO t VALUES (9); INSERT INTO nowhere VALUES (1)']), /nowhere/)
    await run(['CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN a THEN 1 END; DELETE FROM journal; END; INSERT INTO t VALUES (1)'])
    assert.deepEqual(await session.json("SELECT json_array((SELECT count(*) FROM t), (SELECT count(*) FROM journal))"), [3, 1])
    await database.dialect.run(session, request({ step: { statements: ['VACUUM'], transaction: false, locks: [] } }))
    await assert.rejects(database.dialect.run(session, request({ step: { statements: ['BEGIN; INSERT INTO t VALUES (1)'], transaction: false, locks: [] } })), /left a transaction open/)
    assert.equal(await session.json('SELECT count(*) FROM t'), 3)
  })
})

test(`${driver}: code that ends the transaction it was given is found out`, async () => {
  const handle = await openHandle(':memory:')
  await withDatabase(handle, async (_, session) => {
    await session.execute('CREATE TABLE t (a)')
    await assert.rejects(session.transaction(async () => void (await session.execute('COMMIT'))), /runs in a transaction of trueup's own/)
    await assert.rejects(session.transaction(async () => void handle.exec('COMMIT')), { code: 'step-failed' })
    await assert.rejects(session.transaction(async () => void handle.exec('COMMIT; BEGIN')), { code: 'step-failed' })
    await session.transaction(async () => void handle.exec('INSERT INTO t VALUES (1)'))
    handle.exec('BEGIN')
    await assert.rejects(session.transaction(async () => undefined), { code: 'database-in-use' })
    handle.exec('ROLLBACK')
    assert.equal(await session.json('SELECT count(*) FROM t'), 1)
  })
  handle.close()
})

test(`${driver}: failures are named`, async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'a b.db')
    await withDatabase(path, async (database, session) => {
      const kind = async (work: () => unknown): Promise<string> => {
        try {
          await work()
          return 'none'
        } catch (error) {
          const failure = database.dialect.failure(error)
          return `${failure.kind} ${failure.code.replace(/(SQLITE_[A-Z]+).*/, '$1')}`
        }
      }
      await session.execute('CREATE TABLE t (a NOT NULL)')
      assert.equal(await kind(() => session.execute('INSERT INTO t VALUES (NULL)')), 'violation SQLITE_CONSTRAINT')
      assert.equal(await kind(() => session.execute('SELEKT')), 'invalid SQLITE_ERROR')
      assert.equal(await kind(() => session.execute('SELECT * FROM nowhere')), 'missing-relation SQLITE_ERROR')
      const other = await openHandle(path)
      other.exec('BEGIN IMMEDIATE')
      const step = { statements: ['INSERT INTO t VALUES (1)'], transaction: true, locks: [] }
      assert.equal(await kind(() => database.dialect.run(session, request({ step, lockTimeout: 10 }))), 'busy SQLITE_BUSY')
      other.exec('ROLLBACK')
      other.close()
      assert.equal(await kind(() => database.dialect.run(session, request({ step }))), 'none')
    })
    const none = join(folder, 'not a database')
    writeFileSync(none, 'x'.repeat(4096))
    await assert.rejects(withDatabase(none, async (database) => database.read()), /not a database/)
    await assert.rejects(sqlite(join(folder, 'no', 'such.db'), { driver }).open(), { code: 'connection-failed' })
    assert.throws(() => sqlite(undefined as unknown as string), (error) => isTrueupError(error) && error.code === 'driver-unknown' && /was given undefined/.test(error.message) && /variable set/.test(error.hint ?? ''))
    assert.throws(() => sqlite(''), (error) => isTrueupError(error) && error.code === 'config-invalid' && /variable set/.test(error.hint ?? ''))
    assert.throws(() => sqlite({} as object), (error) => isTrueupError(error) && error.code === 'driver-unknown')
  })
})

test(`${driver}: paths and URLs lead to the same file`, async () => {
  await withFolder(async (folder) => {
    await withDatabase(join(folder, 'x y.db'), async (_, session) => void (await session.execute('CREATE TABLE t (a)')))
    await withDatabase(`file://${folder}/x%20y.db`, async (database) => assert.equal((await database.read()).table.length, 1))
    await withDatabase(`file:${folder}/x%20y.db?cache=shared`, async (database) => {
      assert.equal((await database.read()).table.length, 1)
      assert.match(database.address, /^SQLite at \//)
    })
  })
})
