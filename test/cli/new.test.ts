import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Migration } from '../../src/index.ts'
import { makeRegistry } from '../../src/registry/registry.ts'
import { project } from './project.ts'

test('a skeleton of every kind is written beside the configuration, in its language', async (t) => {
  const app = project(t, { 'trueup.config.ts': "import models from './models.js'\n", 'sub/x': '' })
  const column = await app.run(['new', 'column', 'memories.task_id', '--type', 'VARCHAR', '--description', "Task ID: it's \\ streamed"], { cwd: 'sub' })
  assert.equal(column.code, 0, column.stderr)
  assert.equal(column.stdout, [
    'Wrote ../entries/memories.task_id.ts', '', 'Next',
    '  1. Add the column to the models, too.',
    '  2. Add it to `migrations` in trueup.config.ts:',
    "       import memoriesTaskId from './entries/memories.task_id.js'",
    '  3. trueup plan', '',
  ].join('\n'))
  assert.equal(readFileSync(join(app.folder, 'entries/memories.task_id.ts'), 'utf8'), [
    "import { type Migration } from 'trueup'", '', 'export default {',
    "  table: 'memories',", "  column: 'task_id',", "  type: 'VARCHAR',", "  description: 'Task ID: it\\'s \\\\ streamed',",
    '} satisfies Migration', '',
  ].join('\n'))
  for (const words of [['rename', 'users.name', 'full_name'], ['backfill', 'fill', '--table', 't'], ['run', 'hash-tokens'], ['rename', 'users.mail', 'email', '--online'], ['retype', 'orders.amount', 'numeric(12,2)'], ['contract', 'retype-orders.amount']]) {
    const outcome = await app.run(['new', ...words])
    assert.equal(outcome.code, 0, outcome.stderr)
  }
  assert.match(readFileSync(join(app.folder, 'entries/rename-users.name-to-full_name.ts'), 'utf8'), /rename: \{ table: 'users', column: 'name', to: 'full_name' \}/)
  assert.match(readFileSync(join(app.folder, 'entries/rename-users.mail-to-email.ts'), 'utf8'), /\n {2}online: true,/)
  assert.match(readFileSync(join(app.folder, 'entries/contract-retype-orders.amount.ts'), 'utf8'), /\n {2}contract: 'retype-orders\.amount',/)
})

test('defaults are values, expressions or texts', async (t) => {
  const app = project(t, { 'trueup.config.mjs': '' })
  const given: readonly (readonly [flag: string, value: string, code: RegExp])[] = [
    ['--default', '0', /default: 0,/], ['--default', '-1.5', /default: -1\.5,/], ['--default', 'false', /default: false,/],
    ['--default', "O'Reilly", /default: 'O\\'Reilly',/], ['--default', '007x', /default: '007x',/],
    ['--default-sql', 'now()', /default: sql`now\(\)`,/], ['--default-sql', '`${x}\\', /default: sql`\\`\\\$\{x}\\\\`,/],
  ]
  for (const [index, [flag, value, code]] of given.entries()) {
    const outcome = await app.run(['new', 'column', `t.c${index}`, '--type', 'text', '--not-null', `${flag}=${value}`])
    assert.equal(outcome.code, 0, outcome.stderr)
    assert.match(readFileSync(join(app.folder, `entries/t.c${index}.mjs`), 'utf8'), code)
  }
})

test('nothing is ever overwritten, and hostile ids stay in the folder', async (t) => {
  const app = project(t)
  assert.equal((await app.run(['new', 'backfill', '../../a b"\'/ü', '--dir', 'x'])).code, 0)
  const file = join(app.folder, 'x/..-..-a-b-ü.ts')
  assert.match(readFileSync(file, 'utf8'), /id: '\.\.\/\.\.\/a b"\\'\/ü',/)
  writeFileSync(file, 'mine')
  const again = await app.run(['new', 'backfill', '../../a b"\'/ü', '--dir', 'x'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /is there already and stays as it is/)
  assert.equal(readFileSync(file, 'utf8'), 'mine')
})

test('mistakes are refused before anything is written', async (t) => {
  const app = project(t)
  const refused: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [['colum', 'a.b'], /no kind of entry "colum"; did you mean column\?/],
    [['column', 'ab'], /column ab: expected TABLE\.COLUMN/],
    [['column', 'a.'], /expected TABLE\.COLUMN/],
    [['column', 'a.b', '--not-null'], /--not-null needs --default/],
    [['column', 'a.b', '--default', '1', '--default-sql', '1'], /exclude each other/],
    [['rename', 'a.b'], /TABLE\[\.COLUMN\] NEW_NAME/],
    [['rename', 'a', 'b', '--online'], /--online is for columns/],
    [['retype', 'a.b'], /retype TABLE\.COLUMN 'NEW TYPE'/],
    [['retype', 'a', 'text'], /retype TABLE\.COLUMN 'NEW TYPE'/],
    [['contract', 'a', 'b'], /contract ID_OF_THE_ONLINE_ENTRY/],
    [['sql', 'a', 'b'], /expected: trueup new sql ID/],
  ]
  for (const [words, message] of refused) {
    const { code, stderr } = await app.run(['new', ...words])
    assert.equal(code, 1)
    assert.match(stderr, message)
  }
})

test('every skeleton is an entry that a registry takes, once its author has completed it', async (t) => {
  const app = project(t, { 'trueup.config.mjs': '' })
  const written: Migration[] = []
  for (const words of [['column', 'a.b', '--type', 'text'], ['rename', 'a.c', 'd', '--online'], ['retype', 'a.e', 'bigint'], ['contract', 'retype-a.e'], ['backfill', 'fill'], ['run', 'code']]) {
    const { code, stdout, stderr } = await app.run(['new', ...words])
    assert.equal(code, 0, stderr)
    const file = /^Wrote (.*)$/m.exec(stdout)?.[1] ?? ''
    const text = readFileSync(join(app.folder, file), 'utf8').replace("from 'trueup'", `from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)}`)
    written.push((await import(`data:text/javascript,${encodeURIComponent(text)}`)).default)
  }
  assert.deepEqual(makeRegistry(written).entries.map(({ kind }) => kind).toSorted(), ['backfill', 'column', 'contract', 'rename', 'retype', 'run'])
})

test('SQL entries are numbered files in a folder', async (t) => {
  const app = project(t, { 'trueup.config.ts': '' })
  const first = await app.run(['new', 'sql', 'split name', '--description', 'two\nlines'])
  assert.equal(first.stdout.split('\n')[0], 'Wrote migrations/0001-split-name.sql')
  assert.match(first.stdout, /\.\.\.migrationsFrom\(new URL\('\.\/migrations\/', import\.meta\.url\)\)/)
  assert.match(readFileSync(join(app.folder, 'migrations/0001-split-name.sql'), 'utf8'), /^-- trueup: description two lines\n-- trueup: fresh skip\n/)
  app.write('migrations/00099_old.sql', '')
  assert.equal((await app.run(['new', 'sql', 'next'])).stdout.split('\n')[0], 'Wrote migrations/00100-next.sql')
})
