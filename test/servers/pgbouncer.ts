import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { cacheFolder, serverUser } from './binaries.ts'
import { freePort } from './postgres.ts'

export type PoolMode = 'session' | 'transaction' | 'statement'

/** A real PgBouncer before a server. */
export interface PgBouncer {
  readonly port: number
  /** The same URL, through the pooler. */
  url(direct: string): string
  stop(): Promise<void>
}

/**
 * The path of PgBouncer, or `null` with a line that says what is not tested. In CI a missing one is an error, except where the
 * run was told of it: `TRUEUP_TEST_WITHOUT=pgbouncer`.
 */
export function findPgBouncer(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']
  const found = folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))
  if (found !== undefined) return found
  const message = 'PgBouncer is not tested: it is not installed (Debian: apt-get install pgbouncer)'
  if (process.env['CI'] === 'true' && process.env['TRUEUP_TEST_WITHOUT'] !== 'pgbouncer') throw new Error(message)
  console.log(message)
  return null
}

/** Starts one with a pool of so many server sessions for each database; it ends with `stop()` or with this process. */
export async function startPgBouncer(path: string, server: { readonly host: string; readonly port: number }, mode: PoolMode, poolSize: number, settings: Readonly<Record<string, string | number>> = {}): Promise<PgBouncer> {
  const user = serverUser()
  const folder = mkdtempSync(join(cacheFolder(), 'pgbouncer-'))
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const all = {
    listen_addr: '127.0.0.1', listen_port: port, auth_type: 'any', pool_mode: mode, default_pool_size: poolSize, max_client_conn: 100,
    unix_socket_dir: '', ignore_startup_parameters: 'extra_float_digits', ...settings,
  }
  writeFileSync(file, `[databases]\n* = host=${server.host} port=${server.port} user=postgres\n[pgbouncer]\n${Object.entries(all).map(([name, value]) => `${name} = ${value}`).join('\n')}\n`)
  if (user !== null) for (const owned of [folder, file]) chownSync(owned, user.uid, user.gid)
  // The shell ends the pooler when the pipe to this process closes, however this process ends.
  const child = spawn('/bin/sh', ['-c', '"$@" </dev/null & pooler=$!; cat >/dev/null; kill -INT "$pooler"; wait "$pooler"', 'guard', path, file], { ...user, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: true })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (log.includes('process up')) resolve()
      else if (/FATAL|error:/.test(log)) reject(new Error(`PgBouncer did not start:\n${log}`))
    })
    child.on('error', reject)
    child.on('exit', () => reject(new Error(`PgBouncer ended:\n${log}`)))
  })
  child.unref()
  for (const pipe of [child.stdin, child.stderr]) if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return {
    port,
    url: (direct) => Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(port) }).href,
    stop: async () => {
      child.ref()
      child.stdin.end()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
