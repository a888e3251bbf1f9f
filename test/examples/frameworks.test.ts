import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../examples/frameworks', import.meta.url))

/** An empty place for the example's database. */
function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-frameworks-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'notes.db')
}

function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: FOLDER, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += String(data)))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const printed = (text: RegExp): Promise<RegExpExecArray> => new Promise((resolve, reject) => {
    const look = (): void => {
      const found = text.exec(output)
      if (found !== null) resolve(found)
    }
    child.stdout.on('data', look)
    void ended.then((code) => reject(new Error(`ended with ${code}:\n${output}`)))
    look()
  })
  return { child, ended, printed, output: () => output }
}

for (const example of ['express.js', 'hono.ts', 'fastify.ts', 'nestjs.ts']) {
  test(`${example}: migrates before it listens, answers, and ends when it is told to`, async (t) => {
    const NOTES = place(t)
    const { child, ended, printed, output } = start(t, [example], { NOTES, PORT: '0' })
    const [, port = ''] = await printed(/listening on (\d+)/)
    assert.match(output(), /Applying database migrations[\s\S]*✅ Migrations applied[\s\S]*listening on/)
    const at = `http://127.0.0.1:${port}/notes`
    // Without keep-alive, so that closing the server has nothing to wait for.
    const headers = { connection: 'close' }
    assert.equal((await fetch(`${at}/milk`, { method: 'POST', headers })).status, 201)
    assert.deepEqual(await (await fetch(at, { headers })).json(), [{ id: 1, body: 'milk', done: 0 }])
    child.kill('SIGTERM')
    const code = await ended
    assert.ok(code === 0 || child.signalCode === 'SIGTERM', `ended with ${code}:\n${output()}`)
  })
}

for (const [runtime, migrates] of [['nodejs', true], ['edge', false]] as const) {
  test(`instrumentation.ts in the ${runtime} runtime ${migrates ? 'migrates' : 'does nothing'}`, async (t) => {
    const NOTES = place(t)
    const { ended, output } = start(t, ['--input-type=module', '-e', "await (await import('./instrumentation.ts')).register()"], { NOTES, NEXT_RUNTIME: runtime })
    assert.equal(await ended, 0, output())
    assert.equal(existsSync(NOTES), migrates)
    if (!migrates) return
    const Libsql = createRequire(import.meta.url)('libsql') as new (path: string) => { prepare(text: string): { all(): unknown[] }; close(): void }
    const database = new Libsql(NOTES)
    assert.equal(database.prepare('SELECT * FROM notes').all().length, 0)
    database.close()
  })
}
