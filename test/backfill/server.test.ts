import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import postgresJs from 'postgres'
import type { Progress } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Migration, Trueup } from '../../src/index.ts'
import { isTrueupError, sql, trueup } from '../../src/index.ts'
import type { TestServer } from '../servers/postgres.ts'
import { availableServers, newestServer } from '../servers/postgres.ts'
import { PRIMARY, caughtUp, startStandby } from '../servers/standby.ts'
import { models, recorder, table } from '../start/sketches.ts'
import { MIGRATIONS, TABLES, modelsOf } from './work.ts'

const LOGS = models({ ...table('logs'), columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'owner' }, { name: 'n', type: 'integer' }] })
const FILL: Migration = { id: 'fill', backfill: { table: 'logs', set: sql`n = 1`, where: sql`n IS NULL`, batchSize: 5, pace: 'full' } }
const FILLED = `CREATE TABLE logs (id integer PRIMARY KEY, owner text, n integer); INSERT INTO logs SELECT i, CASE WHEN i % 2 = 0 THEN 'a_tenant' END FROM generate_series(1, 40) i`

/** Every message takes its time on the way, and longer than a batch may. */
class Far extends pg.Client {
  override query(...given: never[]): never {
    // One signature for the many of the driver: what is given goes on as it is.
    const go = pg.Client.prototype.query.bind(this) as (...all: readonly never[]) => unknown
    return new Promise((resolve) => setTimeout(resolve, 60)).then(() => go(...given)) as never
  }
}

for (const kind of availableServers()) {
  describe(`${kind.title}: a backfill on a server`, { concurrency: false }, () => {
    let server: TestServer
    const opened: Trueup[] = []
    before(async () => {
      server = await kind.start()
      await server.sql('CREATE ROLE a_tenant LOGIN; CREATE ROLE the_owner LOGIN')
    })
    after(async () => {
      for (const app of opened) await app.options.database.close()
      await server?.stop()
    })
    const as = (role: string, url: string): Trueup => {
      const place = new URL(url)
      place.username = role
      const app = trueup({ database: postgres(place.href), models: LOGS, migrations: [FILL], longSteps: 'wait', logger: false })
      opened.push(app)
      return app
    }

    test('where row security would hide rows, it is refused before anything is changed, with the statement that lets it go through', async () => {
      const url = await server.createDatabase('hidden')
      const run = (text: string): ReturnType<TestServer['sql']> => server.sql(text, 'hidden')
      await run(`${FILLED}; ALTER TABLE logs ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON logs USING (owner = current_user);
        GRANT ALL ON SCHEMA public TO a_tenant, the_owner; GRANT ALL ON logs TO a_tenant; ALTER TABLE logs OWNER TO the_owner`)
      const refused = await as('a_tenant', url).applyMigrations().catch((error: unknown) => error)
      assert.ok(isTrueupError(refused) && refused.code === 'permission-denied', String(refused))
      assert.match(refused.message, /table public\.logs: its row security applies to a_tenant: a backfill would leave out the rows that policies hide\. Run it as its owner the_owner/)
      assert.match(refused.hint ?? '', /ALTER ROLE "a_tenant" BYPASSRLS;/)
      await run('ALTER TABLE logs FORCE ROW LEVEL SECURITY')
      const forced = await as('the_owner', url).applyMigrations().catch((error: unknown) => error)
      assert.ok(isTrueupError(forced) && forced.code === 'permission-denied', String(forced))
      const statement = (forced.hint ?? '').split('\n').map((line) => line.trim()).find((line) => line.startsWith('ALTER TABLE'))
      assert.equal(statement, 'ALTER TABLE "public"."logs" NO FORCE ROW LEVEL SECURITY;')
      assert.deepEqual(await run('SELECT count(*)::int AS n FROM logs WHERE n IS NOT NULL'), [{ n: 0 }])
      await run(statement)
      assert.deepEqual((await as('the_owner', url).applyMigrations()).applied, ['fill'])
      assert.deepEqual(await run('SELECT count(*)::int AS n FROM logs WHERE n = 1'), [{ n: 40 }])
    })

    test('a far away server is no busy one: the size of a batch follows what the server does, not the way there', async () => {
      const url = await server.createDatabase('far')
      await server.sql(`CREATE TABLE logs (id integer PRIMARY KEY, owner text, n integer); INSERT INTO logs SELECT i FROM generate_series(1, 20000) i`, 'far')
      const client = new Far({ connectionString: url })
      await client.connect()
      try {
        const sizes: number[] = []
        let before = 0
        const app = trueup({ database: postgres(client), models: LOGS, migrations: [{ id: 'fill', backfill: { table: 'logs', set: sql`n = 1`, where: sql`n IS NULL`, batchTime: 40, pace: 'full' } }], longSteps: 'wait', logger: false })
        await app.applyMigrations({ onProgress: ({ event, rows = 0 }) => {
          if (event !== 'batch') return
          sizes.push(rows - before)
          before = rows
        } })
        assert.ok((sizes[1] ?? 0) > (sizes[0] ?? 0), `the second batch is larger than the first: ${sizes.join(', ')}`)
        assert.equal(before, 20_000)
      } finally {
        await client.end()
      }
    })

    for (const [driver, open] of Object.entries({ 'postgres.js': (url: string) => postgresJs(url, { max: 2 }), 'pg.Pool': (url: string) => new pg.Pool({ connectionString: url, max: 2 }) })) {
      test(`over ${driver}: rows are counted and told`, async () => {
        const url = await server.createDatabase()
        const handle = open(url)
        const client = new pg.Client({ connectionString: url })
        await client.connect()
        try {
          await client.query(`${FILLED}; CREATE RULE noted AS ON UPDATE TO logs DO ALSO NOTIFY noted`)
          const told: Progress[] = []
          const report = await trueup({ database: postgres(handle), models: LOGS, migrations: [FILL], longSteps: 'wait', logger: false }).applyMigrations({ onProgress: (progress) => told.push(progress) })
          assert.deepEqual(report.steps.map((step) => [step.entry, step.rows]), [['fill', 40]])
          assert.deepEqual(told.filter((one) => one.event === 'batch').map((one) => one.rows), [5, 10, 15, 20, 25, 30, 35, 40, 40])
        } finally {
          await client.end()
          await handle.end()
        }
      })
    }
  })
}

const newest = newestServer()

/** Runs the work in a process of its own and kills it when it has told of so many batches. Its code, or `null`. */
function runUntil(url: string, batches: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', new URL('./work.ts', import.meta.url).pathname, url], { stdio: ['ignore', 'pipe', 'pipe'] })
    let seen = 0
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text.split('\n').length - 1
      if (seen >= batches) child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text })
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(code)
      else reject(new Error(`the process ended with ${code}: ${errors}`))
    })
  })
}

describe('a process that dies', { skip: newest === null && 'no PostgreSQL server is installed here' }, () => {
  test('kill -9 again and again, with keys of several columns, uuids, texts and a new column of the models: every row once, and the ledger has their number', async () => {
    if (newest === null) return
    const server = await newest.start()
    const url = await server.createDatabase('killed')
    await server.sql(TABLES, 'killed')
    let kills = 0
    for (let round = 0; ; round += 1) {
      const code = await runUntil(url, 3 + (round % 5) * 4)
      const rows = await server.sql(`SELECT e.id, e.rows::int, e.state, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I WHERE n = 1', e.id), false, true, '')))[1]::text::int AS changed FROM trueup_entries e`, 'killed')
      for (const row of rows) assert.equal(row['rows'], row['changed'], `after ${kills} kills the ledger and the table differ: ${JSON.stringify(row)}`)
      if (code === 0) break
      kills += 1
      assert.ok(kills < 100, 'it does not get on')
    }
    assert.ok(kills > 3, `killed ${kills} times`)
    for (const id of MIGRATIONS.map((migration) => migration.id)) {
      assert.deepEqual(await server.sql(`SELECT min(n)::int AS least, max(n)::int AS most, count(*)::int AS rows FROM "${id}"`, 'killed'), [{ least: 1, most: 1, rows: 300 }], `${id}: a row was done twice or left out`)
    }
    assert.deepEqual(await server.sql(`SELECT count(DISTINCT serial)::int AS n, max(serial)::int AS most FROM uuids`, 'killed'), [{ n: 300, most: 300 }], 'a row was filled twice or left out')
    const app = trueup({ database: postgres(url), models: modelsOf(), migrations: MIGRATIONS, longSteps: 'wait', logger: false })
    assert.equal((await app.applyMigrations()).outcome, 'current')
    await app.options.database.close()
    await server.stop()
  })
})

describe('a standby that is behind', { skip: newest === null && 'no PostgreSQL server is installed here' }, () => {
  test('holds the backfill up, which says so, until it has caught up; who may not see it is told once', async () => {
    if (newest === null) return
    const primary = await newest.start({ settings: PRIMARY })
    const standby = await startStandby(newest, primary, { wal_receiver_status_interval: 1 })
    const url = await primary.createDatabase('followed')
    try {
      await primary.sql(`${FILLED}; CREATE ROLE blind LOGIN; GRANT ALL ON SCHEMA public TO blind; ALTER TABLE logs OWNER TO blind`, 'followed')
      await caughtUp(primary, standby)
      await standby.sql('SELECT pg_wal_replay_pause()')
      await primary.sql('UPDATE logs SET owner = owner', 'followed')
      const migrations: readonly Migration[] = [{ ...FILL, backfill: { ...('backfill' in FILL ? FILL.backfill : assert.fail()), maxReplicaLag: 200 } }]
      const run = async (place: string, namespace: string): Promise<{ readonly told: readonly Progress[]; readonly lines: readonly string[] }> => {
        const told: Progress[] = []
        const logger = recorder()
        const app = trueup({ database: postgres(place), models: LOGS, migrations, longSteps: 'wait', logger, namespace })
        let isResumed = false
        try {
          await app.applyMigrations({ onProgress: (progress) => {
            told.push(progress)
            // Writing goes on, and with it the primary learns how far behind the standby is.
            if (progress.event === 'batch' && told.length === 2) return
            if (progress.event === 'paused' && !isResumed) {
              isResumed = true
              void standby.sql('SELECT pg_wal_replay_resume()')
            }
          } })
        } finally {
          await app.options.database.close()
        }
        return { told, lines: logger.lines }
      }
      // The lag is known once the standby has answered for something that it did not replay.
      for (let tries = 0; tries < 300; tries += 1) {
        const [row] = await primary.sql(`SELECT coalesce(max(extract(epoch FROM replay_lag)), 0) > 0.5 AS behind FROM pg_stat_replication`)
        if (row?.['behind'] === true) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const seen = await run(url, 'seen')
      const paused = seen.told.filter((progress) => progress.event === 'paused')
      assert.match(paused[0]?.reason ?? '', /standby the_standby is \d+\.\d s behind, more than 200 ms/)
      assert.ok(seen.lines.some((line) => line.startsWith('info Going on: backfill logs')), JSON.stringify(seen.lines))
      await primary.sql('UPDATE logs SET n = NULL', 'followed')
      const place = new URL(url)
      place.username = 'blind'
      const blind = await run(place.href, 'blind')
      assert.equal(blind.lines.filter((line) => /^warn .*may not see how far standbys are behind.*GRANT pg_monitor/.test(line)).length, 1, JSON.stringify(blind.lines))
      assert.deepEqual(await primary.sql('SELECT count(*)::int AS n FROM logs WHERE n = 1', 'followed'), [{ n: 40 }])
    } finally {
      await standby.stop()
      await primary.stop()
    }
  })
})
