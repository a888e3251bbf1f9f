import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { measure } from '../../src/dialects/postgres/measure.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { TableSize } from '../../src/dialects/dialect.ts'
import { millisecondsFor } from '../../src/plan/predict.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers } from '../servers/postgres.ts'

const named = (name: string): { readonly schema: string; readonly name: string } => ({ schema: 'public', name })
const LARGE = 'la"rg\'e Тable'

for (const kind of availableServers()) {
  describe(`how large tables are and how fast they are read, on ${kind.title}`, { concurrency: false }, () => {
    let server: TestServer
    let url = ''
    const query = async (text: string): Promise<void> => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(text).finally(() => client.end())
    }
    before(async () => {
      server = await kind.start()
      url = await server.createDatabase()
      // 40 MB, half of a row being filler.
      await query(`CREATE TABLE "la""rg'e Тable" (id integer, filler text); INSERT INTO "la""rg'e Тable" SELECT i, repeat('x', 900) FROM generate_series(1, 40000) i;
        CREATE TABLE small (id integer); INSERT INTO small VALUES (1);
        CREATE TABLE parts (id integer, filler text) PARTITION BY RANGE (id); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100); CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (1000000);
        INSERT INTO parts SELECT i, repeat('x', 900) FROM generate_series(1, 40000) i; ANALYZE`)
    })
    after(async () => server.stop())

    async function sizes(names: readonly string[], role: string | null = null): Promise<readonly TableSize[]> {
      const database = postgres(url)
      const session = await database.open()
      try {
        if (role !== null) await session.execute(`SET ROLE ${role}`)
        return await measure(session, names.map(named))
      } finally {
        await session.release({ broken: true })
        await database.close()
      }
    }

    test('large tables are read at some places, also a partition of one; of small ones the size is enough', async () => {
      const [large, small, parts] = await sizes([LARGE, 'small', 'parts'])
      assert.ok(large !== undefined && large.rows > 39_000 && large.rows < 41_000 && large.bytes > 36_000_000, JSON.stringify(large))
      assert.ok((large.readRate ?? 0) > 1_000_000, JSON.stringify(large))
      // What a plan foretells is told by it.
      assert.equal(Math.round(millisecondsFor('scan', large)), Math.round((1_000 * large.bytes) / (large.readRate ?? 0)))
      assert.deepEqual([small?.rows, small?.readRate], [1, undefined])
      assert.ok((parts?.readRate ?? 0) > 1_000_000 && (parts?.bytes ?? 0) > 36_000_000, JSON.stringify(parts))
    })

    test('one that may not be read keeps its size; where one is locked, nobody waits for it', async () => {
      await query('CREATE ROLE blind')
      const [blind] = await sizes([LARGE], 'blind')
      assert.deepEqual([blind?.bytes === undefined || blind.bytes > 36_000_000, blind?.readRate], [true, undefined])
      const holder = new pg.Client({ connectionString: url })
      await holder.connect()
      try {
        await holder.query(`BEGIN; LOCK TABLE "la""rg'e Тable" IN ACCESS EXCLUSIVE MODE`)
        assert.deepEqual(await sizes(['small', LARGE]), [])
        assert.equal((await sizes(['small'])).length, 1)
      } finally {
        await holder.end()
      }
    })
  })
}
