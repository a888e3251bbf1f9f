import assert from 'node:assert/strict'
import pg from 'pg'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'

/** The newest PostgreSQL that this machine has, started when the first database is made. */
export function newestServer(): { createDatabase(): Promise<string>; connect(url: string): Promise<pg.Client>; stop(): Promise<void> } {
  let server: Promise<TestServer> | undefined
  return {
    async createDatabase() {
      const kind = availableServers().at(-1)
      assert.ok(kind, 'no PostgreSQL server is installed for the tests')
      return (await (server ??= kind.start())).createDatabase()
    },
    async connect(url) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    },
    async stop() {
      await (await server)?.stop()
    },
  }
}
