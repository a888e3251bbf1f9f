import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { availableServers } from '../servers/postgres.ts'
import { placeWith } from './place.ts'

const OLD = 'CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE p (id integer NOT NULL, a integer) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (300)'
const ROWS = 'INSERT INTO r SELECT generate_series(1, 299); INSERT INTO p SELECT i, i FROM generate_series(1, 299) i'
const PARTS = 'CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (300)'

const WANTED: Readonly<Record<string, string>> = {
  index: `CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE p (id integer NOT NULL, a integer) PARTITION BY RANGE (id); ${PARTS}; CREATE INDEX p_a ON p (a)`,
  'unique index': `CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE p (id integer NOT NULL, a integer) PARTITION BY RANGE (id); ${PARTS}; CREATE UNIQUE INDEX p_id ON p (id)`,
  'primary key': `CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE p (id integer NOT NULL PRIMARY KEY, a integer) PARTITION BY RANGE (id); ${PARTS}`,
  'foreign key': `CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE p (id integer NOT NULL, a integer REFERENCES r) PARTITION BY RANGE (id); ${PARTS}`,
}

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    for (const [what, models] of Object.entries(WANTED)) {
      test(`a partitioned table gets its ${what} through its partitions, those that the models do not name among them`, async () => {
        const place = await placeWith(kind, `${OLD}; ${ROWS}; CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (300) TO (400); INSERT INTO p VALUES (350, 1)`)
        try {
          const plan = await place.plan(models)
          assert.deepEqual(plan.pending, [])
          for (const step of plan.steps) assert.ok(!step.long || !step.blocks.includes('writes'), `${step.title} holds up writes while it works`)
          await place.apply(models)
          assert.deepEqual((await place.plan(models)).steps, [])
          const bad = await place.one(`SELECT count(*)::text FROM pg_index WHERE NOT indisvalid AND indrelid IN ('p'::regclass, 'p1'::regclass, 'p2'::regclass, 'p3'::regclass)`)
          assert.equal(bad, '0')
        } finally {
          await place.close()
        }
      })
    }

    test('what a build left unusable, by name or by definition, goes before it is built again', async () => {
      const place = await placeWith(kind, 'CREATE TABLE t (id integer PRIMARY KEY, a integer); INSERT INTO t VALUES (1, 1), (2, 1)')
      try {
        for (const name of ['t_a', 't_a_ccnew']) await assert.rejects(place.client.query(`CREATE UNIQUE INDEX CONCURRENTLY ${name} ON t (a)`))
        await place.client.query('UPDATE t SET a = id')
        const models = 'CREATE TABLE t (id integer PRIMARY KEY, a integer); CREATE UNIQUE INDEX t_a ON t (a)'
        await place.apply(models)
        assert.equal(await place.one(`SELECT string_agg(indexrelid::regclass::text || ' ' || indisvalid, ', ' ORDER BY 1) FROM pg_index WHERE indrelid = 't'::regclass AND NOT indisprimary`), 't_a true')
        assert.deepEqual((await place.plan(models)).steps, [])
      } finally {
        await place.close()
      }
    })
  })
}
