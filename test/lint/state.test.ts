import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { versionFinding } from '../../src/dialects/postgres/examine.ts'
import { STATE_RULES, examineState } from '../../src/dialects/postgres/examine-state.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { placeWith } from '../recipes/place.ts'
import { availableServers } from '../servers/postgres.ts'

/** All of it by the ways in which it comes about, but a lagging standby and the age of a table: those would take minutes. */
const SQL = `
CREATE TABLE "Du pes" (id integer); INSERT INTO "Du pes" VALUES (1), (1);
CREATE TABLE old (id integer);
CREATE TABLE large (a text) WITH (autovacuum_enabled = false); INSERT INTO large SELECT repeat('x', 1000) FROM generate_series(1, 9000);
ALTER TABLE old ADD CONSTRAINT "pos ""itive" CHECK (id > 0) NOT VALID;
CREATE TABLE p (id integer) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE PUBLICATION "of nothing"; CREATE PUBLICATION "all of it" FOR ALL TABLES;
CREATE SUBSCRIPTION "from there" CONNECTION 'dbname=nowhere' PUBLICATION x WITH (connect = false);`

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
        assert.deepEqual(found.toSorted(), ['I005 "by id"', 'P004 p1', 'S001 old', 'S002 two phases', 'S009 publication all of it, subscription from there', 'S010 large', 'S011 large', 'V012 pos "itive of old'])
        assert.ok(found.every((one) => STATE_RULES.includes(one.slice(0, 4))))
      } finally {
        await place.client.query("ROLLBACK PREPARED 'two phases'").catch(() => {})
        await other.end()
        await place.close()
      }
    })

    test('a transaction that is open for long is told with its session and its age, one that works is not yet old', async () => {
      const place = await placeWith(kind, 'CREATE TABLE t (id integer)')
      const other = new pg.Client({ host: place.client.host, port: place.client.port, user: 'postgres', database: place.client.database ?? '', application_name: 'report' })
      await other.connect()
      const database = postgres(place.client)
      const session = await database.open({ connectTimeout: 1000 })
      const told = async (age: number): Promise<readonly string[]> => (await examineState(session, age)).filter(({ rule }) => rule === 'I011').map(({ message }) => message)
      try {
        await other.query('BEGIN; SELECT * FROM t')
        await other.query('SELECT pg_sleep(1.2)')
        assert.deepEqual(await told(60), [])
        assert.match((await told(1)).join(), /^pid \d+ \(report\), [12] s: open for that long/)
        await other.query('COMMIT')
        assert.deepEqual(await told(1), [])
      } finally {
        await session.release({ broken: false })
        await database.close()
        await other.end()
        await place.close()
      }
    })

    test('what this server is, is a version that is tested', async () => {
      const place = await placeWith(kind, '')
      try {
        const version = await place.one("SELECT current_setting('server_version_num')")
        assert.equal(versionFinding(Number(version), 'x').level, 'ok')
      } finally {
        await place.close()
      }
    })
  })
}

test('versions that are not tested, and those that build broken indexes, are told', () => {
  const told = (version: number): string => {
    const { level, rule = '' } = versionFinding(version, String(version))
    return `${level} ${rule}`.trim()
  }
  assert.deepEqual([130_022, 140_000, 140_003, 140_004, 180_004, 190_000].map(told), ['warning S007', 'error I007', 'error I007', 'ok', 'ok', 'warning S007'])
})
