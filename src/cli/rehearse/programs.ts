import { spawn, spawnSync } from 'node:child_process'
import { TrueupError } from '../../errors.ts'

/** Parameters of a URL that the programs of PostgreSQL know; a driver's own would be refused by them. */
const KNOWN = new Set(['host', 'port', 'user', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'sslpassword', 'options', 'connect_timeout', 'channel_binding', 'target_session_attrs', 'gssencmode', 'krbsrvname'])
const SSL_MODES = new Set(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])

interface Connection {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
}

/** The list of processes is public: a password goes by the environment. */
function connectionOf(url: string): Connection {
  const clean = new URL(url)
  const password = clean.searchParams.get('password') ?? decodeURIComponent(clean.password)
  clean.password = ''
  const known = [...clean.searchParams].filter(([name]) => KNOWN.has(name))
  clean.search = new URLSearchParams(known).toString()
  if (!SSL_MODES.has(clean.searchParams.get('sslmode') ?? 'prefer')) clean.searchParams.set('sslmode', 'require')
  return { url: clean.href.replace(/^postgres:/, 'postgresql:'), env: password === '' ? {} : { PGPASSWORD: password } }
}

/**
 * Checks that the programs are there and know a server of this version.
 *
 * @throws TrueupError `not-supported`
 */
export function requirePrograms(serverVersion: number, env: Readonly<Record<string, string | undefined>>): void {
  const needed = Math.floor(serverVersion / 10_000)
  for (const program of ['pg_dump', 'psql']) {
    const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8', env })
    const major = Number(/(\d+)(?:\.\d+)?/.exec(stdout ?? '')?.[1])
    if (error === undefined && major >= needed) continue
    const found = error === undefined ? `the ${program} on the path is of version ${major}` : `there is no ${program} on the path`
    throw new TrueupError('not-supported', `The copy is made by pg_dump and psql of version ${needed} or later, and ${found}. Nothing was copied.`, {
      hint: `Install PostgreSQL's client programs (postgresql-client-${needed}), or name the server of the original with --on, when nobody is connected: then the server copies by itself.`,
    })
  }
}

export interface DumpRequest {
  readonly from: string
  readonly to: string
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * Streams a dump from one database into another. The original's side may not write.
 *
 * @throws TrueupError `copy-refused` with what the programs said
 */
export async function dumpInto({ from, to, flags, env, signal }: DumpRequest): Promise<void> {
  const [source, target] = [connectionOf(from), connectionOf(to)]
  const quiet = { ...env, LC_MESSAGES: 'C', PGAPPNAME: 'trueup rehearse' }
  const dump = spawn('pg_dump', [...flags, '--dbname', source.url], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...quiet, ...source.env, PGOPTIONS: '-c default_transaction_read_only=on' } })
  const load = spawn('psql', ['-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '--dbname', target.url], { stdio: ['pipe', 'ignore', 'pipe'], env: { ...quiet, ...target.env } })
  const stop = (): void => void [dump, load].map((child) => child.kill('SIGTERM'))
  signal.addEventListener('abort', stop, { once: true })
  const ends = [endOf(dump, 'pg_dump'), endOf(load, 'psql')]
  // Who stops reading early says why itself.
  load.stdin.on('error', () => {})
  dump.stdout.pipe(load.stdin)
  try {
    const problems = (await Promise.all(ends)).filter((problem) => problem !== null)
    signal.throwIfAborted()
    // When psql fails, pg_dump only tells that nobody listens any more.
    const problem = problems.find((one) => one.startsWith('psql')) ?? problems[0]
    if (problem !== undefined) throw new TrueupError('copy-refused', `The copy could not be made: ${problem}`, { hint: 'The original was only read. See what the program says above.' })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function endOf(child: ReturnType<typeof spawn>, name: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (said = (said + part).slice(-4_000)))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const lines = said.trim().split('\n').filter((line) => !/NOTICE|^\s*$/.test(line))
      resolve(code === 0 ? null : `${name} ended with ${signal ?? code}: ${lines.slice(0, 4).join('; ')}`)
    })
  })
}
