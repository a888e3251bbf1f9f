import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

interface Case {
  readonly old: string
  readonly models: string
  readonly fill: string
  readonly entry: Migration
  /** As old code writes, before and after. */
  readonly write: string
  readonly type: string
}

const CASES: Readonly<Record<string, Case>> = {
  'a serial key that a foreign key points at becomes bigint': {
    old: 'CREATE TABLE items (id serial PRIMARY KEY, n integer); CREATE TABLE parts (id integer PRIMARY KEY, item integer REFERENCES items)',
    models: 'CREATE TABLE items (id bigserial PRIMARY KEY, n integer); CREATE TABLE parts (id integer PRIMARY KEY, item integer REFERENCES items)',
    fill: 'INSERT INTO items (n) SELECT i FROM generate_series(1, 2500) i; INSERT INTO parts SELECT i, i FROM generate_series(1, 100) i',
    entry: { id: 'wide', retype: { table: 'items', column: 'id', type: 'bigint' }, online: true },
    write: 'INSERT INTO items (n) VALUES (7)', type: 'bigint',
  },
  'an identity becomes bigint': {
    old: 'CREATE TABLE items (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer)',
    models: 'CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer)',
    fill: 'INSERT INTO items (n) SELECT i FROM generate_series(1, 2500) i',
    entry: { id: 'wide', retype: { table: 'items', column: 'id', type: 'bigint' }, online: true },
    write: 'INSERT INTO items (n) VALUES (7)', type: 'bigint',
  },
  'a text becomes uuid, with a hostile name, a unique key and an expression of its own': {
    old: `CREATE TABLE items (key integer PRIMARY KEY, "the ""Id"" of a name that is as long as a name can be" text NOT NULL UNIQUE)`,
    models: `CREATE TABLE items (key integer PRIMARY KEY, "the ""Id"" of a name that is as long as a name can be" uuid NOT NULL UNIQUE)`,
    fill: 'INSERT INTO items SELECT i, md5(i::text) FROM generate_series(1, 2500) i',
    entry: { id: 'wide', retype: { table: 'items', column: 'the "Id" of a name that is as long as a name can be', type: 'uuid', using: sql`trim(${sql.name('the "Id" of a name that is as long as a name can be')})::uuid` }, online: true },
    write: "DO $$ BEGIN EXECUTE format('INSERT INTO items (key, %I) VALUES (%s, %L)', 'the \"Id\" of a name that is as long as a name can be', (SELECT max(key) + 1 FROM items), gen_random_uuid()); END $$", type: 'uuid',
  },
  'a varchar becomes text, with a check, a default and an index': {
    old: "CREATE TABLE items (id integer PRIMARY KEY, state varchar(20) NOT NULL DEFAULT 'new' CONSTRAINT state_ok CHECK (state <> ''), other integer); CREATE INDEX by_state ON items (state, other) WHERE state <> 'gone'",
    models: "CREATE TABLE items (id integer PRIMARY KEY, state text NOT NULL DEFAULT 'new' CONSTRAINT state_ok CHECK (state <> ''), other integer); CREATE INDEX by_state ON items (state, other) WHERE state <> 'gone'",
    fill: 'INSERT INTO items (id) SELECT i FROM generate_series(1, 2500) i',
    entry: { id: 'wide', retype: { table: 'items', column: 'state', type: 'text' }, online: true },
    write: 'INSERT INTO items (id) SELECT max(id) + 1 FROM items', type: 'text',
  },
}

const CONTRACT: Migration = { id: 'wide only', contract: 'wide', application: 'old-*' }

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    for (const [what, { old, models, fill, entry, write, type }] of Object.entries(CASES)) {
      test(`${what}, back again, and for good`, async () => {
        const place = await placeWith(kind, `${old}; ${fill}`)
        try {
          const before = await portrait(place.one)
          const file = await place.file('items')
          const report = await place.apply(models, { migrations: [entry] })
          assert.deepEqual([report.applied, report.pending, report.drift], [['wide'], [], []])
          assert.ok(report.steps.length > 0)
          assert.equal(await place.file('items'), file, 'the table was written anew')
          const back = await place.app(models, [entry]).rollback({ entries: ['wide'] })
          assert.deepEqual(back.entries, ['wide'])
          assert.equal(await portrait(place.one), before)
          assert.deepEqual((await place.app(old).plan()).drift.filter((item) => item.kind !== 'extra'), [])
          await place.apply(models, { migrations: [entry], include: ['wide'] })
          await place.client.query(write)
          const done = await place.apply(models, { migrations: [entry, CONTRACT] })
          assert.deepEqual([done.applied, done.pending, done.drift], [['wide only'], [], []])
          await place.client.query(write)
          assert.match(await portrait(place.one), new RegExp(`"type" : "${type}"`))
          assert.equal(await place.one("SELECT count(*)::text FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped"), what.includes('a check') ? '3' : '2')
          const plan = await place.app(models, [entry, CONTRACT]).plan()
          assert.deepEqual([plan.steps, plan.drift], [[], []])
        } finally {
          await place.close()
        }
      })
    }
  })
}

/** All that the catalogue says of the application's tables, but for the order of columns and of what is not valid yet. */
async function portrait(one: (query: string) => Promise<string>): Promise<string> {
  return one(`SELECT json_build_array(
    (SELECT json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod), 'required', attnotnull, 'identity', attidentity, 'default', (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)) ORDER BY attrelid::regclass::text, attname)
      FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'trueup%') AND attnum > 0 AND NOT attisdropped),
    (SELECT json_agg(replace(pg_get_indexdef(indexrelid), ' ', ' ') ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'trueup%')),
    (SELECT json_agg(conname || ' ' || replace(pg_get_constraintdef(oid), ' NOT VALID', '') ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'trueup%'),
    (SELECT json_agg(sequencename || ' ' || data_type ORDER BY sequencename) FROM pg_sequences WHERE schemaname = 'public'),
    (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace))::text`)
}
