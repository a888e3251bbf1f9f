import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { fromSql } from '../../src/models/sql.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { trueup } from '../../src/index.ts'
import type { Migration, Report } from '../../src/index.ts'

test('PGlite: a rename and a change of type online, with their contracts', async () => {
  const db = await PGlite.create()
  const models = (name: string, type: string): string => `CREATE TABLE t (id ${type} PRIMARY KEY, ${name} text NOT NULL)`
  const entries: readonly Migration[] = [
    { id: 'mail', rename: { table: 't', column: 'email', to: 'mail' }, online: true },
    { id: 'wide', retype: { table: 't', column: 'id', type: 'bigint' }, online: true },
  ]
  const contracts: readonly Migration[] = [{ id: 'mail only', contract: 'mail', application: 'old' }, { id: 'wide only', contract: 'wide', application: 'old' }]
  const start = (migrations: readonly Migration[]): Promise<Report> => trueup({ database: postgres(db), models: fromSql(models('mail', 'bigint')), migrations, longSteps: 'wait', logger: false }).applyMigrations()
  try {
    await db.exec(`${models('email', 'integer')}; INSERT INTO t SELECT i, 'user ' || i FROM generate_series(1, 500) i`)
    assert.deepEqual((await start(entries)).applied, ['mail', 'wide'])
    await db.exec("INSERT INTO t (id, email) VALUES (1001, 'by old'); INSERT INTO t (id, mail) VALUES (1002, 'by new')")
    const { rows } = await db.query('SELECT id, id_old, email, mail FROM t WHERE id > 1000 ORDER BY id')
    assert.deepEqual(rows, [{ id: 1001, id_old: 1001, email: 'by old', mail: 'by old' }, { id: 1002, id_old: 1002, email: 'by new', mail: 'by new' }])
    const done = await start([...entries, ...contracts])
    assert.deepEqual([done.applied, done.pending, done.drift], [['mail only', 'wide only'], [], []])
    assert.deepEqual((await db.query("SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attname) AS columns FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped")).rows, [{ columns: 'id bigint, mail text' }])
    assert.equal((await start([...entries, ...contracts])).outcome, 'current')
  } finally {
    await db.close()
  }
})
