// Introspection of 1,000 and of 10,000 tables beside pg_dump --schema-only of the same database.
// --quick leaves out the 10,000; --peers adds drizzle-kit pull, at 100 tables or as many as --peer-tables says (it takes minutes at 1,000).
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { processorTime } from './lib/cpu.ts'
import { figure, judge, median, printTable } from './lib/report.ts'
import { clientVersion, fill, ownFile, ownFolder, startServer } from './lib/server.ts'
import { sqlOf } from './lib/tables.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, peers: { type: 'boolean' }, 'peer-tables': { type: 'string', default: '100' } } })
const dumper = clientVersion('pg_dump')
const server = await startServer(14)
if (dumper === null || dumper < 14) console.log('pg_dump 14 or later is not installed: nothing to compare with')

interface Reading {
  readonly ms: number
  readonly tables: number
  readonly memory: number
}

function read(url: string): Reading & { readonly process: number } {
  const begin = performance.now()
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(new URL('./lib/read-child.mjs', import.meta.url)), url], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  // The child prints exactly this.
  return { ...(JSON.parse(stdout) as Reading), process: performance.now() - begin }
}

function dump(url: string): number | null {
  if (dumper === null || dumper < 14) return null
  const begin = performance.now()
  const { stderr, status } = spawnSync('pg_dump', ['--schema-only', '--file', '/dev/null', url], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return performance.now() - begin
}

/** @returns milliseconds of our reading, connection included */
async function measure(tables: number, runs: number): Promise<number> {
  const url = await server.createDatabase()
  await fill(url, sqlOf({ tables, unique: true }))
  dump(url)
  const readings: (Reading & { readonly process: number })[] = []
  const dumps: number[] = []
  const cost = { ours: [] as number[], theirs: [] as number[] }
  for (let run = 0; run < runs; run++) {
    cost.ours.push((await processorTime(server, () => readings.push(read(url)))) ?? 0)
    let took: number | null = null
    cost.theirs.push((await processorTime(server, () => (took = dump(url)))) ?? 0)
    if (took !== null) dumps.push(took)
  }
  const ours = median(readings.map((one) => one.ms))
  const theirs = dumps.length === 0 ? null : median(dumps)
  const memory = Math.max(...readings.map((one) => one.memory))
  printTable(`${tables} tables of 10 columns, 4 constraints, 4 indexes; ${server.title}, median of ${runs}`, [
    { what: 'trueup, connection included, driver loaded', ms: ours, 'of pg_dump': theirs === null ? null : ours / theirs },
    { what: 'trueup, the whole process', ms: median(readings.map((one) => one.process)), 'of pg_dump': theirs === null ? null : median(readings.map((one) => one.process)) / theirs },
    { what: `pg_dump ${dumper ?? ''} --schema-only`, ms: theirs, 'of pg_dump': theirs === null ? null : 1 },
    { what: 'processor time of client and server: trueup', ms: median(cost.ours), 'of pg_dump': theirs === null ? null : median(cost.ours) / median(cost.theirs) },
    { what: 'processor time of client and server: pg_dump', ms: theirs === null ? null : median(cost.theirs), 'of pg_dump': theirs === null ? null : 1 },
  ])
  console.log(`peak memory of the process: ${figure(memory)} MB; tables read: ${readings[0]?.tables ?? 0}`)
  if (theirs !== null) judge(`introspection of ${tables} tables beside pg_dump`, ours / theirs, 0.6, ' x')
  if (tables >= 10_000) judge('memory', memory, 300, ' MB')
  return ours
}

/** Reading few tables must not cost more because many others stand beside them. */
async function besideOthers(managed: number, others: number): Promise<void> {
  const url = await server.createDatabase()
  await fill(url, sqlOf({ tables: managed, unique: true }))
  const alone: number[] = []
  const beside: number[] = []
  for (let run = 0; run < 9; run++) alone.push(read(url).ms)
  await fill(url, sqlOf({ tables: others, unique: true }), 'others')
  for (let run = 0; run < 9; run++) beside.push(read(url).ms)
  printTable(`${managed} managed tables, without and with ${others} tables in a schema that is not managed; median of 9`, [
    { what: 'alone', ms: median(alone), ratio: 1 }, { what: `beside ${others} others`, ms: median(beside), ratio: median(beside) / median(alone) },
  ])
}

async function drizzleKit(tables: number): Promise<void> {
  const url = await server.createDatabase()
  await fill(url, sqlOf({ tables, unique: true }))
  const folder = ownFolder()
  const config = ownFile('drizzle.config.json', JSON.stringify({ dialect: 'postgresql', dbCredentials: { url }, out: folder }))
  const begin = performance.now()
  const program = fileURLToPath(new URL('./node_modules/drizzle-kit/bin.cjs', import.meta.url))
  const { status, stderr, stdout } = spawnSync(process.execPath, [program, 'pull', '--config', config], { encoding: 'utf8', cwd: folder })
  if (status !== 0) throw new Error(stderr || stdout)
  const took = performance.now() - begin
  const ours = read(url)
  printTable(`${tables} tables beside drizzle-kit pull (as a whole process each, one run)`, [
    { what: 'trueup, the whole process', ms: ours.process, ratio: 1 },
    { what: 'drizzle-kit pull', ms: took, ratio: took / ours.process },
  ])
}

try {
  const small = await measure(1_000, 5)
  if (values.peers === true) await drizzleKit(Number(values['peer-tables']))
  await besideOthers(50, values.quick === true ? 500 : 5_000)
  if (values.quick !== true) {
    const large = await measure(10_000, 3)
    console.log(`growth from 1,000 to 10,000 tables: ${figure(large / small)} x`)
  }
} finally {
  await server.stop()
}
