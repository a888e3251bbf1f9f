import { trueup } from '../../src/index.ts'
import type { TrueupOptions } from '../../src/api.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Work } from '../race/scenarios.ts'
import { older, play } from '../race/scenarios.ts'
import type { TestServer } from '../servers/postgres.ts'

export const WORK: Work = { rows: 12, batch: 5, sleep: 0 }

/** A start in this process, from opening to closing. */
export async function startAt(url: string, options: Partial<TrueupOptions> = {}): Promise<string> {
  const app = trueup({ database: postgres(url), ...play('postgres', WORK), logger: false, longSteps: 'wait', connectTimeout: 5_000, ...options })
  try {
    return (await app.applyMigrations()).outcome
  } finally {
    await app.close()
  }
}

const made = new WeakMap<TestServer, { readonly template: Promise<void>; count: number }>()

/** Databases as an older build left them, copied from one that is made once a server. */
export async function olderDatabases(server: TestServer): Promise<() => Promise<string>> {
  const known = made.get(server) ?? { template: makeTemplate(server), count: 0 }
  made.set(server, known)
  await known.template
  return () => {
    known.count += 1
    return server.copyDatabase('older', `copy_${known.count}`)
  }
}

async function makeTemplate(server: TestServer): Promise<void> {
  const template = await server.createDatabase('older')
  const { models, statement } = older(WORK.rows)
  const app = trueup({ database: postgres(template), models, logger: false })
  await app.applyMigrations()
  await app.close()
  await server.sql(statement, 'older')
}

/** What the database says of itself: columns, constraints and indexes as text, and the rows. */
export async function portrait(server: TestServer, url: string): Promise<string> {
  const name = new URL(url).pathname.slice(1)
  const columns = await server.sql(
    `SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) AS value FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ` +
      `LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1, 3`, name)
  const indexes = await server.sql(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`, name)
  const invalid = await server.sql('SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid', name)
  const constraints = await server.sql(`SELECT conname, pg_get_constraintdef(oid) AS def, convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2`, name)
  const audit = await server.sql('SELECT what FROM audit ORDER BY what', name)
  const accounts = await server.sql('SELECT id, name, n, level, note FROM accounts ORDER BY id', name)
  const entries = await server.sql('SELECT id, state FROM trueup_entries ORDER BY id', name)
  const open = await server.sql("SELECT outcome FROM trueup_runs WHERE outcome = 'running'", name)
  return JSON.stringify({ columns, indexes, invalid, constraints, audit, accounts, entries, open }, null, 1)
}
