import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'node:test'
import type { Migration } from '../../src/index.ts'
import { TrueupError, sql } from '../../src/index.ts'
import { models, table } from '../start/sketches.ts'
import { app, engines, number, onEmpty, rejection, sqlite, start } from './places.ts'

const LOG = models({ name: 'log', columns: [{ name: 'what' }] })
const entry = (id: string): Migration => ({ id, fresh: 'run', up: sql`INSERT INTO log (what) VALUES (${id})` })

/** Ids that sort differently by character, by collation and by number. */
const IDS = ['10_b', '1_a', '2', 'A-b', 'a_b', 'a-B', 'Ä']

test('pain 8: pending is a set difference, whatever was applied before and in which order', () => fc.assert(
  fc.asyncProperty(fc.shuffledSubarray(IDS), fc.shuffledSubarray(IDS, { minLength: IDS.length }), async (applied, registry) => {
    await onEmpty(sqlite, async (place) => {
      // One start an entry: the order in the ledger is that of `applied`. Each start knows those before it.
      for (let count = 1; count <= applied.length; count += 1) await start(place, LOG, applied.slice(0, count).map(entry))
      const report = await start(place, LOG, registry.map(entry))
      assert.deepEqual(report.applied, registry.filter((id) => !applied.includes(id)), 'exactly the missing ones, in the order of the registry')
      assert.deepEqual((await place.rows('SELECT what FROM log')).map((row) => row['what']), [...applied, ...registry.filter((id) => !applied.includes(id))])
    })
  }), { numRuns: 25 }))

for (const engine of engines) {
  test(`pain 8: two namespaces in one database leave each other alone (${engine.title})`, () => onEmpty(engine, async (place) => {
    const jobs = models({ name: 'jobs_log', columns: [{ name: 'what' }] })
    await start(place, LOG, [entry('same')], { namespace: 'app' })
    const other: Migration = { id: 'same', fresh: 'run', up: "INSERT INTO jobs_log (what) VALUES ('jobs')" }
    assert.deepEqual((await start(place, jobs, [other], { namespace: 'jobs' })).applied, ['same'])
    assert.equal((await start(place, LOG, [entry('same')], { namespace: 'app' })).outcome, 'current')
    assert.equal((await start(place, jobs, [other], { namespace: 'jobs' })).outcome, 'current')
    assert.equal(await number(place, 'SELECT count(*) FROM log'), 1)
  }))

  test(`pain 22: entries of two branches go in either order to the same schema, and dependsOn is kept (${engine.title})`, async () => {
    const users = models(table('users', 'a', 'b'))
    const a: Migration = { table: 'users', column: 'a', type: 'text' }
    const b: Migration = { table: 'users', column: 'b', type: 'text' }
    const after: Migration = { id: 'after', dependsOn: ['users.a', 'users.b'], fresh: 'run', up: "INSERT INTO users (id, a, b) VALUES (1, 'a', 'b')" }
    const ends: unknown[] = []
    for (const [first, second] of [[a, b], [b, a]] as const) {
      await onEmpty(engine, async (place) => {
        await start(place, models(table('users')))
        await start(place, models(table('users', 'column' in first ? first.column : '')), [first])
        await start(place, users, [after, second, first])
        ends.push((await place.database().read()).table.find((one) => one.name === 'users')?.columns.map((column) => [column.name, column.type]).sort(), await place.rows('SELECT id, a, b FROM users'))
      })
    }
    assert.deepEqual(ends.slice(0, 2), ends.slice(2))
  })

  test(`pain 23: the order is that of the registry, never of the names (${engine.title})`, () => onEmpty(engine, async (place) => {
    await start(place, LOG, IDS.map(entry))
    assert.deepEqual((await place.rows('SELECT what FROM log')).map((row) => row['what']), IDS)
    const runs = await app(place, LOG, IDS.map(entry)).history()
    assert.deepEqual(runs[0]?.steps.filter((step) => step.entry !== null).map((step) => step.entry), IDS)
  }))

  test(`pain 6: a failing entry bricks nothing: mended, the next start goes through without a command (${engine.title})`, () => onEmpty(engine, async (place) => {
    const broken: Migration = { id: 'two', fresh: 'run', up: ["INSERT INTO log (what) VALUES ('half')", 'INSERT INTO nowhere VALUES (1)'] }
    for (let tries = 0; tries < 2; tries += 1) {
      const error = await rejection(start(place, LOG, [entry('one'), broken, entry('three')]))
      assert.ok(error instanceof TrueupError && error.code === 'entry-failed', String(error))
      assert.match(error.message, /two[\s\S]*nowhere/)
      assert.deepEqual((await place.rows('SELECT what FROM log')).map((row) => row['what']), ['one'])
    }
    assert.deepEqual((await start(place, LOG, [entry('one'), entry('two'), entry('three')])).applied, ['two', 'three'])
    const outcomes = (await app(place, LOG).history()).map((run) => run.outcome)
    assert.deepEqual(outcomes, ['done', 'failed', 'failed'])
  }))

  test(`pain 9: every failure has the entry, the statement's code and the database's words (${engine.title})`, () => onEmpty(engine, async (place) => {
    const error = await rejection(start(place, LOG, [{ id: 'bad', fresh: 'run', up: 'INSERT INTO log (nothing) VALUES (1)' }]))
    assert.ok(error instanceof TrueupError, String(error))
    assert.match(error.message, /bad/)
    assert.match(error.message, engine.dialect === 'postgres' ? /column "nothing".*42703/ : /nothing.*SQLITE_ERROR/)
    assert.ok((error.hint ?? '').length > 0)
  }))

  test(`pain 21: COMMIT in a body is refused, and transaction: false is honoured (${engine.title})`, () => onEmpty(engine, async (place) => {
    for (const ending of ['COMMIT', 'ROLLBACK', 'commit /* quietly */', 'BEGIN', 'END']) {
      const error = await rejection(start(place, LOG, [{ id: 'ends', fresh: 'run', up: ["INSERT INTO log (what) VALUES ('leaked')", ending, "INSERT INTO log (what) VALUES ('after')"] }]))
      assert.ok(error instanceof TrueupError, `${ending}: ${String(error)}`)
      assert.equal(await number(place, 'SELECT count(*) FROM log'), 0, ending)
    }
    const outside: Migration = engine.dialect === 'postgres'
      ? { id: 'outside', transaction: false, check: "SELECT 1 FROM pg_indexes WHERE indexname = 'log_what'", up: 'CREATE INDEX CONCURRENTLY log_what ON log (what)' }
      : { id: 'outside', transaction: false, check: 'SELECT 0', up: 'VACUUM' }
    assert.deepEqual((await start(place, LOG, [outside])).applied, ['outside'])
  }))

  test(`pain 19: a rename is declared or it is none, and one that names nothing is an error (${engine.title})`, () => onEmpty(engine, async (place) => {
    await start(place, models(table('users', 'name')))
    await place.script("INSERT INTO users VALUES (1, 'kept')")
    const full = models(table('users', 'full_name'))
    const misspelt = await rejection(start(place, full, [{ rename: { table: 'users', column: 'nmae', to: 'fullname' } }]))
    assert.ok(misspelt instanceof TrueupError, String(misspelt))
    assert.match(misspelt.message, /nmae/)
    const report = await start(place, full, [{ rename: { table: 'users', column: 'name', to: 'full_name' } }])
    assert.equal(report.steps.length, 1)
    assert.deepEqual(await place.rows('SELECT full_name FROM users'), [{ full_name: 'kept' }])
    assert.equal((await start(place, full, [{ rename: { table: 'users', column: 'name', to: 'full_name' } }])).outcome, 'current')
    await onEmpty(engine, async (fresh) => {
      assert.equal((await start(fresh, full, [{ rename: { table: 'users', column: 'name', to: 'full_name' } }])).outcome, 'applied')
      assert.equal((await start(fresh, full, [{ rename: { table: 'users', column: 'name', to: 'full_name' } }])).outcome, 'current')
    })
  }))

  test(`pain 18: an older build on a newer schema is told so, and changes nothing (${engine.title})`, () => onEmpty(engine, async (place) => {
    await start(place, LOG, [entry('one')], { build: '2.3.1' })
    await start(place, LOG, [entry('one'), entry('two')], { build: '2.4.0' })
    const error = await rejection(start(place, LOG, [entry('one')], { build: '2.3.1' }))
    assert.ok(error instanceof TrueupError && error.code === 'database-ahead', String(error))
    assert.match(error.message, /2\.4\.0[\s\S]*2\.3\.1[\s\S]*two/)
    assert.equal((await start(place, LOG, [entry('one')], { onAhead: 'tolerate' })).steps.length, 0)
  }))
}
