import type { TestServer } from '../../test/servers/postgres.ts'
import { freshDatabase, leftOvers } from './database.ts'
import type { Change, ChangeName } from './changes.ts'
import { CHANGES } from './changes.ts'
import type { Disturbance, DisturbanceName } from './disturbances.ts'
import { DISTURBANCES } from './disturbances.ts'
import type { LoadJob, Sample } from './load.ts'
import type { Job, Policy, Told } from './policies.ts'
import type { Program } from './process.ts'
import { startProgram } from './process.ts'
import type { Waits } from './waits.ts'
import { watchWaits } from './waits.ts'

export interface Options {
  readonly rows: number
  readonly rate: number
  readonly clients: number
  /** Milliseconds after which a change is given up. */
  readonly cap: number
  /** Milliseconds of load before a change begins: half of it warms up, half is the base line. */
  readonly before: number
  /** Milliseconds that a control arm lasts. */
  readonly control: number
}

/** What one change cost under one disturbance. Times in milliseconds. */
export interface Result {
  readonly disturbance: DisturbanceName
  /** `null`: the control arm, without any change. */
  readonly change: ChangeName | null
  readonly policy: Policy | 'control'
  readonly ok: boolean
  readonly time: number
  readonly attempts: number
  readonly longest: number
  readonly p99: number
  readonly baseP99: number
  /** Sum of the latencies of queries that took more than 20 ms and more than three times the base line's 99th percentile, in seconds. */
  readonly lost: number
  /** The longest time without any answer. */
  readonly gap: number
  readonly queries: number
  /** How long a query waited for somebody's lock. */
  readonly waits: Waits
  readonly errors: Readonly<Record<string, number>>
  readonly leftOvers: readonly string[]
  readonly error: string | null
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const clock = (): number => performance.timeOrigin + performance.now()
const MARGIN = { before: 50, after: 100 }
let number = 0

/** Runs one change by one policy under one disturbance, on a fresh copy of the database and under load. */
export async function runArm(server: TestServer, options: Options, disturbance: DisturbanceName, change: ChangeName | null, policy: Policy | 'control'): Promise<Result> {
  const name = `arm_${(number += 1)}`
  const url = await freshDatabase(server, name)
  const how: Disturbance = DISTURBANCES[disturbance]
  const loadJob: LoadJob = { url, rate: options.rate, clients: options.clients, rows: options.rows }
  const load = await startProgram('load', loadJob)
  // Several starters are a disturbance in themselves: those of the control arm find nothing to do.
  const job: Job = { url, change, policy: policy === 'control' ? 'trueup' : policy, cap: options.cap }
  const migrators = await Promise.all(Array.from({ length: change === null ? (how.instances ?? 0) : (how.instances ?? 1) }, () => startProgram('migrator', job)))
  let end = async (): Promise<void> => {}
  try {
    await sleep(options.before)
    end = (await how.begin?.(server, name)) ?? end
    const watch = await watchWaits(url)
    const began = clock()
    const told = await Promise.race([migrate(server, name, migrators, how), sleep(options.cap * 1.5).then(() => null)])
    if (change === null) await sleep(Math.max(0, options.control - (clock() - began)))
    const ended = clock()
    await sleep(MARGIN.after * 3)
    const waits = await watch.end()
    await end()
    load.line()
    const samples: readonly Sample[] = JSON.parse(await load.ended)
    const measured = measure(samples, began, ended, options.before)
    const left = await leftOvers(server, name)
    const isDone = change === null || (await server.sql((CHANGES[change] as Change).isDone, name))[0]?.['done'] === true
    const failures = (told ?? []).filter((one) => !one.ok)
    const error = told === null ? `not done within ${options.cap * 1.5} ms` : (failures[0]?.error ?? (isDone ? null : 'done by its own word only'))
    return {
      disturbance, change, policy, ok: told !== null && isDone && (policy !== 'trueup' || failures.length === 0), time: ended - began,
      attempts: Math.max(0, ...(told ?? []).map((one) => one.attempts)), ...measured, waits, leftOvers: left, error,
    }
  } finally {
    for (const program of [...migrators, load]) program.kill('SIGKILL')
    await end().catch(() => {})
    await server.sql(`DROP DATABASE ${name} WITH (FORCE)`)
  }
}

async function migrate(server: TestServer, name: string, migrators: readonly Program[], how: Disturbance): Promise<readonly Told[]> {
  for (const one of migrators) one.line()
  if (how.pause !== undefined) for (const one of migrators) await pauseWhereItHurts(server, name, one, how.pause)
  return Promise.all(migrators.map(async (one): Promise<Told> => {
    const line = await one.ended
    return line.startsWith('{') ? JSON.parse(line) : { ok: false, attempts: 0, milliseconds: 0, error: 'the process died' }
  }))
}

/** Stops a migrator in the moment in which it holds a lock on the table beyond those of queries, or where that is never seen, soon after its begin. */
async function pauseWhereItHurts(server: TestServer, name: string, migrator: Program, milliseconds: number): Promise<void> {
  const holds = "SELECT count(*)::integer AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.application_name IN ('trueup', 'migrator') AND l.relation = 'items'::regclass AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')"
  const began = Date.now()
  while (Date.now() - began < 700 && (await server.sql(holds, name))[0]?.['n'] === 0) await sleep(1)
  migrator.kill('SIGSTOP')
  await sleep(milliseconds)
  migrator.kill('SIGCONT')
}

function measure(samples: readonly Sample[], began: number, ended: number, before: number): Pick<Result, 'longest' | 'p99' | 'baseP99' | 'lost' | 'gap' | 'queries' | 'errors'> {
  const base = samples.filter(([due]) => due >= began - before / 2 && due < began - MARGIN.before).map(([, latency]) => latency)
  // A query that was due before the change began and answered after that may have been held up by it.
  const inside = samples.filter(([due, latency]) => due + latency >= began && due <= ended + MARGIN.after)
  const latencies = inside.map(([, latency]) => latency)
  const baseP99 = quantile(base, 0.99)
  const threshold = Math.max(20, 3 * baseP99)
  const answers = inside.map(([due, latency]) => due + latency).sort((a, b) => a - b)
  const errors: Record<string, number> = {}
  for (const [, , error] of inside) if (error !== null) errors[error] = (errors[error] ?? 0) + 1
  return {
    longest: Math.max(0, ...latencies), p99: quantile(latencies, 0.99), baseP99, queries: inside.length, errors,
    lost: latencies.filter((latency) => latency > threshold).reduce((sum, latency) => sum + latency, 0) / 1_000,
    gap: answers.reduce((longest, at, index) => Math.max(longest, index === 0 ? 0 : at - (answers[index - 1] ?? at)), 0),
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
