import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ApplyOptions, TrueupOptions } from '../../src/api.ts'
import { TrueupError, sql, trueup } from '../../src/index.ts'
import type { Migration } from '../../src/index.ts'
import type { Place } from './targets.ts'
import { models, recorder, table, targets } from './targets.ts'

const MEMORIES = table('memories', 'content')
const WITH_TASK = table('memories', 'content', 'task_id')
const TASK: Migration = { table: 'memories', column: 'task_id', type: 'text', nullable: true, description: 'Task ID for SSE streaming' }

type Options = Partial<Omit<TrueupOptions, 'database'>>

function app(place: Place, options: Options = {}): ReturnType<typeof trueup> {
  return trueup({ database: place.database(), models: models(WITH_TASK), logger: false, longSteps: 'wait', ...options })
}

const start = (place: Place, options: Options = {}, call: ApplyOptions = {}) => app(place, options).applyMigrations(call)
const older = (place: Place): Promise<void> => place.script('CREATE TABLE memories (id integer NOT NULL PRIMARY KEY, content text)', "INSERT INTO memories VALUES (1, 'one'), (2, 'two'), (3, 'three')")
const stateOf = async (place: Place, id: string, options: Options = {}): Promise<string | undefined> => (await app(place, options).status()).entries.find((entry) => entry.id === id)?.state

async function refusal(work: Promise<unknown>): Promise<TrueupError> {
  const error = await work.then(() => assert.fail('it should have been refused'), (reason: unknown) => reason)
  assert.ok(error instanceof TrueupError, String(error instanceof Error ? error.stack : error))
  return error
}

for (const target of targets()) {
  describe(target.title, { concurrency: false }, () => {
    const scenario = (title: string, play: (place: Place) => Promise<void>): void => {
      test(title, async () => {
        const place = await target.place()
        try {
          await play(place)
        } finally {
          await place.close()
        }
      })
    }

    scenario('a rollback undoes what the last run did, however quickly one follows another', async (place) => {
      await older(place)
      const chain: Migration[] = []
      for (let n = 0; n < 8; n += 1) {
        chain.push({ id: `touch-${n}`, up: sql`UPDATE memories SET content = content`, down: sql`UPDATE memories SET content = content`, check: sql`SELECT count(*) < 0 FROM memories` })
        await start(place, { models: models(MEMORIES), migrations: chain })
        assert.deepEqual((await app(place, { models: models(MEMORIES), migrations: chain }).rollback({ dryRun: true })).entries, [`touch-${n}`])
      }
      const all = await app(place, { models: models(MEMORIES), migrations: chain }).rollback({ entries: chain.map(({ id }) => id as string) })
      assert.deepEqual(all.entries, chain.map(({ id }) => id).toReversed())
    })

    scenario('a pending column entry claims its column and is recorded as applied', async (place) => {
      await older(place)
      const report = await start(place, { migrations: [TASK] })
      assert.equal(report.outcome, 'applied')
      assert.deepEqual(report.applied, ['memories.task_id'])
      assert.equal(report.steps.find((step) => step.entry === 'memories.task_id')?.phase, 'expand')
      assert.equal(await stateOf(place, 'memories.task_id', { migrations: [TASK] }), 'applied')
      assert.equal((await place.rows('SELECT count(*) AS n FROM memories WHERE task_id IS NULL'))[0]?.['n']?.toString(), '3')
    })

    scenario('a column that was there before is adopted, with the line of the original', async (place) => {
      await place.script('CREATE TABLE memories (id integer NOT NULL PRIMARY KEY, content text, task_id text)')
      const logger = recorder()
      const report = await start(place, { migrations: [TASK], logger })
      assert.deepEqual(report.adopted, ['memories.task_id'])
      assert.ok(logger.lines.includes('debug Column memories.task_id already exists in table memories - skipping'), logger.lines.join('\n'))
      assert.deepEqual(logger.lines.filter((line) => line.startsWith('info')), [
        'info Applying database migrations...', 'info Ensuring all tables exist...', 'info ✅ Tables verified', 'info Applying incremental migrations...', 'info ✅ Migrations applied',
      ])
      const again = recorder()
      assert.equal((await start(place, { migrations: [TASK], logger: again })).outcome, 'current')
      assert.ok(again.lines.includes('debug Column memories.task_id already exists in table memories - skipping'))
    })

    scenario('entry and model that disagree are refused, and both are shown', async (place) => {
      await older(place)
      const wrong: Migration = { ...TASK, type: 'integer', default: 7 }
      const error = await refusal(start(place, { migrations: [wrong] }))
      assert.equal(error.code, 'plan-refused')
      assert.match(error.message, /entry memories\.task_id: type: says integer, and the model of memories says text/i)
      assert.deepEqual(await place.rows('SELECT * FROM memories WHERE id = 1').then((rows) => Object.keys(rows[0] ?? {})), ['id', 'content'])
    })

    scenario('an unknown table is named before anything is changed', async (place) => {
      const error = await refusal(start(place, { migrations: [{ table: 'memoires', column: 'x', type: 'text' }] }))
      assert.match(error.message, /entry memoires\.x: table: names table memoires, which is neither in the models nor in the database/)
      assert.equal((await app(place).status()).entries.length, 0)
    })

    scenario('fresh: tables of this run need no backfill, and a SQL entry says what it needs', async (place) => {
      const migrations: Migration[] = [
        TASK,
        { id: 'only-old', up: sql`INSERT INTO memories (id, content) VALUES (1, ${'never'})`, fresh: 'skip' },
        { id: 'seed', up: sql`INSERT INTO memories (id, content) VALUES (10, ${"O'Reilly"})`, fresh: 'run' },
        { id: 'fill', backfill: { table: 'memories', set: sql`task_id = ${'x'}`, where: sql`task_id IS NULL` } },
      ]
      const report = await start(place, { migrations })
      assert.deepEqual([...report.notNeeded].sort(), ['fill', 'only-old'])
      assert.deepEqual([...report.applied].sort(), ['memories.task_id', 'seed'])
      assert.deepEqual((await place.rows('SELECT id, content FROM memories')).map((row) => [Number(row['id']), row['content']]), [[10, "O'Reilly"]])
      assert.equal((await start(place, { migrations })).outcome, 'current')
    })

    scenario('a database that was in line before its first start gets a ledger, so that the next start does not read everything', async (place) => {
      await start(place, {})
      for (const name of ['steps', 'pairs', 'entries', 'runs', 'state']) await place.script(`DROP TABLE trueup_${name}`)
      assert.equal((await start(place, {})).outcome, 'current')
      assert.equal((await place.rows('SELECT fingerprint, digest FROM trueup_pairs')).length, 1)
      assert.deepEqual(await place.rows('SELECT id FROM trueup_runs'), [])
      assert.deepEqual((await start(place, { migrations: [TASK] })).adopted, ['memories.task_id'])
    })

    scenario('an existing database without a ledger: columns are adopted, entries with check or where run, opaque ones are refused with both ways out', async (place) => {
      await place.script('CREATE TABLE memories (id integer NOT NULL PRIMARY KEY, content text, task_id text)', "INSERT INTO memories VALUES (1, 'one', NULL)")
      const opaque: Migration = { id: 'opaque', up: sql`UPDATE memories SET content = ${'two'}`, fresh: 'run' }
      const error = await refusal(start(place, { migrations: [TASK, opaque] }))
      assert.equal(error.code, 'existing-database')
      assert.match(error.message, /entry opaque/)
      assert.match(error.problems[0]?.hint ?? '', /check.*trueup baseline/)
      const migrations: Migration[] = [
        TASK,
        { id: 'checked', up: sql`UPDATE memories SET content = ${'two'}`, check: sql`SELECT count(*) FROM memories WHERE content = ${'two'}` },
        { id: 'there', up: sql`UPDATE memories SET content = ${'three'}`, check: sql`SELECT 1` },
        { id: 'fill', backfill: { table: 'memories', set: sql`task_id = ${'t'}`, where: sql`task_id IS NULL` } },
      ]
      const report = await start(place, { migrations })
      assert.deepEqual([...report.adopted].sort(), ['memories.task_id', 'there'])
      assert.deepEqual([...report.applied].sort(), ['checked', 'fill'])
      assert.deepEqual((await place.rows('SELECT content, task_id FROM memories'))[0], { content: 'two', task_id: 't' })
    })

    scenario('baseline puts an existing database under trueup without touching it', async (place) => {
      await older(place)
      const opaque: Migration = { id: 'opaque', up: sql`UPDATE memories SET content = ${'changed'}`, fresh: 'run' }
      const report = await app(place, { migrations: [opaque], models: models(MEMORIES) }).baseline()
      assert.deepEqual(report.baselined, ['opaque'])
      assert.equal((await start(place, { migrations: [opaque], models: models(MEMORIES) })).applied.length, 0)
      assert.equal((await place.rows("SELECT count(*) AS n FROM memories WHERE content = 'changed'"))[0]?.['n']?.toString(), '0')
    })

    scenario('code runs in a transaction with its ledger row; when it throws, neither stays', async (place) => {
      await older(place)
      const failing: Migration = { id: 'code', fresh: 'run', check: sql`SELECT 1 WHERE 1 = 0`, run: async ({ execute }) => {
        await execute(sql`UPDATE memories SET content = ${'lost'}`)
        throw new Error('no luck')
      } }
      const error = await refusal(start(place, { models: models(MEMORIES), migrations: [failing] }))
      assert.equal(error.code, 'entry-failed')
      assert.match(error.message, /no luck/)
      assert.equal((await place.rows("SELECT count(*) AS n FROM memories WHERE content = 'lost'"))[0]?.['n']?.toString(), '0')
      assert.equal(await stateOf(place, 'code', { models: models(MEMORIES), migrations: [failing] }), 'failed')
      const mended: Migration = { id: 'code', fresh: 'run', check: sql`SELECT 1 WHERE 1 = 0`, run: async ({ execute }) => {
        assert.equal(await execute(sql`UPDATE memories SET content = ${'kept'}`), 3)
      } }
      const report = await start(place, { models: models(MEMORIES), migrations: [mended] })
      assert.deepEqual(report.applied, ['code'])
      assert.equal((await place.rows("SELECT count(*) AS n FROM memories WHERE content = 'kept'"))[0]?.['n']?.toString(), '3')
    })

    scenario('a failing SQL entry leaves schema and ledger as before plus one failure record; mended, the next start goes through', async (place) => {
      await older(place)
      const broken: Migration = { id: 'broken', up: ["UPDATE memories SET content = 'half'", 'UPDATE no_such_table SET a = 1'], check: 'SELECT 1 WHERE 1 = 0' }
      const error = await refusal(start(place, { models: models(MEMORIES), migrations: [broken] }))
      assert.equal(error.code, 'entry-failed')
      assert.match(error.message, /no_such_table/)
      assert.equal((await place.rows("SELECT count(*) AS n FROM memories WHERE content = 'half'"))[0]?.['n']?.toString(), '0')
      const [run] = await app(place, { models: models(MEMORIES), migrations: [broken] }).history()
      assert.equal(run?.outcome, 'failed')
      assert.equal(run?.steps.filter((step) => step.outcome === 'failed').length, 1)
      const report = await start(place, { models: models(MEMORIES), migrations: [{ ...broken, up: "UPDATE memories SET content = 'whole'" }] })
      assert.deepEqual(report.applied, ['broken'])
    })

    scenario('line endings and descriptions do not change an entry; its SQL does', async (place) => {
      await older(place)
      const one: Migration = { id: 'one', up: "UPDATE memories\r\n SET content = 'x'", check: 'SELECT 1 WHERE 1 = 0', description: 'first' }
      await start(place, { models: models(MEMORIES), migrations: [one] })
      const same: Migration = { ...one, up: "UPDATE memories\n SET content = 'x'", description: 'second' }
      assert.equal((await start(place, { models: models(MEMORIES), migrations: [same] })).applied.length, 0)
      const error = await refusal(start(place, { models: models(MEMORIES), migrations: [{ ...one, up: "UPDATE memories SET content = 'y'" }] }))
      assert.equal(error.code, 'entry-changed')
    })

    scenario('a removed entry is a warning, never a failure', async (place) => {
      await start(place, { migrations: [TASK, { id: 'gone', up: 'UPDATE memories SET content = content', fresh: 'run' }] })
      const logger = recorder()
      const next: Migration = { id: 'next', up: 'UPDATE memories SET content = content', fresh: 'run' }
      const report = await start(place, { migrations: [TASK, next], logger })
      assert.deepEqual(report.applied, ['next'])
      assert.ok(logger.lines.some((line) => line.startsWith('warn') && line.includes('entry gone')), logger.lines.join('\n'))
      assert.equal(await stateOf(place, 'gone', { migrations: [TASK, next] }), 'orphaned')
    })

    scenario('ahead: an older build adds nothing back, and is refused unless every unknown entry is compatible', async (place) => {
      await older(place)
      const renamed = models(table('memories', 'body', 'task_id'))
      await start(place, { migrations: [TASK] })
      await start(place, { models: renamed, migrations: [TASK, { rename: { table: 'memories', column: 'content', to: 'body' } }], build: '2.0' })
      const error = await refusal(start(place, { migrations: [TASK], build: '1.0' }))
      assert.equal(error.code, 'database-ahead')
      assert.match(error.message, /build 2\.0/)
      const report = await start(place, { migrations: [TASK], onAhead: 'tolerate' })
      assert.equal(report.outcome, 'current')
      assert.equal(report.ahead.length, 1)
      assert.deepEqual(Object.keys((await place.rows('SELECT * FROM memories'))[0] ?? {}).sort(), ['body', 'id', 'task_id'])
    })

    scenario('a rename is an entry: the rows stay; an undeclared one adds, keeps, and tells', async (place) => {
      await older(place)
      const body = models(table('memories', 'body'))
      const undeclared = await start(place, { models: body })
      assert.equal(undeclared.outcome, 'applied')
      const check = await app(place, { models: body }).check()
      const extra = check.drift.find((item) => item.kind === 'extra' && item.object.includes('content'))
      assert.equal(extra?.rows, 3, JSON.stringify(check.drift))
      assert.match(extra?.message ?? '', /3 rows hold a value/)
    })

    scenario('rolled back entries are held until they change or are asked for', async (place) => {
      await older(place)
      await start(place, { migrations: [TASK] })
      const dry = await app(place, { migrations: [TASK] }).rollback({ dryRun: true })
      assert.deepEqual(dry.entries, ['memories.task_id'])
      assert.match(dry.steps[0]?.statements.join('') ?? '', /DROP COLUMN/)
      await app(place, { migrations: [TASK] }).rollback()
      assert.deepEqual(Object.keys((await place.rows('SELECT * FROM memories'))[0] ?? {}).sort(), ['content', 'id'])
      const held = await start(place, { migrations: [TASK] })
      assert.deepEqual(held.held, ['memories.task_id'])
      assert.deepEqual(Object.keys((await place.rows('SELECT * FROM memories'))[0] ?? {}).sort(), ['content', 'id'])
      const back = await start(place, { migrations: [TASK] }, { include: ['memories.task_id'] })
      assert.deepEqual(back.applied, ['memories.task_id'])
      await app(place, { migrations: [TASK] }).rollback()
      const changed: Migration = { ...TASK, default: 'none' }
      const model = models({ ...WITH_TASK, columns: WITH_TASK.columns.map((one) => (one.name === 'task_id' ? { ...one, default: "'none'" } : one)) })
      assert.deepEqual((await start(place, { models: model, migrations: [changed] })).applied, ['memories.task_id'])
    })

    scenario('what plan prints is what apply sends, and the second plan is empty', async (place) => {
      await older(place)
      const migrations: Migration[] = [TASK, { id: 'fill', backfill: { table: 'memories', set: sql`task_id = ${'a;b'}`, where: sql`task_id IS NULL`, batchSize: 2 } }]
      const plan = await app(place, { migrations }).plan()
      const report = await start(place, { migrations })
      assert.deepEqual(report.steps.map((step) => step.title), plan.steps.map((step) => step.title))
      const [run] = await app(place, { migrations }).history()
      const sent = run?.steps.map((step) => step.sql) ?? []
      for (const step of plan.steps) assert.ok(sent.includes(step.statements.join(';\n')), `${step.title} was not sent as printed`)
      const second = await app(place, { migrations }).plan()
      assert.deepEqual([second.steps, second.adopt, second.pending], [[], [], []])
      assert.equal((await place.rows("SELECT count(*) AS n FROM memories WHERE task_id = 'a;b'"))[0]?.['n']?.toString(), '3')
    })

    scenario('a ledger of another application or environment is refused', async (place) => {
      await start(place, { application: 'memstack', environment: 'production' })
      assert.equal((await refusal(start(place, { application: 'other' }))).code, 'ledger-foreign')
      assert.equal((await refusal(start(place, { application: 'memstack', environment: 'staging' }))).code, 'ledger-foreign')
      assert.equal((await start(place, { application: 'memstack', environment: 'production' })).outcome, 'current')
      const apart = await start(place, { application: 'other', namespace: 'other', models: models(table('others', 'x')) })
      assert.equal(apart.outcome, 'applied')
    })

    scenario('a stop signal parks between two steps, and the next start goes on', async (place) => {
      await older(place)
      const stop = new AbortController()
      const migrations: Migration[] = [
        { id: 'first', check: 'SELECT 1 WHERE 1 = 0', run: () => stop.abort() },
        { id: 'second', check: 'SELECT 1 WHERE 1 = 0', up: "UPDATE memories SET content = 'second'" },
      ]
      const error = await refusal(start(place, { models: models(MEMORIES), migrations, signal: stop.signal }))
      assert.equal(error.code, 'interrupted')
      assert.deepEqual((await start(place, { models: models(MEMORIES), migrations })).applied, ['second'])
    })
  })
}
