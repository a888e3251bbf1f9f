import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import pg from 'pg'
import { fromSql } from '../../src/models/sql.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import type { Migration, Report } from '../../src/index.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { Worker } from './load.ts'
import { load } from './load.ts'

const ROWS = 4_000
const byOld: Worker = async (client, turn) => {
  const id = (turn % ROWS) + 1
  await client.query('UPDATE users SET email = $1 WHERE id = $2', [turn % 7 === 0 ? null : `old ${turn}`, id])
  await client.query('INSERT INTO users (email) VALUES ($1)', [turn % 5 === 0 ? null : `old row ${turn}`])
  await client.query('SELECT id, email FROM users WHERE email = $1', [`old ${turn}`])
}
const byNew: Worker = async (client, turn) => {
  const id = ROWS - (turn % ROWS)
  await client.query('UPDATE users SET mail = $1 WHERE id = $2', [turn % 7 === 0 ? null : `new ${turn}`, id])
  await client.query('INSERT INTO users (mail) VALUES ($1)', [turn % 5 === 0 ? null : `new row ${turn}`])
  const { rows } = await client.query('SELECT mail FROM users WHERE id = $1', [id])
  if (rows.length !== 1) throw new Error('a row is gone')
}
/** The column by its one name, whatever its type. */
const byName: Worker = async (client, turn) => {
  const { rows } = await client.query('INSERT INTO items (n) VALUES ($1) RETURNING id', [turn])
  await client.query('UPDATE items SET n = n + 1 WHERE id = $1', [rows[0]?.id])
  const { rows: seen } = await client.query('SELECT n, id FROM items WHERE id = $1', [rows[0]?.id])
  if (seen.length !== 1) throw new Error('a row is gone')
}

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    let server: TestServer | undefined
    after(() => server?.stop())

    async function start(url: string, models: string, migrations: readonly Migration[], options: { readonly include?: readonly string[] } = {}): Promise<Report> {
      const database = postgres(url)
      try {
        return await trueup({ database, models: fromSql(models), migrations, longSteps: 'wait', logger: false }).applyMigrations(options)
      } finally {
        await database.close()
      }
    }

    test('old and new code work at the same time through a rename, and the contract waits for the old one', async (t) => {
      server ??= await kind.start()
      const url = await server.createDatabase()
      const models = (name: string): string => `CREATE TABLE users (id serial PRIMARY KEY, ${name} text); CREATE INDEX by_it ON users (${name})`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      t.after(() => client.end())
      await client.query(`${models('email')}; INSERT INTO users (email) SELECT 'user ' || i FROM generate_series(1, ${ROWS}) i`)
      const rename: Migration = { id: 'mail', rename: { table: 'users', column: 'email', to: 'mail' }, online: true }
      const contract: Migration = { id: 'mail only', contract: 'mail', application: ['old-*'] }
      const old = await load(url, [['old-1', byOld], ['old-2', byOld]])
      t.after(() => old.stop())
      assert.deepEqual((await start(url, models('mail'), [rename])).applied, ['mail'])
      const young = await load(url, [['new-1', byNew], ['new-2', byNew]])
      t.after(() => young.stop())
      const waiting = await start(url, models('mail'), [rename, contract])
      assert.deepEqual(waiting.applied, [])
      assert.match(waiting.pending[0]?.because ?? '', /2 sessions of the old release are connected: old-1, old-2/)
      await new Promise((resolve) => setTimeout(resolve, 500))
      const one = await old.stop()
      const { rows } = await client.query('SELECT count(*)::integer AS n FROM users WHERE email IS DISTINCT FROM mail')
      assert.deepEqual([one.errors, rows], [[], [{ n: 0 }]])
      const recent = await start(url, models('mail'), [rename, { ...contract, unusedFor: '1 hour' }])
      assert.match(recent.pending[0]?.because ?? '', /email was written \d+ s ago/)
      assert.deepEqual((await start(url, models('mail'), [rename, contract])).applied, ['mail only'])
      const two = await young.stop()
      assert.deepEqual(two.errors, [])
      assert.ok([...one.turns, ...two.turns].every((turns) => turns > 0), JSON.stringify([one.turns, two.turns]))
    })

    test('code that knows the column by its name works through a change of type, its switch, the way back, and the contract', async (t) => {
      server ??= await kind.start()
      const url = await server.createDatabase()
      const models = (type: string): string => `CREATE TABLE items (id ${type} PRIMARY KEY, n integer)`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      t.after(() => client.end())
      await client.query(`${models('serial')}; INSERT INTO items (n) SELECT i FROM generate_series(1, ${ROWS}) i`)
      const wide: Migration = { id: 'wide', retype: { table: 'items', column: 'id', type: 'bigint' }, online: true }
      const working = await load(url, [['old-1', byName], ['new-1', byName], ['new-2', byName]])
      t.after(() => working.stop())
      assert.deepEqual((await start(url, models('bigserial'), [wide])).applied, ['wide'])
      const database = postgres(url)
      await trueup({ database, models: fromSql(models('bigserial')), migrations: [wide], logger: false }).rollback({ entries: ['wide'] })
      await database.close()
      assert.deepEqual((await client.query("SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname")).rows.map((row) => row.type), ['integer', 'integer'])
      assert.deepEqual((await start(url, models('bigserial'), [wide], { include: ['wide'] })).applied, ['wide'])
      const differ = await client.query('SELECT count(*)::integer AS n FROM items WHERE id <> id_old OR id_old IS NULL')
      assert.deepEqual(differ.rows, [{ n: 0 }])
      const still = await start(url, models('bigserial'), [wide, { id: 'only', contract: 'wide' }])
      assert.match(still.pending[0]?.because ?? '', /sessions may be of the old release/)
      assert.deepEqual((await start(url, models('bigserial'), [wide, { id: 'only', contract: 'wide', application: 'older' }])).applied, ['only'])
      const { errors, turns } = await working.stop()
      assert.deepEqual(errors, [])
      assert.equal((await client.query('SELECT count(*)::integer AS n FROM items')).rows[0]?.n, ROWS + turns.reduce((sum, one) => sum + one, 0))
    })
  })
}
