import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { application, configText } from '../cli/application.ts'
import { project } from '../cli/project.ts'

const SAFE = '-- trueup: fresh run\nCREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text);\n'
const UNSAFE = '-- trueup: check SELECT true\n\nCREATE INDEX "notes_tïtle" ON notes (title);\nUPDATE notes SET title = \'\' WHERE id = 1; DROP TABLE "Old Notes";\n-- trueup: down\nDROP INDEX "notes_tïtle";\n'

interface Document {
  readonly diagnostics: readonly { readonly code: string; readonly severity: string; readonly place: { readonly file: string; readonly line: number; readonly column: number } }[]
  readonly statements: readonly { readonly file: string; readonly locks: readonly { readonly mode: string }[] }[]
}

test('files: place, words and exit code; as text, JSON and annotations', async (t) => {
  const app = project(t, { 'migrations/0001-notes.sql': SAFE, 'migrations/0002-index.sql': UNSAFE })
  const clean = await app.run(['lint', 'migrations/0001-notes.sql'])
  assert.deepEqual([clean.code, clean.stdout, clean.stderr], [0, 'Nothing found in 1 statement of 1 file.\n', ''])

  const text = await app.run(['lint', 'migrations'])
  assert.equal(text.code, 3, text.stderr)
  assert.match(text.stdout, /^migrations\/0002-index\.sql:3:1\n {2}CREATE INDEX "notes_tïtle" ON notes \(title\)\n\n {2}error\[I001\] Nobody writes to table notes until the index is built\.\n {4}why {3}.+\n {4}safe {2}.+\n {4}see docs\/rules\/I001\.md\n/m)
  assert.match(text.stdout, /^migrations\/0002-index\.sql:4:43\n {2}DROP TABLE "Old Notes"/m)
  // What undoes is judged by how it locks, not by what it takes back.
  assert.match(text.stdout, /^migrations\/0002-index\.sql:6:1\n {2}DROP INDEX "notes_tïtle"\n\n {2}warning\[I002\]/m)
  assert.match(text.stdout, /\d+ errors, \d+ warnings?.* in 5 statements of 2 files\.\n$/)

  const json = await app.run(['lint', '--json', 'migrations'])
  assert.equal(json.code, 3)
  const { diagnostics, statements } = JSON.parse(json.stdout) as Document
  assert.ok(diagnostics.some((one) => one.code === 'D001' && one.severity === 'error' && one.place.file === 'migrations/0002-index.sql' && one.place.line === 4 && one.place.column === 43))
  assert.deepEqual(statements.map((one) => one.locks.at(-1)?.mode), [undefined, 'SHARE', 'ROW EXCLUSIVE', 'ACCESS EXCLUSIVE', 'ACCESS EXCLUSIVE'])

  const github = await app.run(['lint', '--format', 'github', '--rule', 'L=off', '--rule', 'D001=warning', 'migrations'])
  assert.equal(github.code, 3)
  assert.match(github.stdout, /^::error file=migrations\/0002-index\.sql,line=3,col=1,title=I001::Nobody writes to table notes until the index is built\.%0A/m)
  assert.match(github.stdout, /^::warning file=migrations\/0002-index\.sql,line=4,col=43,title=D001::/m)
  assert.doesNotMatch(github.stdout, /title=L\d/)
  assert.match(github.stderr, /in 5 statements of 2 files/)
})

test('a finding is accepted with a reason; without one, or for nothing, the allowance is a finding', async (t) => {
  const app = project(t, {
    'good.sql': "-- trueup: allow I001, B003: ten rows, and nobody writes at night\nCREATE UNIQUE INDEX a ON notes (title);\nINSERT INTO notes (title) VALUES ('-- trueup: allow D001: this is data');\n",
    'other.sql': '-- trueup: allow I001: only for the one that follows\nCREATE INDEX a ON notes (title);\nCREATE INDEX b ON logs (title);\n',
    'bad.sql': '-- trueup: allow I001\nCREATE INDEX a ON notes (title);\n-- trueup: allow D002: it is not there\nSELECT 1; -- trueup: allow Z999: what?\n',
    'whole.sql': '-- trueup: allow-file I001: an empty database\nCREATE INDEX a ON notes (title);\nCREATE INDEX b ON notes (title);\n',
  })
  const codes = async (file: string): Promise<readonly string[]> => (JSON.parse((await app.run(['lint', '--json', '--rule', 'L=off', '--rule', 'I009=off', file])).stdout) as Document).diagnostics.map((one) => `${one.code} ${one.place.line}`)
  assert.deepEqual(await codes('good.sql'), [])
  assert.deepEqual(await codes('other.sql'), ['I001 3'])
  assert.deepEqual(await codes('bad.sql'), ['X001 1', 'X002 3', 'X003 4'])
  assert.deepEqual(await codes('whole.sql'), [])
})

test('what cannot be read, is not there, or is asked wrongly fails with 1', async (t) => {
  const app = project(t, { 'broken.sql': 'CREATE TABLE a (id bigint);\nALTER TABLE a ADD COLLUMN b text;\nDROP TABLE c;\n', 'empty/none.txt': '' })
  const broken = await app.run(['lint', 'broken.sql'])
  assert.equal(broken.code, 1)
  assert.match(broken.stdout, /broken\.sql:2:1\n.*\n\n {2}error\[T020\] Syntax error at or near "text"\./)
  assert.match(broken.stdout, /error\[D001\]/, 'what stands behind it is judged all the same')
  for (const [words, message] of [
    [['nowhere.sql'], /nowhere\.sql: there is no such file or folder/], [['empty'], /no \.sql file in this folder/], [['--rule', 'I999=off', 'broken.sql'], /there is no rule or family I999/],
    [['--rule', 'I001=loud', 'broken.sql'], /expected I001=off/], [['--pending', 'broken.sql'], /--pending is about the entries/],
  ] as const) {
    const outcome = await app.run(['lint', ...words])
    assert.equal(outcome.code, 1)
    assert.match(outcome.stderr, message)
  }
})

test('without the parser SQLite is judged, and PostgreSQL names what to install', async (t) => {
  const app = project(t, { 'lite.sql': 'ALTER TABLE notes ALTER COLUMN title SET NOT NULL;\nDELETE FROM notes;\n', 'pg.sql': 'SELECT 1;\n' })
  const lite = await app.run(['lint', '--dialect', 'sqlite', '--format', 'github', 'lite.sql'])
  assert.equal(lite.code, 3)
  assert.match(lite.stdout, /line=1,col=1,title=Q001::.*\n.*line=2,col=1,title=D010::/)
  app.write('without.mjs', "import { register } from 'node:module'\nregister('data:text/javascript,export async function resolve(name, context, next) { if (name === \"libpg-query\") throw Object.assign(new Error(\"gone\"), { code: \"ERR_MODULE_NOT_FOUND\" }); return next(name, context) }', import.meta.url)\n")
  const without = { nodeFlags: ['--import', pathToFileURL(join(app.folder, 'without.mjs')).href] }
  const pg = await app.run(['lint', 'pg.sql'], without)
  assert.equal(pg.code, 1)
  assert.match(pg.stderr, /error\[driver-missing\].*libpg-query is not installed[\s\S]*npm install --save-dev libpg-query/)
  assert.equal((await app.run(['lint', '--dialect', 'sqlite', 'lite.sql'], without)).code, 3)
})

const ENTRY = (allow: string): string => `
  { id: 'tidy', up: "UPDATE users SET name = '' WHERE id = 1; DROP TABLE IF EXISTS gone", fresh: 'skip', check: 'SELECT 0', ${allow} },
  { id: 'fill', backfill: { table: 'task_logs', set: "progress = 1", where: 'progress = 0' } },`

test('the entries of a configuration: check and plan show, apply tells, and refuses where it is strict', async (t) => {
  const app = application(t, configText({ entries: ENTRY(''), options: 'strict: true' }))
  const lint = await app.run(['lint'])
  assert.equal(lint.code, 3, lint.stderr)
  assert.match(lint.stdout, /^entry tidy:1:42\n {2}DROP TABLE IF EXISTS gone\n\n {2}error\[D001\]/m)
  assert.match(lint.stdout, /in 3 statements of 2 entries\.\n$/)

  const refused = await app.run(['apply'])
  assert.equal(refused.code, 3, refused.stdout + refused.stderr)
  assert.match(refused.stderr, /error\[plan-refused\].*strict[\s\S]*entry tidy: D001/)
  assert.match((await app.run(['status'])).stdout, /Applied: 0/)

  const check = await app.run(['check'])
  assert.equal(check.code, 2)
  assert.match(check.stdout, /error\[D001\] entry tidy:1: All rows of table gone are gone\./)
  const plan = JSON.parse((await app.run(['plan', '--json'])).stdout) as { readonly hash: string; readonly diagnostics: Document['diagnostics'] }
  assert.ok(plan.hash.length > 0 && plan.diagnostics.some(({ code }) => code === 'D001'))

  app.write('trueup.config.js', configText({ entries: ENTRY("allow: { D001: 'it never held a row' }"), options: 'strict: true' }))
  const applied = await app.run(['apply'])
  assert.equal(applied.code, 0, applied.stdout + applied.stderr)
  assert.doesNotMatch(applied.stderr, /D001/)
})

test('entries with SQL of PostgreSQL are read without a database', async (t) => {
  const app = project(t, {
    'trueup.config.mjs': `import { trueup, sql } from 'trueup'
import { postgres } from 'trueup/postgres'
import { fromSql } from 'trueup/models/sql'
import { migrationsFrom } from 'trueup/files'
export default trueup({
  database: postgres('postgres://nobody@localhost:1/none'), models: fromSql(''), lint: { rules: { I: 'warning', L: 'off' } },
  migrations: [
    { id: 'a', up: sql\`CREATE INDEX i ON notes (title)\`, down: 'DROP TABLE notes', fresh: 'run' },
    { id: 'b', transaction: false, check: 'SELECT true', up: 'DROP INDEX CONCURRENTLY i' },
    { id: 'c', backfill: { table: 'notes', set: sql\`title = audit.next(id)\` } },
    ...migrationsFrom(new URL('./migrations/', import.meta.url)),
  ],
})
`,
    'migrations/0001-d.sql': "-- trueup: check SELECT true\n-- trueup: allow I001: ten rows\nCREATE INDEX j ON notes (title);\n",
  })
  const outcome = await app.run(['lint', '--json'])
  assert.equal(outcome.code, 0, outcome.stderr)
  assert.deepEqual((JSON.parse(outcome.stdout) as Document).diagnostics.map((one) => `${one.code} ${one.place.file}`), ['I001 entry a', 'T017 entry c'])
})
