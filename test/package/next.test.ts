// A Next.js application whose instrumentation brings its database into line, built and started with each of Next's bundlers.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { newestServer } from '../models/newest-server.ts'
import type { Consumer } from './consumer.ts'
import { makeConsumer } from './consumer.ts'

const PACKAGES = ['next@16.4.6', 'react@19', 'react-dom@19', 'pg@8', 'drizzle-orm@0.45.4']

const FILES: Readonly<Record<string, string>> = {
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

const NEXT = 'node_modules/next/dist/bin/next'
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' }

/** The application, with what it needs from the registry and the package as it would be published. */
function install(): Consumer {
  const consumer = makeConsumer()
  for (const [name, text] of Object.entries(FILES)) consumer.write(name, text)
  // The packed package goes along: npm takes away what no package.json names.
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${consumer.packed.filename}`, ...PACKAGES], { cwd: consumer.folder, stdio: ['ignore', 'ignore', 'inherit'] })
  return consumer
}

/** The first answer of the started application, with what it printed until then. */
async function answer(folder: string, url: string): Promise<{ readonly output: string; readonly notes: unknown }> {
  const child = spawn(process.execPath, [NEXT, 'start', '--port', '0', '--hostname', '127.0.0.1'], { cwd: folder, env: { ...process.env, ...QUIET, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => child.on('close', resolve))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text })
  try {
    for (const end = Date.now() + 60_000; Date.now() < end && child.exitCode === null; ) {
      const at = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
      if (at !== undefined && output.includes('Ready in')) {
        const notes: unknown = await (await fetch(`${at}/notes`)).json()
        // What it printed may come after what it answered.
        await new Promise((resolve) => setTimeout(resolve, 500))
        return { output, notes }
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`Next.js did not start:\n${output}`)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

if (process.env['CI'] !== 'true' && process.env['TRUEUP_TEST_NEXT'] === undefined) console.log('Next.js is not tried: it takes 340 MB from the registry. CI=true or TRUEUP_TEST_NEXT=1 tries it.')
else describe('Next.js', { concurrency: false }, () => {
  const server = newestServer()
  after(() => server.stop())
  let consumer: Consumer | null = null

  for (const bundler of ['--turbopack', '--webpack']) {
    test(`${bundler}: built without a database, in line before it answers`, async () => {
      consumer ??= install()
      const { folder } = consumer
      rmSync(join(folder, '.next'), { recursive: true, force: true })
      const built = consumer.node([NEXT, 'build', bundler], { ...QUIET, DATABASE_URL: 'postgres://127.0.0.1:1/none' })
      assert.equal(built.status, 0, `${built.stdout}${built.stderr}`)
      const { output, notes } = await answer(folder, await server.createDatabase())
      assert.match(output, /✅ Migrations applied/)
      assert.deepEqual(notes, [{ id: 1, body: 'milk' }])
    })
  }
})
