import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { newestServer } from '../servers/postgres.ts'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url)
const PACKAGE = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : `${process.arch}-baseline`}`
const bun = fileURLToPath(new URL(`node_modules/${PACKAGE}/bin/bun`, root))
// A runtime that is part of the installation must be there.
const isDeclared = ['package.json', 'test/runtimes/package.json'].some((file) => readFileSync(new URL(file, root), 'utf8').includes('"@oven/bun-'))
const missing = !existsSync(bun) && !(process.env['CI'] === 'true' && isDeclared) && `node_modules/${PACKAGE} is missing, so Bun.SQL was not tried`
const kind = newestServer()

test('a whole start by Bun.SQL, with one connection', { skip: kind === null ? 'no PostgreSQL server is installed here' : missing }, async () => {
  const server = await (kind as NonNullable<typeof kind>).start()
  try {
    const { stdout } = await run(bun, [fileURLToPath(new URL('bun-start.ts', import.meta.url)), await server.createDatabase()], { timeout: 120_000 })
    assert.match(stdout, /told whole/)
  } finally {
    await server.stop()
  }
})
