import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadModule, parseSync } from 'libpg-query'
import { ownRunner, plainRunner, textsOfFile } from '../../src/cli/lint/texts.ts'
import { Analyser } from '../../src/dialects/postgres/analyse/analyse.ts'
import { SqliteAnalyser } from '../../src/dialects/sqlite/analyse.ts'
import type { Diagnostic } from '../../src/lint/diagnostic.ts'
import { ALLOW_RULES, judge } from '../../src/lint/sql/judge.ts'
import { STATEMENT_RULES } from '../../src/lint/sql/rules.ts'

const folder = fileURLToPath(new URL('../../docs/rules', import.meta.url))
const rules = [...STATEMENT_RULES, ...Object.entries(ALLOW_RULES).map(([code, rule]) => ({ code, ...rule }))]
await loadModule()

interface Example {
  readonly kind: string
  readonly sql: string
}

/** The SQL under a heading. Blocks that only show a comment are none. */
function examples(page: string, heading: string): readonly Example[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^```(sql[ \w]*)\n([\s\S]*?)\n```$/gm)].map((match) => ({ kind: match[1] ?? '', sql: match[2] ?? '' }))
}

/** Lints an example as a user would: lines such as `-- 0002-use.sql` begin another file. */
function lint({ kind, sql }: Example): readonly Diagnostic[] {
  const files = sql.split(/^-- \d{4}-[\w-]+\.sql\n/m).filter((text) => text.trim() !== '')
  const analyser = kind.includes('sqlite') ? new SqliteAnalyser() : new Analyser(parseSync)
  const texts = files.flatMap((text, at) => textsOfFile(`${at + 1}.sql`, text, (transaction) => (kind.includes('psql') ? plainRunner(14) : ownRunner(transaction, 14))))
  return judge(texts.map((text) => ({ ...text, statements: analyser.analyse(text.text, text.runner) })), { rules: Object.fromEntries(rules.map(({ code }) => [code, 'warning' as const])) })
}

test('codes are a family and a number, each once', () => {
  const codes = rules.map(({ code }) => code)
  assert.deepEqual(codes.filter((code) => !/^[LRVIPDBTQX]\d{3}$/.test(code)), [])
  assert.equal(new Set(codes).size, codes.length)
})

for (const { code, title, why, safe, severity } of rules) {
  test(`the page of ${code}: its first example breaks the rule, and the safe way does not`, () => {
    const page = readFileSync(join(folder, `${code}.md`), 'utf8')
    for (const text of [`# Rule: ${code}\n`, title, why, safe, severity === 'off' ? 'Severity: off' : `Severity: ${severity}.`]) assert.ok(page.includes(text), `${code} says: ${text}`)
    const codesOf = (example: Example): readonly string[] => lint(example).map((found) => found.code)
    const bad = examples(page, 'What happens')
    const good = examples(page, 'The safe way')
    // What is seen on a copy cannot be read off a text.
    if (code === 'T018') return
    assert.equal(bad.length, 1, `${code} has one example of what happens`)
    assert.ok(good.length > 0, `${code} has an example of the safe way`)
    for (const example of bad) assert.ok(codesOf(example).includes(code), `not found in:\n${example.sql}`)
    for (const example of good) {
      const found = codesOf(example)
      assert.ok(!found.includes(code), `found in:\n${example.sql}`)
      if (code !== 'Q001' || !example.kind.includes('sqlite')) assert.ok(!found.includes('T020'), `cannot be parsed:\n${example.sql}`)
    }
  })
}

test('every number up to the last of its family has a page, or a line that says why it has none', () => {
  const list = readFileSync(join(folder, 'README.md'), 'utf8')
  const unused = new Set([...(list.split('## Numbers that are not in use\n')[1]?.split('\n## ')[0] ?? '').matchAll(/^- ([A-Z]\d{3})[,:]/gm)].map((match) => match[1]))
  const pages = new Set(readdirSync(folder).flatMap((name) => /^([A-Z]\d{3})\.md$/.exec(name)?.[1] ?? []))
  assert.deepEqual([...unused].filter((code) => pages.has(code ?? '')), [], 'in use all the same')
  for (const family of new Set([...pages].map((code) => code[0]))) {
    const numbers = [...pages].filter((code) => code[0] === family).map((code) => Number(code.slice(1)))
    const missing = Array.from({ length: Math.max(...numbers) }, (_, at) => `${family}${String(at + 1).padStart(3, '0')}`).filter((code) => !pages.has(code) && !unused.has(code))
    assert.deepEqual(missing, [])
  }
})

test('the list names every page once', () => {
  const list = readFileSync(join(folder, 'README.md'), 'utf8').replace(/## Numbers that are not in use[\s\S]*?(?=\n## )/, '')
  for (const file of readdirSync(folder).filter((name) => name !== 'README.md')) assert.equal(list.split('\n---\n')[0]?.split(`](${file})`).length, 2, file)
})
