// Reading 200 models: what it takes on top of importing the ORM, making the models, and what the ORM makes of them at every start. Each in a process of its own.
// Needs `npm run build`, and the ORMs of the repository's own tests.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { judge, median, printTable } from './lib/report.ts'

interface Times {
  readonly orm: number
  readonly models: number
  readonly own: number
  readonly door: number
  readonly read: number
}

const SOURCES = { Drizzle: 50, TypeORM: 50, MikroORM: 50, Sequelize: 50, Prisma: 400, 'declared tables': 50 } as const
const RUNS = 5

const child = fileURLToPath(new URL('./lib/models-child.ts', import.meta.url))
function run(name: string): Times {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', child, name], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  // The child prints one line of this shape.
  return JSON.parse(stdout) as Times
}

const medians = new Map<string, Times>()
for (const name of Object.keys(SOURCES)) {
  const times = Array.from({ length: RUNS }, () => run(name))
  const of = (key: keyof Times): number => median(times.map((one) => one[key]))
  medians.set(name, { orm: of('orm'), models: of('models'), own: of('own'), door: of('door'), read: of('read') })
}
printTable(`200 models, milliseconds, median of ${RUNS} processes`, [...medians].map(([source, { orm, models, own, door, read }]) => ({ source, 'import the ORM': orm, 'make the models': models, 'its own metadata': own, 'import the door': door, 'first read': read })))

/** The files that an application's own doors reach: an adapter that one of them imported would cost who does not use it. */
function reached(door: string, seen = new Set<string>()): ReadonlySet<string> {
  const file = new URL(`../dist/${door}`, import.meta.url)
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) reached(new URL(path ?? '', file).pathname.split('/dist/')[1] ?? '', seen)
  return seen
}
const adapters = [...reached('index.js'), ...reached('dialects/postgres/postgres.js')].filter((file) => /function from(Drizzle|TypeORM|MikroOrm|Prisma|Sequelize)\b/.test(readFileSync(new URL(file), 'utf8')))
console.log()
for (const [source, { door, read }] of medians) judge(`${source}: door and first read`, door + read, SOURCES[source as keyof typeof SOURCES], ' ms')
judge('files with an adapter that trueup and trueup/postgres import', adapters.length, 0, '')
