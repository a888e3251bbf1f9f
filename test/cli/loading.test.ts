import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { configText } from './application.ts'
import type { Project } from './project.ts'
import { project } from './project.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function withPackages(t: TestContext, packages: readonly string[], files: Readonly<Record<string, string>>): Project {
  const app = project(t, files)
  for (const name of packages) {
    mkdirSync(dirname(join(app.folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(app.folder, 'node_modules', name))
  }
  return app
}

const ENTITIES = {
  'src/user.ts': `import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm'
import { Team } from '@app/team'
@Entity('users')
export class User {
  @PrimaryColumn() id!: number
  @Column() name!: string
  @Column({ nullable: true }) born?: Date
  @ManyToOne(() => Team, (team) => team.users) team!: import('@app/team').Team
}
`,
  'src/team.ts': `import { Column, Entity, OneToMany, PrimaryColumn } from 'typeorm'
import { User } from '@app/user'
export enum Kind { small = 'small' }
@Entity('teams')
export class Team {
  constructor(public note = '') {}
  @PrimaryColumn() id!: number
  @Column() active!: boolean
  @OneToMany(() => User, (user) => user.team) users!: unknown[]
}
`,
  'trueup.config.ts': `import 'reflect-metadata'
import { trueup } from 'trueup'
import { fromTypeORM } from 'trueup/models/typeorm'
import { sqlite } from 'trueup/sqlite'
import { DataSource } from 'typeorm'
import { Team } from '@app/team'
import { User } from '@app/user'
const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [User, Team] })
export default trueup({ database: sqlite('app.db'), models: fromTypeORM(dataSource) })
`,
  'tsconfig.base.json': '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true, "paths": { "@app/*": ["./src/*"] } } }',
  // As many projects have it: options from another file, with a comment and a trailing comma.
  'tsconfig.json': '{\n  "extends": "./tsconfig.base.json", // ours\n  "compilerOptions": { "strict": true, },\n}\n',
}
const PACKAGES = ['typeorm', 'reflect-metadata', 'better-sqlite3', 'libsql']

describe('decorators whose types come from the compiler', () => {
  for (const [kind, manifest] of [['ESM', '{ "type": "module" }'], ['CommonJS', '{}']] as const) {
    test(`${kind}: a loader of the project's that writes metadata is used`, async (t) => {
      const app = withPackages(t, [...PACKAGES, '@oxc-node/core'], { ...ENTITIES, 'package.json': manifest })
      const { code, stderr } = await app.run(['apply'])
      assert.equal(code, 0, stderr)
      const check = await app.run(['check', '--json'])
      assert.equal(check.code, 0, check.stdout + check.stderr)
    })

    test(`${kind}: without one, the failure says which file and what to install`, async (t) => {
      const { code, stderr } = await withPackages(t, PACKAGES, { ...ENTITIES, 'package.json': manifest }).run(['check'])
      assert.equal(code, 1)
      assert.match(stderr, /trueup\.config\.ts threw while it was loaded, at .*src\/(user|team)\.ts:\d+: .*Column type for (User|Team)#\w+ is not defined and cannot be guessed/s)
      assert.match(stderr, /emitDecoratorMetadata in .*tsconfig\.json asks for: run `npm install --save-dev @oxc-node\/core`/)
      if (kind === 'CommonJS') assert.match(stderr, /or with TypeScript before 7 `npm install --save-dev @swc-node\/register @swc\/core`/)
    })
  }

  test('who asks for metadata and has no decorators needs nothing', async (t) => {
    const app = project(t, { 'tsconfig.json': ENTITIES['tsconfig.base.json'], 'trueup.config.ts': configText({ entries: '' }) })
    assert.equal((await app.run(['check'])).code, 2)
  })
})

describe('a configuration in every form', () => {
  const common = `const { trueup } = require('trueup'); const { sqlite } = require('trueup/sqlite'); const { fromSql } = require('trueup/models/sql')\nconst place: string = __dirname\n`
  for (const [title, files] of [
    ['.mts in a package of CommonJS', { 'package.json': '{}', 'trueup.config.mts': configText({ entries: '', before: 'const n: number = await Promise.resolve(1)' }) }],
    ['.cts in a package of modules', { 'trueup.config.cts': `${common}module.exports = trueup({ database: sqlite('app.db'), models: fromSql('CREATE TABLE a (b INTEGER)') })\n` }],
    ['.ts with import in a package of CommonJS, imports without an ending', { 'package.json': '{}', 'trueup.config.ts': configText({ entries: '', before: "import { one } from './src/folder'\nimport { two } from './src/two'\nif (one + two !== 3) throw new Error('?')" }), 'src/folder/index.ts': 'export enum E { one = 1 }\nexport const one = E.one\n', 'src/two.ts': 'export const two: number = 2\n' }],
  ] as const) {
    test(title, async (t) => {
      const app = project(t, files)
      const { code, stderr } = await app.run(['check'])
      assert.equal(code, 2, stderr)
      assert.equal(stderr, '')
    })
  }

  test('a package of the workspace in TypeScript, and one that was not built', async (t) => {
    const app = project(t, {
      'packages/models/package.json': '{ "name": "@shop/models", "type": "module", "exports": "./src/index.ts" }', 'packages/models/src/index.ts': "export { ddl } from './ddl.js'\n",
      'packages/models/src/ddl.ts': 'export enum N { one = 1 }\nexport const ddl: string = `CREATE TABLE a (b INTEGER)`\n',
      'packages/built/package.json': '{ "name": "@shop/built", "type": "module", "exports": "./dist/index.js" }',
      'trueup.config.ts': `import { trueup } from 'trueup'\nimport { sqlite } from 'trueup/sqlite'\nimport { fromSql } from 'trueup/models/sql'\nimport { ddl } from '@shop/models'\nexport default trueup({ database: sqlite('app.db'), models: fromSql(ddl) })\n`,
    })
    mkdirSync(join(app.folder, 'node_modules/@shop'))
    symlinkSync('../../packages/models', join(app.folder, 'node_modules/@shop/models'))
    symlinkSync('../../packages/built', join(app.folder, 'node_modules/@shop/built'))
    const good = await app.run(['check'])
    assert.equal(good.code, 2, good.stderr)
    app.write('trueup.config.ts', "import x from '@shop/built'\nexport default x\n")
    const bad = await app.run(['check'])
    assert.match(bad.stderr, /it needs .*dist\/index\.js.*, which cannot be found/)
    assert.match(bad.stderr, /It is made by a build: build that package first/)
    app.write('tsconfig.json', '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }')
    app.write('trueup.config.ts', "import x from '~/nowhere'\nexport default x\n")
    assert.match((await app.run(['check'])).stderr, /needs ~\/nowhere, which cannot be found\.\nhint: It fits "~\/\*" of `paths` in .*tsconfig\.json/)
  })
})
