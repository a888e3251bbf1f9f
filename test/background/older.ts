import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Migration, TrueupOptions } from '../../src/index.ts'
import { sql, trueup } from '../../src/index.ts'
import type { Check, ForeignKey, Index } from '../../src/schema/schema.ts'
import type { TestServer } from '../servers/postgres.ts'
import type { TableSketch } from '../start/sketches.ts'
import { models, table } from '../start/sketches.ts'

/** A database with rows, as the release before left it. */
export interface Older {
  readonly url: string
  query(statement: string): Promise<readonly Record<string, unknown>[]>
}

const integer = (name: string): TableSketch['columns'][number] => ({ name, type: 'integer' })

const jobs = (constraints: readonly (Check | ForeignKey)[] = [], indexes: readonly Index[] = []): TableSketch => {
  const { columns, constraints: own = [], ...rest } = table('jobs', 'state')
  return { ...rest, columns: [...columns, integer('owner_id'), { ...integer('n'), notNull: true, default: '0' }], constraints: [...own, ...constraints], indexes }
}

export const BY_STATE: Index = { name: 'jobs_state', unique: false, method: 'btree', keys: [{ column: 'state', expression: null, order: 'asc', nulls: 'last' }], where: null }
export const N_IS_SMALL: Check = { type: 'check', name: 'n_is_small', named: true, expression: 'n < 1000' }
export const OWNER: ForeignKey = { type: 'foreignKey', name: 'jobs_owner', named: true, columns: ['owner_id'], references: { schema: '', table: 'owners', columns: ['id'] }, onDelete: 'no action', onUpdate: 'no action', match: 'simple' }
/** What is done twice is seen. */
export const COUNT: Migration = { id: 'count', backfill: { table: 'jobs', set: sql`n = n + 1`, batchSize: 50 } }

export async function makeOlder(server: TestServer, rows: number): Promise<Older> {
  const url = await server.createDatabase()
  const app = trueup({ database: postgres(url), models: models(table('owners'), jobs()), logger: false })
  await app.applyMigrations()
  await app.close()
  const name = new URL(url).pathname.slice(1)
  await server.sql(`INSERT INTO owners SELECT 1; INSERT INTO jobs (id, state, owner_id) SELECT i, 'state ' || i % 7, 1 FROM generate_series(1, ${rows}) i; CREATE TABLE elsewhere (a int); CREATE TABLE pace AS SELECT 0.05::float AS seconds`, name)
  return { url, query: (statement) => server.sql(statement, name) }
}

/** The release that is started. */
export function newer(what: { readonly indexes?: readonly Index[]; readonly constraints?: readonly (Check | ForeignKey)[]; readonly migrations?: readonly Migration[] }): Pick<TrueupOptions, 'models' | 'migrations'> {
  return { models: models(table('owners'), jobs(what.constraints, what.indexes)), migrations: what.migrations ?? [] }
}

/** A column at once, and behind it a backfill that takes the time that the table `pace` says, an index and a check. */
export const SLOW = newer({
  indexes: [BY_STATE], constraints: [N_IS_SMALL],
  migrations: [
    { table: 'jobs', column: 'note', type: 'text' },
    { id: 'count', backfill: { table: 'jobs', set: sql`n = n + CASE WHEN pg_sleep((SELECT seconds FROM pace)) IS NULL THEN 2 ELSE 1 END`, batchSize: 15 } },
  ],
})
