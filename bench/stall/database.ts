import pg from 'pg'
import type { TestServer } from '../../test/servers/postgres.ts'
import { startPostgres } from '../../test/servers/postgres.ts'

/** The table that is changed, and one that it refers to. `label` and `legacy` are not used by the load: renaming or dropping them breaks nobody. */
const TABLES = `
CREATE TABLE parents (id integer NOT NULL CONSTRAINT parents_pkey PRIMARY KEY, name text NOT NULL);
CREATE TABLE items (id bigint NOT NULL CONSTRAINT items_pkey PRIMARY KEY, parent_id integer NOT NULL, n integer NOT NULL, amount integer NOT NULL, email text NOT NULL, label text, legacy text, note text, filled integer);
CREATE TABLE elsewhere (id integer NOT NULL CONSTRAINT elsewhere_pkey PRIMARY KEY);`

export const PARENTS = 10_000
const TEMPLATE = 'filled'

/** A server as a careful operator sets it up for writing, with a template database of so many rows. */
export async function startBench(major: number, rows: number): Promise<TestServer> {
  const server = await startPostgres(major, {
    settings: {
      shared_buffers: '1GB', max_connections: 150, fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', max_wal_size: '8GB', checkpoint_timeout: '30min',
      autovacuum: 'on', autovacuum_naptime: '1s', max_locks_per_transaction: 256,
    },
  })
  await fillDatabase(server, TEMPLATE, rows)
  return server
}

/** A new database with so many rows, vacuumed and on the disk. */
export async function fillDatabase(server: TestServer, name: string, rows: number): Promise<string> {
  const url = await server.createDatabase(name)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(TABLES)
  await client.query(`INSERT INTO parents SELECT n, 'parent ' || n FROM generate_series(1, ${PARENTS}) n; INSERT INTO elsewhere SELECT generate_series(1, 100)`)
  await client.query(`INSERT INTO items (id, parent_id, n, amount, email, label, legacy, note) SELECT n, 1 + n % ${PARENTS}, n % 1000, n % 500, 'user' || n || '@example.org', 'label', 'old', 'note ' || n FROM generate_series(1, ${rows}) n`)
  await client.query('VACUUM (ANALYZE, FREEZE)')
  await client.query('CHECKPOINT')
  await client.end()
  return url
}

/** A copy of the filled database, with its pages read once. */
export async function freshDatabase(server: TestServer, name: string, template = TEMPLATE): Promise<string> {
  const url = await server.copyDatabase(template, name)
  await server.sql('SELECT count(*) FROM items', name)
  return url
}

/** What a change left behind that nobody asked for. The old side of an online change and its trigger stay until a contract takes them away. */
export async function leftOvers(server: TestServer, name: string): Promise<readonly string[]> {
  const found = await server.sql(
    `SELECT 'invalid index ' || indexrelid::regclass AS what FROM pg_index WHERE NOT indisvalid
     UNION ALL SELECT 'constraint not valid: ' || conname FROM pg_constraint WHERE NOT convalidated
     UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE 'zz\\_trueup\\_items\\_%'
     UNION ALL SELECT 'column ' || attname FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped
       AND attname NOT IN ('id', 'parent_id', 'n', 'amount', 'email', 'label', 'legacy', 'note', 'filled', 'flag', 'title', 'amount_old')`, name)
  return found.map((row) => String(row['what']))
}
