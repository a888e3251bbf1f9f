import assert from 'node:assert/strict'
import { test } from 'node:test'
import { project } from './project.ts'

const refused: readonly (readonly [title: string, file: string, text: string, message: RegExp, hint: RegExp])[] = [
  ['nothing exported', 'trueup.config.js', '', /trueup\.config\.js exports nothing; expected what trueup\(…\) gives/, /export default trueup/],
  ['no default', 'trueup.config.js', 'export const app = 1', /exports no default \(only app\)/, /export default trueup/],
  ['a function', 'trueup.config.js', 'export default function make() {}', /exports a function make as its default/, /export default trueup/],
  ['null', 'trueup.config.mjs', 'export default null', /exports null as its default/, /export default trueup/],
  ['a text', 'trueup.config.cjs', 'module.exports = "x"', /exports a string as its default/, /export default trueup/],
  ['the options alone', 'trueup.config.ts', 'export default { database: 1 as number, models: 2 }', /an object with the fields database, models/, /These look like its options/],
  ['code that throws', 'trueup.config.ts', '\n\nthrow new Error("DATABASE_URL is missing")', /threw while it was loaded, at .*trueup\.config\.ts:3: DATABASE_URL is missing/, /must load without a database/],
  ['something odd thrown', 'trueup.config.js', 'throw "odd"', /threw while it was loaded: odd/, /must load without/],
  ['a missing package', 'trueup.config.ts', 'import x from "@some/thing/deep"\nexport default x', /needs @some\/thing\/deep, which cannot be found/, /npm install @some\/thing`/],
  ['a missing file', 'trueup.config.ts', 'import x from "./nowhere.js"\nexport default x', /needs .*nowhere\.js, which cannot be found/, /path of that import/],
  ['a missing file, JavaScript', 'trueup.config.js', 'import x from "./nowhere.js"\nexport default x', /needs .*nowhere\.js, which cannot be found/, /path of that import/],
  ['wrong syntax', 'trueup.config.ts', '\nexport default {{', /trueup\.config\.ts could not be read.*\n?.*:2:/, /syntax/],
  ['wrong syntax, JavaScript', 'trueup.config.js', '\nexport default {{', /could not be read, at .*trueup\.config\.js:2: Unexpected token/, /syntax/],
]

for (const [title, file, text, message, hint] of refused) {
  test(`a configuration that cannot be used: ${title}`, async (t) => {
    const { code, stdout, stderr } = await project(t, { [file]: text }).run(['status'])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^error\[config-invalid\]: /)
    assert.match(stderr, message)
    assert.match(stderr, hint)
    assert.match(stderr, /see docs\/errors\/config-invalid\.md\n$/)
    assert.doesNotMatch(stderr, /\n {4}at /, 'no stack')
  })
}

test('no configuration, a named one that is not there, and two in one folder', async (t) => {
  const app = project(t)
  const none = await app.run(['plan'])
  assert.equal(none.code, 1)
  assert.match(none.stderr, /No trueup\.config\.\{ts,mts,js,mjs,cts,cjs\} in .* or in a folder above it/)
  const named = await app.run(['plan', '--config', 'other.ts', '--json'])
  assert.equal(named.code, 1)
  assert.match(named.stderr, /There is no file .*other\.ts/)
  const document: unknown = JSON.parse(named.stdout)
  assert.equal((document as { error: { code: string } }).error.code, 'config-invalid')
  app.write('trueup.config.js', '')
  app.write('trueup.config.ts', '')
  const two = await app.run(['plan'])
  assert.equal(two.code, 1)
  assert.match(two.stderr, /holds two configurations: trueup\.config\.ts and trueup\.config\.js/)
})
