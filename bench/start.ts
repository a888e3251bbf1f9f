// A start with nothing to do, connection included: client-to-server turns, time, and the server's own time.
import pg from 'pg'
import { startProxy } from '../test/servers/proxy.ts'
import { drizzleStart, knexStart, kyselyStart, MIGRATIONS, trueupStart, typeormStart, type Start } from './lib/contenders.ts'
import { startTimeRelay, TELL_DURATIONS } from './lib/relay.ts'
import { interleaved, judge, median, printTable } from './lib/report.ts'
import { fill, startServer } from './lib/server.ts'
import { sqlOf } from './lib/tables.ts'

const RUNS = 15
const server = await startServer(18)
const proxy = await startProxy({ host: server.host, port: server.port })
const relay = await startTimeRelay({ host: server.host, port: server.port })

/** The turns of `SELECT 1` on a connection of its own: connection set-up, one round trip, the farewell. */
const select: Start = async (url) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('SELECT 1')
  await client.end()
}

async function turnsOf(start: Start, url: string): Promise<{ readonly turns: number; readonly connections: number }> {
  proxy.reset()
  await start(proxy.url(url))
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { turns: proxy.turns(), connections: proxy.connections() }
}

async function serverTime(start: Start, url: string): Promise<number> {
  const told: number[] = []
  for (let run = 0; run < 7; run++) {
    relay.take()
    await start(relay.url(url))
    told.push(relay.take().ms)
  }
  return median(told)
}

async function measure(tables: number): Promise<void> {
  const starts: Readonly<Record<string, Start>> = {
    'select 1 (for scale)': select, 'trueup, drift check included': trueupStart({ tables }), 'drizzle-orm migrate': drizzleStart(),
    'Kysely Migrator': kyselyStart(), 'Knex migrate:latest': knexStart(), 'TypeORM runMigrations': typeormStart(),
  }
  const template = `filled_${tables}`
  await fill(await server.createDatabase(template), sqlOf({ tables }))
  const urls: Record<string, string> = {}
  const rows: Record<string, { turns: number; connections: number; server: number }> = {}
  for (const [name, start] of Object.entries(starts)) {
    const database = `start_${tables}_${Object.keys(urls).length}`
    await server.sql(`CREATE DATABASE ${database} TEMPLATE ${template}`)
    const url = (urls[name] = server.url(database))
    await start(url) // the first start records what is there
    await start(url)
    const counted = await turnsOf(start, url)
    for (const setting of TELL_DURATIONS) await server.sql(`ALTER DATABASE "${database}" SET ${setting}`)
    rows[name] = { ...counted, server: await serverTime(start, url) }
    for (const setting of TELL_DURATIONS) await server.sql(`ALTER DATABASE "${database}" RESET ${setting.split(' ')[0]}`)
  }
  const times = await interleaved(RUNS, Object.fromEntries(Object.entries(starts).map(([name, start]) => [name, () => start(urls[name] ?? '')])))
  const ours = times['trueup, drift check included'] ?? 0
  printTable(`A start with nothing to do; ${tables} tables, ${MIGRATIONS} migrations behind it; ${server.title}, median of ${RUNS} interleaved runs`,
    Object.entries(rows).map(([name, row]) => ({ who: name, turns: row.turns, connections: row.connections, ms: times[name] ?? 0, 'server ms': row.server, 'x of trueup': (times[name] ?? 0) / ours, 'ms, 10 ms away': (times[name] ?? 0) + 10 * row.turns })))
  judge(`turns at ${tables} tables, beside those of a connection and one SELECT`, (rows['trueup, drift check included']?.turns ?? 0) - (rows['select 1 (for scale)']?.turns ?? 0), 0, '')
}

try {
  await measure(100)
  await measure(1_000)
  console.log('\nturns: bursts of client bytes that followed server bytes, counted by a relay; the farewell counts as one.')
  console.log('ms, 10 ms away: what the same start takes over a network with 10 ms a turn (computed: ms + 10 × turns).')
  console.log('server ms: the sum of what the server itself reports for each message (log_min_duration_statement = 0), without fork and authentication.')
} finally {
  await proxy.close()
  await relay.close()
  await server.stop()
}
