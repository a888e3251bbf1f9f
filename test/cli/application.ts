import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { project, type Project } from './project.ts'

export const TABLES = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nickname TEXT);
CREATE TABLE task_logs (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id), progress INTEGER DEFAULT 0, message TEXT);
CREATE INDEX logs_user ON task_logs (user_id);`

export const ENTRIES = `
  { table: 'task_logs', column: 'message', type: 'TEXT', description: 'What it said' },
  { table: 'task_logs', column: 'progress', type: 'INTEGER', default: 0 },
  { id: 'nicknames', dependsOn: ['task_logs.message'], description: 'A nickname for everybody', touches: ['users'], fresh: 'skip',
    check: sql\`SELECT count(*) FROM users WHERE nickname IS NOT NULL\`,
    up: sql\`UPDATE users SET nickname = name\`, down: sql\`UPDATE users SET nickname = NULL\` },
  { id: 'fill', backfill: { table: 'task_logs', set: sql\`progress = 1\`, where: sql\`progress = 0\`, batchSize: 2 } },`

/** A configuration in JavaScript; the parts may be replaced. */
export function configText(parts: { readonly options?: string; readonly entries?: string; readonly before?: string; readonly models?: string } = {}): string {
  return `import { sql, trueup } from 'trueup'
import { fromSql } from 'trueup/models/sql'
import { sqlite } from 'trueup/sqlite'
${parts.before ?? ''}
export default trueup({
  database: sqlite('app.db'),
  models: fromSql(\`${parts.models ?? TABLES}\`),
  migrations: [${parts.entries ?? ENTRIES}],
  ${parts.options ?? ''}
})
`
}

/** The project of an application on SQLite whose database is older than its code and has rows. */
export function application(t: TestContext, config = configText()): Project {
  const app = project(t, { 'trueup.config.js': config })
  change(app, `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE task_logs (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users(id));
    INSERT INTO users VALUES (1, 'Ann'), (2, 'O''Reilly'); INSERT INTO task_logs VALUES (1, 1), (2, 1), (3, 2);`)
  return app
}

/** Only what is used of libsql's database. */
interface Database {
  exec(statements: string): void
  prepare(statement: string): { all(): unknown[] }
  close(): void
}

const open = (app: Project): Database => new (createRequire(import.meta.url)('libsql') as new (path: string) => Database)(join(app.folder, 'app.db'))

/** Changes the database past trueup. */
export function change(app: Project, statements: string): void {
  const database = open(app)
  database.exec(statements)
  database.close()
}

export function rows(app: Project, query: string): unknown[] {
  const database = open(app)
  try {
    return database.prepare(query).all().map((row) => ({ ...(row as object) }))
  } finally {
    database.close()
  }
}
