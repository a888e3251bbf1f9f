import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeConsumer, ROOT } from './consumer.ts'

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly exports: Readonly<Record<string, unknown>> }

// No types of a driver, of an ORM, or of Node: the declarations stand alone, on what the web has and Node has too.
const consumer = makeConsumer()

const APPLICATION = `
import { isTrueupError, sql, trueup, TrueupError, VERSION } from 'trueup'
import type { Database, Logger, Migration, ModelSource, Plan, Report, Schema, Status, Trueup, TrueupOptions } from 'trueup'
import { fromDrizzle } from 'trueup/models/drizzle'
import { fromSnapshot, toSnapshot } from 'trueup/models/snapshot'
import { fromSql } from 'trueup/models/sql'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'

type IsAny<T> = 0 extends 1 & T ? true : false
const no = <T>(value: IsAny<T> extends true ? never : T): T => value as T

const migrations: readonly Migration[] = [
  { table: 'memories', column: 'task_id', type: 'VARCHAR', nullable: true, description: 'Task' },
  { table: 'task_logs', column: 'progress', type: 'INTEGER', default: 0 },
  { table: 'task_logs', column: 'at', type: 'timestamptz', default: sql\`now()\` },
  { id: 'split', dependsOn: ['users.first'], up: sql\`UPDATE users SET first = name\`, down: sql\`SELECT 1\`, fresh: 'skip' },
  { id: 'fill', backfill: { table: 'task_logs', set: sql\`progress = 0\`, where: sql\`progress IS NULL\`, batchSize: 100 } },
  { rename: { table: 'users', column: 'name', to: 'full_name' } },
]
const logger: Logger = { info: () => {}, warn: () => {}, error: () => {} }
const database: Database = no(postgres('postgres://localhost/app'))
const models: ModelSource = no(fromSql(''))
const options: TrueupOptions = { database, models, migrations, logger, allow: 'online', onAhead: 'refuse', lockTimeout: 50 }
const app: Trueup = no(trueup(options))
const report: Report = no(await app.applyMigrations({ allow: 'destructive', confirm: 'hash' }))
const status: Status = no(await app.status())
const plan: Plan = no(await app.plan())
const schema: Schema = no(await sqlite('app.db').read())
export const all = [report.outcome, status.total, plan.hash, schema.table.length, toSnapshot(schema), fromSnapshot({}), fromDrizzle({}), VERSION]
try {
  await app.close()
} catch (error) {
  if (isTrueupError(error)) no<TrueupError['code']>(error.code)
}

// @ts-expect-error what loses data is never taken from the object that ships
trueup({ database, models, allow: 'destructive' })
// @ts-expect-error a column needs a type
const wrong: Migration = { table: 'a', column: 'b' }
// @ts-expect-error the models are missing
trueup({ database })
export { wrong }
`

consumer.write('application.ts', APPLICATION)

for (const [name, options] of Object.entries({
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
})) {
  test(`the types of every door of an application resolve with moduleResolution ${name}, with no other package there`, () => {
    assert.equal(consumer.typecheck({ ...options, lib: ['es2023', 'dom'] }, ['application.ts']), '')
  })
}

// node10 knows no exports: package.json says it again under typesVersions. TypeScript 7 has node10 no more.
for (const [name, options] of Object.entries({
  'node10, as many CommonJS projects have it': { module: 'commonjs', moduleResolution: 'node10' },
  node16: { module: 'node16', moduleResolution: 'node16' }, nodenext: { module: 'nodenext', moduleResolution: 'nodenext' }, bundler: { module: 'esnext', moduleResolution: 'bundler' },
})) {
  test(`every door has its types in TypeScript 5 with moduleResolution ${name}`, () => {
    const older = makeConsumer('@types/node', 'undici-types')
    const doors = Object.keys(manifest.exports).filter((door) => door !== './package.json').map((door) => door.replace(/^\./, 'trueup'))
    older.write('doors.ts', doors.map((door, at) => `import * as door${at} from '${door}'\nexport type IsAny${at} = 0 extends 1 & typeof door${at} ? true : false\nexport const known${at}: IsAny${at} = false\n`).join(''))
    older.write('application.ts', "import { trueup } from 'trueup'\nimport { postgres } from 'trueup/postgres'\nimport { fromSql } from 'trueup/models/sql'\n// @ts-expect-error it is an application\nexport const no: number = trueup({ database: postgres(''), models: fromSql('') })\n")
    assert.equal(older.typecheck({ ...options, types: ['node'], skipLibCheck: true }, ['doors.ts', 'application.ts'], 'typescript-5'), '')
  })
}

test('the doors for Node resolve beside the types of Node', () => {
  const withNode = makeConsumer('@types/node', 'undici-types')
  withNode.write('tool.ts', `
import { trueup } from 'trueup'
import { runCli } from 'trueup/cli'
import { migrationsFrom } from 'trueup/files'
import { fromSql } from 'trueup/models/sql'
import { sqlite } from 'trueup/sqlite'

const app = trueup({ database: sqlite('app.db'), models: fromSql(''), migrations: [...migrationsFrom(new URL('./migrations/', import.meta.url))] })
const code: number = await runCli(app, process.argv)
export default code
`)
  assert.equal(withNode.typecheck({ module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] }, ['tool.ts']), '')
})

test('the models of an application are taken with the types that Drizzle gives them, and its drivers with theirs', () => {
  const typed = makeConsumer('@types/node', 'undici-types', 'drizzle-orm', 'pg', '@types/pg', 'pg-types', 'pg-protocol', 'postgres', '@electric-sql/pglite', 'libsql')
  typed.write('typed.ts', `
import { PGlite } from '@electric-sql/pglite'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import Libsql from 'libsql'
import pg from 'pg'
import postgresJs from 'postgres'
import { trueup } from 'trueup'
import { fromDrizzle } from 'trueup/models/drizzle'
import { postgres } from 'trueup/postgres'
import { sqlite } from 'trueup/sqlite'

const users = pgTable('users', { id: integer('id').primaryKey(), name: text('name').notNull() })
const models = fromDrizzle({ users })
const handles = [new pg.Pool(), new pg.Client(), postgresJs('postgres://localhost/app'), new PGlite()]
export const apps = handles.map((handle) => trueup({ database: postgres(handle), models }))
export const local = trueup({ database: sqlite(new Libsql(':memory:')), models })
`)
  // The declarations of these packages are not ours to check.
  assert.equal(typed.typecheck({ module: 'nodenext', moduleResolution: 'nodenext', types: ['node'], skipLibCheck: true }, ['typed.ts']), '')
})
