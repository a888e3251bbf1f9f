import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Normalised, Scope, Session } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { normalise } from '../../src/dialects/postgres/normalise.ts'
import { trueup } from '../../src/index.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { fromSql } from '../../src/models/sql.ts'
import type { Schema, Table } from '../../src/schema/schema.ts'
import { makeSchema } from '../../src/schema/schema.ts'
import type { TestDatabase } from './private-session.ts'
import { testServers } from './private-session.ts'

const scope: Scope = { schemas: ['public'], defaultSchema: 'public', ledgerTables: [] }
const ROLE = '"Law; of"'

/** Written otherwise than the server prints it: only the server can tell what it means. */
const declared = (name: string): Table => ({
  schema: 'public', name, constraints: [{ type: 'check', name: 'aged', expression: 'age between 0 and 199' }], indexes: [],
  columns: [{ name: 'age', type: 'integer', notNull: false, default: '1+1' }, { name: 'kind', type: 'varchar(5)', notNull: false, default: null }],
})

/** A file as `pg_dump --schema-only` writes it: every name with its schema, keys and defaults at the end. */
const DUMP = `SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;
CREATE SCHEMA "App of";
ALTER SCHEMA "App of" OWNER TO postgres;
CREATE TYPE "App of".mood AS ENUM ('sad', 'ok');
CREATE FUNCTION "App of".touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.at := now(); RETURN NEW; END;$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE "App of".users (id integer NOT NULL, mood "App of".mood DEFAULT 'ok'::"App of".mood NOT NULL, at timestamp with time zone DEFAULT now());
CREATE SEQUENCE "App of".users_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE "App of".users_id_seq OWNED BY "App of".users.id;
CREATE TABLE "App of".posts (id bigint NOT NULL, author integer, title text, CONSTRAINT titled CHECK ((length(title) > 0)));
CREATE VIEW "App of".authors AS SELECT DISTINCT posts.author FROM "App of".posts;
ALTER TABLE ONLY "App of".users ALTER COLUMN id SET DEFAULT nextval('"App of".users_id_seq'::regclass);
ALTER TABLE ONLY "App of".users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX posts_title ON "App of".posts USING btree (lower(title));
CREATE TRIGGER touched BEFORE UPDATE ON "App of".users FOR EACH ROW EXECUTE FUNCTION "App of".touch();
ALTER TABLE ONLY "App of".posts ADD CONSTRAINT posts_author FOREIGN KEY (author) REFERENCES "App of".users(id) ON DELETE SET NULL;
`

for (const server of testServers()) describe(`${server.title}: the server's own words, with the rights there are`, () => {
  let database: TestDatabase
  let live: Schema

  before(async () => {
    database = await server.database()
    await database.client.query(`CREATE TABLE users (age integer DEFAULT 5, kind varchar(5), CONSTRAINT aged CHECK (age > 0)); CREATE ROLE ${ROLE}; REVOKE ALL ON DATABASE ${database.name} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO ${ROLE}`)
    live = await introspect(database.session, scope)
  })
  after(async () => {
    await database.client.query(`RESET ROLE; DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`)
    await database.drop()
  })

  const ask = (): Promise<Normalised> => normalise(database.session, { declared: makeSchema({ table: [declared('users')] }), live, scope })

  async function as<T>(settings: string, back: string, work: () => Promise<T>): Promise<T> {
    await database.client.query(settings)
    try {
      return await work()
    } finally {
      await database.client.query(back)
    }
  }

  const isRead = ({ schema, problems, incomparable }: Normalised): void => {
    assert.deepEqual([problems, incomparable], [[], []])
    assert.equal(schema.table[0]?.columns[0]?.default, '(1 + 1)')
  }

  const isCertainOnly = ({ incomparable, problems, schema }: Normalised): void => {
    assert.deepEqual(problems, [])
    assert.deepEqual(incomparable.map(({ ref, field, reason }) => [ref.name, field, reason.length > 10]).sort(), [['age', 'default', true], ['aged', 'expression', true]], 'neither same nor changed: named')
    assert.equal(schema.table[0]?.columns[0]?.default, '5')
  }

  test('a role that may only create in public, and no temporary tables, tries there and leaves nothing', async () => {
    const before = await introspect(database.session, scope)
    isRead(await as(`GRANT CREATE ON SCHEMA public TO ${ROLE}; SET ROLE ${ROLE}`, `RESET ROLE; REVOKE CREATE ON SCHEMA public FROM ${ROLE}`, ask))
    assert.deepEqual(await introspect(database.session, scope), before)
  })

  test('a role that may create nothing compares what is certain and names the rest', async () => {
    isCertainOnly(await as(`SET ROLE ${ROLE}`, 'RESET ROLE', ask))
  })

  test('a role that lost TEMP but may make schemas tries in one', async () => {
    isRead(await as(`GRANT CREATE ON DATABASE ${database.name} TO ${ROLE}; SET ROLE ${ROLE}`, `RESET ROLE; REVOKE CREATE ON DATABASE ${database.name} FROM ${ROLE}`, ask))
    const { rows } = await database.client.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'trueup%'`)
    assert.deepEqual(rows, [])
  })

  test('a session that may only read, as on a standby, compares what is certain', async () => {
    isCertainOnly(await as('SET default_transaction_read_only = on', 'SET default_transaction_read_only = off', ask))
  })

  test('a type of an extension that is not there is a problem of its column, by name', async () => {
    const { problems } = await normalise(database.session, { declared: makeSchema({ table: [{ ...declared('users'), columns: [...declared('users').columns, { name: 'place', type: 'geometry', notNull: false, default: null }] }] }), live, scope })
    assert.deepEqual(problems.map((one) => [one.ref.kind, one.ref.name]), [['column', 'place']])
    assert.match(problems[0]?.message ?? '', /geometry/)
  })

  test('a thousand tables are tried in portions: few locks at a time, none of them on a table that is there', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `many_${i}`)
    const tables = names.map((name): Table => ({
      ...declared(name),
      indexes: ['a', 'b', 'c', 'd', 'e'].map((letter) => ({ name: `${name}_${letter}`, unique: false, method: 'btree', where: null, keys: [{ column: null, expression: `age+${letter.charCodeAt(0)}`, order: 'asc', nulls: 'last' }] })),
    }))
    const known = makeSchema({ ...live, table: tables.map((table) => ({ ...table, columns: table.columns.map((column) => ({ ...column, default: '7' })), indexes: [] })) })
    let most = 0
    const watching: Session = {
      ...database.session,
      json: async (statement) => {
        const { rows } = await database.client.query(`SELECT count(*)::int AS n, count(*) FILTER (WHERE relation = 'users'::regclass)::int AS live FROM pg_locks WHERE pid = pg_backend_pid()`)
        most = Math.max(most, rows[0].n)
        assert.equal(rows[0].live, 0)
        return database.session.json(statement)
      },
    }
    const { schema, problems, incomparable } = await normalise(watching, { declared: makeSchema({ table: tables }), live: known, scope })
    assert.deepEqual([problems, incomparable], [[], []])
    assert.ok(schema.table.every((table) => table.columns[0]?.default === '(1 + 1)' && table.indexes[0]?.keys[0]?.expression === '((age + 97))'))
    const { rows } = await database.client.query(`SELECT current_setting('max_locks_per_transaction')::int * 100 AS room`)
    assert.ok(most > 0 && most < rows[0].room / 3, `${most} locks of ${rows[0].room}`)
  })

  test('a dump whose names are all qualified is a model like any other', async () => {
    const target = await server.database()
    const app = trueup({ database: postgres(target.url, { schema: 'App of' }), models: fromSql(DUMP), logger: false })
    try {
      await target.client.query(DUMP.replaceAll('"App of"', '"App of"'))
      await target.client.query(`RESET search_path; DROP VIEW "App of".authors; ALTER TABLE "App of".posts DROP COLUMN title`)
      const plan = await app.plan()
      assert.ok(plan.steps.some((step) => /title/.test(step.title)) && plan.steps.some((step) => /authors/.test(step.title)), JSON.stringify(plan.steps.map((step) => step.title)))
      await app.applyMigrations()
      assert.equal((await app.applyMigrations()).outcome, 'current')
      assert.deepEqual((await app.status()).drift, [])
    } finally {
      await app.close()
      await target.drop()
    }
  })
})
