import { after } from 'node:test'
import pg from 'pg'
import { fromSql } from '../../src/models/sql.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { ApplyOptions, Migration, Plan, Report, Trueup } from '../../src/index.ts'
import { trueup } from '../../src/index.ts'
import type { TestServer, TestServerKind } from '../servers/postgres.ts'

const running = new Map<string, Promise<TestServer>>()
after(async () => {
  for (const server of running.values()) await (await server).stop()
})

/** A database that holds what `sql` makes, and an application over it. */
export interface Place {
  readonly url: string
  readonly client: pg.Client
  app(models: string, migrations?: readonly Migration[]): Trueup
  apply(models: string, options?: ApplyOptions & { readonly migrations?: readonly Migration[] }): Promise<Report>
  plan(models: string): Promise<Plan>
  one<T = string>(query: string): Promise<T>
  file(table: string): Promise<string>
  close(): Promise<void>
}

export async function placeWith(kind: TestServerKind, sql: string): Promise<Place> {
  if (!running.has(kind.title)) running.set(kind.title, kind.start())
  const server = await (running.get(kind.title) as Promise<TestServer>)
  const url = await server.createDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  const databases: { close(): Promise<void> }[] = []
  const app: Place['app'] = (models, migrations = []) => {
    const database = postgres(url)
    databases.push(database)
    return trueup({ database, models: fromSql(models), migrations, logger: false, longSteps: 'wait' })
  }
  const one: Place['one'] = async (query) => (await client.query({ text: query, rowMode: 'array' })).rows[0]?.[0]
  return {
    url, client, app, one,
    apply: (models, { migrations, ...options } = {}) => app(models, migrations).applyMigrations(options),
    plan: (models) => app(models).plan(),
    file: (table) => one(`SELECT pg_relation_filenode('${table}')::text`),
    close: async () => {
      for (const database of databases) await database.close()
      await client.end()
    },
  }
}
