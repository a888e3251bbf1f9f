import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'trueup'
import { start } from './start.ts'

/** The whole story on a temporary folder: an older database with rows, a start, requests, a second start. */
const sqlite = process.argv.includes('--sqlite')
const folder = mkdtempSync(join(tmpdir(), 'memstack-'))
const place = { url: process.env['DATABASE_URL'], folder, sqlite }
const project = '00000000-0000-4000-8000-000000000003'

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const say = (line: string): void => print(`\n» ${line}`)
const indented = (line: string): void => print(`  | ${line}`)
const logger: Logger = { debug: indented, info: indented, warn: indented, error: indented }

async function ask(url: string, method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const text = await response.text()
  print(`  ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`)
  print(`  → ${response.status} ${text}`)
  if (!response.ok) throw new Error(`${method} ${path} failed`)
  return JSON.parse(text)
}

try {
  say(`First start, on ${sqlite ? 'SQLite' : place.url === undefined ? 'PGlite' : 'PostgreSQL'}: the database is that of an older release, with rows in it.`)
  const first = await start(place, 0, logger)
  if (first.older) print('  (older database loaded: 1,200 memories, 1,500 task logs)')
  say(`What was done: ${first.report.outcome}, ${first.report.steps.length} steps in ${Math.round(first.report.duration)} ms.`)
  for (const step of first.report.steps) print(`  ${step.phase.padEnd(9)} ${step.title}${step.rows > 0 ? `, ${step.rows} rows` : ''}`)
  for (const pending of first.report.pending) print(`  pending   ${pending.title}`)

  say('Requests that use the new columns:')
  const { id } = await ask(first.url, 'POST', '/task-logs', { taskId: 'import-7' })
  await ask(first.url, 'POST', '/memories', { projectId: project, content: 'Ann likes short start-ups', importance: 9, taskId: 'import-7' })
  await ask(first.url, 'PATCH', `/task-logs/${String(id)}`, { progress: 100, message: 'Done', result: { imported: 1 } })
  await ask(first.url, 'GET', '/memories?taskId=import-7')
  print(`  Finished tasks at 100 per cent: ${await first.store.finishedAt(100)} (1,000 old ones by the backfill, 1 new)`)
  await first.stop()

  say('Second start: nothing to do.')
  const second = await start(place, 0, logger)
  print(`  ${second.report.outcome}: ${second.report.steps.length} steps in ${Math.round(second.report.duration)} ms`)
  await ask(second.url, 'GET', '/health')
  await second.stop()
  if (second.report.outcome !== 'current') throw new Error('the second start had something to do')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
