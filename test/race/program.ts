// What a service does at its start, as a process of its own: `node program.mjs '<Job as JSON>'`.
import type { Database } from '../../src/dialects/dialect.ts'
import type { TrueupOptions } from '../../src/api.ts'
import { isTrueupError, trueup } from '../../src/index.ts'
import type { DialectName, Work } from './scenarios.ts'
import { SLOW } from '../background/older.ts'
import { RECIPES, startRecipe } from '../crash/recipes.ts'
import { play } from './scenarios.ts'

export interface Job {
  readonly url: string
  readonly dialect: DialectName
  readonly work: Work
  /** Plays a recipe of `crash/recipes.ts` instead of the usual scenario. */
  readonly recipe?: string
  /** Options of trueup beside database, models and migrations. */
  readonly options?: Partial<Pick<TrueupOptions, 'application' | 'connectTimeout' | 'waitForLock' | 'lockTimeout' | 'build' | 'longSteps'>>
  /** Plays `SLOW` of `background/older.ts`, and stays after the start, as a service does, until SIGTERM. */
  readonly serves?: boolean
  /** Words of the command line to run instead of a start: `['apply']`. */
  readonly cli?: readonly string[]
  /** On SQLite: dies as by kill -9 before its n-th statement; 0 only counts them. */
  readonly dieBefore?: number
  /** Wait for a line on stdin before the start. */
  readonly barrier?: boolean
}

/** The last line of stdout. */
export type Told =
  | { readonly ok: true; readonly outcome: string; readonly statements: number; readonly applied: readonly string[]; readonly waited: number; readonly duration: number }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint: string; readonly stack: string }

process.on('unhandledRejection', (reason) => {
  process.stderr.write(`UNHANDLED ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`)
  process.exitCode = 9
})

const job: Job = JSON.parse(process.argv[2] ?? '{}')

async function open(): Promise<Database> {
  // Only what the job needs is loaded: a start shall be quick.
  if (job.dialect === 'sqlite') {
    if (job.dieBefore !== undefined) await dieBefore(job.dieBefore)
    return (await import('../../src/dialects/sqlite/sqlite.ts')).sqlite(job.url, { driver: 'libsql' })
  }
  return (await import('../../src/dialects/postgres/postgres.ts')).postgres(job.url)
}

const counted = { statements: 0 }

/** Counts the statements of all connections by the one call that each of them makes. */
async function dieBefore(number: number): Promise<void> {
  const { default: Driver } = await import('libsql')
  const { prepare } = Driver.prototype
  Object.defineProperty(Driver.prototype, 'prepare', {
    value(this: object, source: string) {
      counted.statements += 1
      if (counted.statements === number) process.kill(process.pid, 'SIGKILL')
      return Reflect.apply(prepare, this, [source])
    },
  })
}

const tell = (told: Told): void => {
  process.stdout.write(`${JSON.stringify(told)}\n`)
}

const fail = (recipe: string): never => { throw new Error(`no recipe ${recipe}`) }

function playOf({ serves, recipe, dialect, work }: Job): Pick<TrueupOptions, 'models' | 'migrations'> {
  if (serves === true) return SLOW
  return recipe === undefined ? play(dialect, work) : (RECIPES[recipe] ?? fail(recipe))
}

const print = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

const stopped = new Promise<void>((resolve) => {
  if (job.serves !== true) return
  const stays = setInterval(() => {}, 60_000)
  process.once('SIGTERM', () => {
    clearInterval(stays)
    resolve()
  })
})

const database = await open()
const app = trueup({ database, ...playOf(job), longSteps: 'wait', ...job.options, logger: { debug: print, info: print, warn: print, error: print } })
process.stdout.write('ready\n')
if (job.barrier === true) {
  await new Promise((resolve) => process.stdin.once('data', resolve))
  process.stdin.destroy()
}
if (job.cli !== undefined) {
  const { runCli } = await import('../../src/cli/run.ts')
  await runCli(app, ['node', 'program', ...job.cli])
} else await start()

async function start(): Promise<void> {
  try {
    const recipe = RECIPES[job.recipe ?? '']
    const { outcome, applied, waited, duration } = await (recipe === undefined ? app.applyMigrations() : startRecipe(app, recipe))
    tell({ ok: true, statements: counted.statements, outcome, applied, waited, duration })
  } catch (error) {
    process.exitCode = 1
    const message = error instanceof Error ? error.message : String(error)
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    tell({ ok: false, code: isTrueupError(error) ? error.code : 'not a TrueupError', message, hint: isTrueupError(error) ? (error.hint ?? '') : '', stack })
  } finally {
    if (job.serves === true) await stopped
    await app.close()
  }
}
