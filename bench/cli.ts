// How long the command line takes to start, beside an empty Node process. Needs `npm run build`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleaved, judge, printTable } from './lib/report.ts'
import { ownFolder } from './lib/server.ts'

const RUNS = 31
const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'dist/cli/bin.js')

const folder = ownFolder()
mkdirSync(join(folder, 'node_modules'))
symlinkSync(root, join(folder, 'node_modules/trueup'))
writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
writeFileSync(join(folder, 'trueup.config.js'), `
import { trueup } from 'trueup'
import { fromSql } from 'trueup/models/sql'
import { sqlite } from 'trueup/sqlite'

export default trueup({
  database: sqlite('app.db'),
  models: fromSql('CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL); CREATE TABLE notes (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id), body text);'),
  migrations: [{ table: 'notes', column: 'task_id', type: 'TEXT', description: 'Task' }],
})
`)

function run(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`)
}

run(bin, 'apply')
const times = await interleaved(RUNS, {
  empty: () => run('-e', '0'),
  help: () => run(bin, '--help'),
  version: () => run(bin, '--version'),
  status: () => run(bin, 'status'),
  check: () => run(bin, 'check'),
})
printTable(`Node ${process.version}, median of ${RUNS} interleaved runs`, [
  { command: 'node -e 0', ms: times.empty, ratio: 1 },
  { command: 'trueup --help', ms: times.help, ratio: times.help / times.empty },
  { command: 'trueup --version', ms: times.version, ratio: times.version / times.empty },
  { command: 'trueup status (SQLite, JavaScript configuration)', ms: times.status, ratio: times.status / times.empty },
  { command: 'trueup check (likewise)', ms: times.check, ratio: times.check / times.empty },
])
console.log()
judge('trueup --help beside node -e 0', times.help / times.empty, 1.5, ' x')
judge('trueup status beside node -e 0', times.status / times.empty, 3, ' x')
