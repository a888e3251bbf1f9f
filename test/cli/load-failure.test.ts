import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain, missingImport, placeIn, plainPath, remedyFor } from '../../src/cli/load-failure.ts'

const there = (): boolean => true
const WINDOWS = String.raw`C:\work\my app\trueup.config.ts`

test('what is missing and who wants it, in the words of every loader, on every system', () => {
  const cases: readonly (readonly [message: string, name: string, from: string | null])[] = [
    ["Cannot find package 'pg' imported from /app/trueup.config.ts", 'pg', '/app/trueup.config.ts'],
    ["Cannot find package '@a/b' imported from 'file:///app/my%20app/x.ts'\n    at here", '@a/b', '/app/my app/x.ts'],
    [`Cannot find module '${String.raw`C:\work\my app\src\nowhere.js`}' imported from ${WINDOWS}`, String.raw`C:\work\my app\src\nowhere.js`, WINDOWS],
    ["Cannot find module 'file:///C:/work/nowhere.js' imported from file:///C:/work/trueup.config.ts", 'C:/work/nowhere.js', 'C:/work/trueup.config.ts'],
    [`Cannot find module './models'\nRequire stack:\n- ${WINDOWS}\n- x`, './models', WINDOWS],
    ["Cannot find module 'drizzle-orm'\nRequire stack:\n- /app/models.ts?namespace=601d6c2c-d1d0-43a7", 'drizzle-orm', '/app/models.ts'],
    ['Cannot find module "./nowhere" from "/app/trueup.config.ts"', './nowhere', '/app/trueup.config.ts'],
  ]
  for (const [message, name, from] of cases) assert.deepEqual(missingImport(message), { name, from }, message)
  assert.equal(missingImport('something else'), null)
})

test('the place of a failure: the first frame that is the user\'s own', () => {
  const stack = (...frames: readonly string[]): string => ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n')
  assert.equal(placeIn(stack('node:internal/x:1:2', 'file:///app/my%20app/trueup.config.ts:3:7'), there), '/app/my app/trueup.config.ts:3')
  assert.equal(placeIn(stack('make (file:///C:/work/my%20app/trueup.config.ts?tsx-namespace=17:3:7)'), there), 'C:/work/my app/trueup.config.ts:3')
  assert.equal(placeIn(stack(String.raw`Object.<anonymous> (C:\work\node_modules\pg\index.js:1:1)`, `Object.<anonymous> (${WINDOWS}:12:9)`), there), `${WINDOWS}:12`)
  assert.equal(placeIn(stack('/app/node_modules/x/y.js:1:1', 'node:internal/x:1:2'), there), null)
  assert.equal(placeIn(`${WINDOWS}:4`, there), `${WINDOWS}:4`)
  assert.equal(placeIn(stack('/app/src/decorator/Column.ts:80:1', '/app/mine.ts:2:3'), (path) => path === '/app/mine.ts'), '/app/mine.ts:2')
  assert.equal(plainPath('/C:/work/x.ts'), 'C:/work/x.ts')
})

test('what to do about an import: a path, a build, an alias of tsconfig, a package', () => {
  const tsconfig = { file: '/app/tsconfig.json', options: { paths: { '@models/*': ['./src/*'], 'config': ['./c.ts'], '*': ['./*'] } } }
  assert.match(remedyFor(String.raw`C:\work\x.js`, tsconfig), /^Correct the path/)
  assert.match(remedyFor('../x', null), /^Correct the path/)
  assert.match(remedyFor(String.raw`C:\repo\packages\db\dist\index.js`, null), /^It is made by a build: build that package first/)
  assert.match(remedyFor('@models/user', tsconfig), /^It fits "@models\/\*" of `paths` in \/app\/tsconfig\.json/)
  assert.match(remedyFor('config', tsconfig), /^It fits "config"/)
  assert.match(remedyFor('#db', null), /`imports` in package\.json/)
  assert.equal(remedyFor('@scope/thing/deep', tsconfig), 'Run `npm install @scope/thing`, or correct the import.')
})

test('decorators without metadata are told with the one line that mends it', () => {
  const error = new Error('Column type for User#name is not defined and cannot be guessed.')
  const told = explain(error, WINDOWS, { tsconfig: { file: 'tsconfig.json', options: {} }, missing: '`npm install --save-dev @oxc-node/core`' })
  assert.equal(told.hint, 'The types of properties are missing, which emitDecoratorMetadata in tsconfig.json asks for: run `npm install --save-dev @oxc-node/core`.')
  assert.match(explain(error, WINDOWS, { tsconfig: null, missing: null }).hint ?? '', /without a database/)
  assert.match(explain(new ReferenceError('__dirname is not defined in ES module scope'), WINDOWS, { tsconfig: null, missing: null }).hint ?? '', /\.cts/)
})
