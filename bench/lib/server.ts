import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../test/servers/postgres.ts'
import type { TestServer } from '../../test/servers/postgres.ts'

/** A server of our own, with the settings that a small production server has where they matter to a measurement. */
export function startServer(major: number): Promise<TestServer> {
  return startPostgres(major, { settings: { shared_buffers: '128MB', max_locks_per_transaction: 512, autovacuum: 'off' } })
}

/** The version of a PostgreSQL client program, or `null` where it is missing. */
export function clientVersion(program: string): number | null {
  const { stdout, status } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  const found = status === 0 ? /(\d+)(?:\.\d+)?/.exec(stdout) : null
  return found === null ? null : Number(found[1])
}

/** Runs statements in portions, each a transaction of its own, in one schema, and lets the server gather its statistics. */
export async function fill(url: string, statements: readonly string[], schema = 'public', portion = 500): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}; SET search_path = ${schema}`)
  for (let at = 0; at < statements.length; at += portion) await client.query(statements.slice(at, at + portion).join('\n'))
  await client.query('VACUUM ANALYZE')
  await client.end()
}

/** A folder for this process alone. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file into such a folder and gives its path. */
export function ownFile(name: string, text: string): string {
  const path = join(ownFolder(), name)
  writeFileSync(path, text)
  return path
}
