import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { TrueupError } from '../../src/index.ts'
import { describeEnd, startChild } from '../race/children.ts'
import { availableServers, freePort } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { WORK, startAt } from './play.ts'

const SECRET = 'correct-horse'

async function failureOf(url: string): Promise<TrueupError> {
  const began = Date.now()
  const error = await startAt(url, { connectTimeout: 30_000 }).then(() => assert.fail('it should have failed'), (reason: unknown) => reason)
  assert.ok(error instanceof TrueupError, String(error))
  assert.ok(Date.now() - began < 10_000, 'what waiting cannot mend was waited for')
  const cause = error.cause instanceof Error ? `${error.cause.message} ${error.cause.stack}` : ''
  assert.doesNotMatch(`${error.message} ${error.hint} ${JSON.stringify(error.details)} ${error.stack} ${cause}`, new RegExp(SECRET))
  return error
}

for (const kind of availableServers()) {
  describe(`${kind.title}: a database that does not answer`, { concurrency: false }, () => {
    test('one that is still starting is waited for, and the log says so', async () => {
      const port = await freePort()
      const child = await startChild({ url: `postgres://postgres:${SECRET}@127.0.0.1:${port}/postgres`, dialect: 'postgres', work: WORK })
      await child.ready
      child.go()
      await child.logged('Waiting for PostgreSQL at 127.0.0.1')
      const server = await kind.start({ port })
      try {
        const end = await child.ended
        assert.equal(end.code, 0, describeEnd(end))
        assert.doesNotMatch(end.log, new RegExp(SECRET))
      } finally {
        await server.stop()
      }
    })

    test('one that never comes is given up after connectTimeout', async () => {
      const port = await freePort()
      const began = Date.now()
      const error = await startAt(`postgres://postgres:${SECRET}@127.0.0.1:${port}/postgres`, { connectTimeout: 1_000 }).then(() => null, (reason: unknown) => reason)
      assert.ok(error instanceof TrueupError && error.code === 'connection-failed', String(error))
      assert.ok(Date.now() - began < 5_000)
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}`))
    })

    const strict = kind.start()
    after(async () => (await strict).stop())
    test('a wrong password fails at once, without the password in any text', async () => {
      const server = await strict
      await server.sql(`CREATE ROLE locked LOGIN PASSWORD 'another'`)
      await requirePassword(server)
      const error = await failureOf(`postgres://locked:${SECRET}@127.0.0.1:${server.port}/postgres`)
      assert.equal(error.code, 'connection-failed')
      assert.match(error.message, /password authentication failed/)
      assert.match(error.hint ?? '', /user and the password/)
    })

    test('a database that is not there fails at once', async () => {
      const server = await strict
      const error = await failureOf(`postgres://postgres:${SECRET}@127.0.0.1:${server.port}/no_such`)
      assert.equal(error.code, 'connection-failed')
      assert.match(error.message, /no_such/)
      assert.match(error.hint ?? '', /Create the database/)
    })
  })
}

/** From now on `locked` needs its password: the server's own file of rules is rewritten. */
async function requirePassword(server: TestServer): Promise<void> {
  await server.sql(`COPY (SELECT unnest(ARRAY['host all locked 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'])) TO '${await hbaFile(server)}'`)
  await server.sql('SELECT pg_reload_conf()')
  await new Promise((resolve) => setTimeout(resolve, 300))
}

async function hbaFile(server: TestServer): Promise<string> {
  const [row] = await server.sql('SHOW hba_file')
  return String(row?.['hba_file'])
}
