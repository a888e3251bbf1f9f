import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { TrueupError } from '../../src/errors.ts'
import { migrationsFrom } from '../../src/files/files.ts'

function folderOf(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trueup files '))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

function problemsOf(folder: string | URL): readonly string[] {
  try {
    migrationsFrom(folder)
  } catch (error) {
    assert.ok(error instanceof TrueupError)
    assert.equal(error.code, 'registry-invalid')
    return error.problems.map((problem) => `${problem.subject}${problem.field === undefined ? '' : ` ${problem.field}`}: ${problem.message}`)
  }
  return assert.fail('the folder was accepted')
}

const FULL = `-- trueup: description Give every memory a slug
-- An ordinary comment.
-- trueup: depends-on 001-first, memories.task_id
-- trueup: depends-on third
-- trueup: touches memories, users
-- trueup: check SELECT count(*) = 0 FROM memories WHERE slug IS NULL;
-- trueup: fresh skip
-- trueup: transaction false
-- trueup: compatible true

UPDATE memories SET slug = '-- not a header';
UPDATE users SET a = 1;
-- trueup: down
UPDATE memories SET slug = NULL;
`

const ENTRY = {
  id: '010-slugs', description: 'Give every memory a slug', dependsOn: ['001-first', 'memories.task_id', 'third'], touches: ['memories', 'users'],
  check: 'SELECT count(*) = 0 FROM memories WHERE slug IS NULL', fresh: 'skip', transaction: false, compatible: true,
  up: "-- An ordinary comment.\n\nUPDATE memories SET slug = '-- not a header';\nUPDATE users SET a = 1;",
  down: 'UPDATE memories SET slug = NULL;',
}

test('every line of the header, by path and by URL', (t) => {
  const folder = folderOf(t, { '010-slugs.sql': FULL })
  assert.deepEqual(migrationsFrom(folder), [ENTRY])
  assert.deepEqual(migrationsFrom(pathToFileURL(folder)), [ENTRY])
})

test('Windows line endings and a byte-order mark change nothing', (t) => {
  assert.deepEqual(migrationsFrom(folderOf(t, { '010-slugs.sql': `\uFEFF${FULL.replaceAll('\n', '\r\n')}` })), [ENTRY])
})

test('the order is that of the names by code unit; hidden files are passed over', (t) => {
  const folder = folderOf(t, { '2_b.sql': 'SELECT 1', '10-a é.sql': 'SELECT 1', '002-B.sql': 'SELECT 1', '002-a.sql': 'SELECT 1', '.DS_Store': '' })
  assert.deepEqual(migrationsFrom(folder).map((entry) => entry.id), ['002-B', '002-a', '10-a é', '2_b'])
})

test('everything that is wrong is named with file and line, at once', (t) => {
  const folder = folderOf(t, {
    '001-a.sql': '-- trueup: chekc SELECT 1\n-- trueup: fresh maybe\nSELECT 1;\n-- trueup: fresh run\n-- trueup: down\n-- trueup: down now\n',
    '002-b.sql': '-- trueup: description only words\n-- trueup: description twice\n',
    '003-c.sql': new Uint8Array([0xff, 0xfe, 0x00]),
    'notes.txt': '',
    'unnumbered.sql': 'SELECT 1',
  })
  assert.deepEqual(problemsOf(folder), [
    '001-a.sql:1 chekc: trueup knows no such line',
    '001-a.sql:2 fresh: run or skip was expected',
    '001-a.sql:4 fresh: it must stand above the SQL',
    '001-a.sql:6 down: it is there twice',
    '001-a.sql down: no SQL follows it',
    '002-b.sql:2 description: it is there twice',
    '002-b.sql up: it holds no SQL',
    '003-c.sql: it is no file of UTF-8 text',
    'notes.txt: it is no migration',
    'unnumbered.sql: it is no migration',
  ])
})

test('a folder that is missing, and one that is empty', (t) => {
  const folder = folderOf(t, {})
  assert.deepEqual(problemsOf(folder), [`${folder}: the folder has no migration in it`])
  assert.deepEqual(problemsOf(join(folder, 'none')), [`${join(folder, 'none')}: there is no such folder, or it may not be read`])
})
