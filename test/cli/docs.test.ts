import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EXIT_OF } from '../../src/cli/failure.ts'
import { SERVER_RULES } from '../../src/dialects/postgres/examine.ts'
import { STATE_RULES } from '../../src/dialects/postgres/examine-state.ts'
import { RULES, SHAPE_RULES } from '../../src/lint/rules.ts'
import { ALLOW_RULES } from '../../src/lint/sql/judge.ts'
import { STATEMENT_RULES } from '../../src/lint/sql/rules.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const docs = join(root, 'docs')
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'))
const textOf = (page: string): string => readFileSync(join(docs, page), 'utf8')
const pagesIn = (folder: string): string[] =>
  readdirSync(join(docs, folder)).filter((name) => name.endsWith('.md') && name !== 'README.md').map((name) => name.slice(0, -3)).sort()

/** Targets of links to files, without anchors. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((target) => !/^[a-z]+:/.test(target))

test('every error code has a page, and every page a code', () => {
  // EXIT_OF is typed by ErrorCode, so the compiler keeps its keys complete.
  assert.deepEqual(pagesIn('errors'), Object.keys(EXIT_OF).sort())
})

test('every rule has a page, and every page a rule', () => {
  assert.deepEqual(pagesIn('rules'), [...RULES.map((rule) => rule.code), ...SHAPE_RULES, ...STATEMENT_RULES.map((rule) => rule.code), ...Object.keys(ALLOW_RULES), ...STATE_RULES, ...SERVER_RULES].sort())
})

test('every page of an error or a rule carries its code and says what to do', () => {
  for (const code of pagesIn('errors')) {
    const text = textOf(`errors/${code}.md`)
    assert.match(text, new RegExp(`^# Error: ${code}\n`), code)
    for (const heading of ['What happened', 'Why', 'What to do']) assert.ok(text.includes(`## ${heading}\n`), `${code}: ${heading}`)
    assert.ok(text.includes(`Exit code of the command line: ${EXIT_OF[code as keyof typeof EXIT_OF]}.`), `${code}: exit code`)
  }
  for (const code of pagesIn('rules')) assert.match(textOf(`rules/${code}.md`), new RegExp(`^# Rule: ${code}\n`), code)
})

test('every link leads to a file', () => {
  const broken = [...pages.map((page) => join(docs, page)), join(root, 'README.md')].flatMap((file) =>
    linksOf(readFileSync(file, 'utf8')).filter((target) => !existsSync(resolve(dirname(file), target))).map((target) => `${relative(root, file)} -> ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('every page ends with its way on and up', () => {
  for (const page of pages) assert.match(textOf(page).trimEnd().split('\n').at(-1) ?? '', /^Next: \[.+\]\(.+\.md\) · Up: \[.+\]\(.*README\.md\)$/, page)
})

test('no page is an orphan', () => {
  const seen = new Set<string>()
  const visit = (page: string): void => {
    if (seen.has(page) || !pages.includes(page)) return
    seen.add(page)
    // The chain of Next links alone would make every page reachable.
    const [body = ''] = textOf(page).split('\n---\n\nNext: ')
    for (const target of linksOf(body)) visit(relative(docs, resolve(docs, dirname(page), target)))
  }
  visit('README.md')
  assert.deepEqual(pages.filter((page) => !seen.has(page)), [])
})

test('the reference of the command line is the help texts', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/reference.mjs', '--check'], { cwd: root, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
})
