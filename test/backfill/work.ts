// What a process does that is killed: `node work.ts URL`. Each batch is a line on stdout.
import { writeSync } from 'node:fs'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import type { Migration } from '../../src/index.ts'
import { sql, trueup } from '../../src/index.ts'
import { models } from '../start/sketches.ts'

const KEYS = {
  pairs: { columns: { a: 'integer', b: 'text' }, key: ['b', 'a'], rows: `SELECT i % 7, 'w' || i` },
  uuids: { columns: { k: 'uuid' }, key: ['k'], rows: 'SELECT md5(i::text)::uuid' },
  words: { columns: { k: 'text' }, key: ['k'], rows: `SELECT CASE i % 3 WHEN 0 THEN 'A' ELSE 'a' END || i` },
} as const

export const TABLES = Object.entries(KEYS)
  .map(([name, { columns, key, rows }]) => `CREATE TABLE ${name} (${Object.entries(columns).map(([one, type]) => `${one} ${type} NOT NULL`).join(', ')}, n integer NOT NULL DEFAULT 0, CONSTRAINT ${name}_key ${name === 'words' ? 'UNIQUE' : 'PRIMARY KEY'} (${key.join(', ')})); INSERT INTO ${name} ${rows} FROM generate_series(1, 300) i`)
  .join(';\n')

/** Counts every row of each table up by one: nothing tells a row that was done from one that was not but the place in the ledger. */
export const MIGRATIONS: readonly (Migration & { readonly id: string })[] = Object.keys(KEYS).map((name) => ({ id: name, backfill: { table: name, set: sql`n = n + 1`, where: sql`n >= 0`, batchSize: 17, pace: 'full' } }))

const identity = { always: true } as const

/** One of them gets numbers of its own. */
export function modelsOf(): ReturnType<typeof models> {
  return models(...Object.entries(KEYS).map(([name, { columns, key }]) => ({
    name,
    columns: [
      ...Object.entries(columns).map(([one, type]) => ({ name: one, type, notNull: true })),
      { name: 'n', type: 'integer', notNull: true, default: '0' },
      ...(name === 'uuids' ? [{ name: 'serial', type: 'bigint', notNull: true, identity }] : []),
    ],
    constraints: [{ type: name === 'words' ? ('unique' as const) : ('primaryKey' as const), name: `${name}_key`, columns: key }],
  })))
}

const [, program = '', url] = process.argv
if (url !== undefined && program.endsWith('work.ts')) {
  const app = trueup({ database: postgres(url), models: modelsOf(), migrations: MIGRATIONS, longSteps: 'wait', logger: false })
  await app.applyMigrations({ onProgress: ({ event, title }) => {
    // Not buffered: whoever kills us has seen it.
    if (event === 'batch') writeSync(1, `${title}\n`)
  } })
  await app.options.database.close()
}
