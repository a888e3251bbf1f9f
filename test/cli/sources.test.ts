import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { change, configText } from './application.ts'
import { project, type Outcome, type Project } from './project.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const OLD = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE TABLE gone (id INTEGER);\n'
const NEW = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER DEFAULT 7);\nCREATE INDEX by_name ON users (name);\n'

function withDrizzle(t: TestContext, files: Readonly<Record<string, string>>): Project {
  const app = project(t, files)
  symlinkSync(join(ROOT, 'node_modules/drizzle-orm'), join(app.folder, 'node_modules/drizzle-orm'))
  return app
}

/** Runs a command that fails by its words alone. */
async function refused(app: Project, ...words: readonly string[]): Promise<string> {
  const outcome = await app.run(words)
  assert.equal(outcome.code, 1, outcome.stdout)
  assert.equal(outcome.stdout, '')
  assert.doesNotMatch(outcome.stderr, /unexpected|^ +at .*\.js:/m)
  return outcome.stderr
}

const done = ({ code, stdout, stderr }: Outcome): string => {
  assert.equal(code, 0, stderr)
  return stdout
}

test('a diff is SQL that its database can run, and text and JSON where that is asked for', async (t) => {
  const app = project(t, { 'old.sql': OLD, 'new.sql': NEW })
  change(app, OLD)
  const sql = done(await app.run(['diff', '--from', 'app.db', '--to', 'new.sql']))
  assert.match(sql, /^-- From SQLite at .*app\.db\n-- to new\.sql: \d steps\n/)
  assert.match(sql, /-- drop table gone \[destructive\]\n-- data-loss: /)
  assert.equal(done(await app.run(['diff', '--from', 'app.db', '--to', 'new.sql', '--sql'])), sql)
  const text = done(await app.run(['diff', '--from', 'old.sql', '--to', 'new.sql', '--dialect', 'sqlite', '--text']))
  assert.match(text, /^\d steps from old\.sql to new\.sql\n\n {2}1\. /)
  const json = JSON.parse(done(await app.run(['diff', '--from', 'app.db', '--to', 'new.sql', '--json'])))
  assert.deepEqual([json.dialect, json.same, json.operations.length > 2], ['sqlite', false, true])
  assert.equal((await app.run(['diff', '--from', 'app.db', '--to', 'new.sql', '--exit-code'])).code, 2)
  change(app, sql)
  const after = await app.run(['diff', '--from', 'app.db', '--to', 'new.sql', '--exit-code'])
  assert.deepEqual([after.code, after.stdout.split('\n')[1]], [0, '-- to new.sql: the same'])
})

test('every kind of source is read: a database, files, a folder, a snapshot, models, a configuration, words', async (t) => {
  const app = withDrizzle(t, {
    'schema/tables/users.sql': NEW,
    'trueup.config.js': configText({ models: NEW }),
    'models.ts': `import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const users = sqliteTable('users', { id: integer().primaryKey(), name: text().notNull(), age: integer().default(7) }, (t) => [index('by_name').on(t.name)])
export const other: number = 1`,
    'given.js': `import { fromSql } from 'trueup/models/sql'\nexport default fromSql(${JSON.stringify(NEW)})`,
  })
  change(app, NEW.replace('PRIMARY KEY', 'PRIMARY KEY NOT NULL'))
  done(await app.run(['snapshot', '--from', 'app.db', '--out', 'saved.json']))
  for (const source of ['app.db', 'sqlite:app.db', 'saved.json', 'models.ts', 'database']) {
    assert.match(done(await app.run(['diff', '--from', source, '--to', 'app.db'])), /: the same\n$/, source)
  }
  change(app, 'DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER DEFAULT 7); CREATE INDEX by_name ON users (name);')
  for (const source of ['schema', 'schema/', 'schema/tables/users.sql', 'given.js', 'trueup.config.js', 'models']) {
    assert.match(done(await app.run(['diff', '--from', source, '--to', 'app.db'])), /: the same\n$/, source)
  }
  assert.match(done(await app.run(['diff', '--from', 'empty', '--to', 'models'])), /CREATE TABLE/)
})

test('what is no source is told by its name and with the way out', async (t) => {
  const app = withDrizzle(t, {
    'bad.sql': 'CREATE TABLE a (x INTEGER);\n\nCREATE TABLE b (\n\té INTEGER,, y TEXT\n);\n', 'page.txt': 'hello', 'other.json': '{ "name": "x" }', 'broken.json': '{', 'none.js': 'export const a = 1', 'empty/readme.md': '',
    'latin.sql': 'x', 'pg.ts': `import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const a = pgTable('a', { b: text() })`, 'throws.js': 'throw new Error("no luck")',
  })
  change(app, NEW)
  writeFileSync(join(app.folder, 'latin.sql'), Buffer.from([0xe9, 0x20]))
  const to = (source: string, ...more: readonly string[]): Promise<string> => refused(app, 'diff', '--from', 'app.db', '--to', source, ...more)
  assert.match(await to('bad.sql'), /error\[models-invalid\]: .*bad\.sql:4:12: near ","[\s\S]*\n {4}4 \| {2}é INTEGER,, y TEXT\n {6}\| {12}\^\n/)
  assert.match(await to('nowhere.sql'), /nowhere\.sql: there is no such file; expected a database URL/)
  assert.match(await to('page.txt'), /page\.txt: the file is of no kind that is known here/)
  assert.match(await to('other.json'), /other\.json: This JSON is no snapshot/)
  assert.match(await to('broken.json'), /broken\.json: The snapshot is no JSON/)
  assert.match(await to('none.js'), /none\.js holds neither a configuration nor models; it exports a\.\n/)
  assert.match(await to('throws.js'), /throws\.js threw while it was loaded, at \/[^%]*\/throws\.js:1: no luck/)
  assert.match(await to('./empty'), /empty: there is no \.sql file in this folder/)
  assert.match(await to('latin.sql'), /latin\.sql: the file is no UTF-8 text/)
  assert.match(await to('pg.ts'), /it is a model for PostgreSQL, the database is SQLite/)
  assert.match(await to('app.db', '--dialect', 'postgres'), /--dialect postgres does not fit SQLite at/)
  assert.match(await to('app.db', '--sql', '--text'), /--sql and --text exclude each other/)
  assert.match(await refused(app, 'diff', '--from', 'app.db'), /No trueup\.config/)
})

test('two kinds of databases are not compared, and no password is ever shown', async (t) => {
  const app = project(t, { 'a.sql': NEW })
  change(app, NEW)
  const url = 'postgres://me:hunter2@127.0.0.1:1/app'
  for (const words of [['diff', '--from', url, '--to', 'a.sql'], ['diff', '--from', 'app.db', '--to', url], ['diff', '--from', 'postgres://me:hunter2@[', '--to', 'a.sql'], ['diff', '--from', 'mysql://me:hunter2@h/d', '--to', 'a.sql']]) {
    const { code, stdout, stderr } = await app.run(words)
    assert.equal(code, 1, stderr)
    assert.ok(!`${stdout}${stderr}`.includes('hunter2'), words.join(' '))
    assert.doesNotMatch(stderr, /unexpected/)
  }
  assert.match((await app.run(['diff', '--from', 'app.db', '--to', url])).stderr, /cannot be compared in the words of SQLite/)
})

test('a pull writes only what has changed, and removes only what it wrote', async (t) => {
  const app = project(t)
  change(app, OLD)
  const pull = (): Promise<Outcome> => app.run(['pull', '--from', 'app.db', '--out', 'schema', '--json'])
  const of = (outcome: Outcome): Readonly<Record<'written' | 'unchanged' | 'removed', readonly string[]>> => JSON.parse(done(outcome))
  assert.deepEqual(of(await pull()).written, ['tables/gone.sql', 'tables/users.sql'])
  app.write('schema/tables/mine.sql', '-- by hand\nCREATE TABLE mine (id INTEGER);\n')
  app.write('schema/staging/tables/gone.sql', readFileSync(join(app.folder, 'schema/tables/gone.sql'), 'utf8'))
  const users = join(app.folder, 'schema/tables/users.sql')
  const { mtimeMs } = statSync(users)
  assert.deepEqual(of(await pull()), { from: of(await pull())['from' as never], written: [], unchanged: ['tables/gone.sql', 'tables/users.sql'], removed: [], omitted: [], unsupported: [] })
  change(app, 'DROP TABLE gone; CREATE VIEW v AS SELECT id FROM users;')
  const { written, removed, unchanged } = of(await pull())
  assert.deepEqual([written, unchanged, removed], [['views/v.sql'], ['tables/users.sql'], ['tables/gone.sql']])
  assert.equal(statSync(users).mtimeMs, mtimeMs)
  assert.deepEqual(readdirSync(join(app.folder, 'schema/tables')).sort(), ['mine.sql', 'users.sql'])
  assert.ok(existsSync(join(app.folder, 'schema/staging/tables/gone.sql')), 'the set of another pull')
  writeFileSync(users, 'CREATE TABLE users (mine INTEGER);')
  change(app, 'ALTER TABLE users ADD COLUMN more TEXT')
  const foreign = await pull()
  assert.equal(foreign.code, 1)
  assert.match(foreign.stderr, /users\.sql: not written by trueup pull, so it stays as it is, and nothing was written/)
  assert.equal(readFileSync(users, 'utf8'), 'CREATE TABLE users (mine INTEGER);')
})

test('what Drizzle cannot say is told on stdout and in the file', async (t) => {
  const app = withDrizzle(t, {})
  change(app, `${NEW}CREATE TRIGGER tr AFTER INSERT ON users BEGIN SELECT 1; END;`)
  const text = done(await app.run(['pull', '--from', 'app.db', '--format', 'drizzle', '--out', 'models.ts']))
  assert.match(text, /1 file written in .*\n(.*\n)*Drizzle cannot say: trigger tr of users\n/)
  assert.match(readFileSync(join(app.folder, 'models.ts'), 'utf8'), /\n\/\/ - trigger tr of users\n/)
  app.write('mine.ts', 'export const mine = 1\n')
  assert.match(await refused(app, 'pull', '--from', 'app.db', '--format', 'drizzle', '--out', 'mine.ts'), /mine\.ts: not written by trueup pull/)
})
