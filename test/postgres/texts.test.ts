import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Scope, Session } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { normalise } from '../../src/dialects/postgres/normalise.ts'
import { diff } from '../../src/diff/diff.ts'
import type { Schema, Table, View } from '../../src/schema/schema.ts'
import { availableServers } from '../servers/postgres.ts'
import type { Opened } from './handles.ts'
import { HANDLES, PGLITE } from './handles.ts'

const SCOPE: Scope = { schemas: ['public'], defaultSchema: 'public', ledgerTables: [] }

const START = `
CREATE TABLE users (id integer PRIMARY KEY, name text, age integer);
CREATE TABLE "Odd ""T""" ("from" integer);
CREATE VIEW grown AS SELECT id, name FROM users WHERE age > 18 AND name IN ('a', 'b');
CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS n FROM users;
CREATE POLICY mine ON users USING (id = 1 AND EXISTS (SELECT 1 FROM users u WHERE u.id = users.id)) WITH CHECK (age > 0);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER seen BEFORE UPDATE OF name ON users FOR EACH ROW WHEN (new.age > 1) EXECUTE FUNCTION touch();
CREATE TRIGGER odd BEFORE INSERT ON "Odd ""T""" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE off AS ON DELETE TO users WHERE old.age > 1 DO INSTEAD NOTHING;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';`

for (const kind of availableServers()) {
  describe(kind.title, () => {
    let server: Awaited<ReturnType<typeof kind.start>>
    before(async () => void (server = await kind.start()))
    after(() => server.stop())
    texts(async () => {
      const url = await server.createDatabase()
      const opened = await (HANDLES[0] as (typeof HANDLES)[number]).open(url)
      return { opened, url }
    })
  })
}

describe('PGlite', () => texts(async () => ({ opened: await PGLITE.open(''), url: null })))

function texts(open: () => Promise<{ readonly opened: Opened; readonly url: string | null }>): void {
  let opened: Opened
  let url: string | null
  let session: Session
  let live: Schema

  before(async () => {
    ;({ opened, url } = await open())
    session = await opened.database.open()
    for (const statement of START.split(';\n').map((text) => text.replace(/;$/, ''))) await session.execute(statement)
    live = await introspect(session, SCOPE)
  })
  after(async () => {
    await session?.release()
    await opened?.close()
  })

  const changed = async (declared: Schema): Promise<readonly string[]> => {
    const { schema, incomparable, problems } = await normalise(session, { declared, live, scope: SCOPE })
    assert.deepEqual([incomparable, problems], [[], []])
    return diff(live, schema).map(({ ref }) => ref.name)
  }
  const withView = (name: string, definition: string): Schema => ({ ...live, view: live.view.map((view): View => (view.name === name ? { ...view, definition } : view)) })
  const withTable = (change: (table: Table) => Table): Schema => ({ ...live, table: live.table.map((table) => (table.name === 'users' ? change(table) : table)) })
  const withTrigger = (definition: string): Schema => withTable((table) => ({ ...table, triggers: [{ name: 'seen', definition, enabled: 'origin' }] }))

  test('a view that says the same in other words is the same, one that says something else is not', async () => {
    assert.deepEqual(await changed(withView('grown', `select u.id, "u".name from users as u where (u.age > 18) and u.name = any (array['a', 'b']);`)), ['grown'])
    assert.deepEqual(await changed(withView('grown', `select "users".id, name from public.users where (age > 18) and name in ('a', 'b');`)), [])
    assert.deepEqual(await changed(withView('grown', `SELECT id, name FROM users WHERE age > 21 AND name IN ('a', 'b')`)), ['grown'])
    assert.deepEqual(await changed(withView('kept', 'select COUNT(*) as n from "users"')), [])
    assert.deepEqual(await changed(withView('kept', 'SELECT count(id) AS n FROM users')), ['kept'])
  })

  test('a view over a column that is yet to come has changed; one that cannot be read is a problem of its own', async () => {
    assert.deepEqual(await changed(withView('grown', 'SELECT id, nickname FROM users')), ['grown'])
    const { problems } = await normalise(session, { declared: withView('grown', 'SELEC id'), live, scope: SCOPE })
    assert.deepEqual(problems.map(({ ref }) => ref.name), ['grown'])
  })

  test('policies are read beside their table', async () => {
    const policy = (using: string, check = 'age > 0'): Schema =>
      withTable((table) => ({ ...table, policies: [{ name: 'mine', command: 'all', permissive: true, roles: ['public'], using, check }] }))
    assert.deepEqual(await changed(policy('users.id = 1 and (exists (select 1 from public.users as u where u.id = "users"."id"))', '"age" > (0)')), [])
    assert.deepEqual(await changed(policy('id = 2')), ['mine'])
    assert.deepEqual(await changed(policy('(id = 1) AND EXISTS (SELECT 1 FROM users u WHERE u.id = users.id)', 'age > 1')), ['mine'])
  })

  test('the role that makes a policy is kept by its name, and current_user in the models means it', async () => {
    await session.execute('CREATE POLICY own ON "Odd ""T""" TO current_user, pg_monitor USING (true)')
    live = await introspect(session, SCOPE)
    const policy = (roles: readonly string[]): Schema =>
      ({ ...live, table: live.table.map((table) => (table.name === 'Odd "T"' ? { ...table, policies: [{ name: 'own', command: 'all', permissive: true, roles, using: 'true', check: null }] } : table)) })
    assert.deepEqual(await changed(policy(['pg_monitor', 'current_user'])), [])
    assert.deepEqual(await changed(policy(['SESSION_USER', 'pg_monitor'])), [])
    for (const roles of [['current_user'], ['current_user', 'pg_read_all_data'], ['pg_monitor'], ['public']]) assert.deepEqual(await changed(policy(roles)), ['own'], roles.join())
  })

  test('triggers and rules are read on a copy of their table', async () => {
    assert.deepEqual(await changed(withTrigger('create trigger seen before update of "name" on users for each row when ((new.age > 1)) execute procedure touch()')), [])
    assert.deepEqual(await changed(withTrigger('create trigger seen before update of "name" on public.users for each row when (new.age > 2) execute function touch()')), ['seen'])
    const rule = (definition: string): Schema => withTable((table) => ({ ...table, rules: [{ name: 'off', definition, enabled: 'origin' }] }))
    assert.deepEqual(await changed(rule('create rule off as on delete to "users" where old.age > 1 do instead nothing')), [])
    assert.deepEqual(await changed(rule('create rule off as on delete to users where old.age > 2 do instead nothing')), ['off'])
  })

  test('routines are read in their own place, and stay what they were', async () => {
    const routine = (definition: string): Schema => ({ ...live, routine: live.routine.map((one) => (one.name === 'twice' ? { ...one, definition } : one)) })
    assert.deepEqual(await changed(routine('create function twice(n int) returns int4 immutable language sql as $$SELECT n * 2$$')), [])
    assert.deepEqual(await changed(routine('create or replace function public.twice(n int) returns int4 immutable language sql as $$SELECT n * 3$$')), ['twice(integer)'])
    assert.deepEqual(diff(live, await introspect(session, SCOPE)), [])
  })

  test('nobody waits: what is read takes no more than ACCESS SHARE on the tables', async (t) => {
    if (url === null) return t.skip('PGlite has one session, which waits for nobody')
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('BEGIN; LOCK TABLE users IN EXCLUSIVE MODE')
    try {
      assert.deepEqual(await changed(withView('grown', 'SELECT id, name FROM users WHERE age > 1')), ['grown'])
      assert.deepEqual(await changed(withTrigger('CREATE TRIGGER seen BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION touch()')), ['seen'])
    } finally {
      await other.query('ROLLBACK')
      await other.end()
    }
  })
}
