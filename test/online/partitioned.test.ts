import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrationsFrom } from '../../src/files/files.ts'
import { sql, type Migration } from '../../src/index.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

const page = readFileSync(new URL('../../docs/how-to/change-a-type-online.md', import.meta.url), 'utf8')

/** The file that the page shows, as a folder of migrations. */
function shownFile(): { readonly folder: string; readonly migrations: readonly Migration[] } {
  const text = /^```sql\n(-- migrations\/(0007-amount-in-step\.sql)\n[^]*?)\n```$/m.exec(page)
  assert.ok(text?.[1] !== undefined && text[2] !== undefined)
  const folder = mkdtempSync(join(tmpdir(), 'trueup partitioned-'))
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'migrations', text[2]), text[1])
  return { folder, migrations: migrationsFrom(join(folder, 'migrations')) }
}

const orders = (columns: string): string => `CREATE TABLE orders (id integer NOT NULL, day date NOT NULL, ${columns}, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');`

for (const kind of availableServers()) {
  test(`${kind.title}: the way by hand that the page shows for a partitioned table: code of both releases works, and no row is left out`, async () => {
    const place = await placeWith(kind, `${orders('amount integer NOT NULL')} INSERT INTO orders SELECT i, '2026-01-01'::date + i % 360, i FROM generate_series(1, 3000) i`)
    const { folder, migrations } = shownFile()
    try {
      const fill: Migration = { id: 'fill-amount-wide', dependsOn: ['0007-amount-in-step'], backfill: { table: 'orders', set: sql`amount_wide = amount`, where: sql`amount_wide IS DISTINCT FROM amount` } }
      const both = orders('amount integer NOT NULL, amount_wide bigint')
      const report = await place.apply(both, { migrations: [...migrations, fill] })
      assert.deepEqual(report.applied, ['0007-amount-in-step', 'fill-amount-wide'])
      // Either code, in either partition.
      await place.client.query("INSERT INTO orders (id, day, amount) VALUES (5001, '2026-02-01', 11); INSERT INTO orders (id, day, amount_wide) VALUES (5002, '2026-08-01', 12)")
      await place.client.query('UPDATE orders SET amount = 21 WHERE id = 1; UPDATE orders SET amount_wide = 22 WHERE id = 200')
      assert.equal(await place.one('SELECT count(*)::text FROM orders WHERE amount_wide IS DISTINCT FROM amount'), '0')
      assert.equal(await place.one("SELECT string_agg(amount::text, ',' ORDER BY id) FROM orders WHERE id IN (1, 200, 5001, 5002)"), '21,22,11,12')
      // What follows on the new column, and a start that finds nothing to do.
      const required = orders('amount integer NOT NULL, amount_wide bigint NOT NULL CHECK (amount_wide > 0)') + ' CREATE INDEX by_amount ON orders (amount_wide);'
      await place.apply(required, { migrations: [...migrations, fill] })
      assert.deepEqual((await place.app(required, [...migrations, fill]).plan()).steps, [])
    } finally {
      rmSync(folder, { recursive: true, force: true })
      await place.close()
    }
  })
}
