// How long queries wait while the schema is changed. See README.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { figure, printTable } from './lib/report.ts'
import type { Options, Result } from './stall/arm.ts'
import { runArm } from './stall/arm.ts'
import type { ChangeName } from './stall/changes.ts'
import { CHANGES } from './stall/changes.ts'
import { startBench } from './stall/database.ts'
import type { DisturbanceName } from './stall/disturbances.ts'
import { DISTURBANCES } from './stall/disturbances.ts'
import { judgeMedians, printMedians } from './stall/medians.ts'
import type { TestServer } from '../test/servers/postgres.ts'
import { POLICIES } from './stall/policies.ts'
import type { Policy } from './stall/policies.ts'
import { slowIn } from './stall/waits.ts'

const { values } = parseArgs({
  options: {
    change: { type: 'string', multiple: true }, disturbance: { type: 'string', multiple: true }, policy: { type: 'string', multiple: true },
    rows: { type: 'string', default: '200000' }, repeat: { type: 'string', default: '1' }, rate: { type: 'string', default: '300' }, clients: { type: 'string', default: '24' }, cap: { type: 'string', default: '40000' },
    // The control arm lasts as long as two turns of the slowest disturbance.
    before: { type: 'string', default: '2500' }, control: { type: 'string', default: '7000' }, major: { type: 'string', default: '18' }, json: { type: 'string' }, all: { type: 'boolean', default: false }, show: { type: 'string', multiple: true },
  },
})

const changes = chosen('change', values.change, Object.keys(CHANGES) as ChangeName[])
const disturbances = chosen('disturbance', values.disturbance, Object.keys(DISTURBANCES) as DisturbanceName[])
const policies = chosen('policy', values.policy, POLICIES)
const options: Options = { rows: Number(values.rows), rate: Number(values.rate), clients: Number(values.clients), cap: Number(values.cap), before: Number(values.before), control: Number(values.control) }
const repeat = Math.max(1, Number(values.repeat))
const isWhole = values.all || values.change !== undefined || values.policy !== undefined

function chosen<T extends string>(what: string, given: readonly string[] | undefined, known: readonly T[]): readonly T[] {
  const unknown = (given ?? []).filter((one) => !known.some((name) => name === one))
  if (unknown.length > 0) throw new Error(`unknown ${what} ${unknown.join(', ')}: there are ${known.join(', ')}`)
  return given === undefined ? known : known.filter((name) => given.includes(name))
}

/** Without a choice the others run where they tell most: one change everywhere, the naive statement of every change in two disturbances. `--all` runs everything. */
function isTold(policy: Policy, change: ChangeName, disturbance: DisturbanceName): boolean {
  return isWhole || policy === 'trueup' || change === 'add-column' || (policy === 'naive' && (disturbance === 'quiet' || disturbance === 'idle-reader'))
}

interface Kept {
  readonly options: Options
  readonly major: number
  readonly results: readonly Result[]
}

const began = Date.now()
const results: Result[] = []
if (values.show !== undefined) {
  // Parts of a long run, measured one after the other.
  for (const file of values.show) results.push(...(JSON.parse(readFileSync(file, 'utf8')) as Kept).results)
  for (const disturbance of disturbances.filter((name) => results.some((one) => one.disturbance === name))) print(disturbance)
} else await measureAll()

async function measureAll(): Promise<void> {
  console.log(`${options.rows} rows, ${options.rate} queries a second over ${options.clients} connections, half of them with prepared statements; PostgreSQL ${values.major}`)
  const server = await startBench(Number(values.major), options.rows)
  try {
    for (const disturbance of disturbances) {
      for (let turn = 0; turn < repeat; turn += 1) await measureUnder(server, disturbance)
      print(disturbance)
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), options, major: Number(values.major), results }, null, 1)}\n`)
    }
  } finally {
    await server.stop()
  }
}

async function measureUnder(server: TestServer, disturbance: DisturbanceName): Promise<void> {
  results.push(await runArm(server, options, disturbance, null, 'control'))
  for (const change of changes) {
    for (const policy of policies.filter((one) => isTold(one, change, disturbance))) {
      const result = await runArm(server, options, disturbance, change, policy)
      results.push(result)
      console.log(`${disturbance} / ${change} / ${policy}: longest ${figure(result.longest)} ms, ${figure(result.waits.table)} ms of it for a table's lock, lost ${figure(result.lost)} query-seconds, ${result.ok ? 'done' : 'NOT done'} in ${figure(result.time)} ms${result.error === null ? '' : ` (${result.error.slice(0, 200)})`}`)
    }
  }
}

function print(disturbance: DisturbanceName): void {
  printTable(DISTURBANCES[disturbance].title, results.filter((one) => one.disturbance === disturbance).map((one) => ({
    change: one.change ?? '(none)', policy: one.policy, done: one.ok ? 'yes' : 'NO', 'time ms': Math.round(one.time), attempts: one.attempts, 'longest ms': one.longest, 'p99 ms': one.p99, 'base p99': one.baseP99,
    'waited ms': `${Math.round(one.waits.table)}/${Math.round(one.waits.row)}`, 'lost q·s': one.lost, 'slow in': slowIn(one.waits), 'gap ms': one.gap, queries: one.queries, errors: Object.entries(one.errors).map(([code, count]) => `${code}×${count}`).join(' '), 'left over': one.leftOvers.join(', '),
  })))
}

if (repeat > 1 || values.show !== undefined) printMedians(results)
console.log('')
judgeMedians(results)
if (values.show === undefined) console.log(`${results.length} arms in ${Math.round((Date.now() - began) / 1000)} s`)
