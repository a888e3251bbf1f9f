import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isTrueupError } from '../../src/errors.ts'
import { fromSql } from '../../src/models/sql.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { trueup } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import { makeRegistry } from '../../src/registry/registry.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

const RENAME: Migration = { id: 'mail', rename: { table: 'users', column: 'email', to: 'mail' }, online: true }
const TABLE = 'CREATE TABLE users (id integer PRIMARY KEY, email text)'

/** What stands in the way, and the words that name it. */
const IN_THE_WAY: Readonly<Record<string, readonly [sql: string, words: RegExp]>> = {
  'a view': [`${TABLE}; CREATE VIEW "the View" AS SELECT email FROM users`, /view "the View" reads it/],
  'a generated column': ["CREATE TABLE users (id integer PRIMARY KEY, email text, low text GENERATED ALWAYS AS (lower(email)) STORED)", /generated column low reads it/],
  'a policy': [`${TABLE}; CREATE POLICY mine ON users USING (email = current_user)`, /policy mine reads it/],
  'forced row security': [`${TABLE}; ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`, /row security is forced/],
  'an exclusion constraint': [`CREATE TABLE users (id integer PRIMARY KEY, email text, EXCLUDE USING btree (email WITH =))`, /exclusion constraint .* cannot be added to a table in use/],
  'a trigger that names it': [`${TABLE}; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER on_email BEFORE UPDATE OF email ON users FOR EACH ROW EXECUTE FUNCTION f()`, /trigger on_email reads it/],
  'partitions': ['CREATE TABLE users (id integer PRIMARY KEY, email text) PARTITION BY RANGE (id); CREATE TABLE p PARTITION OF users DEFAULT', /the table is partitioned\.[^]*map it in the model[^]*change-a-type-online\.md/],
  'no key': ['CREATE TABLE users (id integer, email text)', /neither a primary key nor a unique key/],
  'a replica identity': [`CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL); CREATE UNIQUE INDEX only_email ON users (email); ALTER TABLE users REPLICA IDENTITY USING INDEX only_email`, /index only_email over it is the replica identity/],
}

for (const kind of availableServers().slice(-1)) {
  describe(kind.title, { concurrency: false }, () => {
    for (const [what, [statement, words]] of Object.entries(IN_THE_WAY)) {
      test(`${what} in the way is named, and nothing is changed`, async () => {
        const place = await placeWith(kind, statement)
        try {
          const refused = (error: unknown): boolean => isTrueupError(error) && error.code === 'plan-refused' && words.test(error.message)
          await assert.rejects(place.apply('CREATE TABLE users (id integer PRIMARY KEY, mail text)', { migrations: [RENAME] }), refused)
          assert.equal(await place.one("SELECT count(*)::text FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'mail'"), '0')
        } finally {
          await place.close()
        }
      })
    }

    test('a role that does not see other sessions may not contract, whoever they are', async () => {
      const place = await placeWith(kind, `${TABLE}; CREATE ROLE small LOGIN CREATEDB PASSWORD 'small'; GRANT CREATE, USAGE ON SCHEMA public TO small; ALTER TABLE users OWNER TO small`)
      const { host, port, database } = place.client
      const app = (migrations: readonly Migration[]) => trueup({ database: postgres(`postgres://small:small@${host}:${port}/${database ?? ''}`), models: fromSql('CREATE TABLE users (id integer PRIMARY KEY, mail text)'), migrations, logger: false })
      const contract: Migration = { id: 'only', contract: 'mail', application: 'old' }
      try {
        assert.deepEqual((await app([RENAME]).applyMigrations()).applied, ['mail'])
        const waits = await app([RENAME, contract]).applyMigrations()
        assert.match(waits.pending[0]?.because ?? '', /cannot be seen by this role: grant it pg_read_all_stats/)
        await place.client.query('GRANT pg_read_all_stats TO small')
        assert.deepEqual((await app([RENAME, contract]).applyMigrations()).applied, ['only'])
      } finally {
        await place.client.query('DROP OWNED BY small').catch(() => {})
        await place.close()
      }
    })

    test('begun and given up, it is undone by a rollback, keeps what was written, and can be begun again', async () => {
      const place = await placeWith(kind, `${TABLE}; INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 5000) i`)
      const models = 'CREATE TABLE users (id integer PRIMARY KEY, mail text)'
      try {
        const controller = new AbortController()
        const onProgress = (progress: { readonly event: string }): void => { if (progress.event === 'batch') controller.abort() }
        await assert.rejects(place.apply(models, { migrations: [RENAME], signal: controller.signal, onProgress }), (error) => isTrueupError(error) && error.code === 'interrupted')
        await place.client.query("UPDATE users SET mail = 'by new' WHERE id = 1; UPDATE users SET email = 'by old' WHERE id = 2")
        await place.app(models, [RENAME]).rollback({ entries: ['mail'] })
        assert.equal(await place.one("SELECT string_agg(email, ',' ORDER BY id) FROM users WHERE id < 4"), 'by new,by old,user 3')
        assert.equal(await place.one("SELECT count(*)::text FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'mail'"), '0')
        // It is held: the models' column is not added behind anybody's back.
        const held = await place.apply(models, { migrations: [RENAME] })
        assert.deepEqual([held.held, held.steps], [['mail'], []])
        await place.apply(models, { migrations: [RENAME], include: ['mail'] })
        assert.equal(await place.one('SELECT count(*)::text FROM users WHERE mail IS DISTINCT FROM email'), '0')
        await place.app(models, [RENAME]).rollback({ entries: ['mail'] })
        assert.equal(await place.one('SELECT count(*)::text FROM users'), '5000')
      } finally {
        await place.close()
      }
    })
  })
}

test('on a database without a way to keep columns in step an online entry is refused when the application is made', () => {
  const make = (migrations: readonly Migration[]) => trueup({ database: sqlite(':memory:'), models: fromSql(TABLE), migrations, logger: false })
  assert.throws(() => make([RENAME]), /is not for SQLite.*instant there/)
  assert.throws(() => make([{ id: 'wide', retype: { table: 'users', column: 'id', type: 'bigint' }, online: true }]), /is not for SQLite/)
})

test('mistakes of shape are named at construction', () => {
  const message = (migrations: readonly Migration[]): string => {
    try {
      makeRegistry(migrations)
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
    return ''
  }
  assert.match(message([{ id: 'a', rename: { table: 't', to: 'u' }, online: true }]), /online: is for columns/)
  assert.match(message([{ id: 'a', contract: 'b' }]), /names "b", which no entry has as its id/)
  assert.match(message([{ id: 'a', rename: { table: 't', column: 'c', to: 'd' } }, { id: 'b', contract: 'a' }]), /is not an online entry/)
  assert.match(message([RENAME, { id: 'b', contract: 'mail', unusedFor: 'a while' }]), /a number and a unit/)
  assert.match(message([{ id: 'a', retype: { table: 't', column: 'c', type: 'text' }, online: false as true }]), /must be true/)
})
