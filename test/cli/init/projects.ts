/** A small project as a team has it, and what is to be found in it. */
export interface ProjectCase {
  readonly title: string
  /** Installed packages. */
  readonly packages: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly words?: readonly string[]
  /** The folder below in which it is run. */
  readonly cwd?: string
  readonly config: string
  readonly kind: string
  readonly dialect: 'postgres' | 'sqlite'
  /** The driver that is named first. */
  readonly driver: string
  readonly variable: string | null
  /** Lines that the configuration must have. */
  readonly has: readonly string[]
  readonly entry: readonly [file: string | null, line: string]
  readonly tools?: readonly string[]
  /** The tables that the models make. */
  readonly tables: readonly string[]
}

/** Stands for the URL of an empty database. */
export const URL = '$URL'
const PG = { DATABASE_URL: URL }
const SCHEMA_PRISMA = `datasource db {\n  provider = "postgresql" // url = env("OTHER")\n}\nmodel User {\n  id Int @id @default(autoincrement())\n  email String @unique\n}\n`
const USERS_TS = `import { pgTable, text, serial } from 'drizzle-orm/pg-core'\nexport const users = pgTable('users', { id: serial('id').primaryKey(), email: text('email').notNull() })\n`
const PACKAGE = (fields: object): string => JSON.stringify({ name: 'shop', ...fields })

export const PROJECTS: readonly ProjectCase[] = [
  {
    title: 'Drizzle with drizzle.config.ts, several schema files by a pattern, dotenv-less .env, in ESM',
    packages: ['drizzle-orm', 'pg'],
    files: {
      'package.json': PACKAGE({ type: 'module', dependencies: { 'drizzle-orm': '^0.45.0', pg: '^8.0.0' }, devDependencies: { 'drizzle-kit': '^0.31.0' }, scripts: { dev: 'tsx watch src/server.ts', 'db:migrate': 'drizzle-kit migrate' } }),
      'tsconfig.json': '{\n  // as tsc --init writes it\n  "compilerOptions": { "module": "nodenext", "strict": true, },\n}\n',
      'drizzle.config.ts': `import { defineConfig } from 'drizzle-kit'\nexport default defineConfig({\n  // schema: './old.ts',\n  schema: './src/db/*.table.ts',\n  out: './drizzle',\n  dialect: 'postgresql',\n  casing: 'snake_case',\n  dbCredentials: { url: process.env.DATABASE_URL! },\n})\n`,
      'drizzle/meta/_journal.json': '{"entries":[]}', 'drizzle/0000_init.sql': 'CREATE TABLE users ();', 'drizzle/0001_more.sql': 'SELECT 1;',
      'src/db/users.table.ts': USERS_TS,
      'src/db/posts.table.ts': `import { pgTable, integer, text } from 'drizzle-orm/pg-core'\nimport { users } from './users.table.js'\nexport const posts = pgTable('posts', { id: integer().primaryKey(), authorId: integer().references(() => users.id), title: text() })\n`,
      'src/server.ts': `import { users } from './db/users.table.js'\nconsole.log(users)\n`,
      '.env': `DATABASE_URL=${URL}\n`,
    },
    config: 'trueup.config.ts', kind: 'drizzle', dialect: 'postgres', driver: 'pg', variable: 'DATABASE_URL',
    has: ["import * as postsTableModels from './src/db/posts.table.js'", "fromDrizzle([postsTableModels, usersTableModels], { casing: 'snake_case' })", "process.loadEnvFile('.env')", 'postgres(process.env.DATABASE_URL!)', "application: 'shop'"],
    entry: ['src/server.ts', "import schema from '../trueup.config.js'"], tools: ['drizzle-kit: drizzle, 2, db:migrate'],
    tables: ['posts', 'users'],
  },
  {
    title: 'Drizzle on PGlite without a drizzle.config, a schema folder that is gathered by an index',
    packages: ['drizzle-orm', '@electric-sql/pglite', 'pg'],
    files: {
      'package.json': PACKAGE({ type: 'module', main: 'dist/index.js', dependencies: { 'drizzle-orm': '*', '@electric-sql/pglite': '*' } }),
      'tsconfig.json': '{ "compilerOptions": { "module": "preserve", "moduleResolution": "bundler", "allowImportingTsExtensions": true, "noEmit": true } }',
      'src/schema/index.ts': `export * from './users'\n`, 'src/schema/users.ts': USERS_TS, 'src/index.ts': `console.log('up')\n`,
      'src/schema/users.test.ts': `import { pgTable } from 'drizzle-orm/pg-core'\npgTable('of_a_test', {})\n`,
    },
    env: PG, config: 'trueup.config.ts', kind: 'drizzle', dialect: 'postgres', driver: '@electric-sql/pglite', variable: 'DATABASE_URL',
    has: ["import * as models from './src/schema/index'", 'models: fromDrizzle(models)'], entry: ['src/index.ts', "import schema from '../trueup.config'"], tables: ['users'],
  },
  {
    title: 'Drizzle on SQLite in CommonJS, JavaScript',
    packages: ['drizzle-orm', 'libsql'],
    files: {
      'package.json': PACKAGE({ main: './server.js', dependencies: { 'drizzle-orm': '*', libsql: '*' } }),
      'drizzle.config.js': `module.exports = { schema: 'db/schema.js', dialect: 'sqlite', dbCredentials: { url: 'file:./local.db' } }\n`,
      'db/schema.js': `const { sqliteTable, integer, text } = require('drizzle-orm/sqlite-core')\nexports.notes = sqliteTable('notes', { id: integer().primaryKey(), body: text().notNull() })\n`,
      'server.js': `const { notes } = require('./db/schema')\n`,
    },
    config: 'trueup.config.js', kind: 'drizzle', dialect: 'sqlite', driver: 'libsql', variable: null,
    has: ["const models = require('./db/schema.js')", 'module.exports = trueup({', "sqlite('file:./local.db')"], entry: ['server.js', "const schema = require('./trueup.config.js')"], tables: ['notes'],
  },
  {
    title: 'Prisma, one file, with another migration tool beside it and a script that runs it',
    packages: ['@prisma/schema-engine-wasm', 'pg'],
    files: {
      'package.json': PACKAGE({ dependencies: { '@prisma/client': '^7.0.0', pg: '*' }, devDependencies: { prisma: '^7.0.0', typescript: '*' }, scripts: { start: 'node dist/main.js', release: 'prisma migrate deploy' } }),
      'tsconfig.json': '{ "compilerOptions": { "module": "commonjs" } }',
      'prisma.config.ts': `import { defineConfig, env } from 'prisma/config'\nexport default defineConfig({ schema: 'prisma/schema.prisma', datasource: { url: env('SHOP_DATABASE') } })\n`,
      'prisma/schema.prisma': SCHEMA_PRISMA, 'prisma/migrations/migration_lock.toml': 'provider = "postgresql"', 'prisma/migrations/20250101000000_init/migration.sql': 'SELECT 1;',
      'src/main.ts': `import { a } from './a'\nconsole.log(a)\n`, 'src/a.ts': 'export const a = 1\n',
    },
    env: { SHOP_DATABASE: URL }, config: 'trueup.config.ts', kind: 'prisma', dialect: 'postgres', driver: 'pg', variable: 'SHOP_DATABASE',
    has: ["fromPrisma({ name: 'prisma/schema.prisma', text: readFileSync('prisma/schema.prisma', 'utf8') })"], entry: ['src/main.ts', "import schema from '../trueup.config'"],
    tools: ['Prisma Migrate: prisma/migrations, 1, release'], tables: ['User'],
  },
  {
    title: 'Prisma in several files, in a folder',
    packages: ['@prisma/schema-engine-wasm', 'pg'],
    files: {
      'package.json': PACKAGE({ type: 'module', dependencies: { '@prisma/client': '^7.0.0', pg: '*' }, prisma: { schema: './prisma/schema' } }),
      'prisma/schema/base.prisma': SCHEMA_PRISMA, 'prisma/schema/models/post.prisma': 'model Post {\n  id Int @id\n}\n',
    },
    env: PG, config: 'trueup.config.js', kind: 'prisma', dialect: 'postgres', driver: 'pg', variable: 'DATABASE_URL',
    has: ["readdirSync('prisma/schema', { recursive: true, encoding: 'utf8' })"], entry: [null, "import schema from './trueup.config.js'"], tables: ['Post', 'User'],
  },
  {
    title: 'TypeORM with an exported DataSource of EntitySchema, SQLite, CommonJS',
    packages: ['typeorm', 'libsql', 'better-sqlite3', 'reflect-metadata'],
    files: {
      'package.json': PACKAGE({ dependencies: { typeorm: '^1.0.0', 'better-sqlite3': '*' } }),
      'src/data-source.js': `const { DataSource, EntitySchema } = require('typeorm')\nconst Note = new EntitySchema({ name: 'Note', tableName: 'notes', columns: { id: { type: Number, primary: true }, body: { type: 'text' } } })\nconst AppDataSource = new DataSource({ type: 'better-sqlite3', database: process.env.DB_FILE, synchronize: true, entities: [Note] })\nmodule.exports = { AppDataSource }\n`,
      'src/index.js': `const { AppDataSource } = require('./data-source')\n`,
    },
    env: { DB_FILE: 'there.db' }, config: 'trueup.config.js', kind: 'typeorm', dialect: 'sqlite', driver: 'better-sqlite3', variable: 'DB_FILE',
    has: ["const { AppDataSource } = require('./src/data-source.js')", 'fromTypeORM(AppDataSource)', 'sqlite(process.env.DB_FILE)'], entry: ['src/index.js', "const schema = require('../trueup.config.js')"], tables: ['notes'],
  },
  {
    title: 'MikroORM with a configuration of EntitySchema',
    packages: ['@mikro-orm/core', '@mikro-orm/postgresql', 'pg'],
    files: {
      'package.json': PACKAGE({ type: 'module', dependencies: { '@mikro-orm/core': '7.2.1', '@mikro-orm/postgresql': '7.2.1' }, 'mikro-orm': { configPaths: ['./src/mikro-orm.config.ts'] } }),
      'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }',
      'src/mikro-orm.config.ts': `import { defineConfig, EntitySchema } from '@mikro-orm/postgresql'\nconst Note = new EntitySchema<{ id: number; body: string }>({ name: 'Note', tableName: 'notes', properties: { id: { type: 'number', primary: true }, body: { type: 'string' } } })\nexport default defineConfig({ entities: [Note], clientUrl: process.env['DATABASE_URL'], dbName: 'shop' })\n`,
    },
    env: PG, config: 'trueup.config.ts', kind: 'mikro-orm', dialect: 'postgres', driver: 'pg', variable: 'DATABASE_URL',
    has: ["import options from './src/mikro-orm.config.js'", 'new MikroORM({ ...options, connect: false })'], entry: [null, "import schema from './trueup.config.js'"], tables: ['notes'],
  },
  {
    title: 'Sequelize as sequelize-cli lays it out',
    packages: ['sequelize', 'pg'],
    files: {
      'package.json': PACKAGE({ main: 'app.js', dependencies: { sequelize: '^6.37.0', pg: '*' }, devDependencies: { 'sequelize-cli': '^6.0.0' }, scripts: { migrate: 'sequelize db:migrate' } }),
      '.sequelizerc': 'module.exports = {}', 'config/config.json': '{ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres" } }',
      'models/index.js': `const fs = require('node:fs'); const path = require('node:path'); const Sequelize = require('sequelize')\nconst config = require('../config/config.json')['development']\nconst db = {}\nconst sequelize = new Sequelize(process.env[config.use_env_variable], config)\nfor (const file of fs.readdirSync(__dirname).filter((name) => name !== 'index.js')) { const model = require(path.join(__dirname, file))(sequelize, Sequelize.DataTypes); db[model.name] = model }\ndb.sequelize = sequelize\nmodule.exports = db\n`,
      'models/user.js': `module.exports = (sequelize, DataTypes) => sequelize.define('User', { email: DataTypes.STRING }, { tableName: 'users', timestamps: false })\n`,
      'migrations/20250101000000-create-user.js': 'module.exports = {}', 'app.js': `const db = require('./models')\n`,
    },
    env: { DATABASE_URL: URL }, config: 'trueup.config.js', kind: 'sequelize', dialect: 'postgres', driver: 'pg', variable: 'DATABASE_URL',
    has: ["const models = require('./models/index.js')", 'fromSequelize(models.sequelize)'], entry: ['app.js', "const schema = require('./trueup.config.js')"],
    tools: ['Umzug (Sequelize): migrations, 1, migrate'], tables: ['users'],
  },
  {
    title: 'Sequelize with an instance of its own and models that define themselves on it',
    packages: ['sequelize', 'pg'],
    files: {
      'package.json': PACKAGE({ type: 'module', dependencies: { sequelize: '^6.37.0', pg: '*' } }),
      'src/db.js': `import { Sequelize } from 'sequelize'\nexport const sequelize = new Sequelize(process.env.PG_URL, { dialect: 'postgres' })\n`,
      'src/models/user.js': `import { DataTypes } from 'sequelize'\nimport { sequelize } from '../db.js'\nexport const User = sequelize.define('User', { email: DataTypes.STRING }, { tableName: 'users', timestamps: false })\n`,
    },
    env: { PG_URL: URL }, config: 'trueup.config.js', kind: 'sequelize', dialect: 'postgres', driver: 'pg', variable: 'PG_URL',
    has: ["import { sequelize } from './src/db.js'", "import './src/models/user.js'"], entry: [null, "import schema from './trueup.config.js'"], tables: ['users'],
  },
  {
    title: 'Sequelize and TypeORM that name the parts of a connection: the same parts are used',
    packages: ['sequelize', 'pg', 'typeorm'], words: ['--models', 'sequelize'],
    files: {
      'package.json': PACKAGE({ dependencies: { sequelize: '^6.37.0', typeorm: '*', pg: '*' } }), 'tsconfig.json': '{ "compilerOptions": { "module": "commonjs" } }',
      'src/db.ts': `import { DataTypes, Sequelize } from 'sequelize'\nconst sequelize = new Sequelize({ dialect: 'postgres', host: process.env.DB_HOST, port: Number(process.env.DB_PORT), username: 'postgres', database: process.env.DB_NAME })\nsequelize.define('User', { email: DataTypes.STRING }, { tableName: 'users', timestamps: false })\nexport default sequelize\n`,
    },
    config: 'trueup.config.ts', kind: 'sequelize', dialect: 'postgres', driver: 'pg', variable: null,
    has: ["import sequelize from './src/db'", 'const connection = sequelize.config as {', 'new Pool({ host: connection.host'], entry: [null, "import schema from './trueup.config'"], tables: ['users'],
  },
  {
    title: 'TypeORM that names the parts of a connection, in ESM',
    packages: ['typeorm', 'pg', 'reflect-metadata'],
    files: {
      'package.json': PACKAGE({ type: 'module', dependencies: { typeorm: '*', pg: '*' }, scripts: { start: 'node src/app.mjs' } }),
      'src/source.js': `import { DataSource, EntitySchema } from 'typeorm'\nexport const Note = new EntitySchema({ name: 'Note', tableName: 'notes', columns: { id: { type: Number, primary: true } } })\nexport default new DataSource({ type: 'postgres', host: process.env.DB_HOST, port: Number(process.env.DB_PORT), username: 'postgres', database: process.env.DB_NAME, entities: [Note] })\n`,
      'src/app.mjs': '',
    },
    config: 'trueup.config.js', kind: 'typeorm', dialect: 'postgres', driver: 'pg', variable: null,
    has: ['const connection = dataSource.options\n', 'new pg.Pool({ connectionString: connection.url'], entry: ['src/app.mjs', "import schema from '../trueup.config.js'"], tables: ['notes'],
  },
  {
    title: 'Knex with a knexfile and no models: everything is left alone',
    packages: ['knex', 'pg'],
    files: {
      'package.json': PACKAGE({ dependencies: { knex: '*', pg: '*' }, scripts: { migrate: 'knex migrate:latest' } }),
      'knexfile.js': `module.exports = { client: 'pg', connection: process.env.KNEX_URL, migrations: { directory: './migrations' } }\n`,
      'migrations/20250101000000_users.js': 'exports.up = () => {}', 'index.js': '',
    },
    env: { KNEX_URL: URL }, config: 'trueup.config.js', kind: 'sql', dialect: 'postgres', driver: 'pg', variable: 'KNEX_URL',
    has: ["existsSync('schema')", 'postgres(process.env.KNEX_URL)'], entry: ['index.js', "const schema = require('./trueup.config.js')"],
    tools: ['Knex: migrations, 1, migrate'], tables: [],
  },
  {
    title: 'Kysely in a workspace of a monorepo, its variable in the .env of the root, schema.sql beside it',
    packages: ['kysely', 'pg'],
    files: {
      'package.json': '{ "private": true, "workspaces": ["packages/*"], "devDependencies": { "typescript": "*" } }', 'pnpm-lock.yaml': '', '.env': `APP_DB_URL=${URL}\n`,
      'packages/api/package.json': PACKAGE({ name: '@shop/api', type: 'module', dependencies: { kysely: '*', pg: '*' } }), 'packages/api/tsconfig.json': '{}',
      'packages/api/db/schema.sql': 'CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL);\n',
      'packages/api/src/db.ts': `import { Kysely, PostgresDialect } from 'kysely'\nimport pg from 'pg'\nexport const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.APP_DB_URL }) }) })\n`,
      'packages/api/src/main.ts': `import { db } from './db.ts'\nconsole.log(db)\n`, 'packages/web/package.json': '{ "name": "@shop/web" }',
    },
    cwd: 'packages/api/src', config: 'packages/api/trueup.config.ts', kind: 'sql', dialect: 'postgres', driver: 'pg', variable: 'APP_DB_URL',
    has: ["process.loadEnvFile('../../.env')", "fromSql({ name: 'db/schema.sql'", "application: '@shop/api'"], entry: ['src/main.ts', "import schema from '../trueup.config.ts'"], tables: ['users'],
  },
  {
    title: 'no package.json at all, a driver in the code and a schema file',
    packages: ['libsql'],
    files: { 'schema.sql': 'CREATE TABLE notes (id INTEGER PRIMARY KEY);\n', 'main.mjs': `import { DatabaseSync } from 'node:sqlite'\nexport const db = new DatabaseSync('there.db')\n` },
    config: 'trueup.config.mjs', kind: 'sql', dialect: 'sqlite', driver: 'node:sqlite', variable: null,
    has: ["sqlite('there.db')", "fromSql({ name: 'schema.sql'"], entry: ['main.mjs', "import schema from './trueup.config.mjs'"], tables: ['notes'],
  },
  {
    title: 'two ORMs with models, one of them asked for',
    packages: ['drizzle-orm', '@prisma/schema-engine-wasm', 'pg'], words: ['--models', 'prisma'],
    files: { 'package.json': PACKAGE({ type: 'module', dependencies: { 'drizzle-orm': '*', '@prisma/client': '*', pg: '*' } }), 'src/schema.ts': USERS_TS, 'prisma/schema.prisma': SCHEMA_PRISMA },
    env: PG, config: 'trueup.config.ts', kind: 'prisma', dialect: 'postgres', driver: 'pg', variable: 'DATABASE_URL', has: ['fromPrisma('], entry: [null, 'import schema'], tables: ['User'],
  },
]
