import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { dataFolder } from './binaries.ts'
import type { TestServer, TestServerKind } from './postgres.ts'

/** Settings that a primary needs to have a standby. */
export const PRIMARY = { wal_level: 'replica', max_wal_senders: 4, hot_standby: 'on', wal_keep_size: '64MB' } as const

/** Starts a hot standby that follows a primary by streaming, from a copy of its folder made while it runs. */
export async function startStandby(kind: TestServerKind, primary: TestServer, settings: Readonly<Record<string, string | number>> = {}): Promise<TestServer> {
  const client = new pg.Client({ connectionString: primary.url() })
  await client.connect()
  const copy = mkdtempSync(join(dataFolder(), 'standby-'))
  try {
    // The names changed with version 15; the backup lasts as long as this session.
    const isOld = kind.major < 15
    const data = String((await client.query('SHOW data_directory')).rows[0].data_directory)
    await client.query(isOld ? "SELECT pg_start_backup('standby', true, false)" : "SELECT pg_backup_start('standby', true)")
    cpSync(data, copy, { recursive: true, filter: (path) => !/postmaster\.(pid|opts)$/.test(path) })
    const { rows: [label] } = await client.query(isOld ? 'SELECT labelfile FROM pg_stop_backup(false, false)' : 'SELECT labelfile FROM pg_backup_stop(false)')
    writeFileSync(join(copy, 'backup_label'), label.labelfile)
    writeFileSync(join(copy, 'standby.signal'), '')
    appendFileSync(join(copy, 'postgresql.auto.conf'), `primary_conninfo = 'host=${primary.host} port=${primary.port} user=postgres application_name=the_standby'\n`)
    return await kind.start({ data: copy, settings: { ...PRIMARY, ...settings } })
  } finally {
    await client.end()
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Waits until a standby has replayed all that its primary wrote so far. */
export async function caughtUp(primary: TestServer, standby: TestServer): Promise<void> {
  const [row] = await primary.sql('SELECT pg_current_wal_insert_lsn()::text AS lsn')
  for (let tries = 0; tries < 400; tries += 1) {
    const [there] = await standby.sql(`SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}'::pg_lsn AS done`)
    if (there?.['done'] === true) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the standby does not follow its primary')
}
