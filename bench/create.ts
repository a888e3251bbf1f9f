// 1,000 tables created on an empty database, beside psql with the same SQL in one transaction.
import { spawnSync } from 'node:child_process'
import { fromSnapshot, toSnapshot } from '../dist/models/snapshot.js'
import { postgres } from '../dist/dialects/postgres/postgres.js'
import { trueup } from '../dist/index.js'
import type { ModelSource } from '../src/models/source.ts'
import { processorTime } from './lib/cpu.ts'
import { judge, median, printTable } from './lib/report.ts'
import { clientVersion, ownFile, startServer } from './lib/server.ts'
import { schemaOf, sqlOf } from './lib/tables.ts'

const TABLES = 1_000
const RUNS = 5
const shape = { tables: TABLES }
const server = await startServer(18)
const script = ownFile('create.sql', sqlOf(shape).join('\n'))
const structured: ModelSource = { title: 'made-up models', declare: () => ({ form: 'schema', schema: schemaOf(shape) }) }

async function ours(models: ModelSource): Promise<number> {
  const url = await server.createDatabase()
  const database = postgres(url)
  const app = trueup({ database, models, logger: false })
  const begin = performance.now()
  await app.applyMigrations()
  await app.close()
  const took = performance.now() - begin
  const [row] = await server.sql(`SELECT count(*)::int AS n FROM pg_tables WHERE tablename LIKE 'item%'`, decodeURIComponent(new URL(url).pathname.slice(1)))
  if (row?.['n'] !== TABLES) throw new Error(`${String(row?.['n'])} tables instead of ${TABLES}`)
  return took
}

async function psql(): Promise<number> {
  const url = await server.createDatabase()
  const begin = performance.now()
  const { status, stderr } = spawnSync('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-f', script, url], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - begin
}

type Who = 'psql' | 'models' | 'snapshot'
const times: Readonly<Record<Who, number[]>> = { psql: [], models: [], snapshot: [] }
const costs: Readonly<Record<Who, number[]>> = { psql: [], models: [], snapshot: [] }

async function record(who: Who, work: () => Promise<number>): Promise<void> {
  costs[who].push((await processorTime(server, async () => times[who].push(await work()))) ?? 0)
}

/** The median of the rounds' ratios: what else the machine does in a round falls on all alike. */
const ratio = (list: Readonly<Record<Who, number[]>>, who: Who): number | null =>
  list.psql.length === 0 ? null : median(list[who].map((one, round) => one / (list.psql[round] ?? one)))

const row = (what: string, who: Who) => ({
  what, ms: times[who].length === 0 ? null : median(times[who]), 'of psql': ratio(times, who), 'processor ms': costs[who].length === 0 ? null : median(costs[who]), 'of psql ': ratio(costs, who),
})

try {
  const version = clientVersion('psql')
  if (version === null) console.log('psql is not installed: nothing to compare with')
  const snapshot = fromSnapshot(toSnapshot(schemaOf(shape), 'postgres'))
  for (let run = 0; run < RUNS; run++) {
    if (version !== null) await record('psql', psql)
    await record('models', () => ours(structured))
    await record('snapshot', () => ours(snapshot))
  }
  printTable(`${TABLES} tables of 10 columns, primary key, foreign key, check, two indexes; ${server.title}, median of ${RUNS} rounds`, [
    row('trueup, structured models, read back and recorded', 'models'),
    row('trueup, snapshot, read back and recorded', 'snapshot'),
    row(`psql ${version ?? ''} -1 -f`, 'psql'),
  ])
  const found = ratio(times, 'models')
  if (found !== null) judge(`creating ${TABLES} tables beside psql`, found, 1.5, ' x')
} finally {
  await server.stop()
}
