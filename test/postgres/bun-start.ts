// Run by Bun with the URL of an empty database: the story of handles.test.ts over Bun.SQL with one connection.
import assert from 'node:assert/strict'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { wholeStory } from './whole-story.ts'

/** The little that is used of Bun, whose types are not installed. */
interface Sql {
  unsafe(text: string): { simple(): { values(): Promise<readonly (readonly unknown[])[]> } }
  close(): Promise<void>
}
const { Bun } = globalThis as unknown as { readonly Bun: { readonly SQL: new (options: object) => Sql } }

const url = process.argv[2]
assert.ok(url, 'the URL of a database is missing')
const sql = new Bun.SQL({ url, max: 1, bigint: true })
const database = postgres(sql)
await wholeStory({ database, ask: async (statement) => (await sql.unsafe(statement).simple().values())[0]?.[0], close: () => sql.close() })

const session = await database.open()
await assert.rejects(database.open({ connectTimeout: 100 }), { code: 'connection-failed' })
assert.deepEqual(await session.script(['BEGIN', 'UPDATE users SET score = 6', 'SELECT * FROM users', 'ROLLBACK']), [0, 5, 0, 0])
await assert.rejects(session.transaction(async () => { await session.execute('SELECT 1/0').catch(() => {}) }), { code: 'step-failed' })
await session.release({ broken: true })
const next = await database.open()
assert.equal(database.dialect.failure(await next.execute('SELECT * FROM nowhere').catch((error: unknown) => error)).kind, 'missing-relation')
await next.release()
await sql.close()
console.log('told whole')
