import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TrueupError } from '../../src/index.ts'
import type { Place } from '../start/targets.ts'
import { models, table } from '../start/sketches.ts'
import { app, engines, number, onEmpty, rejection, server, sqlite, start } from './places.ts'

const USERS = models(table('users', 'name'))

/** Everything of other people that a database may hold beside `users`. */
const STRANGERS = [
  'CREATE SCHEMA other', 'CREATE TABLE other.legacy (x integer)', 'CREATE TABLE legacy (x integer PRIMARY KEY)', 'INSERT INTO legacy VALUES (1)',
  'ALTER TABLE users ADD COLUMN notes text', "INSERT INTO users VALUES (1, 'one', 'kept')", 'CREATE VIEW names AS SELECT name FROM users', 'CREATE MATERIALIZED VIEW many AS SELECT count(*) AS n FROM users',
  'CREATE EXTENSION IF NOT EXISTS plpgsql', 'CREATE FOREIGN DATA WRAPPER nowhere', 'CREATE SERVER far FOREIGN DATA WRAPPER nowhere', 'CREATE FOREIGN TABLE distant (x integer) SERVER far',
  'ALTER TABLE users ENABLE ROW LEVEL SECURITY', 'CREATE POLICY mine ON users USING (name = current_user)', 'GRANT SELECT ON users TO PUBLIC',
  "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", 'CREATE TRIGGER notice BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION noted()',
  'CREATE RULE quiet AS ON DELETE TO legacy DO INSTEAD NOTHING', "COMMENT ON TABLE users IS 'people'",
  "CREATE TYPE mood AS ENUM ('sad', 'ok')", 'CREATE DOMAIN positive AS integer CHECK (VALUE > 0)', 'CREATE SEQUENCE tickets',
]

/** A hand-made index or the like of every kind. */
const INDEXES = [
  "CREATE INDEX by_partial ON users (name) WHERE name <> ''", 'CREATE INDEX by_expression ON users (lower(name))', "CREATE INDEX by_gin ON users USING gin (to_tsvector('simple', name))",
  'CREATE INDEX by_brin ON users USING brin (id)', 'CREATE INDEX by_include ON users (id) INCLUDE (name)', 'CREATE INDEX by_hash ON users USING hash (name)', 'CREATE STATISTICS both ON id, name FROM users',
  'ALTER TABLE users ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)', 'ALTER TABLE users ADD CONSTRAINT named CHECK (length(name) < 100)',
  'CREATE TABLE parted (id integer) PARTITION BY RANGE (id)', 'CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (10)', 'CREATE TABLE child () INHERITS (users)',
]

/** Numbers of the transactions that wrote each catalogue row: what is the same was not touched. */
const CATALOGUE = `SELECT md5(string_agg(t, ',' ORDER BY t)) AS sum FROM (
  SELECT 'c' || oid || xmin::text FROM pg_class WHERE relname NOT LIKE 'trueup%' AND relnamespace IN ('public'::regnamespace, 'other'::regnamespace) UNION ALL
  SELECT 'a' || attrelid || '.' || attnum || xmin::text FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relname NOT LIKE 'trueup%' AND relnamespace IN ('public'::regnamespace, 'other'::regnamespace)) UNION ALL
  SELECT 'p' || oid || xmin::text FROM pg_policy UNION ALL SELECT 't' || oid || xmin::text FROM pg_trigger UNION ALL SELECT 'r' || oid || xmin::text FROM pg_rewrite WHERE oid > 16383 UNION ALL
  SELECT 'e' || oid || xmin::text FROM pg_extension UNION ALL SELECT 'n' || oid || xmin::text FROM pg_namespace UNION ALL SELECT 'k' || oid || xmin::text FROM pg_constraint WHERE oid > 16383) AS rows (t)`

async function catalogue(place: Place): Promise<unknown> {
  return (await place.rows(CATALOGUE))[0]?.['sum']
}

for (const [pain, strangers] of [['pain 1: what others made survives, and the plan is empty', STRANGERS], ['pain 30: hand-made indexes and the like are nobody’s drift to mend', INDEXES]] as const) {
  test(pain, () => onEmpty(server, async (place) => {
    await start(place, USERS)
    await place.script('CREATE SCHEMA IF NOT EXISTS other', ...strangers.filter((one) => one !== 'CREATE SCHEMA other'))
    const before = await catalogue(place)
    const plan = await app(place, USERS).plan()
    assert.deepEqual([plan.steps, plan.adopt], [[], []])
    assert.equal((await start(place, USERS)).steps.length, 0)
    assert.equal(await catalogue(place), before)
    const wider = models(table('users', 'name', 'mail'))
    const report = await start(place, wider)
    assert.equal(report.steps.length, 1, 'one column, one step')
    assert.equal(await number(place, 'SELECT count(*) FROM users'), strangers === STRANGERS ? 1 : 0)
  }))
}

test('pain 1: on SQLite too, with views and triggers', () => onEmpty(sqlite, async (place) => {
  await start(place, USERS)
  await place.script('CREATE TABLE legacy (x integer)', 'ALTER TABLE users ADD COLUMN notes text', 'CREATE VIEW names AS SELECT name FROM users', "CREATE TRIGGER notice AFTER INSERT ON users BEGIN INSERT INTO legacy VALUES (1); END", 'CREATE INDEX by_lower ON users (lower(name))')
  const before = await place.rows('PRAGMA schema_version')
  assert.equal((await start(place, USERS)).steps.length, 0)
  assert.deepEqual(await place.rows('PRAGMA schema_version'), before)
}))

test('pain 15: row-level security, policies and grants are no side effect of a new column', () => onEmpty(server, async (place) => {
  await start(place, USERS)
  await place.script('ALTER TABLE users ENABLE ROW LEVEL SECURITY', 'ALTER TABLE users FORCE ROW LEVEL SECURITY', 'CREATE POLICY mine ON users USING (name = current_user)', 'GRANT SELECT (name) ON users TO PUBLIC')
  const state = (): Promise<unknown> => place.rows("SELECT relrowsecurity, relforcerowsecurity, relacl::text, (SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attname = 'name') AS column_acl, (SELECT json_agg(polname || pg_get_expr(polqual, polrelid)) FROM pg_policy)::text AS policies FROM pg_class c WHERE relname = 'users'")
  const before = await state()
  await start(place, models(table('users', 'name', 'mail')))
  assert.deepEqual(await state(), before)
}))

for (const engine of engines) {
  test(`pain 13: a constraint that rows violate is refused before anything is changed (${engine.title})`, () => onEmpty(engine, async (place) => {
    await start(place, USERS)
    await place.script("INSERT INTO users VALUES (1, 'same'), (2, 'same'), (3, 'same'), (4, 'other')")
    const unique = models({ ...table('users', 'name', 'mail'), indexes: [{ name: 'users_name', named: true, unique: true, method: 'btree', keys: [{ column: 'name', expression: null, order: 'asc', nulls: engine.dialect === 'postgres' ? 'last' : 'first' }], where: null }] })
    const error = await rejection(start(place, unique))
    assert.ok(error instanceof TrueupError, String(error))
    assert.equal(await number(place, 'SELECT count(*) FROM users'), 4)
    assert.match(`${error.message} ${error.hint}`, /users_name|name/)
    assert.doesNotMatch(JSON.stringify(await app(place, unique).plan()), /TRUNCATE|DELETE FROM/i)
    await place.script("UPDATE users SET name = name || id WHERE name = 'same'")
    assert.ok(['applied', 'current'].includes((await start(place, unique)).outcome))
    await assert.rejects(place.script("INSERT INTO users (id, name) VALUES (5, 'other')"))
  }))

  test(`pain 12: a longer type is reported, and no column is dropped for it (${engine.title})`, () => onEmpty(engine, async (place) => {
    const of = (type: string) => models({ ...table('users'), columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'name', type }] })
    await start(place, of('varchar(50)'))
    await place.script("INSERT INTO users VALUES (1, 'one')")
    const report = await start(place, of('varchar(51)'))
    assert.deepEqual(report.steps.map((step) => step.title).filter((title) => /drop/i.test(title)), [])
    assert.equal((await place.rows('SELECT name FROM users'))[0]?.['name'], 'one')
  }))
}
