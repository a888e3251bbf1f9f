import type pg from 'pg'
import { diff } from '../../src/diff/diff.ts'
import { alterable } from '../../src/dialects/postgres/alterable.ts'
import { renderers } from '../../src/dialects/postgres/render/render.ts'
import { describe } from '../../src/operations/operation.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import { planDdl } from '../../src/plan/ddl.ts'
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

const DIALECT = {
  renderers,
  alterable,
  capabilities: { transactionalDdl: true, schemas: true, inlineForeignKeys: false, addConstraints: true, concurrentSessions: true },
} as const

/** Plans from one schema to another with everything allowed. */
export function planAll(from: Schema, to: Schema, version: number): readonly DdlStep[] {
  return planDdl({ from, to, operations: diff(from, to), dialect: DIALECT, defaultSchema: 'public', version })
}

/** Judges one pair: old to new, and back again from a database built as new. */
export async function judge(item: SchemaCase, scratch: Scratch, tools: CorpusTools): Promise<Verdict> {
  const verdict = { id: item.id, source: item.source }
  await scratch.dropRoles()
  const oldDb = await scratch.database(`trueup_case_old_${process.pid}`)
  const newDb = await scratch.database(`trueup_case_new_${process.pid}`)
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
  } finally {
    await oldDb.end().catch(() => {})
    await newDb.end().catch(() => {})
  }
}

async function countRows(client: pg.Client): Promise<Map<string, number>> {
  const { rows } = await client.query(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname !~ '^pg_|^information_schema$'`)
  const counts = new Map<string, number>()
  for (const { name } of rows) counts.set(name, Number((await client.query(`SELECT count(*) AS n FROM ${name}`)).rows[0].n))
  return counts
}

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
    plan = planAll(from.schema, to.schema, version)
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

async function load(client: pg.Client, item: SchemaCase, sql: string, scratch: Scratch, tools: CorpusTools): Promise<string | null> {
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
