import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { STATE_RULES } from '../../src/dialects/postgres/examine-state.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

/** All of it by the ways in which it comes about, but a lagging standby and the age of a table: those would take minutes. */
const SQL = `
CREATE TABLE "Du pes" (id integer); INSERT INTO "Du pes" VALUES (1), (1);
CREATE TABLE old (id integer);
CREATE TABLE large (a text) WITH (autovacuum_enabled = false); INSERT INTO large SELECT repeat('x', 1000) FROM generate_series(1, 9000);
ALTER TABLE old ADD CONSTRAINT "pos ""itive" CHECK (id > 0) NOT VALID;
CREATE TABLE p (id integer) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);`

for (const kind of availableServers()) {
  describe(kind.title, { concurrency: false }, () => {
    test('doctor tells what was left behind and what stands in the way, with the page of each, and nothing of a clean database', async () => {
      const place = await placeWith(kind, '')
      const app = place.app('CREATE TABLE old (id integer)')
      const told = async (): Promise<readonly string[]> => (await app.examine()).flatMap(({ rule, message }) => (rule === undefined ? [] : [`${rule} ${message.split(':')[0]?.replace(/, \d+ s old$/, '')}`]))
      const other = new pg.Client({ host: place.client.host, port: place.client.port, user: 'postgres', database: place.client.database ?? '' })
      await other.connect()
      try {
        assert.deepEqual(await told(), [])
        await place.client.query(SQL)
        await assert.rejects(place.client.query('CREATE UNIQUE INDEX CONCURRENTLY "by id" ON "Du pes" (id)'), /could not create unique index/)
        await place.client.query("BEGIN; INSERT INTO old VALUES (1); PREPARE TRANSACTION 'two phases'")
        // Interrupted while it waits for one who still sees the partition.
        await other.query('BEGIN; SELECT * FROM p')
        await place.client.query("SET statement_timeout = '300ms'")
        await assert.rejects(place.client.query('ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY'), /statement timeout/)
        await place.client.query('RESET statement_timeout')
        await other.query('COMMIT')
        // As old as two hundred million transactions would make it.
        await place.client.query("UPDATE pg_class SET relfrozenxid = '4000000000' WHERE relname = 'old'")
        const found = await told()
        assert.deepEqual(found.toSorted(), ['I005 "by id"', 'P004 p1', 'S001 old', 'S002 two phases', 'S010 large', 'S011 large', 'V012 pos "itive of old'])
        assert.ok(found.every((one) => STATE_RULES.includes(one.slice(0, 4))))
      } finally {
        await place.client.query("ROLLBACK PREPARED 'two phases'").catch(() => {})
        await other.end()
        await place.close()
      }
    })
  })
}
