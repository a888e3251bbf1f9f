// Makes one change by one policy, as a process of its own: `node migrator.ts '<Job as JSON>'`. Waits for a line before it begins.
import { constants, setPriority } from 'node:os'
import pg from 'pg'
import { postgres } from '../../dist/dialects/postgres/postgres.js'
import { isTrueupError, trueup } from '../../dist/index.js'
import type { Change } from './changes.ts'
import { CHANGES, NOTHING } from './changes.ts'
import type { Job, Policy, Told } from './policies.ts'

type Made = Pick<Told, 'attempts'>

const job: Job = JSON.parse(process.argv[2] ?? '')
const change: Change = job.change === null ? NOTHING : CHANGES[job.change]

const MAKE: { readonly [P in Policy]: () => Promise<Made> } = {
  trueup: async () => {
    const app = trueup({ database: postgres(job.url), models: change.models, migrations: change.migrations, logger: false, waitForLock: job.cap })
    try {
      const allow = change.allow ?? 'online'
      const confirm = allow === 'destructive' ? { confirm: (await app.plan({ allow })).hash } : {}
      const report = await app.applyMigrations({ allow, longSteps: 'wait', ...confirm })
      if (report.pending.length > 0) throw new Error(`refused: ${report.pending.map((item) => item.title).join(', ')}`)
      return { attempts: Math.max(1, ...report.steps.map((step) => step.attempts)) }
    } finally {
      await app.close()
    }
  },
  naive: () => withClient(async (client) => {
    await client.query(change.naive)
    return { attempts: 1 }
  }),
  /** What most guides advise: a lock time-out, and again a second later. */
  retries: () => withClient(async (client) => {
    const began = Date.now()
    await client.query("SET lock_timeout = '500ms'")
    for (let attempts = 1; ; attempts += 1) {
      try {
        await client.query(change.naive)
        return { attempts }
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || !['55P03', '40P01'].includes(error.code ?? '') || Date.now() - began > job.cap) throw error
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
    }
  }),
  /** A migration of TypeORM's, run as it runs them: all in one transaction, with a turn for each statement. */
  typeorm: async () => {
    await import('reflect-metadata')
    const { DataSource } = await import('typeorm')
    const made = class {
      readonly name = 'Bench1700000000000'
      up = async (runner: { query(text: string): Promise<unknown> }): Promise<void> => void (await runner.query(change.naive))
      down = async (): Promise<void> => {}
    }
    Object.defineProperty(made, 'name', { value: 'Bench1700000000000' })
    const source = await new DataSource({ type: 'postgres', url: job.url, migrations: [made], entities: [], applicationName: 'migrator' }).initialize()
    try {
      await source.runMigrations()
      return { attempts: 1 }
    } finally {
      await source.destroy()
    }
  },
}

async function withClient(work: (client: pg.Client) => Promise<Made>): Promise<Made> {
  const client = new pg.Client({ connectionString: job.url, application_name: 'migrator' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

await main()

async function main(): Promise<void> {
  // A program that migrates runs on a machine of its own: here it shall take no processor from the server and the load.
  setPriority(constants.priority.PRIORITY_LOW)
  // TypeORM is loaded before the clock starts.
  if (job.policy === 'typeorm') await import('typeorm')
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdin.destroy()
  const began = performance.now()
  const tell = (told: Omit<Told, 'milliseconds'>): void => void process.stdout.write(`${JSON.stringify({ ...told, milliseconds: performance.now() - began })}\n`)
  try {
    tell({ ok: true, error: null, ...(await MAKE[job.policy]()) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const attempts = isTrueupError(error) ? Number(error.details['attempts'] ?? 1) : 1
    tell({ ok: false, attempts, error: isTrueupError(error) ? `${error.code}: ${message}` : message })
    process.exitCode = 1
  }
}
