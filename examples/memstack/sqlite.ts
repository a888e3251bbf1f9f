import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { and, count, desc, eq, isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import Libsql from 'libsql'
import { fromDrizzle } from 'trueup/models/drizzle'
import { sqlite } from 'trueup/sqlite'
import * as models from './models.sqlite.ts'
import type { Opened, Place, Store } from './store.ts'

/** SQLite in a file. libsql runs on every Node.js; better-sqlite3 and node:sqlite are given to trueup in the same way. */
export function openSqlite(place: Place): Opened {
  mkdirSync(place.folder, { recursive: true })
  const client = new Libsql(join(place.folder, 'memstack.db'))
  client.exec('PRAGMA foreign_keys = ON')
  return {
    database: sqlite(client),
    models: fromDrizzle(models),
    store: storeOf(client),
    async loadOlder() {
      if (client.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table'`).all().length > 0) return false
      client.exec(readFileSync(new URL('./older.sqlite.sql', import.meta.url), 'utf8'))
      return true
    },
    close: async () => void client.close(),
  }
}

function storeOf(client: Libsql.Database): Store {
  const db = drizzle(async (text, values, method) => {
    const statement = client.prepare(text)
    if (method === 'run') return { rows: [statement.run(...values)] }
    const rows = statement.raw().all(...values) as unknown[][] // raw() gives each row as a list of its values
    return { rows: method === 'get' ? (rows[0] ?? []) : rows }
  })
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
