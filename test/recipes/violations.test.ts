import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { isTrueupError } from '../../src/errors.ts'
import { sql, trueup } from '../../src/index.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { fromSql } from '../../src/models/sql.ts'
import { availableServers } from '../servers/postgres.ts'
import { placeWith } from './place.ts'

const OLD = 'CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer, "E mail" text, r_id integer)'
const ROWS = `INSERT INTO r VALUES (1), (2); INSERT INTO t SELECT i, i, CASE WHEN i % 10 = 0 THEN NULL ELSE 'x' || (i / 2) END, 1 FROM generate_series(1, 100) i; UPDATE t SET r_id = 7 WHERE id IN (3, 4); UPDATE t SET a = -1 WHERE id = 5`
const table = (parts: string): string => `CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE t (id integer PRIMARY KEY, a integer${parts.includes('CHECK') ? parts : ''}, "E mail" text${parts.includes('NOT NULL') || parts.includes('UNIQUE') ? parts : ''}, r_id integer${parts.includes('REFERENCES') ? parts : ''})`

const CASES: readonly { readonly what: string; readonly models: string; readonly message: RegExp; readonly mend: string }[] = [
  { what: 'NULLs under a coming NOT NULL', models: table(' NOT NULL'), message: /table t: 10 rows with NULL stand in the way of NOT NULL of column E mail, such as 10, 20, 30, 40, 50\./, mend: `"E mail" = 'none' WHERE "E mail" IS NULL` },
  { what: 'duplicates under a coming unique key', models: table(' UNIQUE'), message: /table t: 40 values that occur more than once stand in the way of constraint /, mend: `"E mail" = 'm' || id WHERE true` },
  { what: 'orphans under a coming foreign key', models: table(' REFERENCES r'), message: /table t: 2 rows that point at nothing stand in the way of constraint .*, such as 3, 4\./, mend: 'r_id = NULL WHERE r_id = 7' },
  { what: 'rows against a coming check', models: table(' CHECK (a > 0)'), message: /table t: 1 row that breaks it stands in the way of constraint .*, such as 5\./, mend: 'a = 1 WHERE a < 0' },
]

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    for (const { what, models, message, mend } of CASES) {
      test(`${what} are counted before the first statement, with examples and the query that shows them all`, async () => {
        const place = await placeWith(kind, `${OLD}; ${ROWS}`)
        try {
          const warned = await place.plan(models)
          assert.match(warned.warnings.join('\n'), message)
          const failure = await place.apply(models).then(() => null, (error: unknown) => error)
          assert.ok(isTrueupError(failure), String(failure))
          assert.equal(failure.code, 'rows-violate')
          assert.match(failure.message, message)
          const query = /All of them: (.*)$/.exec(failure.problems[0]?.hint ?? '')?.[1] ?? ''
          const shown = (await place.client.query(query)).rows.length
          assert.ok(failure.message.includes(`${shown} `), `${shown} rows of: ${query}`)
          assert.equal(await place.one(`SELECT to_regclass('trueup_runs')::text`), null, 'something was sent to the database')
          await place.client.query(`UPDATE t SET ${mend}`)
          await place.apply(models)
          const after = await place.plan(models)
          assert.deepEqual([after.steps, after.warnings, after.drift], [[], [], []])
        } finally {
          await place.close()
        }
      })
    }

    test('one start goes over the rows once to count, and once for the step', async () => {
      const counting = 'CREATE SEQUENCE calls; CREATE FUNCTION noted(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval(\'calls\'); RETURN true; END $$;'
      const place = await placeWith(kind, `${counting} ${OLD}; ${ROWS}`)
      try {
        await place.apply(`${counting} ${table(' CHECK (noted(a))')}`)
        assert.equal(await place.one('SELECT last_value::text FROM calls'), '200')
        const broken = await place.apply(`${counting} ${table(' CHECK (noted(a))').replace('id integer PRIMARY KEY, a', 'id integer PRIMARY KEY CHECK (id < 100), a')}`).then(() => null, (error: unknown) => error)
        assert.ok(isTrueupError(broken) && broken.code === 'rows-violate', String(broken))
      } finally {
        await place.close()
      }
    })

    test('rows that were found are found again, however often the database changes meanwhile', async () => {
      const place = await placeWith(kind, `${OLD}; ${ROWS}`)
      const over = new AbortController()
      const restless = (async () => {
        // Never the same twice: whoever looks again sees another database.
        for (let n = 0; !over.signal.aborted; n += 1) await place.client.query(`CREATE TABLE comes_${n} (id integer)`)
      })()
      try {
        const failure = await place.apply(table(' CHECK (a > 0)'), { waitForLock: 2_000 }).then(() => null, (error: unknown) => error)
        assert.ok(isTrueupError(failure) && failure.code === 'rows-violate', String(failure))
        assert.equal(await place.one(`SELECT count(*)::text FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'`), '0', 'the constraint was asked for')
      } finally {
        over.abort()
        await restless
        await place.close()
      }
    })

    test('rows that an entry of the same start mends are counted after it, and before the constraint', async () => {
      const place = await placeWith(kind, `${OLD}; ${ROWS}`)
      try {
        const models = table(' NOT NULL')
        const half = { id: 'half', backfill: { table: 't', set: sql`"E mail" = 'none'`, where: sql`"E mail" IS NULL AND id < 50` } }
        const failure = await place.apply(models, { migrations: [half] }).then(() => null, (error: unknown) => error)
        assert.ok(isTrueupError(failure) && failure.code === 'rows-violate', String(failure))
        assert.match(failure.message, /6 rows with NULL/)
        assert.equal(await place.one(`SELECT count(*)::text FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'`), '0', 'the constraint was asked for')
        const rest = { id: 'rest', up: sql`UPDATE t SET "E mail" = 'none' WHERE "E mail" IS NULL`, check: sql`SELECT NOT EXISTS (SELECT FROM t WHERE "E mail" IS NULL)` }
        const report = await place.apply(models, { migrations: [half, rest] })
        assert.deepEqual(report.applied, ['rest'])
        assert.equal(await place.one(`SELECT attnotnull::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'E mail'`), 'true')
      } finally {
        await place.close()
      }
    })

    test('counting ends after a while: at least so many, of those that were found until then', async () => {
      // A row takes a millisecond: five seconds are not enough for all.
      const slow = "CREATE FUNCTION slowly(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.001); RETURN $1 > 0; END $$;"
      const place = await placeWith(kind, `${slow} CREATE TABLE t (id integer PRIMARY KEY, a integer); INSERT INTO t SELECT i, -i FROM generate_series(1, 20000) i`)
      try {
        const [warning] = (await place.plan(`${slow} CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (slowly(a)))`)).warnings
        const found = Number(/at least (\d+) rows that break it/.exec(warning ?? '')?.[1])
        assert.ok(found >= 10 && found < 20_000, warning)
        assert.match(warning ?? '', /such as 1, 2, 3, 4, 5\./)
      } finally {
        await place.close()
      }
    })

    test('many are counted exactly', async () => {
      const place = await placeWith(kind, 'CREATE TABLE t (id integer PRIMARY KEY, a text); INSERT INTO t SELECT i, NULL FROM generate_series(1, 12000) i')
      try {
        assert.match((await place.plan('CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL)')).warnings.join(), /table t: 12000 rows with NULL/)
      } finally {
        await place.close()
      }
    })

    test('where there was no time to find any, a plan says so', async () => {
      const slow = "CREATE FUNCTION slowly(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN true; END $$;"
      const place = await placeWith(kind, `${slow} CREATE TABLE t (id integer PRIMARY KEY, a integer); INSERT INTO t SELECT i, i FROM generate_series(1, 2000) i`)
      try {
        const { warnings } = await place.plan(`${slow} CREATE TABLE t (id integer PRIMARY KEY, a integer CHECK (slowly(a)))`)
        assert.match(warnings.join(), /table t: whether rows stand in the way of constraint \S+ was not found out: .*too many rows for the time/)
      } finally {
        await place.close()
      }
    })

    test('where this role may not read the rows, a plan says so', async () => {
      const place = await placeWith(kind, `${OLD}; ${ROWS}; CREATE ROLE sees_no_rows LOGIN CREATEDB`)
      const url = new URL(place.url)
      url.username = 'sees_no_rows'
      const app = trueup({ database: postgres(url.href), models: fromSql(table(' NOT NULL')), logger: false })
      try {
        assert.match((await app.plan()).warnings.join(), /table t: whether rows stand in the way of NOT NULL of column E mail was not found out: .*this role may not read it/)
      } finally {
        await app.close()
        await place.close()
      }
    })

    // Before version 18 a server does not count the processes that it starts for a query.
    test('whoever counts takes one process of the server', { skip: kind.major < 18 && `${kind.title} does not say how many processes a query took` }, async () => {
      const eager = ['parallel_setup_cost', 'parallel_tuple_cost'].map((name) => `EXECUTE format('ALTER DATABASE %I SET ${name} = 0', current_database());`)
      const place = await placeWith(kind, `${OLD}; ${ROWS}; ALTER TABLE t SET (parallel_workers = 2); ANALYZE t; DO $$ BEGIN ${eager.join(' ')} END $$`)
      // A session tells at its end at the latest what it took.
      const launched = async (): Promise<number> => {
        while ((await place.one(`SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`)) !== '0') await setTimeout(20)
        return Number(await place.one('SELECT parallel_workers_launched::text FROM pg_stat_database WHERE datname = current_database()'))
      }
      const app = trueup({ database: postgres(place.url), models: fromSql(table(' NOT NULL').replace('a integer, ', '')), logger: false })
      try {
        const { warnings, steps } = await app.plan({ allow: 'destructive' })
        assert.match(warnings.join(), /10 rows with NULL/)
        assert.ok(steps.some((step) => step.class === 'destructive'), 'rows that go are counted, too')
        assert.equal(await launched(), 0)
        const other = new pg.Client({ connectionString: place.url })
        await other.connect()
        await other.query('SELECT count(*) FROM t')
        await other.end()
        assert.ok((await launched()) > 0, 'others take more than one')
      } finally {
        await app.close()
        await place.close()
      }
    })
  })
}
