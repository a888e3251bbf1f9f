import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Progress } from '../../src/api.ts'
import type { ApplyOptions, Migration, Report } from '../../src/index.ts'
import { isTrueupError, sql, trueup } from '../../src/index.ts'
import type { TrueupError } from '../../src/errors.ts'
import type { BackfillEntry } from '../../src/registry/registry.ts'
import { models, recorder, table } from '../start/sketches.ts'
import type { Place } from '../start/targets.ts'
import { targets } from '../start/targets.ts'

const ROWS = 40
const LOGS = models({ ...table('logs'), columns: [{ name: 'id', type: 'integer', notNull: true }, { name: 'n', type: 'integer' }, { name: 'a', type: 'integer' }] })

async function filled(place: Place): Promise<void> {
  await trueup({ database: place.database(), models: LOGS, longSteps: 'wait', logger: false }).applyMigrations()
  await place.script(...Array.from({ length: ROWS }, (_, i) => `INSERT INTO logs (id, n, a) VALUES (${i + 1}, ${i % 4 === 0 ? 'NULL' : '0'}, 1)`))
}

/** Whoever changes a row of the first 14, one of the last 14 needs it no more. */
const MEND = {
  postgres: [
    `CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE logs SET a = 2 WHERE id = 41 - new.id AND new.id <= 14 AND a = 1; RETURN NULL; END'`,
    'CREATE TRIGGER mend AFTER UPDATE OF n ON logs FOR EACH ROW EXECUTE FUNCTION mend()',
  ],
  sqlite: ['CREATE TRIGGER mend AFTER UPDATE OF n ON logs WHEN new.id <= 14 BEGIN UPDATE logs SET a = 2 WHERE id = 41 - new.id AND a = 1; END'],
} as const

type Fields = Partial<BackfillEntry['backfill']>
const entry = (more: Fields = {}): Migration => ({ id: 'fill', backfill: { table: 'logs', set: sql`n = coalesce(n, 0) + 1`, where: sql`a = 1`, batchSize: 7, pace: 'full', ...more } })

interface Start {
  readonly report: Report | null
  readonly error: TrueupError | null
  readonly told: readonly Progress[]
  readonly lines: readonly string[]
}

async function start(place: Place, migration: Migration, options: ApplyOptions & { readonly stopAt?: (progress: Progress) => boolean } = {}): Promise<Start> {
  const told: Progress[] = []
  const logger = recorder()
  const stop = new AbortController()
  const { stopAt, ...rest } = options
  const onProgress = (progress: Progress): void => {
    told.push(progress)
    if (stopAt?.(progress) === true) stop.abort()
  }
  const app = trueup({ database: place.database(), models: LOGS, migrations: [migration], longSteps: 'wait', logger })
  try {
    return { report: await app.applyMigrations({ ...rest, onProgress, signal: stop.signal }), error: null, told, lines: logger.lines }
  } catch (error) {
    if (!isTrueupError(error)) throw error
    return { report: null, error, told, lines: logger.lines }
  }
}

const values = async (place: Place): Promise<readonly (number | null)[]> => (await place.rows('SELECT n FROM logs ORDER BY id')).map((row) => (row['n'] === null ? null : Number(row['n'])))
const recorded = async (place: Place): Promise<{ readonly state: string; readonly rows: number }> => {
  const [row] = await place.rows(`SELECT state, rows FROM trueup_entries WHERE id = 'fill'`)
  return { state: String(row?.['state']), rows: Number(row?.['rows']) }
}
const timeIn = (hours: number): string => `${new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16)}`

for (const target of targets()) {
  describe(`${target.title}: how a backfill goes`, { concurrency: false }, () => {
    // PGlite runs the server's own code: what differs is how a message is sent and answered, and the first scenario shows that.
    const scenario = (title: string, work: (place: Place) => Promise<void>): void => void test(title, { skip: target.title === 'PGlite' && !title.startsWith('progress') && 'PGlite runs the same code of the server' }, async () => {
      const place = await target.place()
      try {
        await filled(place)
        await work(place)
      } finally {
        await place.close()
      }
    })

    scenario('progress tells rows, rate and time left; stopped in the middle, the count in the ledger is exact, and the next start goes on', async (place) => {
      let batches = 0
      const first = await start(place, entry(), { stopAt: (progress) => progress.event === 'batch' && (batches += 1) === 3 })
      assert.equal(first.error?.code, 'interrupted')
      assert.equal((await values(place)).filter((n) => n === 1).length, 21, JSON.stringify(await values(place)))
      assert.deepEqual(await recorded(place), { state: 'running', rows: 21 })
      const second = await start(place, entry())
      assert.deepEqual(second.report?.applied, ['fill'])
      assert.deepEqual([...new Set(await values(place))], [1])
      assert.deepEqual(await recorded(place), { state: 'applied', rows: ROWS })
      const told = second.told.filter((progress) => progress.event === 'batch')
      assert.equal(told.at(-1)?.rows, ROWS)
      assert.equal(told.at(-1)?.of, ROWS)
      assert.equal(told.at(-1)?.remaining, 0)
      assert.ok(told.some((progress) => (progress.rate ?? 0) > 0), JSON.stringify(told))
    })

    scenario('another pace is the same entry; another condition is not', async (place) => {
      await start(place, entry())
      const again = await start(place, entry({ pace: 0.5, batchSize: 3, batchTime: 10, maxReplicaLag: 100, window: { from: '00:00', to: '23:59' }, expect: 1 }))
      assert.equal(again.report?.outcome, 'current')
      assert.equal((await start(place, entry({ where: sql`a = 2` }))).error?.code, 'entry-changed')
    })

    scenario('outside of its hours it waits, says so, and parks when told to; within them it runs', async (place) => {
      const closed = entry({ window: { from: timeIn(2), to: timeIn(3) } })
      const first = await start(place, closed, { stopAt: (progress) => progress.event === 'paused' })
      assert.equal(first.error?.code, 'interrupted')
      assert.match(first.told.find((progress) => progress.event === 'paused')?.reason ?? '', /runs from \d\d:\d\d to \d\d:\d\d only \(UTC\)/)
      assert.ok(first.lines.some((line) => line.startsWith('info Paused: backfill logs')), JSON.stringify(first.lines))
      assert.ok((await values(place)).every((n) => n !== 1))
      const open = await start(place, entry({ window: { from: timeIn(-1), to: timeIn(1) } }))
      assert.deepEqual(open.report?.applied, ['fill'])
    })

    scenario('expected rows are counted before anything is written, and judged again afterwards', async (place) => {
      const wrong = await start(place, entry({ expect: { atMost: 39 } }))
      assert.equal(wrong.error?.code, 'rows-unexpected')
      assert.match(wrong.error?.message ?? '', /expects at most 39 rows of logs, and 40 need it\. Nothing was changed/)
      assert.ok((await values(place)).every((n) => n !== 1))
      // A trigger mends some rows behind its back: the count before was right, the end is not.
      await place.script(...MEND[target.dialect])
      const late = await start(place, entry({ expect: 40, set: sql`n = coalesce(n, 0) + 1` }))
      assert.equal(late.error?.code, 'rows-unexpected', String(late.report?.outcome))
      assert.match(late.error?.message ?? '', /expects 40 rows of logs, and has changed 26\. They stay changed/)
      assert.deepEqual(await recorded(place), { state: 'failed', rows: 26 })
      // Only what is expected was wrong: no row is done twice.
      const mended = await start(place, entry({ expect: { atLeast: 10, atMost: 26 }, set: sql`n = coalesce(n, 0) + 1` }))
      assert.deepEqual(mended.report?.applied, ['fill'], String(mended.error))
      assert.deepEqual(await recorded(place), { state: 'applied', rows: 26 })
      assert.equal((await values(place)).filter((n) => n === 1).length, 26)
    })

    scenario('one that fails on its way can be corrected and begins anew; uncorrected, it goes on where it failed', async (place) => {
      await place.script('UPDATE logs SET n = 0', 'UPDATE logs SET n = NULL WHERE id = 20')
      const broken = entry({ set: target.dialect === 'sqlite' ? sql`n = n + 1, id = CASE WHEN n IS NULL THEN 1 ELSE id END` : sql`n = n + 1, id = 1 / (CASE WHEN n IS NULL THEN 0 ELSE 1 END) * id` })
      const first = await start(place, broken)
      assert.equal(first.error?.code, 'entry-failed', String(first.error))
      assert.deepEqual(await recorded(place), { state: 'failed', rows: 14 })
      await place.script('UPDATE logs SET n = 0 WHERE id = 20')
      assert.deepEqual((await start(place, broken)).report?.applied, ['fill'])
      assert.deepEqual([...new Set(await values(place))], [1])
      assert.deepEqual(await recorded(place), { state: 'applied', rows: ROWS })
    })
  })
}
