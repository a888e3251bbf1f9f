import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { application, configText, rows } from './application.ts'
import { outcomeOf, project, type Project } from './project.ts'

/** Two entries of code, the first of which takes a while. */
const SLOW = `
  { id: 'slow', fresh: 'run', check: 'SELECT 0', async run({ execute }) { console.log('slow began'); await new Promise((done) => setTimeout(done, 1500)); await execute("UPDATE users SET name = 'slow' WHERE id = 1") } },
  { id: 'after', fresh: 'run', check: 'SELECT 0', async run({ execute }) { await execute("UPDATE users SET name = 'after' WHERE id = 2") } },`

/** Resolves when the process has printed the text. */
const printed = (child: ChildProcess, text: string): Promise<void> =>
  new Promise((resolve) => {
    let all = ''
    child.stdout?.on('data', (data: Buffer) => {
      all += String(data)
      if (all.includes(text)) resolve()
    })
  })

const slowApplication = async (app: Project): Promise<ChildProcess> => {
  const child = app.start(['apply'])
  await printed(child, 'slow began')
  return child
}

test('SIGTERM parks at the next step boundary, and the next start goes on', async (t) => {
  const app = application(t, configText({ entries: SLOW }))
  const child = await slowApplication(app)
  const ended = outcomeOf(child)
  child.kill('SIGTERM')
  const { code, stderr } = await ended
  assert.equal(code, 4, stderr)
  assert.match(stderr, /^SIGTERM: stopping at the next step boundary; a second signal ends at once\.\n/)
  assert.match(stderr, /error\[interrupted\]: /)
  assert.deepEqual(rows(app, 'SELECT name FROM users'), [{ name: 'slow' }, { name: "O'Reilly" }], 'the step that was begun is done')
  assert.equal((await app.run(['apply'])).code, 0)
  assert.deepEqual(rows(app, 'SELECT name FROM users'), [{ name: 'slow' }, { name: 'after' }])
})

test('a second signal ends at once', async (t) => {
  const app = application(t, configText({ entries: SLOW }))
  const child = await slowApplication(app)
  const ended = outcomeOf(child)
  child.kill('SIGINT')
  await pause(200)
  child.kill('SIGINT')
  assert.equal((await ended).code, 130)
  assert.deepEqual(rows(app, 'SELECT name FROM users'), [{ name: 'Ann' }, { name: "O'Reilly" }])
  assert.equal((await app.run(['apply'])).code, 0)
})

test('who waits too long for another starter gives up with a 4', async (t) => {
  // Long enough for the second process to have started on a busy machine.
  const app = application(t, configText({ entries: SLOW.replace('1500', '8000') }))
  const child = await slowApplication(app)
  const ended = outcomeOf(child)
  const waiter = await app.run(['apply', '--wait-for-lock', '200'])
  assert.equal(waiter.code, 4, waiter.stderr)
  assert.match(waiter.stderr, /error\[lock-wait-timeout\]: /)
  assert.equal((await ended).code, 0)
})

test('a pool that the configuration leaves open does not hold the process for ever', async (t) => {
  const app = application(t, configText({ before: "import { createServer } from 'node:net'\ncreateServer().listen(0)" }))
  const { code, stderr } = await app.run(['status'])
  assert.equal(code, 0)
  assert.match(stderr, /ended, although the configuration still holds something open/)
})

test('a reader that has seen enough is no failure', async (t) => {
  const app = application(t)
  const child = app.start(['plan'])
  child.stdout?.destroy()
  const { code, stderr } = await outcomeOf(child)
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
})

test('a program of its own embeds the command line', async (t) => {
  const app = application(t)
  app.write('manage.js', `import { runCli } from 'trueup/cli'
import app from './trueup.config.js'
const code = await runCli(app, process.argv)
console.error('gave', code, process.exitCode)
`)
  const embed = (...words: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => app.run(words, { script: 'manage.js' })
  const check = await embed('check')
  assert.equal(check.code, 2)
  assert.equal(check.stderr, 'gave 2 2\n')
  const mistake = await embed('check', '--config', 'x.js')
  assert.equal(mistake.code, 1)
  assert.match(mistake.stderr, /--config is not taken here: this program brings its own configuration/)
})

test('help and version need no configuration', async (t) => {
  const app = project(t)
  assert.match((await app.run([])).stdout, /^trueup brings a database into line/)
  assert.match((await app.run(['apply', '--help'])).stdout, /^trueup apply: [\s\S]*Examples\n {2}trueup apply\n/)
  assert.match((await app.run(['--version'])).stdout, /^\d+\.\d+\.\d+\S*\n$/)
  const wrong = await app.run(['aply'])
  assert.deepEqual([wrong.code, wrong.stdout], [1, ''])
  assert.match(wrong.stderr, /did you mean apply\?/)
})

const TYPESCRIPT = `${configText().replace('export default trueup(', 'enum Stage { one = 1 }\nconst app: import("trueup").Trueup = trueup(')}
export default Stage.one === 1 && first === 1 ? app : null
`.replace("import { sql, trueup }", "import { first } from '@models/first.js'\nimport { sql, trueup }")

test('a configuration in TypeScript: enums, tsconfig paths, .js for .ts, from a folder below', async (t) => {
  const app = application(t, '')
  app.remove('trueup.config.js')
  app.write('trueup.config.ts', TYPESCRIPT)
  app.write('src/first.ts', 'export enum N { one = 1 }\nexport const first: N = N.one\n')
  app.write('tsconfig.json', '{ "compilerOptions": { "paths": { "@models/*": ["./src/*"] } } }')
  app.write('below/x', '')
  const { code, stderr } = await app.run(['check'], { cwd: 'below' })
  assert.equal(code, 2, stderr)
  const own = await app.run(['check'], { cwd: 'below', nodeFlags: ['--import', import.meta.resolve('tsx')] })
  assert.equal(own.code, 2, own.stderr)
})

test('a configuration that is compiled to CommonJS', async (t) => {
  const app = application(t, '')
  app.remove('trueup.config.js')
  app.write('trueup.config.cjs', `Object.defineProperty(exports, '__esModule', { value: true })
const { trueup } = require('trueup'); const { sqlite } = require('trueup/sqlite'); const { fromSql } = require('trueup/models/sql')
exports.default = trueup({ database: sqlite('app.db'), models: fromSql('') })`)
  const { code, stderr } = await app.run(['status'])
  assert.equal(code, 0, stderr)
})
