import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database, RunRequest, Scope, Session } from '../../src/dialects/dialect.ts'
import type { DriverName } from '../../src/dialects/sqlite/sqlite.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { diff } from '../../src/diff/diff.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import { planDdl } from '../../src/plan/ddl.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'

/** The driver under test; the suite runs again for each of the others. */
export const driver = (process.env['TRUEUP_TEST_SQLITE'] ?? 'libsql') as DriverName

export const SCOPE: Scope = { schemas: ['main'], defaultSchema: 'main', ledgerTables: [] }

/** A handle as an application would open it. */
export interface Handle {
  exec(text: string): unknown
  prepare(statement: string): { all(): unknown[] }
  close(): void
}

/** Opens a handle with the driver under test. */
export async function openHandle(path: string): Promise<Handle> {
  switch (driver) {
    case 'libsql':
      return new (await import('libsql')).default(path) as unknown as Handle
    case 'better-sqlite3':
      return new (await import('better-sqlite3')).default(path) as unknown as Handle
    case 'node:sqlite':
      return new (await import('node:sqlite')).DatabaseSync(path) as unknown as Handle
  }
}

/** Runs `work` on a database and a session of it, and closes both. */
export async function withDatabase<T>(target: string | Handle, work: (database: Database, session: Session) => Promise<T>): Promise<T> {
  const database = sqlite(target, { driver })
  const session = await database.open()
  try {
    return await work(database, session)
  } finally {
    await session.release()
    await database.close()
  }
}

/** Runs `work` with a folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-sqlite-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What has to be done to bring the database to the schema. */
export async function planTo(database: Database, session: Session, to: Schema): Promise<readonly DdlStep[]> {
  const from = await database.dialect.introspect(session, SCOPE)
  return planDdl({ from, to, operations: diff(from, to), dialect: database.dialect, defaultSchema: 'main', version: session.version })
}

/** Runs steps one by one; gives them back. */
export async function apply(database: Database, session: Session, steps: readonly DdlStep[]): Promise<readonly DdlStep[]> {
  for (const { step } of steps) await database.dialect.run(session, request({ step }))
  return steps
}

/** Brings the database to what DDL texts say. */
export async function bring(database: Database, session: Session, text: string): Promise<readonly DdlStep[]> {
  const to = await load(database, session, text)
  return apply(database, session, await planTo(database, session, to))
}

export const load = (database: Database, session: Session, text: string): Promise<Schema> => database.dialect.loadText(session, [{ name: 'target.sql', text }], SCOPE)

export const request = (parts: Partial<RunRequest> & Pick<RunRequest, 'step'>): RunRequest => ({ lockTimeout: 50, fence: [], journal: [], defaultSchema: 'main', ...parts })

/** A schema without what is never compared. */
export function plain(schema: Schema): unknown {
  return {
    table: schema.table.map((table) => ({ ...table, statement: null, columns: [...table.columns].sort((a, b) => (a.name < b.name ? -1 : 1)) })),
    view: schema.view,
  }
}
