import type pg from 'pg'
import type { DdlStep } from '../../src/plan/ddl.ts'

/** What a server did while it carried out a step, on relations that were there before the plan. */
export interface Observed {
  /** `name MODE`, sorted; modes that every query takes are left out. */
  readonly locks: readonly string[]
  /** Tables with another file afterwards. */
  readonly rewrites: readonly string[]
  /** Tables that were read as a whole. */
  readonly scans: readonly string[]
}

const ORDER = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']
const QUIET = 3

/** Tables, partitioned tables, views, sequences: what people name. Indexes are the server's own business. */
const RELATIONS = `SELECT c.oid::text AS oid, c.relname AS name, c.relkind AS kind, pg_relation_filenode(c.oid)::text AS file
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')`

export interface Relation {
  readonly oid: string
  readonly name: string
  readonly kind: string
  readonly file: string | null
}

export async function relations(client: pg.Client): Promise<readonly Relation[]> {
  return (await client.query(RELATIONS)).rows as Relation[]
}

/** Runs a step in its transaction and looks at the backend's locks before the commit. */
export async function observe(client: pg.Client, watcher: pg.Client, step: DdlStep['step'], before: readonly Relation[]): Promise<Observed> {
  if (!step.transaction) return observeAlone(client, watcher, step, before)
  await client.query('BEGIN')
  try {
    const reads = await counters(client)
    for (const statement of step.statements) await client.query(statement)
    const { rows } = await client.query(`SELECT relation::text AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'`)
    const files = new Map((await relations(client)).map((relation) => [relation.oid, relation.file]))
    const after = await counters(client)
    const observed = {
      locks: strongest(rows as Lock[], before),
      rewrites: before.filter((relation) => 'rm'.includes(relation.kind) && files.has(relation.oid) && files.get(relation.oid) !== relation.file).map((relation) => relation.name).sort(),
      scans: before.filter((relation) => (after.get(relation.oid) ?? 0) > (reads.get(relation.oid) ?? 0)).map((relation) => relation.name).sort(),
    }
    await client.query('COMMIT')
    return observed
  } catch (error) {
    await client.query('ROLLBACK')
    throw new Error(`${error instanceof Error ? error.message : String(error)} in: ${step.statements.join('; ')}`, { cause: error })
  }
}

/** Rows that this transaction read in whole-table scans. */
async function counters(client: pg.Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query(`SELECT relid::text AS oid, seq_tup_read::text AS rows FROM pg_stat_xact_user_tables`)
  return new Map(rows.map((row) => [String(row.oid), Number(row.rows)]))
}

/** A statement that no transaction holds is made to wait for an old snapshot, and is looked at meanwhile. */
async function observeAlone(client: pg.Client, watcher: pg.Client, step: DdlStep['step'], before: readonly Relation[]): Promise<Observed> {
  const pid = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number
  const isConcurrent = /CONCURRENTLY/.test(step.statements.join(' '))
  await watcher.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  // Dropping an index waits for those who hold a lock on its table, building one for every old snapshot.
  for (const { relation } of step.locks) await watcher.query(`SELECT 1 FROM "${relation.name}" LIMIT 1`)
  await watcher.query('SELECT 1 FROM pg_class LIMIT 1')
  const seen = new Map<string, Lock>()
  const running = { done: false }
  const work = (async () => {
    for (const statement of step.statements) await client.query(statement)
  })().finally(() => (running.done = true))
  work.catch(() => {})
  for (let tries = 0; !running.done && tries < 400; tries += 1) {
    const { rows } = await watcher.query(`SELECT l.relation::text AS oid, l.mode, l.granted, (SELECT count(*) FROM pg_locks w WHERE w.pid = ${pid} AND w.locktype = 'virtualxid' AND NOT w.granted)::int AS waits FROM pg_locks l WHERE l.pid = ${pid} AND l.locktype = 'relation'`)
    for (const row of rows as (Lock & { readonly waits: number })[]) seen.set(`${row.oid} ${row.mode}`, row)
    if (isConcurrent && (rows as { readonly waits: number }[]).some((row) => row.waits > 0)) break
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await watcher.query('COMMIT')
  await work
  return { locks: strongest([...seen.values()], before), rewrites: [], scans: [] }
}

interface Lock {
  readonly oid: string
  readonly mode: string
}

function strongest(locks: readonly Lock[], before: readonly Relation[]): readonly string[] {
  const names = new Map(before.map((relation) => [relation.oid, relation.name]))
  const modes = new Map<string, number>()
  for (const { oid, mode } of locks) {
    const name = names.get(oid)
    const rank = ORDER.indexOf(words(mode))
    if (name !== undefined && rank >= QUIET) modes.set(name, Math.max(rank, modes.get(name) ?? 0))
  }
  return [...modes].map(([name, rank]) => `${name} ${ORDER[rank]}`).sort()
}

/** `AccessExclusiveLock` as `ACCESS EXCLUSIVE`. */
const words = (mode: string): string => mode.replace(/Lock$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()

/** The same of what the plan says. */
export function said(step: DdlStep['step'], before: readonly Relation[]): Observed {
  const names = new Set(before.map((relation) => relation.name))
  const modes = new Map<string, number>()
  for (const { relation, mode } of step.locks) {
    const rank = ORDER.indexOf(mode)
    if (names.has(relation.name) && rank >= QUIET) modes.set(relation.name, Math.max(rank, modes.get(relation.name) ?? 0))
  }
  const tables = (kinds: readonly string[]): readonly string[] =>
    [...new Set((step.work ?? []).filter((work) => kinds.includes(work.kind)).map((work) => work.table.name))].filter((name) => names.has(name)).sort()
  return { locks: [...modes].map(([name, rank]) => `${name} ${ORDER[rank]}`).sort(), rewrites: tables(['rewrite']), scans: tables(['scan', 'rewrite', 'index', 'match']) }
}
