import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { trueup } from '../../src/index.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { fromSql } from '../../src/models/sql.ts'
import { rehearse } from '../../src/rehearse/rehearse.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'

const THERE = 'CREATE TABLE teams (id int PRIMARY KEY); CREATE TABLE people (id int PRIMARY KEY, team int, name text, email text, age int);'
const WANTED = `CREATE TABLE teams (id int PRIMARY KEY);
CREATE TABLE people (id int PRIMARY KEY, team int REFERENCES teams (id), name text NOT NULL, email text UNIQUE, age int CHECK (age >= 0));
CREATE INDEX people_age ON people (age);`

for (const kind of availableServers().slice(-1)) {
  describe(kind.title, () => {
    let server: TestServer
    before(async () => { server = await kind.start() })
    after(() => server.stop())

    test('what a rehearsal did is told in the words of the plan, also where the copy found it half done', async () => {
      const url = await server.createDatabase()
      const name = new URL(url).pathname.slice(1)
      await server.sql(`${THERE} INSERT INTO teams SELECT generate_series(1, 10); INSERT INTO people SELECT g, 1 + g % 10, 'name', 'user' || g, g FROM generate_series(1, 2000) g; ANALYZE`, name)
      const app = trueup({ database: postgres(url), models: fromSql(WANTED), logger: false })
      const planned = new Set((await app.plan()).steps.map(({ title }) => title))
      const copy = await server.createDatabase()
      await server.sql(THERE, new URL(copy).pathname.slice(1))
      const handle = postgres(copy)
      const { outcome, steps } = await rehearse(app, { copy: handle, rows: 'none' })
      await handle.close()
      assert.equal(outcome, 'ok')
      assert.ok(steps.length >= 8, `${steps.length} steps`)
      assert.deepEqual(steps.filter((step) => !planned.has(step.title) || step.class === null).map(({ title }) => title), [])
      // Reading no row is no measure of reading all of them.
      const reading = steps.filter(({ title }) => /check the rows|build/.test(title))
      assert.ok(reading.length >= 4, `${reading.length} steps read rows`)
      for (const step of reading) assert.equal(step.basis, 'constant', step.title)
      await app.close()
    })
  })
}
