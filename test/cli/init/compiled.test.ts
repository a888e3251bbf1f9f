// A project whose compiler wants its sources in one folder still compiles after init, to the same places as before.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { InitReport } from '../../../src/cli/init/report.ts'
import type { Project } from '../project.ts'
import { documentOf, made } from './made.ts'

const TYPESCRIPT = { 7: 'typescript', 5: 'typescript-5' } as const
const USUAL = { module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'], target: 'es2023' }

function compile(app: Project, version: keyof typeof TYPESCRIPT): string {
  const tsc = fileURLToPath(new URL(`../../../node_modules/${TYPESCRIPT[version]}/bin/tsc`, import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: app.folder, encoding: 'utf8' })
  return stdout + stderr
}

const CASES: readonly (readonly [title: string, tsconfig: object, folder: string, config: string, version: keyof typeof TYPESCRIPT])[] = [
  ['rootDir: src', { compilerOptions: { ...USUAL, rootDir: 'src', outDir: 'dist' } }, 'src', 'src/trueup.config.ts', 7],
  ['rootDir: ./lib, which is all that is included', { compilerOptions: { ...USUAL, rootDir: './lib', outDir: 'dist' }, include: ['lib'] }, 'lib', 'lib/trueup.config.ts', 7],
  // TypeScript 6 and later ask for it.
  ['no rootDir, so that the compiler finds out by itself', { compilerOptions: { ...USUAL, outDir: './dist' }, include: ['src'] }, 'src', 'src/trueup.config.ts', 5],
  ['rootDir: the project itself', { compilerOptions: { ...USUAL, rootDir: '.', outDir: 'dist' } }, 'src', 'trueup.config.ts', 7],
]

for (const [title, tsconfig, folder, config, version] of CASES) {
  test(`init beside ${title}: it compiles as before, and the commands find the configuration`, async (t) => {
    const app = made(t, ['drizzle-orm', 'pg', '@types/node', 'undici-types'], {
      'package.json': JSON.stringify({ name: 'shop', type: 'module', dependencies: { 'drizzle-orm': '*', pg: '*' }, scripts: { dev: `tsx ${folder}/main.ts` } }),
      'tsconfig.json': JSON.stringify(tsconfig),
      [`${folder}/db/schema.ts`]: `import { pgTable, serial } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { id: serial('id').primaryKey() })\n`,
      [`${folder}/main.ts`]: `import { users } from './db/schema.js'\nconsole.log(users)\n`,
    })
    assert.equal(compile(app, version), '')
    const before = readdirSync(join(app.folder, 'dist'), { recursive: true, encoding: 'utf8' }).sort()
    const outcome = await app.run(['init', '--json'])
    assert.equal(outcome.code, 0, outcome.stderr)
    const report = documentOf<InitReport>(outcome)
    assert.equal(report.config.file, join(app.folder, config))
    assert.equal(report.entry.file, `${folder}/main.ts`)
    app.write(`${folder}/main.ts`, `import { users } from './db/schema.js'\n${report.entry.lines.join('\n')}\nconsole.log(users)\n`)
    assert.equal(compile(app, version), '')
    const after = readdirSync(join(app.folder, 'dist'), { recursive: true, encoding: 'utf8' }).sort()
    assert.deepEqual(after.filter((name) => !name.includes('trueup.config')), before)
    const again = await app.run(['init'])
    assert.match(again.stderr, /trueup\.config\.ts is there already/)
    const entry = await app.run(['new', 'column', 'users.nick', '--type', 'text'])
    assert.match(entry.stdout, new RegExp(`^Wrote ${config.replace('trueup.config.ts', '')}entries/`))
  })
}
