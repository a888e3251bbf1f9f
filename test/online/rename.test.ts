import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Migration } from '../../src/index.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

const OLD = `CREATE TABLE users (id serial PRIMARY KEY, email varchar(80) NOT NULL DEFAULT 'none' CONSTRAINT email_ok CHECK (length(email) > 2), note text, CONSTRAINT users_email UNIQUE (email, id));
CREATE INDEX by_email ON users (lower(email)) WHERE email <> 'none';
COMMENT ON COLUMN users.email IS 'where to write to'`
const NEW = OLD.replaceAll(/\bemail\b/g, 'mail')
const FILLED = `${OLD}; INSERT INTO users (email) SELECT 'user' || i FROM generate_series(1, 3000) i`
const RENAME: Migration = { id: 'mail', rename: { table: 'users', column: 'email', to: 'mail' }, online: true }
const CONTRACT: Migration = { id: 'mail-only', contract: 'mail', application: 'old-*' }

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    test('a rename online: both names work, in every way of writing, until the contract; then only the new one is there', async () => {
      const place = await placeWith(kind, FILLED)
      try {
        const plan = await place.app(NEW, [RENAME]).plan()
        assert.deepEqual(plan.pending, [])
        assert.deepEqual(plan.drift, [])
        assert.ok(plan.steps.every((step) => step.class === 'safe' || step.class === 'online'), JSON.stringify(plan.steps, null, 1))
        const report = await place.apply(NEW, { migrations: [RENAME] })
        assert.deepEqual([report.applied, report.pending, report.drift], [['mail'], [], []])
        const write = async (statement: string): Promise<readonly (string | null)[]> => {
          const { rows } = await place.client.query({ text: `${statement} RETURNING email, mail`, rowMode: 'array' })
          return rows[0] as (string | null)[]
        }
        assert.deepEqual(await write("INSERT INTO users (email) VALUES ('by old')"), ['by old', 'by old'])
        assert.deepEqual(await write("INSERT INTO users (mail) VALUES ('by new')"), ['by new', 'by new'])
        assert.deepEqual(await write('INSERT INTO users DEFAULT VALUES'), ['none', 'none'])
        assert.deepEqual(await write("UPDATE users SET email = 'old again' WHERE id = 1"), ['old again', 'old again'])
        assert.deepEqual(await write("UPDATE users SET mail = 'new again' WHERE id = 1"), ['new again', 'new again'])
        await assert.rejects(write('UPDATE users SET mail = NULL WHERE id = 1'), /not-null|null value/)
        await assert.rejects(write("INSERT INTO users (mail) VALUES ('x')"), /violates check/)
        assert.equal(await place.one("SELECT count(*)::text FROM users WHERE email IS DISTINCT FROM mail"), '0')
        // The old release starts again, the new one, too: nothing is to do, nothing is said to be unknown.
        assert.deepEqual((await place.apply(OLD)).outcome, 'current')
        assert.deepEqual((await place.apply(NEW, { migrations: [RENAME] })).outcome, 'current')
        const bare = await place.app(NEW, [RENAME]).plan({ allow: 'destructive' })
        assert.deepEqual([bare.steps, bare.drift], [[], []])
        const contracted = await place.apply(NEW, { migrations: [RENAME, CONTRACT] })
        assert.deepEqual([contracted.applied, contracted.pending, contracted.drift], [['mail-only'], [], []])
        assert.equal(await place.one("SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped"), 'id,note,mail')
        assert.equal(await place.one("SELECT count(*)::text FROM pg_trigger WHERE NOT tgisinternal"), '0')
        assert.equal(await place.one("SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'trueup%'"), 'by_email,users,users_email,users_id_seq,users_pkey')
        assert.equal(await place.one("SELECT col_description('users'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'mail'"), 'where to write to')
        assert.deepEqual((await place.app(NEW, [RENAME, CONTRACT]).plan()).steps, [])
        await place.client.query('INSERT INTO users DEFAULT VALUES')
        assert.equal(await place.one('SELECT mail FROM users ORDER BY id DESC LIMIT 1'), 'none')
      } finally {
        await place.close()
      }
    })
  })
}
