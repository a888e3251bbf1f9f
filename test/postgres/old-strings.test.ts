import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LedgerNames, Scope } from '../../src/dialects/dialect.ts'
import { introspect } from '../../src/dialects/postgres/introspect.ts'
import { probe } from '../../src/dialects/postgres/probe.ts'
import type { HandleKind } from './handles.ts'
import { HANDLES } from './handles.ts'
import { oneOfEverything } from './one-of-everything.ts'
import { testServers } from './private-session.ts'
import { wholeStory } from './whole-story.ts'

// The setting of a database that is older than PostgreSQL 9.1: a backslash in plain quotes is not a backslash.
const OLD = 'standard_conforming_strings = off'
const scope: Scope = { schemas: ['public', 'Mine of'], defaultSchema: 'public', ledgerTables: [], tolerate: ['odd\\name_*'] }
const ledger: LedgerNames = { schema: 'public', state: 's', runs: 'r', entries: 'e', steps: 't', pairs: 'p' }

for (const server of testServers()) {
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
