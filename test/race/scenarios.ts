import type { Migration } from '../../src/index.ts'
import { sql } from '../../src/index.ts'
import type { ModelSource } from '../../src/models/source.ts'
import type { TableSketch } from '../start/sketches.ts'
import { models, table } from '../start/sketches.ts'

export type DialectName = 'postgres' | 'sqlite'

/** What a start in another process is to do; it travels as JSON. */
export interface Work {
  /** Rows of the table `accounts` in the older database. */
  readonly rows: number
  /** Rows a batch of the backfill. */
  readonly batch: number
  /** Milliseconds that the code entry sleeps, and on servers the SQL entry too. */
  readonly sleep: number
}

export interface Played {
  readonly models: ModelSource
  readonly migrations: readonly Migration[]
}

/** Ids of everything in the registry of `play`. */
export const ENTRIES = ['accounts.level', 'accounts.note', 'seed', 'count', 'code', 'last']

/** Entries that leave one row in `audit` each time that they run. */
export const AUDITED = ['code', 'last', 'seed']

const accounts = (dialect: DialectName): TableSketch => ({
  ...table('accounts', 'name', 'note'),
  columns: [
    { name: 'id', type: 'integer', notNull: true }, { name: 'name', type: 'text', notNull: true }, { name: 'n', type: 'integer', notNull: true, default: '0' },
    { name: 'level', type: 'integer', default: '7' }, { name: 'note' },
  ],
  indexes: [{ name: 'accounts_note', named: true, unique: false, method: 'btree', keys: [{ column: 'note', expression: null, order: 'asc', nulls: dialect === 'postgres' ? 'last' : 'first' }], where: null }],
})

/** Nothing keeps a row from being there twice: that is how a second run is seen. */
const AUDIT: TableSketch = { name: 'audit', columns: [{ name: 'what' }, { name: 'pid', type: 'integer' }] }

const LATER: TableSketch[] = [1, 2, 3].map((number) => table(`later_${number}`, 'a', 'b'))

const NEVER = sql`SELECT 1 WHERE 1 = 0`

/** Two columns, a SQL entry, a backfill that counts, code, and a last SQL entry, beside tables and an index of the models. */
export function play(dialect: DialectName, work: Work): Played {
  const nap = dialect === 'postgres' && work.sleep > 0 ? [`SELECT pg_sleep(${work.sleep / 1000})`] : []
  return {
    models: models(accounts(dialect), AUDIT, ...LATER),
    migrations: [
      { table: 'accounts', column: 'level', type: 'integer', default: 7 },
      { table: 'accounts', column: 'note', type: 'text' },
      { id: 'seed', up: ["INSERT INTO audit (what) VALUES ('seed')", ...nap], check: NEVER, fresh: 'run' },
      { id: 'count', backfill: { table: 'accounts', set: sql`n = n + 1`, where: sql`n >= 0`, batchSize: work.batch, pace: 'full' } },
      {
        id: 'code', check: NEVER, fresh: 'run',
        run: async ({ execute }) => {
          await execute(`INSERT INTO audit (what, pid) VALUES ('code', ${process.pid})`)
          await new Promise((resolve) => setTimeout(resolve, work.sleep))
        },
      },
      // Without a check: on an existing database without a ledger it is refused, and a start must not take a half-made fresh one for that.
      { id: 'last', up: sql`INSERT INTO audit (what) VALUES (${'last'})`, fresh: 'run' },
    ],
  }
}

/** What an older build had, and the rows that came in since. */
export function older(rows: number): { readonly models: ModelSource; readonly statement: string } {
  const columns = [{ name: 'id', type: 'integer', notNull: true }, { name: 'name', notNull: true }, { name: 'n', type: 'integer', notNull: true, default: '0' }]
  const values = Array.from({ length: rows }, (_, index) => `(${index + 1}, 'name ${index + 1}')`)
  return { models: models({ ...table('accounts'), columns }), statement: `INSERT INTO accounts (id, name) VALUES ${values.join(', ')}` }
}
