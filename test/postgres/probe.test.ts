import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { LedgerNames, Scope, Session } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { probe, probeStored } from '../../src/dialects/postgres/probe.ts'
import type { TestDatabase } from './private-session.ts'
import { testServers } from './private-session.ts'

const scope: Scope = { schemas: ['public', 'other'], defaultSchema: 'public', ledgerTables: ['l_state', 'l_runs', 'l "entries', 'l_steps', 'l_pairs'], tolerate: ['spatial_*'] }
const ledger: LedgerNames = { schema: 'public', state: 'l_state', runs: 'l_runs', entries: 'l "entries', steps: 'l_steps', pairs: 'l_pairs' }
const DDL = `
CREATE SCHEMA other;
CREATE TYPE role AS ENUM ('a', 'b');
CREATE TYPE pair AS (x integer);
CREATE DOMAIN email AS text CHECK (VALUE <> 'other.public.x');
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION other.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE TABLE users (id serial PRIMARY KEY, role role DEFAULT 'a', n integer DEFAULT twice(2) CHECK (twice(n) > 0), note text DEFAULT 'public.x', email email);
CREATE TABLE other.users (id integer REFERENCES users, r role DEFAULT 'b');
CREATE INDEX by_n ON users (twice(n)) WHERE role = 'a';
CREATE VIEW grown AS SELECT u.id, o.r FROM users u JOIN other.users o USING (id) WHERE twice(u.n) > 3;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE POLICY own ON users USING (n = twice(1));
CREATE SEQUENCE free;
CREATE TABLE plain (x integer, y integer, price numeric DEFAULT 0.50, at timestamptz DEFAULT now(), target regclass DEFAULT 'users'::regclass);
`
/** Of a check that refers to nothing of a user's the stored tree is hashed, and before version 17 that holds where in its statement each word stood: the same statement makes it each time. */
const CHECK_ABOVE = 'ALTER TABLE plain DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c CHECK (x > 1)'
const LEDGER = `
CREATE TABLE l_state (key text, value text);
CREATE TABLE l_pairs (fingerprint text, digest text, at timestamptz);
CREATE TABLE "l ""entries" (id text, kind text, state text, checksum text, compatible integer, down text, progress text, rows bigint, run text, at timestamptz, error text, description text);
CREATE TABLE l_runs (id text, command text, started timestamptz, finished timestamptz, outcome text, error text, application text, environment text, build text, version text, db_user text, host text, entries text);
`

for (const server of testServers()) describe(server.title, () => {
  let database: TestDatabase
  let twin: TestDatabase

  before(async () => {
    database = await server.database()
    await database.client.query(DDL)
    await database.client.query(CHECK_ABOVE)
    twin = await server.database()
    // Other numbers, a dropped column, another order of making: the same schema.
    await twin.client.query(`CREATE TABLE filler (id serial); DROP TABLE filler; ${DDL.replace('CREATE TABLE users (id serial', 'CREATE TABLE users (gone text, id serial')}; ALTER TABLE users DROP COLUMN gone`)
    await twin.client.query(CHECK_ABOVE)
  })
  after(async () => {
    await database.drop()
    await twin.drop()
  })

  const digest = async (session: Session = database.session): Promise<string> => (await probe(session, { scope, ledger })).digest
  const stored = async (): Promise<string> => (await probeStored(database.session, { scope, ledger })).digest

  test('without a ledger there is a digest and no problem', async () => {
    const found = await probe(database.session, { scope, ledger })
    assert.equal(found.ledger, null)
    assert.equal(found.ledgerProblem, undefined)
    assert.equal(found.readOnly, false)
    assert.match(found.digest, /^[0-9a-f]{32}$/)
    assert.match(found.serverTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('equal databases have equal digests, whatever the search path says', async () => {
    const wanted = await digest()
    assert.deepEqual(await introspect(twin.session, scope), await introspect(database.session, scope))
    assert.equal(await digest(twin.session), wanted)
    for (const path of ['pg_catalog', 'other, public', 'public, other', 'other', `''`]) {
      await database.client.query(`SET search_path = ${path}`)
      assert.equal(await digest(), wanted, path)
    }
    await database.client.query('RESET search_path')
  })

  test('the digest changes with every change that introspection sees, and comes back with its reverse', async () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['ALTER TABLE users ADD x integer', 'ALTER TABLE users DROP x'],
      ['ALTER TABLE users ALTER note TYPE varchar', 'ALTER TABLE users ALTER note TYPE text'],
      ['ALTER TABLE users ALTER n SET DEFAULT other.twice(2)', 'ALTER TABLE users ALTER n SET DEFAULT twice(2)'],
      [`ALTER TABLE users ALTER note SET DEFAULT 'other.x'`, `ALTER TABLE users ALTER note SET DEFAULT 'public.x'`],
      ['ALTER TABLE plain DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (x > 2)', CHECK_ABOVE],
      ['ALTER TABLE plain DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (x < 1)', CHECK_ABOVE],
      ['ALTER TABLE plain DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c CHECK (y > 1)', CHECK_ABOVE],
      ['ALTER TABLE plain RENAME x TO z', 'ALTER TABLE plain RENAME z TO x'],
      ['ALTER TABLE plain ALTER price SET DEFAULT 0.500', 'ALTER TABLE plain ALTER price SET DEFAULT 0.50'],
      ['ALTER TABLE plain ALTER price DROP DEFAULT', 'ALTER TABLE plain ALTER price SET DEFAULT 0.50'],
      ['ALTER TABLE plain ALTER at SET DEFAULT clock_timestamp()', 'ALTER TABLE plain ALTER at SET DEFAULT now()'],
      [`ALTER TABLE plain ALTER target SET DEFAULT 'other.users'::regclass`, `ALTER TABLE plain ALTER target SET DEFAULT 'users'::regclass`],
      ['ALTER TABLE plain ADD g integer GENERATED ALWAYS AS (x + 1) STORED', 'ALTER TABLE plain DROP g'],
      ['ALTER TABLE users ALTER note SET NOT NULL', 'ALTER TABLE users ALTER note DROP NOT NULL'],
      ['ALTER TABLE users ALTER note SET STORAGE external', 'ALTER TABLE users ALTER note SET STORAGE extended'],
      ['ALTER TABLE users RENAME note TO remark', 'ALTER TABLE users RENAME remark TO note'],
      ['ALTER TABLE users RENAME CONSTRAINT users_n_check TO c', 'ALTER TABLE users RENAME CONSTRAINT c TO users_n_check'],
      ['ALTER TABLE other.users ALTER CONSTRAINT users_id_fkey DEFERRABLE', 'ALTER TABLE other.users ALTER CONSTRAINT users_id_fkey NOT DEFERRABLE'],
      ['ALTER INDEX by_n SET (fillfactor = 50)', 'ALTER INDEX by_n RESET (fillfactor)'],
      [`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_n'::regclass`, `UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'by_n'::regclass`],
      ['CREATE INDEX i ON users (note COLLATE "C" DESC)', 'DROP INDEX i'],
      ['CREATE INDEX i ON users (note text_pattern_ops)', 'DROP INDEX i'],
      [`ALTER TYPE role RENAME VALUE 'b' TO 'c'`, `ALTER TYPE role RENAME VALUE 'c' TO 'b'`],
      ['ALTER TYPE pair ADD ATTRIBUTE y text', 'ALTER TYPE pair DROP ATTRIBUTE y'],
      ['ALTER DOMAIN email SET NOT NULL', 'ALTER DOMAIN email DROP NOT NULL'],
      ['ALTER SEQUENCE free CACHE 7', 'ALTER SEQUENCE free CACHE 1'],
      ['ALTER SEQUENCE users_id_seq OWNED BY NONE', 'ALTER SEQUENCE users_id_seq OWNED BY users.id'],
      ['CREATE OR REPLACE VIEW grown AS SELECT o.id, o.r FROM users u JOIN other.users o USING (id) WHERE twice(u.n) > 3', 'CREATE OR REPLACE VIEW grown AS SELECT u.id, o.r FROM users u JOIN other.users o USING (id) WHERE twice(u.n) > 3'],
      ['ALTER FUNCTION twice STRICT', 'ALTER FUNCTION twice CALLED ON NULL INPUT'],
      ['ALTER TABLE users DISABLE TRIGGER touched', 'ALTER TABLE users ENABLE TRIGGER touched'],
      ['ALTER POLICY own ON users USING (n = other.twice(1))', 'ALTER POLICY own ON users USING (n = twice(1))'],
      ['ALTER TABLE users ENABLE ROW LEVEL SECURITY', 'ALTER TABLE users DISABLE ROW LEVEL SECURITY'],
      ...['TABLE users', 'COLUMN users.n', 'INDEX by_n', 'TRIGGER touched ON users', 'POLICY own ON users', 'FUNCTION twice', 'TYPE role', 'SEQUENCE free', 'CONSTRAINT users_n_check ON users', 'VIEW grown', 'SCHEMA other']
        .map((what) => [`COMMENT ON ${what} IS 'x'`, `COMMENT ON ${what} IS NULL`] as const),
      ['CREATE EXTENSION pg_trgm SCHEMA other', 'DROP EXTENSION pg_trgm'],
      ['CREATE TABLE t (x integer)', 'DROP TABLE t'],
    ]
    const wanted = await digest()
    for (const [change, back] of pairs) {
      const before = await stored()
      assert.equal(await stored(), before)
      await database.client.query(change)
      assert.notEqual(await digest(), wanted, change)
      assert.notEqual(await stored(), before, `stored: ${change}`)
      await database.client.query(back)
      assert.equal(await digest(), wanted, back)
    }
  })

  test('a check is told from one over another column that has come to the same number', async () => {
    await database.client.query('CREATE TABLE moved (a integer, b integer)')
    await database.client.query('ALTER TABLE moved ADD CONSTRAINT c CHECK (b > 0)')
    const before = await digest()
    await database.client.query('DROP TABLE moved; CREATE TABLE moved (gone integer, a integer, b integer); ALTER TABLE moved DROP gone')
    await database.client.query('ALTER TABLE moved ADD CONSTRAINT c CHECK (a > 0)')
    assert.notEqual(await digest(), before)
    await database.client.query('DROP TABLE moved')
  })

  test('what belongs to the ledger or to others has no part in the digest', async () => {
    const wanted = await digest()
    await database.client.query(`${LEDGER}; CREATE TABLE spatial_ref (id serial PRIMARY KEY); CREATE INDEX ON l_state (key); COMMENT ON TABLE l_state IS 'x'`)
    assert.equal(await digest(), wanted)
  })

  test('what is stored tells also what only printing would show', async () => {
    const version = database.session.version
    await database.client.query(`CREATE FUNCTION more(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n + 1';
      CREATE TABLE parted (x integer, note text) PARTITION BY LIST (more(x)); CREATE TABLE one PARTITION OF parted FOR VALUES IN (2);
      CREATE TABLE apart (x integer CHECK (more(x) > 0), y integer, g integer GENERATED ALWAYS AS (twice(x)) STORED, EXCLUDE USING btree (x WITH =) WHERE (x > 1));
      CREATE INDEX wise ON apart (more(x)) WHERE twice(x) > 1; CREATE STATISTICS apart_both ON more(x), twice(y) FROM apart; ALTER TABLE apart ENABLE ROW LEVEL SECURITY;
      CREATE POLICY a_few ON apart USING (x = more(1)); CREATE TRIGGER told BEFORE UPDATE OF x ON apart FOR EACH ROW WHEN (new.x > more(1)) EXECUTE FUNCTION touch('a');
      CREATE RULE quiet AS ON DELETE TO apart WHERE old.x = more(1) DO INSTEAD NOTHING; CREATE VIEW apart_seen AS SELECT more(x) AS x FROM apart;
      CREATE PUBLICATION news FOR TABLE apart${version >= 150000 ? ' WHERE (x > 1)' : ''}; CREATE FUNCTION body() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT more(1); END`)
    const wanted = await stored()
    const changes = [
      'ALTER FUNCTION more RENAME TO most', 'ALTER FUNCTION twice(integer) RENAME TO double', 'ALTER TABLE apart RENAME x TO z',
      `ALTER TABLE apart DROP CONSTRAINT apart_x_check, ADD CONSTRAINT apart_x_check CHECK (more(x) > 1)`, 'ALTER TABLE apart DROP CONSTRAINT apart_x_excl, ADD CONSTRAINT apart_x_excl EXCLUDE USING btree (x WITH =) WHERE (x > 2)',
      'DROP INDEX wise; CREATE INDEX wise ON apart (more(x)) WHERE twice(x) > 2', 'DROP INDEX wise; CREATE INDEX wise ON apart (more(y)) WHERE twice(x) > 1',
      'DROP STATISTICS apart_both; CREATE STATISTICS apart_both ON more(y), twice(y) FROM apart', 'ALTER POLICY a_few ON apart USING (x = more(2))',
      `DROP TRIGGER told ON apart; CREATE TRIGGER told BEFORE UPDATE OF y ON apart FOR EACH ROW WHEN (new.x > more(1)) EXECUTE FUNCTION touch('a')`,
      `DROP TRIGGER told ON apart; CREATE TRIGGER told BEFORE UPDATE OF x ON apart FOR EACH ROW WHEN (new.x > more(2)) EXECUTE FUNCTION touch('a')`,
      `DROP TRIGGER told ON apart; CREATE TRIGGER told BEFORE UPDATE OF x ON apart FOR EACH ROW WHEN (new.x > more(1)) EXECUTE FUNCTION touch('b')`,
      'CREATE OR REPLACE RULE quiet AS ON DELETE TO apart WHERE old.x = more(2) DO INSTEAD NOTHING', 'CREATE OR REPLACE VIEW apart_seen AS SELECT more(y) AS x FROM apart', 'ALTER VIEW apart_seen RENAME x TO z',
      ...(version >= 150000 ? ['ALTER PUBLICATION news SET TABLE apart WHERE (x > 2)', 'ALTER PUBLICATION news SET TABLE apart (x)'] : ['ALTER PUBLICATION news SET TABLE apart, parted']), 'ALTER PUBLICATION news SET (publish = insert)',
      'CREATE OR REPLACE FUNCTION body() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT more(2); END', 'DROP TABLE parted; CREATE TABLE parted (x integer, note text) PARTITION BY LIST (more(x), note)', 'DROP TABLE one; CREATE TABLE one PARTITION OF parted FOR VALUES IN (3)',
    ]
    for (const change of changes) {
      await database.client.query('BEGIN')
      await database.client.query(change.replace('LIST (more(x), note)', 'RANGE (more(x), note)'))
      assert.notEqual(await stored(), wanted, change)
      await database.client.query('ROLLBACK')
    }
    assert.equal(await stored(), wanted)
    await database.client.query('DROP PUBLICATION news; DROP FUNCTION body; DROP VIEW apart_seen; DROP TABLE apart, parted; DROP FUNCTION more')
  })

  test('the ledger comes along in the same statement', async () => {
    await database.client.query(`INSERT INTO l_state VALUES ('owner', 'app'), ('k', 'it''s'); INSERT INTO l_pairs VALUES ('f', 'd', now());
    INSERT INTO "l ""entries" VALUES ('users.x', 'column', 'applied', 'c', 1, NULL, NULL, 9007199254740991, 'r1', '2024-01-02 03:04:05+00', NULL, 'Ünï');
    INSERT INTO l_runs (id, started, entries, build) VALUES ('r1', '2024-01-01', '["users.x"]', 'b1'), ('r2', '2024-01-02', NULL, NULL)`)
    let turns = 0
    const counting: Session = { ...database.session, json: (statement) => (turns++, database.session.json(statement)) }
    const found = await probe(counting, { scope, ledger })
    assert.equal(turns, 1)
    assert.deepEqual(found.ledger?.state, { owner: 'app', k: "it's" })
    assert.deepEqual(found.ledger?.pairs, [{ fingerprint: 'f', digest: 'd' }])
    assert.deepEqual(found.ledger?.entries, [{
      id: 'users.x', kind: 'column', state: 'applied', checksum: 'c', compatible: true, down: null, progress: null, rows: 9007199254740991,
      run: 'r1', at: '2024-01-02T03:04:05.000Z', error: null, description: 'Ünï',
    }])
    assert.deepEqual(found.ledger?.runs, [{ id: 'r2', entries: [], build: '' }, { id: 'r1', entries: ['users.x'], build: 'b1' }])
  })

  test('a role that may not read the ledger gets the digest and the reason', async () => {
    const wanted = await digest()
    await database.client.query('DROP ROLE IF EXISTS trueup_schema_reader; CREATE ROLE trueup_schema_reader; SET ROLE trueup_schema_reader')
    try {
      const found = await probe(database.session, { scope, ledger })
      assert.equal(found.digest, wanted)
      assert.equal(found.ledger, null)
      assert.match(found.ledgerProblem ?? '', /may not read the ledger in schema public/)
    } finally {
      await database.client.query('RESET ROLE; DROP ROLE trueup_schema_reader')
    }
  })

  test('a read-only session is told', async () => {
    await database.client.query('SET default_transaction_read_only = on')
    assert.equal((await probe(database.session, { scope, ledger })).readOnly, true)
    await database.client.query('SET default_transaction_read_only = off')
  })
})
