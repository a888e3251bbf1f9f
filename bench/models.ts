// Reading 200 models: what it takes on top of importing the ORM, making the models, and what the ORM makes of them at every start. Each in a process of its own.
// Needs `npm run build`, and the ORMs of the repository's own tests.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { build } from 'esbuild'
import { judge, median, printTable } from './lib/report.ts'

interface Times {
  readonly orm: number
  readonly models: number
  readonly own: number
  readonly door: number
  readonly read: number
  /** What the ORM itself takes of that, for whoever asks it. */
  readonly asked: number
}

const SOURCES = { Drizzle: 50, TypeORM: 50, MikroORM: 50, Sequelize: 50, Prisma: 400, 'declared tables': 50 } as const
const RUNS = 5

// As JavaScript, like an application that was built: with a loader for TypeScript in between, its own work for each file is measured.
const lib = fileURLToPath(new URL('./lib/', import.meta.url))
const folder = mkdtempSync(`${lib}models-`)
await build({ entryPoints: [`${lib}models-child.ts`], outdir: folder, bundle: true, splitting: true, packages: 'external', plugins: [built()], format: 'esm', outExtension: { '.js': '.mjs' }, platform: 'node', logLevel: 'warning' })

/** What `npm run build` made stays where it is. */
function built(): Plugin {
  return { name: 'built', setup: ({ onResolve }) => onResolve({ filter: /\/dist\// }, ({ path, resolveDir }) => ({ path: pathToFileURL(resolve(resolveDir, path)).href, external: true })) }
}

function child<T>(...words: readonly string[]): T {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`${folder}/models-child.mjs`, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  // The child prints one line of this shape.
  return JSON.parse(stdout) as T
}
const run = (name: string): Times => ({ ...child<Omit<Times, 'asked'>>(name), ...child<Pick<Times, 'asked'>>(name, 'asked') })

const medians = new Map<string, Times>()
for (const name of Object.keys(SOURCES)) {
  const times = Array.from({ length: RUNS }, () => run(name))
  const of = (key: keyof Times): number => median(times.map((one) => one[key]))
  medians.set(name, { orm: of('orm'), models: of('models'), own: of('own'), door: of('door'), read: of('read'), asked: of('asked') })
}
rmSync(folder, { recursive: true })
printTable(`200 models, milliseconds, median of ${RUNS} processes`, [...medians].map(([source, { orm, models, own, door, read, asked }]) => ({ source, 'import the ORM': orm, 'make the models': models, 'its own metadata': own, 'import the door': door, 'first read': read, 'the ORM\'s part of it': asked })))

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
