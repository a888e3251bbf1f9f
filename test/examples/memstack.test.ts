import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const DEMO = fileURLToPath(new URL('../../examples/memstack/demo.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs the demonstration as a user does, on the package as it was built. */
function demo(...flags: readonly string[]): Promise<Ended> {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', DEMO, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

const FIRST = ['Applying database migrations...', 'Ensuring all tables exist...', '✅ Tables verified', 'Applying incremental migrations...', '✅ Migrations applied']

for (const [title, flags] of [['PGlite', []], ['SQLite', ['--sqlite']]] as const) {
  test(`the example on ${title}: an older database, requests, a second start`, { timeout: 120_000 }, async () => {
    const { code, output } = await demo(...flags)
    assert.equal(code, 0, output)
    let from = 0
    for (const line of FIRST) {
      const at = output.indexOf(`| ${line}\n`, from)
      assert.ok(at >= 0, `${line} is missing in:\n${output}`)
      from = at
    }
    assert.match(output, /add column task_id to memories/)
    assert.match(output, /Finished tasks at 100 per cent: 1001 /)
    assert.match(output, /current: 0 steps/)
    assert.doesNotMatch(output, /pending/)
  })
}
