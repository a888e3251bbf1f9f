import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Migration } from '../../src/index.ts'
import { isTrueupError, sql, trueup } from '../../src/index.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

/** What a key may be: its columns, and rows that sort in ways of their own. */
interface Keyed {
  readonly columns: string
  readonly key: string
  readonly rows: string
}

const one = (type: string, rows: string): Keyed => ({ columns: `k ${type} NOT NULL`, key: 'PRIMARY KEY (k)', rows })
const WORDS = `SELECT w || i FROM unnest(ARRAY['a', 'A', 'ä', 'Ä', 'z', 'Z', '-', ' b', '''', '\\', '"', 'ß', '日本', '%s', '🙂']) w, generate_series(1, 3) i`
/** In the order of bytes the small letters are the last, without regard to case the first: a batch that takes one for the other leaves them out. */
const MIXED = `SELECT CASE WHEN i < 4 THEN chr(96 + i) ELSE chr(64 + 1 + i % 26) END || i FROM generate_series(1, 45) i`

/** Settings of the database under which texts of values are cut, ambiguous or of another order. */
const HOSTILE = { extra_float_digits: '0', DateStyle: `'SQL, DMY'`, IntervalStyle: 'sql_standard', bytea_output: 'escape', TimeZone: `'Asia/Kolkata'`, search_path: 'nowhere' }

const KEYS: Readonly<Record<string, Keyed>> = {
  integer: one('integer', 'SELECT i FROM generate_series(-20, 20) i'),
  bigint: one('bigint', 'SELECT 9007199254740990 + i FROM generate_series(0, 40) i'),
  numeric: one('numeric', `SELECT v::numeric FROM unnest(ARRAY['NaN', '1e-200', '0.1', '0.10000000000000000000000001', '-5', '1e131', 'Infinity', '-Infinity']) v UNION SELECT i / 7.0 FROM generate_series(1, 30) i`),
  'double precision': one('double precision', `SELECT v::float8 FROM unnest(ARRAY['NaN', '-0', '1e-320', '0.1', 'Infinity', '-Infinity', '1e308']) v UNION SELECT 0.3 + i * 1e-16 FROM generate_series(1, 40) i`),
  'double precision, close together': one('double precision', 'SELECT 0.3 + i * 5.6e-17 FROM generate_series(0, 39) i'),
  real: one('real', `SELECT v::real FROM unnest(ARRAY['NaN', '1e-40', '16777217']) v UNION SELECT (i / 3.0)::real FROM generate_series(1, 40) i`),
  text: one('text', WORDS),
  'text by ICU': one('text COLLATE "en-x-icu"', WORDS),
  'text by C': one('text COLLATE "C"', WORDS),
  'text whose cases are equal': one('text COLLATE public.no_case', `SELECT v || i FROM unnest(ARRAY['a', 'B', 'é']) v, generate_series(1, 15) i`),
  'char(n)': one('char(5)', `SELECT v || i FROM unnest(ARRAY['a', 'A', 'b ']) v, generate_series(1, 15) i`),
  '"char"': one('"char"', `SELECT chr(i)::"char" FROM generate_series(33, 80) i`),
  'a type of an extension in another schema': one('ext.citext', MIXED),
  'that type beside others': { columns: 'a integer NOT NULL, k ext.citext NOT NULL, b text NOT NULL', key: 'PRIMARY KEY (a, k, b)', rows: `SELECT i, k, 'b' FROM (${MIXED}) AS mixed (k), generate_series(1, 2) i` },
  'a domain over it with an order of its own': one('ext.mail', MIXED),
  'a domain, ordered otherwise than its type': { columns: 'k public.word COLLATE "C" NOT NULL', key: 'PRIMARY KEY (k)', rows: WORDS },
  uuid: one('uuid', 'SELECT md5(i::text)::uuid FROM generate_series(1, 45) i'),
  bytea: one('bytea', `SELECT decode(md5(i::text), 'hex') FROM generate_series(1, 44) i UNION SELECT ''::bytea`),
  timestamptz: one('timestamptz', `SELECT timestamptz '2021-10-31 00:00:00.000001+00' + i * interval '7 minutes 1 microsecond' FROM generate_series(1, 40) i UNION SELECT v::timestamptz FROM unnest(ARRAY['infinity', '-infinity', '0044-03-15 12:00:00 BC', '12000-01-01']) v`),
  timestamp: one('timestamp(3)', `SELECT timestamp '2021-03-01 00:00:00' + i * interval '1.234 seconds' FROM generate_series(1, 40) i UNION SELECT '0044-03-15 BC'`),
  date: one('date', `SELECT date '2021-01-25' + i FROM generate_series(1, 40) i UNION SELECT v::date FROM unnest(ARRAY['infinity', '-infinity', '0044-03-15 BC']) v`),
  timetz: one('timetz', `SELECT ('12:00:00+' || lpad((i % 14)::text, 2, '0'))::timetz + i * interval '1 second' FROM generate_series(1, 40) i`),
  interval: one('interval', `SELECT (i - 20) * interval '1 month -3 days 04:05:06.7' FROM generate_series(1, 40) i`),
  range: one('tstzrange', `SELECT tstzrange(timestamptz '2021-10-31 00:00+00' + i * interval '1 hour', NULL) FROM generate_series(1, 40) i UNION SELECT 'empty'`),
  array: one('double precision[]', `SELECT ARRAY[0.1 + i * 1e-16, 'NaN'] FROM generate_series(1, 45) i`),
  enum: { columns: `a public.mood NOT NULL, b integer NOT NULL`, key: 'PRIMARY KEY (a, b)', rows: `SELECT m, i FROM unnest(enum_range(NULL::public.mood)) m, generate_series(1, 15) i` },
  inet: one('inet', `SELECT ('10.0.' || i % 7 || '.' || i)::inet FROM generate_series(1, 45) i`),
  jsonb: one('jsonb', `SELECT jsonb_build_object('a', i, 'b', 'x''\\"') FROM generate_series(1, 45) i`),
  boolean: { columns: 'a boolean NOT NULL, b "char" NOT NULL', key: 'PRIMARY KEY (b, a)', rows: `SELECT i % 2 = 0, chr(40 + i / 2)::"char" FROM generate_series(1, 45) i` },
  'composite, backwards': { columns: '"the ""A""" text NOT NULL, b uuid NOT NULL, c bigint NOT NULL', key: 'PRIMARY KEY (c, "the ""A""", b)', rows: `SELECT 'w' || i % 3, md5(i::text)::uuid, i % 4 FROM generate_series(1, 45) i` },
  'a unique key instead of a primary one': { columns: 'k text NOT NULL, other integer', key: 'UNIQUE (k)', rows: `SELECT 'k' || i, NULL FROM generate_series(1, 45) i` },
}

for (const kind of availableServers()) {
  describe(`${kind.title}: keys to walk along`, { concurrency: false }, () => {
    let server: TestServer
    let url = ''
    let client: pg.Client
    before(async () => {
      server = await kind.start()
      url = await server.createDatabase('keys')
      client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE DOMAIN ext.mail AS ext.citext CHECK (value <> ''); CREATE TYPE public.mood AS ENUM ('so', 'bad', 'fine');
        CREATE COLLATION public.no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE DOMAIN public.word AS text COLLATE "en-x-icu"`)
      for (const [name, value] of Object.entries(HOSTILE)) await client.query(`ALTER DATABASE keys SET ${name} = ${value}`)
    })
    after(async () => {
      await client?.end()
      await server?.stop()
    })

    test('every row once, in batches of seven, whatever the key and the settings', async () => {
      const names = Object.keys(KEYS)
      for (const [at, name] of names.entries()) {
        const keyed = KEYS[name] as Keyed
        await client.query(`CREATE TABLE public.t${at} (${keyed.columns}, n integer NOT NULL DEFAULT 0, ${keyed.key}); INSERT INTO public.t${at} ${keyed.rows}`)
      }
      const migrations = names.map((name, at): Migration => ({ id: name, backfill: { table: `t${at}`, set: sql`n = n + 1`, where: sql`n >= 0`, batchSize: 7, pace: 'full' } }))
      const database = postgres(url)
      try {
        const models = { title: 'none', declare: () => database.read().then((schema) => ({ form: 'schema' as const, schema })) }
        const report = await trueup({ database, models, migrations, longSteps: 'wait', logger: false }).applyMigrations()
        const said = new Map(report.steps.map((step) => [step.entry, step.rows]))
        for (const [at, name] of names.entries()) {
          const { rows } = await client.query(`SELECT n, count(*)::int AS rows FROM public.t${at} GROUP BY n`)
          assert.equal(rows.length, 1, `${name}: rows were left out or done twice: ${JSON.stringify(rows)}`)
          assert.equal(rows[0].n, 1, name)
          assert.ok(rows[0].rows > 30, `${name} has ${rows[0].rows} rows`)
          assert.equal(said.get(name), rows[0].rows, `${name}: the rows that were told`)
          const { rows: [entry] } = await client.query('SELECT rows::int, state FROM public.trueup_entries WHERE id = $1', [name])
          assert.deepEqual(entry, { rows: rows[0].rows, state: 'applied' }, name)
        }
      } finally {
        await database.close()
      }
    })

    test('a table without a key is refused before anything is changed, with the way out; a key that may hold NULL is none', async () => {
      await client.query('CREATE TABLE public.bare (k integer, n integer, UNIQUE (k)); INSERT INTO public.bare VALUES (1), (NULL)')
      const database = postgres(url)
      try {
        const models = { title: 'none', declare: () => database.read().then((schema) => ({ form: 'schema' as const, schema })) }
        const refused = trueup({ database, models, namespace: 'bare', migrations: [{ id: 'bare', backfill: { table: 'bare', set: sql`n = 1`, where: sql`n IS NULL` } }], logger: false }).applyMigrations()
        await assert.rejects(refused, (error) => isTrueupError(error) && /neither a primary key nor a unique key of NOT NULL columns/.test(error.message) && /UNIQUE|SQL entry/.test(JSON.stringify(error.problems)))
        assert.equal((await client.query(`SELECT count(*)::int AS n FROM public.bare WHERE n IS NULL`)).rows[0].n, 2)
      } finally {
        await database.close()
      }
    })
  })
}
