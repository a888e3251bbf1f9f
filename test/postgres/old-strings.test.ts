import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LedgerNames, Scope } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { probe } from '../../src/dialects/postgres/probe.ts'
import { diff } from '../../src/diff/diff.ts'
import { execute, planAll } from '../cases/judge.ts'
import type { HandleKind } from './handles.ts'
import { HANDLES } from './handles.ts'
import { oneOfEverything } from './one-of-everything.ts'
import { testServers } from './private-session.ts'
import { wholeStory } from './whole-story.ts'

// The setting of a database that is older than PostgreSQL 9.1: a backslash in plain quotes is not a backslash.
const OLD = 'standard_conforming_strings = off'
const scope: Scope = { schemas: ['public', 'Mine of'], defaultSchema: 'public', ledgerTables: [], tolerate: ['odd\\name_*'] }
const ledger: LedgerNames = { schema: 'public', state: 's', runs: 'r', entries: 'e', steps: 't', pairs: 'p' }

const BACKSLASHES = [
  `CREATE TABLE kept (id integer, path text DEFAULT E'C:\\\\new''s' CHECK (path ~ E'^\\\\w+$'))`,
  `CREATE INDEX kept_path ON kept (path) WHERE path <> E'\\\\'`,
  `CREATE VIEW paths AS SELECT path || E'\\\\' AS path FROM kept`,
]

for (const server of testServers()) {
  test(`a backslash in a text means the same with strings as they were before 9.1 on ${server.title}`, async () => {
    const database = await server.database()
    const { session, client } = database
    try {
      const empty = await introspect(session, scope)
      for (const statement of BACKSLASHES) await client.query(statement)
      const target = await introspect(session, scope)
      await client.query(`SET ${OLD}`)
      assert.deepEqual(await introspect(session, scope), target)
      assert.equal(await session.first('SHOW standard_conforming_strings'), 'off')
      await client.query('DROP TABLE kept CASCADE')
      assert.equal(await execute(client, planAll(empty, target, session.version)), null)
      assert.deepEqual(diff(await introspect(session, scope), target), [])
    } finally {
      await database.drop()
    }
  })

  test(`strings as they were before 9.1 change nothing on ${server.title}`, async () => {
    const database = await server.database()
    const { session, client } = database
    const look = async (): Promise<unknown> => ({ digest: (await probe(session, { scope, ledger })).digest, schema: await introspect(session, scope) })
    try {
      for (const statement of oneOfEverything(session.version)) await client.query(statement)
      const before = await look()
      await client.query(`SET ${OLD}`)
      assert.deepEqual(await look(), before)
    } finally {
      // Its subscription holds it; the server ends with this file.
      await client.end()
    }
    const story = await server.database()
    await story.client.query(`ALTER DATABASE "${story.name}" SET ${OLD}`)
    const opened = await (HANDLES[0] as HandleKind).open(story.url)
    try {
      await wholeStory(opened)
    } finally {
      await opened.close()
      await story.drop()
    }
  })
}
