import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadModule, parseSync } from 'libpg-query'
import pg from 'pg'
import { LOCK_MODES, strengthOf, type LockMode, type StatementFacts } from '../../src/dialects/facts.ts'
import { Analyser } from '../../src/dialects/postgres/analyse/analyse.ts'
import { availableServers, type TestServer } from '../servers/postgres.ts'

/** What is there before: also what the analyser reads first, as a file that was deployed. */
const BEFORE = `
CREATE TABLE r (id bigint PRIMARY KEY, name text);
CREATE TABLE t (id bigint NOT NULL, a integer, s varchar(20), n numeric(10, 2), at timestamp, r_id bigint, CONSTRAINT t_pkey PRIMARY KEY (id));
ALTER TABLE t ADD CONSTRAINT t_r FOREIGN KEY (r_id) REFERENCES r (id);
ALTER TABLE t ADD CONSTRAINT t_a CHECK (a > 0) NOT VALID;
CREATE INDEX t_at ON t (at);
CREATE UNIQUE INDEX t_s ON t (s);
CREATE TABLE p (id bigint, k integer) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (id bigint, k integer);
CREATE VIEW v AS SELECT id, name FROM r;
CREATE MATERIALIZED VIEW m AS SELECT id FROM r;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE DOMAIN d AS integer CHECK (VALUE > 0);
INSERT INTO r SELECT i, 'x' FROM generate_series(1, 50) i;
INSERT INTO t SELECT i, i, 'x' || i, i, now(), i FROM generate_series(1, 50) i`

const STATEMENTS: readonly string[] = [
  'ALTER TABLE t ADD COLUMN c text',
  'ALTER TABLE t ADD COLUMN c text DEFAULT now()::text',
  'ALTER TABLE t ADD COLUMN c integer NOT NULL DEFAULT 5',
  'ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid()',
  'ALTER TABLE t ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY',
  'ALTER TABLE t ADD COLUMN c bigserial',
  'ALTER TABLE t ADD COLUMN c integer GENERATED ALWAYS AS (a * 2) STORED',
  'ALTER TABLE t ADD COLUMN c d',
  'ALTER TABLE t ADD COLUMN c bigint REFERENCES r (id)',
  'ALTER TABLE t DROP COLUMN a',
  'ALTER TABLE t DROP COLUMN r_id',
  'ALTER TABLE t ALTER COLUMN a TYPE bigint',
  'ALTER TABLE t ALTER COLUMN s TYPE text',
  'ALTER TABLE t ALTER COLUMN s TYPE varchar(40)',
  'ALTER TABLE t ALTER COLUMN s TYPE varchar(10)',
  'ALTER TABLE t ALTER COLUMN n TYPE numeric(12, 2)',
  'ALTER TABLE t ALTER COLUMN n TYPE numeric(12, 4)',
  "ALTER TABLE t ALTER COLUMN at TYPE timestamptz USING at AT TIME ZONE 'UTC'",
  'ALTER TABLE t ALTER COLUMN a SET DEFAULT 1',
  'ALTER TABLE t ALTER COLUMN a SET NOT NULL',
  'ALTER TABLE t ALTER COLUMN id SET STATISTICS 100',
  'ALTER TABLE t SET (fillfactor = 80)',
  'ALTER TABLE t SET UNLOGGED',
  'ALTER TABLE t ADD CONSTRAINT c CHECK (a < 1000)',
  'ALTER TABLE t ADD CONSTRAINT c CHECK (a < 1000) NOT VALID',
  'ALTER TABLE t VALIDATE CONSTRAINT t_a',
  'ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES r (id)',
  'ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES r (id) NOT VALID',
  'ALTER TABLE t ADD CONSTRAINT c UNIQUE (a)',
  'ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX t_s',
  'ALTER TABLE t DROP CONSTRAINT t_r',
  'ALTER TABLE t DROP CONSTRAINT t_a',
  'ALTER TABLE t DISABLE TRIGGER g',
  'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
  'CREATE POLICY c ON t USING (true)',
  'ALTER TABLE t RENAME COLUMN a TO b',
  'ALTER TABLE t RENAME TO u',
  'CREATE INDEX c ON t (a)',
  'CREATE INDEX c ON ONLY p (k)',
  'REINDEX TABLE t',
  'DROP INDEX t_at',
  'CREATE TABLE c (id bigint REFERENCES r (id))',
  'CREATE TABLE c (LIKE t)',
  'CREATE TABLE c AS SELECT * FROM t',
  'CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)',
  'ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)',
  'ALTER TABLE p DETACH PARTITION p1',
  'DROP TABLE t',
  'TRUNCATE t',
  'CREATE TRIGGER c AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()',
  'DROP TRIGGER g ON t',
  'COMMENT ON TABLE t IS $$x$$',
  'COMMENT ON COLUMN t.a IS $$x$$',
  'CREATE VIEW c AS SELECT * FROM t',
  'REFRESH MATERIALIZED VIEW m',
  'ANALYZE t',
  'CREATE STATISTICS c ON a, id FROM t',
  'LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE',
  'UPDATE t SET a = 1 WHERE id = 1',
  'DELETE FROM t',
  'INSERT INTO r SELECT id + 1000, s FROM t',
  'SELECT count(*) FROM t JOIN r ON r.id = t.r_id',
]

const LOCKS = `SELECT c.relname AS name, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p', 'm') AND c.relname = ANY ($1)`
const FILES = `SELECT c.relname AS name, c.relfilenode AS file FROM pg_class c WHERE c.relname = ANY ($1)`
const TABLES = ['r', 't', 'p', 'p1', 'p2', 'm']

/** `AccessExclusiveLock` is ACCESS EXCLUSIVE. */
const modeOf = (name: string): LockMode => LOCK_MODES.find((mode) => mode === name.replace(/Lock$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()) ?? 'ACCESS EXCLUSIVE'

await loadModule()

function told(statement: string, major: number): StatementFacts {
  const analyser = new Analyser(parseSync)
  const runner = { transaction: true, lockTimeout: null, major }
  analyser.analyse(BEFORE, runner)
  const [facts] = analyser.analyse(statement, runner)
  assert.ok(facts)
  assert.ok(!facts.actions.some((action) => action.do === 'unreadable'), statement)
  return facts
}

for (const kind of availableServers().filter(({ major }) => major > 0)) {
  describe(`what the analyser tells is what ${kind.title} does`, () => {
    let server: TestServer
    let client: pg.Client

    before(async () => {
      server = await kind.start()
      client = new pg.Client(await server.createDatabase())
      await client.connect()
      await client.query(BEFORE)
    })

    after(async () => {
      await client.end()
      await server.stop()
    })

    /** Strongest lock by table, and the tables whose file changed, of a statement that is rolled back. */
    async function seen(statement: string): Promise<{ readonly locks: ReadonlyMap<string, LockMode>; readonly rewritten: ReadonlySet<string> }> {
      const files = async (): Promise<ReadonlyMap<string, number>> => new Map((await client.query<{ name: string; file: number }>(FILES, [TABLES])).rows.map((row) => [row.name, row.file]))
      await client.query('BEGIN')
      try {
        const earlier = await files()
        await client.query(statement)
        const locks = new Map<string, LockMode>()
        // A table under a new name is still the table that it was.
        for (const row of (await client.query<{ name: string; mode: string }>(LOCKS, [[...TABLES, 'u']])).rows) {
          const name = row.name === 'u' ? 't' : row.name
          const mode = modeOf(row.mode)
          if (strengthOf(mode) >= strengthOf(locks.get(name) ?? 'ACCESS SHARE')) locks.set(name, mode)
        }
        const later = await files()
        return { locks, rewritten: new Set([...later].filter(([name, file]) => earlier.get(name) !== undefined && earlier.get(name) !== file).map(([name]) => name)) }
      } finally {
        await client.query('ROLLBACK')
      }
    }

    test('locks and rewrites, statement by statement', async () => {
      const apart: string[] = []
      for (const statement of STATEMENTS) {
        const server = await seen(statement)
        const { locks, works, actions } = told(statement, kind.major)
        for (const table of TABLES) {
          const [theirs, ours] = [server.locks.get(table), locks.find((lock) => lock.relation.name === table)?.mode]
          // A table that is gone is not in the catalogue any more, and its lock has no name there.
          if (statement.startsWith(`DROP TABLE ${table}`)) continue
          // Planning a query and checking a key look at other tables for an instant: no lock that anybody could wait for.
          if ((theirs === undefined || theirs === 'ACCESS SHARE') && (ours === undefined || ours === 'ACCESS SHARE')) continue
          if (theirs !== ours) apart.push(`${statement}: ${table}: ${ours} was told, ${theirs} was seen`)
        }
        const truncates = actions.some((action) => action.do === 'truncate' || action.do === 'refresh-view' || action.do === 'reindex')
        const rewrites = new Set(works.filter((work) => work.kind === 'rewrite').map((work) => work.relation.name))
        for (const table of TABLES) if (!truncates && rewrites.has(table) !== server.rewritten.has(table)) apart.push(`${statement}: ${table}: ${rewrites.has(table) ? 'a rewrite was told' : 'no rewrite was told'}, the server did otherwise`)
      }
      assert.deepEqual(apart, [])
    })
  })
}
