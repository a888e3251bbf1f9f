// How fast a backfill goes at several paces, and what the queries of an application notice of it. See README.md.
import { parseArgs } from 'node:util'
import pg from 'pg'
import { fromSql } from '../dist/models/sql.js'
import { postgres } from '../dist/dialects/postgres/postgres.js'
import { isTrueupError, sql, trueup } from '../dist/index.js'
import { figure, judge, median, printTable } from './lib/report.ts'
import { freshDatabase, startBench } from './stall/database.ts'
import type { LoadJob, Sample } from './stall/load.ts'
import { startProgram } from './stall/process.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' }, rate: { type: 'string', default: '300' }, clients: { type: 'string', default: '24' }, major: { type: 'string', default: '18' },
    seconds: { type: 'string', default: '15' }, runs: { type: 'string', default: '3' }, pace: { type: 'string', multiple: true },
  },
})
const rows = Number(values.rows)
const seconds = Number(values.seconds)
type Pace = 'gentle' | 'full' | number
const paces = (values.pace ?? ['gentle', '0.25', '0.5', '0.75', 'full']).map((pace): Pace => (pace === 'gentle' || pace === 'full' ? pace : Number(pace)))

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const percentile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** The models are what the bench's database has. */
const MODELS = fromSql(`CREATE TABLE parents (id integer NOT NULL CONSTRAINT parents_pkey PRIMARY KEY, name text NOT NULL);
  CREATE TABLE items (id bigint NOT NULL CONSTRAINT items_pkey PRIMARY KEY, parent_id integer NOT NULL, n integer NOT NULL, amount integer NOT NULL, email text NOT NULL, label text, legacy text, note text, filled integer);
  CREATE TABLE elsewhere (id integer NOT NULL CONSTRAINT elsewhere_pkey PRIMARY KEY)`)

interface Walked {
  readonly rows: number
  readonly milliseconds: number
  readonly batches: number
}

/** Backfills all rows, or as many as there is time for. */
async function backfill(url: string, pace: Pace, limit: number | null): Promise<Walked> {
  const stop = new AbortController()
  const timer = limit === null ? undefined : setTimeout(() => stop.abort(), limit)
  const app = trueup({ database: postgres(url), models: MODELS, migrations: [{ id: 'fill', backfill: { table: 'items', set: sql`filled = n`, where: sql`filled IS NULL`, pace } }], logger: false })
  let done = 0
  let batches = 0
  let began = 0
  let ended = 0
  try {
    const onProgress = (progress: { readonly event: string; readonly rows?: number; readonly elapsed: number }): void => {
      if (progress.event === 'step') began = performance.now()
      if (progress.event !== 'batch') return
      done = progress.rows ?? 0
      batches += 1
      ended = performance.now()
    }
    await app.applyMigrations({ longSteps: 'wait', signal: stop.signal, onProgress }).catch((error: unknown) => {
      if (!isTrueupError(error) || error.code !== 'interrupted') throw error
    })
    return { rows: done, milliseconds: ended - began, batches }
  } finally {
    clearTimeout(timer)
    await app.options.database.close()
  }
}

async function oneUpdate(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const began = performance.now()
  await client.query('UPDATE items SET filled = n WHERE filled IS NULL')
  const took = performance.now() - began
  await client.end()
  return took
}

/** Latencies of the queries that were due while `work` ran, after a warm-up. */
async function underLoad<T>(url: string, work: () => Promise<T>): Promise<{ readonly result: T; readonly latencies: readonly number[]; readonly errors: number }> {
  const load = await startProgram('load', { url, rate: Number(values.rate), clients: Number(values.clients), rows } satisfies LoadJob)
  await sleep(2_000)
  const from = performance.timeOrigin + performance.now()
  const result = await work()
  const to = performance.timeOrigin + performance.now()
  load.line()
  const samples = (JSON.parse(await load.ended) as readonly Sample[]).filter(([due]) => due >= from && due <= to)
  return { result, latencies: samples.map(([, latency]) => latency).sort((a, b) => a - b), errors: samples.filter(([, , error]) => error !== null).length }
}

const server = await startBench(Number(values.major), rows)
let number = 0
const fresh = async (): Promise<{ readonly url: string; drop(): Promise<void> }> => {
  const name = `fill_${(number += 1)}`
  const url = await freshDatabase(server, name)
  await server.sql('CHECKPOINT')
  return { url, drop: async () => void (await server.sql(`DROP DATABASE ${name} WITH (FORCE)`)) }
}

async function on<T>(work: (url: string) => Promise<T>): Promise<T> {
  const place = await fresh()
  try {
    return await work(place.url)
  } finally {
    await place.drop()
  }
}

try {
  console.log(`${rows} rows, ${values.rate} queries a second over ${values.clients} connections; PostgreSQL ${values.major}`)
  const whole: number[] = []
  const full: number[] = []
  // In turn, so that what else the machine does falls on both alike.
  for (let run = 0; run < Number(values.runs); run += 1) {
    whole.push(await on(oneUpdate))
    full.push((await on((url) => backfill(url, 'full', null))).milliseconds)
  }
  printTable('Without load', [
    { what: 'one UPDATE of all rows', 'rows a second': Math.round((rows / median(whole)) * 1000), ms: Math.round(median(whole)) },
    { what: 'backfill at full throttle', 'rows a second': Math.round((rows / median(full)) * 1000), ms: Math.round(median(full)) },
  ])
  const table: Record<string, string | number>[] = []
  let idle = Number.NaN
  let gentle = Number.NaN
  const tell = (pace: string, walked: Walked | null, latencies: readonly number[], errors: number): number => {
    const p99 = percentile(latencies, 0.99)
    table.push({
      pace, 'rows a second': walked === null ? 0 : Math.round((walked.rows / walked.milliseconds) * 1000), 'rows a batch': walked === null ? 0 : Math.round(walked.rows / Math.max(1, walked.batches)),
      'p50 ms': percentile(latencies, 0.5), 'p99 ms': p99, 'longest ms': latencies.at(-1) ?? 0, 'p99 / idle': Number.isNaN(idle) ? 1 : p99 / idle, queries: latencies.length, errors,
    })
    return p99
  }
  const quiet = async (): Promise<number> => {
    const { latencies, errors } = await on((url) => underLoad(url, () => sleep(seconds * 1_000)))
    return tell('(none)', null, latencies, errors)
  }
  idle = await quiet()
  for (const pace of paces) {
    const { result, latencies, errors } = await on((url) => underLoad(url, () => backfill(url, pace, seconds * 1_000)))
    const p99 = tell(String(pace), result, latencies, errors)
    if (pace === 'gentle') gentle = p99
  }
  const again = await quiet()
  printTable('Under load', table)
  console.log('')
  judge('full throttle: time over that of one UPDATE', median(full) / median(whole), 2, ' ×')
  if (!Number.isNaN(gentle)) judge(`gentle: p99 over that of the worse of two idle arms (${figure(idle)} and ${figure(again)} ms)`, gentle / Math.max(idle, again), 1.5, ' ×')
} finally {
  await server.stop()
}
