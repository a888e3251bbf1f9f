import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BaselineReport, Check, HistoryRun, Plan, Report, RollbackReport, Status } from '../../src/index.ts'
import { application, change, configText, ENTRIES, rows, TABLES } from './application.ts'
import type { Outcome } from './project.ts'

/** What a command printed as its one document. */
const documentOf = <T>(outcome: Outcome): T => JSON.parse(outcome.stdout) as T

const noEscapes = (outcome: Outcome): void => assert.ok(!(outcome.stdout + outcome.stderr).includes('\u001b'))

test('an older database is brought into line, and every command tells so', async (t) => {
  const app = application(t)

  const before = await app.run(['status'])
  assert.equal(before.code, 0, before.stderr)
  assert.equal(before.stdout, `Migration status
SQLite at app.db

Total: 4
Applied: 0
Pending: 4

  [ ] task_logs.message   pending    What it said
  [ ] task_logs.progress  pending
  [ ] nicknames           pending    A nickname for everybody
  [ ] fill                pending

Missing from the database
  add column nickname to users  [safe]
  add index logs_user to task_logs  [online]

Not in sync: \`trueup plan\` shows what a start would do.
`)
  assert.equal((await app.run(['check'])).code, 2)
  assert.equal((await app.run(['plan'])).code, 0)
  assert.equal((await app.run(['plan', '--exit-code'])).code, 2)

  const dry = await app.run(['apply', '--dry-run'])
  assert.equal(dry.code, 0)
  assert.equal(dry.stdout, (await app.run(['plan'])).stdout)
  assert.match(dry.stdout, /^expand\n {2}1\. add column/m)
  assert.match(dry.stdout, /ALTER TABLE "task_logs" ADD COLUMN "progress" INTEGER DEFAULT 0;/)
  assert.deepEqual(rows(app, "SELECT name FROM sqlite_master WHERE name LIKE 'trueup%'"), [], 'nothing was changed so far')

  const apply = await app.run(['apply'])
  assert.equal(apply.code, 0, apply.stderr)
  assert.equal(apply.stdout.split('\n').slice(0, 5).join('\n'), [
    'Applying database migrations...', 'Ensuring all tables exist...', '✅ Tables verified', 'Applying incremental migrations...', '✅ Migrations applied',
  ].join('\n'))
  assert.match(apply.stdout, /^SQLite at app\.db is in line: 6 steps in \d+/m)
  assert.deepEqual(rows(app, 'SELECT nickname FROM users'), [{ nickname: 'Ann' }, { nickname: "O'Reilly" }])
  assert.deepEqual(rows(app, 'SELECT DISTINCT progress FROM task_logs'), [{ progress: 1 }])

  assert.match((await app.run(['apply'])).stdout, /Nothing to do: SQLite at app\.db is in line\.\n$/)
  const check = await app.run(['check'])
  assert.deepEqual([check.code, check.stdout], [0, 'In sync: SQLite at app.db\n'])
  assert.equal((await app.run(['plan', '--exit-code'])).code, 0)
  assert.match((await app.run(['status'])).stdout, /Total: 4\nApplied: 4\nPending: 0\n\n {2}\[x\] task_logs\.message +applied +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}What it said\n/)

  const history = await app.run(['history', '--steps'])
  assert.equal(history.code, 0)
  assert.match(history.stdout, /^run +started \(UTC\) +command +outcome +took +steps +by +build +trueup\n\S+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +apply +done/)
  assert.match(history.stdout, /UPDATE users SET nickname = name/)
  for (const outcome of [before, dry, apply, check, history]) noEscapes(outcome)
})

test('plan --sql is what a shell of the database can run', async (t) => {
  const app = application(t)
  const plan = await app.run(['plan', '--sql'])
  assert.equal(plan.code, 0)
  change(app, plan.stdout)
  const left = documentOf<Plan>(await app.run(['plan', '--json']))
  assert.deepEqual(left.steps.map((step) => step.entry), ['fill'], 'a backfill is only told')
})

test('--json prints exactly the data, whatever else is printed', async (t) => {
  const app = application(t, configText({ before: "console.log('the configuration chatters')" }))
  const status = await app.run(['status', '--json'])
  assert.match(status.stderr, /the configuration chatters/)
  assert.equal(documentOf<Status>(status).total, 4)
  assert.equal(documentOf<Plan>(await app.run(['plan', '--json'])).steps.length, 6)
  assert.equal(documentOf<Plan>(await app.run(['apply', '--dry-run', '--json'])).steps.length, 6)
  assert.equal(documentOf<Check>(await app.run(['check', '--json'])).inSync, false)
  const apply = await app.run(['apply', '--json'])
  assert.equal(documentOf<Report>(apply).outcome, 'applied')
  assert.match(apply.stderr, /Applying database migrations\.\.\./)
  assert.equal(documentOf<readonly HistoryRun[]>(await app.run(['history', '--json', '--limit', '1'])).length, 1)
  assert.deepEqual(documentOf<RollbackReport>(await app.run(['rollback', 'fill', '--json'])).entries, ['fill'])
  assert.ok(Array.isArray(documentOf<unknown>(await app.run(['doctor', '--json']))))
  assert.deepEqual(documentOf<BaselineReport>(await app.run(['baseline', '--json'])).baselined, [])
})

test('drift: what differs is a 2, what is there besides is only told', async (t) => {
  const app = application(t)
  await app.run(['apply'])
  change(app, 'ALTER TABLE users ADD COLUMN shoe_size INTEGER; UPDATE users SET shoe_size = 42 WHERE id = 1')
  const extra = await app.run(['check'])
  assert.equal(extra.code, 0)
  assert.match(extra.stdout, /not in the models {2}column users\.shoe_size is in the database and not in the models/)
  assert.match(extra.stdout, /1 row holds a value/)
  app.write('trueup.config.js', configText({ models: TABLES.replace('message TEXT', 'message INTEGER'), entries: '' }))
  const changed = await app.run(['check'])
  assert.equal(changed.code, 2)
  assert.match(changed.stdout, /differs {2}column task_logs\.message: the type is TEXT in the database and INTEGER in the models/i)
})

test('rollback is shown, done, held, and run again when asked for', async (t) => {
  const app = application(t)
  await app.run(['apply'])
  const dry = await app.run(['rollback', 'nicknames', '--dry-run'])
  assert.equal(dry.code, 0, dry.stderr)
  assert.match(dry.stdout, /^Would undo 1 entry; nothing was changed\.\n/)
  assert.match(dry.stdout, /UPDATE users SET nickname = NULL/)
  assert.deepEqual(rows(app, 'SELECT count(nickname) AS n FROM users'), [{ n: 2 }])
  const done = await app.run(['rollback', 'nicknames'])
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /trueup apply --include nicknames/)
  assert.match((await app.run(['status'])).stdout, /nicknames +held/)
  assert.equal((await app.run(['apply'])).code, 0)
  assert.deepEqual(rows(app, 'SELECT count(nickname) AS n FROM users'), [{ n: 0 }])
  assert.equal((await app.run(['apply', '--include', 'nicknames'])).code, 0)
  assert.deepEqual(rows(app, 'SELECT count(nickname) AS n FROM users'), [{ n: 2 }])
  const unknown = await app.run(['rollback', 'no-such-entry'])
  assert.equal(unknown.code, 3)
  assert.match(unknown.stderr, /^error\[rollback-refused\]: /)
  const needed = await app.run(['rollback', 'task_logs.message'])
  assert.equal(needed.code, 3)
  assert.match(needed.stderr, /needed by entry nicknames/)
})

test('destructive work needs the hash of a plan that still fits', async (t) => {
  const app = application(t)
  await app.run(['apply'])
  change(app, 'ALTER TABLE users ADD COLUMN gone TEXT')
  const unconfirmed = await app.run(['apply', '--allow', 'destructive'])
  assert.equal(unconfirmed.code, 3)
  assert.match(unconfirmed.stderr, /^error\[plan-refused\]: /)
  const plan = await app.run(['plan', '--allow', 'destructive'])
  const hash = /trueup apply --allow destructive --confirm (\S+)\n$/.exec(plan.stdout)?.[1] ?? ''
  assert.notEqual(hash, '')
  change(app, "INSERT INTO users (id, name) VALUES (3, 'Zoe')")
  const stale = await app.run(['apply', '--allow', 'destructive', '--confirm', hash])
  assert.equal(stale.code, 3)
  assert.match(stale.stderr, /^error\[plan-stale\]: /)
  const again = documentOf<Plan>(await app.run(['plan', '--allow', 'destructive', '--json']))
  const applied = await app.run(['apply', '--allow', 'destructive', '--confirm', again.hash])
  assert.equal(applied.code, 0, applied.stderr)
  assert.deepEqual(rows(app, "SELECT name FROM pragma_table_info('users')").map((row) => (row as { name: string }).name), ['id', 'name', 'nickname'])
})

test('refusals of policy are a 3, failures a 1, without a stack', async (t) => {
  const app = application(t, configText({ options: "application: 'one'," }))
  await app.run(['apply'])
  const refused = async (config: string, code: number, pattern: RegExp): Promise<void> => {
    app.write('trueup.config.js', config)
    const outcome = await app.run(['apply'])
    assert.equal(outcome.code, code, outcome.stderr)
    assert.match(outcome.stderr, pattern)
    assert.match(outcome.stderr, /\nsee docs\/errors\/[a-z-]+\.md\n$/)
    assert.doesNotMatch(outcome.stderr, /\n {4}at /)
  }
  await refused(configText({ entries: ENTRIES.replace('nickname = name', 'nickname = id') }), 3, /error\[entry-changed\]: .*nicknames/)
  await refused(configText({ options: "application: 'two'," }), 3, /error\[ledger-foreign\]: .*belongs to application "one"; this is "two"/)
  await refused(configText({ entries: `${ENTRIES}{ id: 'broken', up: 'UPDATE nowhere SET x = 1', fresh: 'run' }` }), 1, /error\[entry-failed\]: .*nowhere/)
  await refused(configText({ entries: '{ table: "users" }, { id: 3, up: "x" }' }), 1, /error\[registry-invalid\]: [\s\S]*says nothing to do[\s\S]*fresh are both missing/)
  app.write('trueup.config.js', configText({ options: "application: 'one'," }))
  assert.equal((await app.run(['apply'])).code, 0, 'and after the mistake is mended, it goes on')
})

test('a failure with --json is one document, too', async (t) => {
  const app = application(t, configText({ entries: "{ id: 'broken', up: 'UPDATE nowhere SET x = 1', fresh: 'run', check: 'SELECT 0' }" }))
  const outcome = await app.run(['apply', '--json'])
  assert.equal(outcome.code, 1)
  const { error } = documentOf<{ error: { code: string; message: string; page: string } }>(outcome)
  assert.equal(error.code, 'entry-failed')
  assert.equal(error.page, 'docs/errors/entry-failed.md')
})

test("an entry's code that throws is shown with its stack", async (t) => {
  const app = application(t, configText({ entries: "{ id: 'code', fresh: 'run', check: 'SELECT 0', run() { throw new TypeError('my mistake') } }" }))
  const outcome = await app.run(['apply'])
  assert.equal(outcome.code, 1)
  assert.match(outcome.stderr, /my mistake/)
})

test('baseline puts an existing database under trueup and touches nothing', async (t) => {
  const app = application(t, configText({ entries: "{ id: 'opaque', up: 'UPDATE users SET name = upper(name)', fresh: 'skip' }" }))
  const refused = await app.run(['apply'])
  assert.equal(refused.code, 3, refused.stderr)
  assert.match(refused.stderr, /error\[existing-database\]/)
  const baseline = await app.run(['baseline'])
  assert.equal(baseline.code, 0, baseline.stderr)
  assert.match(baseline.stdout, /^Recorded 1 entry as done; nothing else was touched[\s\S]*Recorded\n {2}opaque\n/)
  assert.equal((await app.run(['apply'])).code, 0)
  assert.deepEqual(rows(app, 'SELECT name FROM users'), [{ name: 'Ann' }, { name: "O'Reilly" }])
})

test('check --fresh tells whether a fresh install and an upgrade end alike', async (t) => {
  const app = application(t)
  const same = await app.run(['check', '--fresh'])
  assert.equal(same.code, 0, same.stderr)
  assert.match(same.stdout, /^A fresh install and an upgrade end in the same schema\.\nUpgraded from: the models without task_logs\.message, task_logs\.progress\n$/)
})

test('doctor finds what is well, and why there is no connection', async (t) => {
  const app = application(t)
  const well = await app.run(['doctor'])
  assert.equal(well.code, 0, well.stderr)
  assert.match(well.stdout, /^SQLite at app\.db\n {2}ok {7}connection: /)
  app.write('trueup.config.js', configText().replace("'app.db'", "'no/such/folder/app.db'").replace('migrations:', 'connectTimeout: 100, migrations:'))
  const ill = await app.run(['doctor'])
  assert.equal(ill.code, 1)
  assert.match(ill.stdout, /error +connection-failed: /)
})
