import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InitReport } from '../../../src/cli/init/report.ts'
import { change } from '../application.ts'
import { contents, documentOf, made } from './made.ts'

const USERS = `import { pgTable, serial } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { id: serial().primaryKey() })\n`
const PRISMA = 'datasource db { provider = "postgresql" }\nmodel User { id Int @id }\n'

const refused: readonly (readonly [title: string, files: Readonly<Record<string, string>>, words: readonly string[], message: RegExp])[] = [
  ['nothing at all', { 'readme.md': '' }, [], /found neither models nor a driver in .*, which has no package\.json\. Looked for Drizzle, Prisma/],
  ['a configuration that is there', { 'trueup.config.mjs': 'export default 1', 'src/schema.ts': USERS, 'package.json': '{ "dependencies": { "drizzle-orm": "1" } }' }, [], /trueup\.config\.mjs is there already and stays as it is/],
  ['two ORMs with models', { 'src/schema.ts': USERS, 'prisma/schema.prisma': PRISMA, 'package.json': '{ "dependencies": { "drizzle-orm": "1" } }' }, [], /models of Drizzle \(src\/schema\.ts\) and of Prisma \(prisma\/schema\.prisma\) are here; say which: --models drizzle or --models prisma/],
  ['models that are not there', { 'src/schema.ts': USERS, 'package.json': '{ "dependencies": { "drizzle-orm": "1" } }' }, ['--models', 'prisma'], /--models prisma: nothing of it is in .*; found were drizzle/],
  ['the root of workspaces', { 'package.json': '{ "workspaces": ["apps/*"] }', 'apps/api/package.json': '{ "dependencies": { "drizzle-orm": "1" } }', 'apps/api/schema.ts': USERS, 'apps/web/package.json': '{}' }, [], /is the root of workspaces; run it in the one that has the models: cd apps\/api\n/],
  ['a database that is not known', { 'package.json': '{}', 'prisma/schema.prisma': PRISMA.replace('postgresql', 'mysql') }, [], /Prisma here is for mysql; PostgreSQL and SQLite are brought into line/],
  ['nothing that tells the database', { 'package.json': '{}', 'schema.sql': '' }, [], /nothing tells whether the database is PostgreSQL or SQLite/],
  ['a package.json that is none', { 'package.json': '{{', 'readme.md': '' }, [], /found neither models nor a driver/],
]

for (const [title, files, words, message] of refused) {
  test(`init writes nothing: ${title}`, async (t) => {
    const app = made(t, [], files)
    const { code, stdout, stderr } = await app.run(['init', ...words])
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, message)
    assert.doesNotMatch(stderr, /unexpected| {4}at /)
    assert.deepEqual(contents(app), files)
  })
}

test('init says what is missing, and what to do where no database can be asked', async (t) => {
  const app = made(t, [], { 'package.json': '{ "name": "a", "type": "module", "dependencies": { "drizzle-orm": "1" } }', 'yarn.lock': '', 'src/schema.ts': USERS })
  const dry = await app.run(['init', '--dry-run'])
  assert.equal(dry.code, 0, dry.stderr)
  assert.match(dry.stdout, /^Drizzle: src\/schema\.ts\n(.*\n)*Would write trueup\.config\.ts\n\n {2}import \{ trueup \} from 'trueup'\n/)
  assert.deepEqual(Object.keys(contents(app)).includes('trueup.config.ts'), false)
  const first = await app.run(['init'])
  assert.match(first.stdout, /Wrote trueup\.config\.ts\n/)
  assert.match(first.stdout, /Nothing tells where the database is: DATABASE_URL is assumed to hold its URL\./)
  assert.match(first.stdout, /The database was not asked: pg must be installed first\.\n {2}Then run `trueup check`\./)
  assert.match(first.stdout, /Next\n {2}1\. yarn add pg\n {2}2\. npx trueup plan/)
  assert.match(first.stdout, /In the file that starts the service\n {2}import schema from '.\/trueup\.config\.ts'\n\n {2}await schema\.applyMigrations\(\)/)
  app.remove('trueup.config.ts')
  const second = made(t, ['pg', 'drizzle-orm'], { 'package.json': '{ "type": "module", "dependencies": { "drizzle-orm": "1", "pg": "8" } }', 'src/schema.ts': USERS })
  assert.match((await second.run(['init'], { env: { DATABASE_URL: '' } })).stdout, /The database was not asked: The database URL is empty/)
  second.remove('trueup.config.ts')
  const secret = await second.run(['init', '--json'], { env: { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/app' } })
  const { look } = documentOf<InitReport>(secret)
  assert.match(look?.reached === false ? look.because : '', /Cannot connect to PostgreSQL at 127\.0\.0\.1:1\/app/)
  assert.ok(!`${secret.stdout}${secret.stderr}`.includes('hunter2'))
})

test('init never copies a password, and names what has to be changed in the ORM', async (t) => {
  const app = made(t, ['pg', 'typeorm'], {
    'package.json': '{ "dependencies": { "typeorm": "1", "pg": "8", "@nestjs/core": "1" } }',
    'src/user.entity.ts': `import { Column, Entity, PrimaryColumn } from 'typeorm'\n@Entity({ name: 'users' })\nexport class User {\n  @PrimaryColumn('int')\n  id: number\n}\n`,
    'src/app.module.ts': `import { TypeOrmModule } from '@nestjs/typeorm'\nimport { User } from './user.entity'\nexport const m = TypeOrmModule.forRoot({ type: 'postgres', url: 'postgres://me:hunter2@db/app', entities: [User], synchronize: true })\n`,
  })
  const outcome = await app.run(['init', '--json'])
  const report = documentOf<InitReport>(outcome)
  assert.ok(!`${outcome.stdout}${outcome.stderr}`.includes('hunter2'))
  assert.match(report.config.text, /import \{ User \} from '\.\/src\/user\.entity'\n(.*\n)*const dataSource = new DataSource\(\{ type: 'postgres', entities: \[User\] \}\)/)
  assert.match(report.config.text, /postgres\(process\.env\.DATABASE_URL!\)/)
  assert.ok(report.models.notes.some((note) => note.includes('src/app.module.ts sets synchronize: set it to false')))
  assert.deepEqual(report.entry.lines.at(-1), '@Module({ imports: [TrueupModule.forRoot(schema), …] })')
})

test('init shows what the database says, and the ledger that another tool left there', async (t) => {
  const app = made(t, ['libsql', 'knex'], {
    'package.json': '{ "dependencies": { "knex": "3", "libsql": "1" } }', 'knexfile.js': `module.exports = { client: 'better-sqlite3', connection: { filename: './app.db' } }`,
    'schema.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);\n',
  })
  change(app, `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255), batch integer, migration_time datetime);
    CREATE TABLE knex_migrations_lock ("index" integer not null primary key autoincrement, is_locked integer);
    INSERT INTO knex_migrations (name, batch) VALUES ('1_users.js', 1)`)
  const { code, stdout, stderr } = await app.run(['init'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /Not in sync: SQLite at .*app\.db\n\nPending\n {2}add column age to users/)
  assert.match(stdout, /Ledgers of other tools\n {2}Knex \(knex_migrations\): 1 migration, the last is 1_users\.js {2}\[not taken over: `trueup baseline` does\]/)
  assert.match(stdout, /npx trueup baseline/)
})
