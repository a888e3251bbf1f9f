// Builds and starts a Next.js application whose instrumentation brings its database into line, with each of Next's bundlers.
// No part of `npm test`: Next.js takes 340 MB. Run it as `npm run build && node --import tsx scripts/next.mjs`; a folder named
// behind it keeps what was installed for the next time.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newestServer } from '../test/servers/postgres.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = ['next@16.4.6', 'react@19', 'react-dom@19', 'pg@8', 'drizzle-orm@0.45.4']

const FILES = {
  'package.json': JSON.stringify({ name: 'notes', private: true, type: 'module' }),
  'next.config.mjs': "export default { serverExternalPackages: ['pg'] }\n",
  'models.js': "import { pgTable, serial, text } from 'drizzle-orm/pg-core'\nexport const notes = pgTable('notes', { id: serial('id').primaryKey(), body: text('body').notNull() })\n",
  'trueup.config.js': `import { trueup } from 'trueup'
import { fromDrizzle } from 'trueup/models/drizzle'
import { postgres } from 'trueup/postgres'
import * as models from './models.js'

export default trueup({ application: 'notes', database: postgres(process.env.DATABASE_URL), models: fromDrizzle(models) })
`,
  'instrumentation.js': `export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { default: schema } = await import('./trueup.config.js')
  await schema.applyMigrations()
}
`,
  'app/layout.jsx': 'export default function Layout({ children }) {\n  return <html><body>{children}</body></html>\n}\n',
  'app/page.jsx': 'export default function Page() {\n  return <p>notes</p>\n}\n',
  'app/notes/route.js': `import { drizzle } from 'drizzle-orm/node-postgres'
import { notes } from '../../models.js'

export const dynamic = 'force-dynamic'
export async function GET() {
  const db = drizzle(process.env.DATABASE_URL)
  await db.insert(notes).values({ body: 'milk' })
  return Response.json(await db.select().from(notes))
}
`,
}

const folder = resolve(process.argv[2] ?? mkdtempSync(join(tmpdir(), 'trueup-next-')))
const run = (program, args, env = {}) => execFileSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })

function install() {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    if (name !== 'package.json' || !existsSync(join(folder, name))) writeFileSync(join(folder, name), text)
  }
  if (!existsSync(join(folder, 'node_modules/next'))) run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES])
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  rmSync(join(folder, 'node_modules/trueup'), { recursive: true, force: true })
  mkdirSync(join(folder, 'node_modules/trueup'))
  run('tar', ['-xzf', filename, '-C', 'node_modules/trueup', '--strip-components=1'])
}

/** The first answer of the started application, with what it printed before. */
async function answer(url) {
  const child = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '--port', '0', '--hostname', '127.0.0.1'], { cwd: folder, env: { ...process.env, DATABASE_URL: url, NEXT_TELEMETRY_DISABLED: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  try {
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)))
    for (const end = Date.now() + 60_000; Date.now() < end && child.exitCode === null; ) {
      const at = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (at !== undefined && /Ready in/.test(output)) {
        const notes = await (await fetch(`${at}/notes`)).json()
        // What it printed may come after what it answered.
        await new Promise((done) => setTimeout(done, 500))
        return { output, notes }
      }
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`Next.js did not start:\n${output}`)
  } finally {
    child.kill('SIGTERM')
  }
}

const server = await (newestServer() ?? (() => { throw new Error('no PostgreSQL server is installed for the tests') })()).start()
try {
  install()
  for (const bundler of ['--turbopack', '--webpack']) {
    rmSync(join(folder, '.next'), { recursive: true, force: true })
    const url = await server.createDatabase()
    const begin = Date.now()
    // What is built must not need the database.
    run(process.execPath, ['node_modules/next/dist/bin/next', 'build', bundler], { DATABASE_URL: 'postgres://127.0.0.1:1/none' })
    const built = Date.now()
    const { output, notes } = await answer(url)
    if (!/✅ Migrations applied/.test(output) || JSON.stringify(notes) !== '[{"id":1,"body":"milk"}]') throw new Error(`${JSON.stringify(notes)}\n${output}`)
    console.log(`ok     ${bundler}: built in ${((built - begin) / 1000).toFixed(1)} s, brought into line before it answered, and answered`)
  }
} finally {
  await server.stop()
  if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true })
}
