import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { and, count, desc, eq, isNull } from 'drizzle-orm'
import { drizzle as drizzlePool } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import pg from 'pg'
import { fromDrizzle } from 'trueup/models/drizzle'
import { postgres } from 'trueup/postgres'
import * as models from './models.ts'
import type { Opened, Place, Store } from './store.ts'

/** PostgreSQL: the server of `DATABASE_URL`, or PGlite in a folder. */
export function openPostgres(place: Place): Opened {
  const { database, store, run, close } = place.url === undefined ? embedded(place.folder) : server(place.url)
  return {
    database, store, close,
    models: fromDrizzle(models),
    async loadOlder() {
      if (await run(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`) > 0) return false
      await run(readFileSync(new URL('./older.sql', import.meta.url), 'utf8'))
      return true
    },
  }
}

function embedded(folder: string) {
  const home = join(folder, 'postgres')
  mkdirSync(home, { recursive: true })
  const client = new PGlite(home)
  return {
    database: postgres(client),
    store: storeOf(drizzlePglite(client)),
    run: async (statements: string) => (await client.exec(statements)).at(-1)?.rows.length ?? 0,
    close: () => client.close(),
  }
}

function server(url: string) {
  const pool = new pg.Pool({ connectionString: url })
  return {
    database: postgres(pool),
    store: storeOf(drizzlePool(pool)),
    run: async (statements: string) => (await pool.query(statements)).rowCount ?? 0,
    close: () => pool.end(),
  }
}

function storeOf(db: PgDatabase<PgQueryResultHKT>): Store {
  const { memories, taskLogs } = models
  return {
    addMemory: async (memory) => (await db.insert(memories).values(memory).returning())[0],
    memoriesOf: (taskId) => db.select().from(memories).where(and(eq(memories.taskId, taskId), isNull(memories.deletedAt))).orderBy(desc(memories.createdAt)),
    addTask: async (taskId) => (await db.insert(taskLogs).values({ taskId, status: 'running' }).returning({ id: taskLogs.id }))[0] ?? { id: '' },
    task: async (id) => (await db.select().from(taskLogs).where(eq(taskLogs.id, id)))[0],
    async report(id, { progress, message, result }) {
      const status = progress >= 100 ? 'done' : 'running'
      return (await db.update(taskLogs).set({ progress, status, message, result: result === undefined ? undefined : JSON.stringify(result) }).where(eq(taskLogs.id, id)).returning())[0]
    },
    finishedAt: async (progress) =>
      (await db.select({ count: count() }).from(taskLogs).where(and(eq(taskLogs.status, 'done'), eq(taskLogs.progress, progress))))[0]?.count ?? 0,
  }
}
