import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeConsumer, ROOT } from './consumer.ts'

/** A block of TypeScript in a page. */
interface Snippet {
  readonly page: string
  readonly line: number
  readonly code: string
}

const pages = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((page) => page.endsWith('.md')).map((page) => `docs/${page}`)]
const snippets = pages.flatMap((page): readonly Snippet[] => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```ts[^\n]*\n(.*?)^```$/gms)].map((match) => ({ page, line: text.slice(0, match.index).split('\n').length, code: match[1] ?? '' }))
})

const consumer = makeConsumer('@types/node', 'undici-types', 'tsx', 'drizzle-orm', '@electric-sql/pglite')

/** The models that the pages speak of. */
consumer.write('src/models.ts', `
import { integer, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: serial('id').primaryKey(), name: text('name').notNull(), firstName: text('first_name'), lastName: text('last_name') })
export const memories = pgTable('memories', { id: serial('id').primaryKey(), title: text('title'), taskId: varchar('task_id') })
export const taskLogs = pgTable('task_logs', { id: serial('id').primaryKey(), progress: integer('progress') })
`)

/** What a piece of code that stands alone takes for granted, by name. */
const GIVEN: Readonly<Record<string, string>> = {
  trueup: `import { trueup } from 'trueup'`,
  sql: `import { sql } from 'trueup'`,
  postgres: `import { postgres } from 'trueup/postgres'`,
  fromDrizzle: `import { fromDrizzle } from 'trueup/models/drizzle'`,
  PGlite: `import { PGlite } from '@electric-sql/pglite'`,
  models: `import * as models from './src/models.ts'`,
  schema: `declare const schema: import('trueup').Trueup`,
  server: `declare const server: { listen(port: number): void }`,
  url: `declare const url: string`,
  fromTables: `import { fromTables } from 'trueup/models/tables'`,
  DatabaseOf: `import type { DatabaseOf } from 'trueup/models/tables'`,
  DataSource: `declare class DataSource { constructor(options: object) }`,
  User: `declare class User {}`,
  Project: `declare class Project {}`,
  MikroORM: `declare class MikroORM { constructor(options: object) }`,
  options: `declare const options: object`,
  sequelize: `declare const sequelize: object`,
  Kysely: `declare class Kysely<T> { constructor(options: { readonly dialect: T | object }) }`,
  dialect: `declare const dialect: object`,
  fastify: `declare const fastify: (options: object) => import('trueup/fastify').FastifyLike & { register(plugin: unknown, options: object): Promise<void>; listen(options: object): Promise<void> }`,
  express: `declare const express: () => { listen(port: number): { close(): void } }`,
  Hono: `declare class Hono {}`,
  Module: `declare function Module(options: object): (target: unknown, context: unknown) => void`,
  hash: `declare const hash: (text: string) => string`,
  rest: `declare const rest: { readonly database: import('trueup').Database; readonly models: import('trueup').ModelSource }`,
}

/** A piece of code as a module that compiles: entries in a list, options in a call, the rest as it is. */
function whole(snippet: Snippet): string {
  const code = snippet.code.replace(/^\/\/ \S+\.ts\n/, '').replaceAll(', … }', ', ...rest }')
  const { imports, body } = split(code)
  const text = wrap(body)
  const declared = (name: string): boolean => new RegExp(`^import [^\\n]*\\b${name}\\b[^\\n]* from '|^const ${name}\\b`, 'm').test(code)
  const given = Object.entries(GIVEN).filter(([name]) => new RegExp(`(?<=^|\\.\\.\\.|[^.'\\w])${name}\\b(?!:)`, 'm').test(text) && !declared(name)).map(([, line]) => line)
  return [...given, ...imports, text, 'export {}'].join('\n')
}

function split(code: string): { readonly imports: readonly string[]; readonly body: string } {
  const lines = code.split('\n')
  const isImport = (line: string): boolean => line.startsWith('import ')
  return { imports: lines.filter(isImport).map((line) => line.replace(`'../trueup.config.ts'`, `'./trueup.config.ts'`)), body: lines.filter((line) => !isImport(line)).join('\n').trim() }
}

function wrap(body: string): string {
  if (body.startsWith('{')) return `export const entries: readonly import('trueup').Migration[] = [\n${body}\n]`
  if (/^(?:database|migrations|tolerate):/.test(body)) return `trueup({ ...rest, ${body.replace(/\s*\/\/.*$/, '')} })`
  return body
}

test('every piece of TypeScript in the pages compiles', () => {
  const config = snippets.find((snippet) => snippet.page === 'README.md' && snippet.code.startsWith('// trueup.config.ts'))
  assert.ok(config, 'the README shows a configuration')
  consumer.write('trueup.config.ts', config.code)
  const files = snippets.map((snippet, at) => {
    const name = `snippet-${at}.ts`
    consumer.write(name, `// ${snippet.page}:${snippet.line}\n${whole(snippet)}\n`)
    return name
  })
  assert.ok(files.length > 20)
  const said = consumer.typecheck({ module: 'nodenext', moduleResolution: 'nodenext', types: ['node'], skipLibCheck: true, exactOptionalPropertyTypes: true }, ['trueup.config.ts', ...files])
  const placed = said.replace(/snippet-(\d+)\.ts/g, (name, at: string) => `${name} (${snippets[Number(at)]?.page}:${snippets[Number(at)]?.line})`)
  assert.equal(placed, '')
})

/** Files that the README names in their first line: together they are the first safe start. */
function writeReadmeProject(): void {
  for (const snippet of snippets.filter((one) => one.page === 'README.md')) {
    const [, name] = /^\/\/ (\S+\.ts)\n/.exec(snippet.code) ?? []
    if (name !== undefined) consumer.write(name, snippet.code)
  }
}

test('the first safe start of the README runs, and the commands below it say what it promises', () => {
  writeReadmeProject()
  // What the README leaves to the reader: a server, and the end of the program.
  consumer.write('older.ts', `
import { PGlite } from '@electric-sql/pglite'
const database = await PGlite.create('data')
await database.exec("CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL); INSERT INTO users (name) VALUES ('Ada Lovelace'), ('Grace Hopper'); CREATE TABLE task_logs (id serial PRIMARY KEY, progress integer); INSERT INTO task_logs DEFAULT VALUES;")
await database.close()
`)
  consumer.write('run.ts', `
Object.assign(globalThis, { server: { listen: (port: number) => console.log('listening on', port) } })
await import('./src/main.ts')
await (await import('./trueup.config.ts')).default.close()
`)
  consumer.write('look.ts', `
import { PGlite } from '@electric-sql/pglite'
const database = await PGlite.create('data')
const [users, logs] = await database.exec('SELECT first_name FROM users ORDER BY id; SELECT progress FROM task_logs')
console.log(JSON.stringify([users?.rows, logs?.rows]))
await database.close()
`)
  const env = { DATABASE_URL: 'pglite:data', NODE_ENV: 'test' }
  const bin = join(consumer.installed, 'dist/cli/bin.js')
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = consumer.node(['--import', 'tsx', ...args], env)
    assert.equal(status, 0, `${args.join(' ')}\n${stdout}${stderr}`)
    return stdout
  }
  run('older.ts')
  const plan = run(bin, 'plan')
  assert.match(plan, /add column task_id|create table memories/)
  assert.match(plan, /split-name/)
  const started = run('run.ts')
  assert.match(started, /✅ Migrations applied\nlistening on 8080/)
  assert.deepEqual(JSON.parse(run('look.ts')), [[{ first_name: 'Ada' }, { first_name: 'Grace' }], [{ progress: 0 }]])
  run(bin, 'check')
  assert.match(run(bin, 'apply'), /✅ Migrations applied/)
})
