import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import type { Verdict as ServerVerdict } from '../../src/dialects/dialect.ts'
import { alterable } from '../../src/dialects/postgres/alterable.ts'
import { renderers } from '../../src/dialects/postgres/render/render.ts'
import { describe } from '../../src/operations/operation.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import { planDdl } from '../../src/plan/ddl.ts'
import { keyOf } from '../../src/schema/schema.ts'
import type { Schema } from '../../src/schema/schema.ts'
import type { CorpusTools, SchemaCase } from './corpus.ts'
import type { Scratch } from './scratch.ts'
import { readAll, schemasOf } from './scratch.ts'

/** `skipped`: a state did not load here. Otherwise the way there and the way back. */
export interface Verdict {
  readonly id: string
  readonly source: string
  readonly result: 'pass' | 'fail' | 'skipped'
  readonly reason?: string
  readonly plan?: readonly string[]
}

/** The parts of the dialect that plans are made with. */
export const DIALECT = {
  renderers,
  alterable,
  capabilities: { transactionalDdl: true, schemas: true, inlineForeignKeys: false, addConstraints: true, concurrentSessions: true },
} as const

/** Plans from one schema to another with everything allowed. */
export function planAll(from: Schema, to: Schema, version: number, verdicts: readonly ServerVerdict[] = [], emptyTables: ReadonlySet<string> = new Set()): readonly DdlStep[] {
  return planDdl({ from, to, operations: diff(from, to), dialect: DIALECT, defaultSchema: 'public', version, verdicts, emptyTables })
}

/** Judges one pair: old to new, and back again from a database built as new. */
export async function judge(item: SchemaCase, scratch: Scratch, tools: CorpusTools): Promise<Verdict> {
  const verdict = { id: item.id, source: item.source }
  const oldDb = await scratch.emptied(`trueup_case_old_${process.pid}`)
  const newDb = await scratch.emptied(`trueup_case_new_${process.pid}`)
  await scratch.dropRoles()
  try {
    const loaded = (await load(oldDb, item, item.old_sql, scratch, tools)) ?? (await load(newDb, item, item.new_sql, scratch, tools))
    if (loaded !== null) return { ...verdict, result: 'skipped', reason: loaded }
    const schemas = [...new Set([...(await schemasOf(oldDb)), ...(await schemasOf(newDb))])].sort()
    const states = {
      old: { schema: await readAll(oldDb, scratch.version, schemas), snapshot: await tools.snapshot(oldDb, { ignoreColumnOrder: true }) },
      new: { schema: await readAll(newDb, scratch.version, schemas), snapshot: await tools.snapshot(newDb, { ignoreColumnOrder: true }) },
    }
    const seeded = item.seed_sql === undefined ? new Map<string, number>() : ((await run(oldDb, item.seed_sql, scratch, tools)), await countRows(oldDb))
    const there = await go(oldDb, states.old, states.new, schemas, scratch.version, tools)
    if (there !== null) return { ...verdict, result: 'fail', reason: `there: ${there.reason}`, plan: there.plan }
    const rows = await countRows(oldDb)
    const lost = [...seeded].filter(([table, count]) => (rows.get(table) ?? count) < count).map(([table]) => table)
    if (lost.length > 0) return { ...verdict, result: 'fail', reason: `rows of ${lost.join(', ')} are lost` }
    const back = await go(newDb, states.new, states.old, schemas, scratch.version, tools)
    if (back !== null) return { ...verdict, result: 'fail', reason: `back: ${back.reason}`, plan: back.plan }
    return { ...verdict, result: 'pass' }
  } catch (error) {
    return { ...verdict, result: 'fail', reason: `judge: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : String(error)}` }
  }
}

async function countRows(client: pg.Client): Promise<Map<string, number>> {
  const { rows } = await client.query(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname !~ '^pg_|^information_schema$'
    AND NOT EXISTS (SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = format('%I.%I', schemaname, tablename)::regclass AND c.relkind = 'f')`)
  const counts = new Map<string, number>()
  for (const { name } of rows) counts.set(name, Number((await client.query(`SELECT count(*) AS n FROM ${name}`)).rows[0].n))
  return counts
}

/** Keys of the tables without rows: they take the short way, as in a start. */
async function emptyTablesOf(client: pg.Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query(`SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^pg_|^information_schema$'`)
  const empty = new Set<string>()
  for (const { schemaname, tablename } of rows) {
    const found = await client.query(`SELECT 1 FROM ${pgName(schemaname)}.${pgName(tablename)} LIMIT 1`).catch(() => null)
    if (found?.rows.length === 0) empty.add(keyOf({ schema: schemaname, name: tablename }))
  }
  return empty
}

const pgName = (name: string): string => `"${name.replaceAll('"', '""')}"`

interface State {
  readonly schema: Schema
  readonly snapshot: Map<string, string>
}

interface Trouble {
  readonly reason: string
  readonly plan: readonly string[]
}

async function go(client: pg.Client, from: State, to: State, schemas: readonly string[], version: number, tools: CorpusTools): Promise<Trouble | null> {
  let plan: readonly DdlStep[] = []
  const text = (): readonly string[] => plan.flatMap((item) => [`-- ${item.phase}: ${item.step.title} [${item.step.class}]`, ...item.step.statements])
  try {
    plan = planAll(from.schema, to.schema, version, [], await emptyTablesOf(client))
  } catch (error) {
    return { reason: `plan: ${error instanceof Error ? error.message : String(error)}`, plan: [] }
  }
  const failed = await execute(client, plan)
  if (failed !== null) return { reason: failed, plan: text() }
  const after = await readAll(client, version, schemas)
  const again = diff(after, to.schema)
  if (again.length > 0) return { reason: `second plan: ${again.map((operation) => describe(operation)).slice(0, 4).join('; ')}`, plan: text() }
  const differences = tools.diffMaps(await tools.snapshot(client, { ignoreColumnOrder: true }), to.snapshot)
  if (differences.length === 0) return null
  const shown = differences.slice(0, 3).map(({ key, left, right }) => `${key}: ${left ?? 'nothing'} instead of ${right ?? 'nothing'}`)
  return { reason: `catalogue: ${shown.join('; ')}`, plan: text() }
}

/** Runs the steps as they stand; gives the first refusal. */
export async function execute(client: pg.Client, plan: readonly DdlStep[]): Promise<string | null> {
  for (const { step } of plan) {
    if (step.transaction) await client.query('BEGIN')
    for (const statement of step.statements) {
      try {
        await client.query(statement)
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {})
        return `${error instanceof Error ? error.message : String(error)} in: ${statement.slice(0, 300)}`
      }
    }
    if (step.transaction) await client.query('COMMIT')
  }
  return null
}

/** Runs the set-up and the statements of a case; gives the first refusal. */
export async function load(client: pg.Client, item: SchemaCase, sql: string, scratch: Scratch, tools: CorpusTools): Promise<string | null> {
  for (const role of item.roles ?? []) await scratch.role(role)
  const failed = (item.setup_sql === undefined ? null : await run(client, item.setup_sql, scratch, tools)) ?? (await run(client, sql, scratch, tools))
  await client.query('RESET search_path')
  return failed
}

const LATER = new Set(['42P01', '42703', '42883', '42704', '3F000', '2BP01', '42P17', '42830'])

/** Runs a script; statements that came too early are tried again, missing roles are made. */
async function run(client: pg.Client, sql: string, scratch: Scratch, tools: CorpusTools): Promise<string | null> {
  let left = tools.split(sql)
  for (let round = 0; round < 20 && left.length > 0; round += 1) {
    const later: string[] = []
    let problem = ''
    for (const statement of left) {
      const error = await attempt(client, statement, scratch)
      if (error === null) continue
      if (!LATER.has(error.code)) return `${error.message} in: ${statement.slice(0, 200)}`
      problem = `${error.message} in: ${statement.slice(0, 200)}`
      later.push(statement)
    }
    if (later.length === left.length) return problem
    left = later
  }
  return null
}

async function attempt(client: pg.Client, statement: string, scratch: Scratch): Promise<{ readonly code: string; readonly message: string } | null> {
  for (let tries = 0; tries < 12; tries += 1) {
    try {
      await client.query(statement)
      return null
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string }
      const role = /^role "(.*)" does not exist$/.exec(message)
      if (role === null) {
        await client.query('ROLLBACK').catch(() => {})
        return code === '42710' && message.startsWith('role ') ? null : { code, message }
      }
      await scratch.role(role[1] ?? '')
    }
  }
  return { code: '', message: 'too many missing roles' }
}
