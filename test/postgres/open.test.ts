import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { isTrueupError } from '../../src/errors.ts'
import type { ErrorCode, TrueupError } from '../../src/errors.ts'
import { freePort, newestServer } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'
import { startProxy } from '../servers/proxy.ts'
import { HANDLES } from './handles.ts'

const run = promisify(execFile)
const kind = newestServer()

function failsWith(code: ErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isTrueupError(error), String(error))
    assert.equal(error.code, code, error.message)
    assert.match(`${error.message} ${error.hint ?? ''}`, message)
    return true
  }
}

describe('opening a PostgreSQL database', { skip: kind === null && 'no PostgreSQL server is installed here' }, () => {
  let server: TestServer
  before(async () => { server = await (kind as NonNullable<typeof kind>).start() })
  after(() => server.stop())

  test('waits for a server that is still starting', async () => {
    const port = await freePort()
    const told: string[] = []
    const database = postgres(`postgres://postgres@127.0.0.1:${port}/postgres`)
    const opening = database.open({ connectTimeout: 20_000, onRetry: (error) => told.push(error.message) })
    await new Promise((resolve) => setTimeout(resolve, 250))
    const late = await (kind as NonNullable<typeof kind>).start({ port })
    const session = await opening
    assert.equal(await session.json('SELECT 1'), 1)
    assert.ok(told.length > 0 && told.every((message) => message !== ''), JSON.stringify(told))
    await session.release()
    await late.stop()
  })

  test('waits for a free connection of its role', async () => {
    await server.sql('CREATE ROLE narrow LOGIN CONNECTION LIMIT 1')
    const url = server.url().replace('postgres@', 'narrow@')
    const [first, second] = [postgres(url), postgres(url)]
    const held = await first.open()
    const waiting = second.open({ connectTimeout: 20_000, onRetry: () => void held.release() })
    await (await waiting).release()
  })

  test('does not wait for what waiting cannot mend', async () => {
    const began = Date.now()
    await assert.rejects(postgres(server.url('not there')).open(), failsWith('connection-failed', /not there.*3D000.*Create the database/s))
    await assert.rejects(postgres(server.url().replace('postgres@', 'no%20body:topsecret@')).open(), (error: unknown) => {
      failsWith('connection-failed', /no body.*28000.*pg_hba/s)(error)
      // The assertion above tells that it is one of ours.
      const { message, hint, details } = error as TrueupError
      assert.doesNotMatch(JSON.stringify({ message, hint, details }), /topsecret/)
      return true
    })
    assert.ok(Date.now() - began < 5_000)
  })

  test('gives up after its time, and at once when it is told to stop', async () => {
    const nobody = postgres(`postgres://me:topsecret@127.0.0.1:${await freePort()}/app`)
    await assert.rejects(nobody.open({ connectTimeout: 300 }), failsWith('connection-failed', /PostgreSQL at 127\.0\.0\.1:\d+\/app: .*ECONNREFUSED/))
    const began = Date.now()
    await assert.rejects(nobody.open({ signal: AbortSignal.timeout(100) }), failsWith('interrupted', /Nothing was changed/))
    assert.ok(Date.now() - began < 3_000)
    assert.equal(nobody.address.includes('topsecret'), false)
  })

  test('says what it cannot use, without repeating a password', () => {
    for (const url of ['postgres://me:top#secret/word@[db/app', 'mysql://me:topsecret@db/app', 'app.db']) {
      assert.throws(() => postgres(url), (error: unknown) => failsWith('config-invalid', /postgres:\/\//)(error) && !String((error as Error).stack).includes('secret'))
    }
    class Odd {
      readonly shape = 'none'
    }
    assert.throws(() => postgres(' '), (error) => isTrueupError(error) && error.code === 'config-invalid' && error.message === 'The database URL is empty.' && /variable set/.test(error.hint ?? ''))
    for (const [given, name] of [[new Odd(), /Odd/], [{}, /Object/], [42, /number/], [null, /given null in place of/], [undefined, /given undefined in place of/]] as const) {
      // JavaScript callers are not held by types.
      assert.throws(() => postgres(given as object), failsWith('driver-unknown', name))
    }
  })

  test('says where it leads to', () => {
    const places: readonly (readonly [string | object, string])[] = [
      ['postgres://u:p@db.example/app', 'PostgreSQL at db.example:5432/app'],
      ['postgresql://u:p@db:6543/my%20app?sslmode=disable', 'PostgreSQL at db:6543/my app'],
      ['postgres:///app?host=/var/run/postgresql', 'PostgreSQL at /var/run/postgresql:5432/app'],
      [new pg.Pool({ host: 'h', port: 1234, database: 'd', user: 'u', password: 'p' }), 'PostgreSQL at h:1234/d'],
      [new pg.Pool({ connectionString: 'postgres://u:p@h:99/d' }), 'PostgreSQL at h:99/d'],
      [new pg.Client({ host: 'h', port: 1234, database: 'd', password: 'p' }), 'PostgreSQL at h:1234/d'],
    ]
    for (const [target, address] of places) assert.equal(postgres(target).address, address)
  })

  test('costs the connection and one turn for the first question', async () => {
    const proxy = await startProxy(server)
    const database = postgres(proxy.url(server.url()))
    const session = await database.open()
    const connecting = proxy.turns()
    await session.json("SELECT '{}'")
    assert.deepEqual([connecting, proxy.turns(), proxy.connections()], [1, 2, 1])
    await session.release()

    const pool = new pg.Pool({ connectionString: proxy.url(server.url()), max: 1 })
    proxy.reset()
    await (await postgres(pool).open()).release()
    const first = proxy.turns()
    const again = await postgres(pool).open()
    await again.json('SELECT 1')
    await again.release()
    assert.deepEqual([first, proxy.turns() - first], [2, 1], 'the version is asked once a pool')
    await pool.end()
    await proxy.close()
  })

  for (const handle of HANDLES) {
    test(`a connection that is cut is told of, and never ends the process: ${handle.title}`, async () => {
      const proxy = await startProxy(server)
      const opened = await handle.open(proxy.url(await server.createDatabase()))
      const { dialect } = opened.database
      const lost = (error: unknown): boolean => {
        assert.equal(dialect.failure(error).kind, 'connection', String(error))
        return true
      }
      const inFlight = await opened.database.open()
      const sleeping = inFlight.query('SELECT pg_sleep(20)')
      setTimeout(proxy.cut, 50)
      await assert.rejects(sleeping, lost)
      await assert.rejects(inFlight.query('SELECT 1'), lost)
      await inFlight.release()

      if (handle.title !== 'a pg.Client') {
        const idle = await opened.database.open()
        await idle.execute('CREATE TABLE t (a int)')
        proxy.cut()
        await new Promise((resolve) => setTimeout(resolve, 50))
        await assert.rejects(idle.json('SELECT 1'), lost)
        await assert.rejects(idle.transaction(() => idle.query('SELECT 1')), lost)
        await idle.release()

        const answered = await opened.database.open()
        await answered.execute('SELECT 1')
        proxy.cutAt(1, 'after')
        await assert.rejects(answered.execute('INSERT INTO t VALUES (1)'), lost)
        await answered.release({ broken: true })
        const next = await opened.database.open()
        // The server may still be at it when the next connection is there.
        for (let i = 0; i < 40 && (await next.json('SELECT count(*) FROM t')) !== 1; i++) await new Promise((resolve) => setTimeout(resolve, 25))
        assert.equal(await next.json('SELECT count(*) FROM t'), 1)
        await next.release()
      }
      await opened.close().catch(() => {})
      await proxy.close()
    })
  }

  test('connections of its own carry its name, unless the URL has another', async () => {
    for (const [query, name] of [['', 'trueup'], ['?application_name=mine', 'mine']] as const) {
      const session = await postgres(server.url() + query).open()
      assert.equal(await session.json("SELECT to_json(current_setting('application_name'))::text"), name)
      await session.release()
    }
  })

  for (const [missing, answer] of [['', 'pg'], ['pg', 'postgres'], ['pg,postgres', 'driver-missing: No driver for this database is installed: pg or postgres. Install one: npm install pg']] as const) {
    test(`imports the driver that is installed, when ${missing === '' ? 'none' : missing} is missing`, async () => {
      const program = fileURLToPath(new URL('without-drivers.ts', import.meta.url))
      const { stdout } = await run(process.execPath, ['--import', 'tsx', program, server.url(), missing])
      assert.equal(stdout.trim(), answer)
    })
  }

  test('PGlite by its place: in memory, and the driver that is missing is named', async () => {
    const program = fileURLToPath(new URL('without-drivers.ts', import.meta.url))
    const { stdout } = await run(process.execPath, ['--import', 'tsx', program, 'pglite://memory', '@electric-sql/pglite'])
    assert.match(stdout, /^driver-missing: .*@electric-sql\/pglite/)
  })
})
