// Runs the test files under test/, or those whose path holds one of the given words: `node scripts/test.mjs sqlite cli`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2)
const files = readdirSync(new URL('../test', import.meta.url), { recursive: true })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !file.includes('/node_modules/'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}.`)
  process.exit(1)
}
// One more than there are processors: while some wait for a lock or a time-out, others work.
const concurrency = 1 + Math.min(4, availableParallelism())
/** Bytes: several times what the servers of a run have at once. */
const ROOM = 3 * 1024 ** 3
// A file that hangs fails: it must not take the whole run with it. Scripts that play one file for long say how long.
const LONGEST = Number(process.env.TRUEUP_TEST_MINUTES ?? 15) * 60_000
const reporters = ['spec', './scripts/slowest.mjs'].flatMap((name) => [`--test-reporter=${name}`, '--test-reporter-destination=stdout'])
const args = ['--import', 'tsx', '--test', `--test-timeout=${LONGEST}`, ...reporters, `--test-concurrency=${concurrency}`, ...files]
const data = roomInMemory()
// npm puts the test runtimes' own `node` on the path first: the tests run on the one that npm runs on.
const { status } = spawnSync(process.env.npm_node_execpath ?? process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...(data !== null && { TRUEUP_TEST_DATA: data }) } })
if (data !== null) rmSync(data, { recursive: true, force: true })
process.exit(status ?? 1)

/**
 * A folder in memory for the servers' data, where Linux has one and there is room: making and dropping thousands of databases is
 * a third of the whole run's processor time on a disk. What a run that was killed has left there goes.
 */
function roomInMemory() {
  const shared = '/dev/shm'
  try {
    for (const name of readdirSync(shared)) {
      const owner = /^trueup-test-(\d+)$/.exec(name)?.[1]
      if (owner !== undefined && !existsSync(`/proc/${owner}`)) rmSync(`${shared}/${name}`, { recursive: true, force: true })
    }
    const { bavail, bsize } = statfsSync(shared)
    if (Math.min(bavail * bsize, freemem()) < ROOM) return null
    const folder = `${shared}/trueup-test-${process.pid}`
    mkdirSync(folder)
    return folder
  } catch {
    return null
  }
}
