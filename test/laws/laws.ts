import assert from 'node:assert/strict'
import { diff } from '../../src/diff/diff.ts'
import type { DdlStep } from '../../src/plan/ddl.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { planAll } from '../cases/judge.ts'
import type { Pair } from './arbitrary.ts'
import { rowsOf, statementsOf } from './ddl/ddl.ts'
import { makeWorld } from './ddl/world.ts'
import type { Engine } from './engine.ts'
import { clear, digests, read } from './engine.ts'
import { left, memoryLaws } from './memory.ts'

/** What was tried, for the run's output. */
export interface Counts {
  pairs: number
  /** Ways that were gone over rows. */
  withRows: number
  /** Ways that the rows stood in, and that were gone again without them. */
  refused: number
  operations: number
  /** Steps before and after which both digests were taken. */
  digested: number
  readonly kinds: Map<string, number>
}

export const newCounts = (): Counts => ({ pairs: 0, withRows: 0, refused: 0, operations: 0, digested: 0, kinds: new Map() })

/** Proves all laws on one pair, there and back. */
export async function lawsHold(engine: Engine, pair: Pair, counts: Counts): Promise<readonly Schema[]> {
  const privileges = pair.a.grants.table !== 'none' || pair.b.grants.table !== 'none'
  const [a, b] = [await describe(engine, pair.a, privileges), await describe(engine, pair.b, privileges)]
  memoryLaws(a, b, engine.version)
  count(counts, a, b)
  await goes(engine, { spec: pair.a, schema: a }, { spec: pair.b, schema: b }, privileges, counts)
  await goes(engine, { spec: pair.b, schema: b }, { spec: pair.a, schema: a }, privileges, counts)
  counts.pairs += 1
  return [a, b]
}

/** The target as it is built directly, in a transaction that is rolled back. */
async function describe(engine: Engine, spec: Pair['a'], privileges: boolean): Promise<Schema> {
  const sql = statementsOf(spec, engine.version)
  try {
    await engine.run(['BEGIN', ...sql].join(';\n'))
    return await read(engine, privileges)
  } catch (error) {
    throw new Error(`The description gives DDL that the server refuses: ${messageOf(error)}\n${sql.join(';\n')}`, { cause: error })
  } finally {
    await engine.run('ROLLBACK')
  }
}

interface Side {
  readonly spec: Pair['a']
  readonly schema: Schema
}

/** Goes from one state to the other over rows; where rows stand in the way, nothing of them is lost, and it goes without. */
async function goes(engine: Engine, from: Side, to: Side, privileges: boolean, counts: Counts): Promise<void> {
  const plan = planAll(from.schema, to.schema, engine.version)
  const before = await build(engine, from, true)
  const refusal = counts.pairs % DIGESTED === 0 ? await executeWatched(engine, plan, privileges, counts) : await execute(engine, plan)
  if (refusal === null) counts.withRows += 1
  if (refusal !== null && !standsInRows(refusal.error)) assert.fail(told(plan, `${messageOf(refusal.error)} in: ${refusal.statement}`))
  await survive(engine, from, to, before, plan)
  if (refusal !== null) {
    counts.refused += 1
    await build(engine, from, false)
    const again = await execute(engine, plan)
    if (again !== null) assert.fail(told(plan, `without rows: ${messageOf(again.error)} in: ${again.statement}`))
  }
  const there = await read(engine, privileges)
  const differs = left(there, to.schema)
  if (differs.length > 0) assert.fail(told(plan, differs.slice(0, 12).join('\n')))
  assert.deepEqual(diff(there, to.schema), [], 'the second plan is empty')
  await clear(engine)
}

async function build(engine: Engine, { spec }: Side, withRows: boolean): Promise<ReadonlyMap<string, number>> {
  await clear(engine)
  await engine.run(statementsOf(spec, engine.version).join(';\n'))
  if (!withRows) return new Map()
  await engine.run(rowsOf(spec, engine.version).join(';\n'))
  return countRows(engine, spec)
}

async function countRows(engine: Engine, spec: Pair['a']): Promise<ReadonlyMap<string, number>> {
  const tables = makeWorld(spec, engine.version).tables
  if (tables.length === 0) return new Map()
  const sums = tables.map(({ path, partitioned, slot }) => `SELECT '${slot}' AS slot, count(*)::int AS n FROM ${partitioned ? '' : 'ONLY '}${path}`)
  return new Map((await engine.rows(sums.join(' UNION ALL '))).map((row) => [String(row['slot']), Number(row['n'])]))
}

/** Rows of tables that both sides have are still there, unless a partition that held them goes. */
async function survive(engine: Engine, from: Side, to: Side, before: ReadonlyMap<string, number>, plan: readonly DdlStep[]): Promise<void> {
  const [old, next] = [makeWorld(from.spec, engine.version), makeWorld(to.spec, engine.version)]
  for (const table of next.tables) {
    const was = old.table(table.slot)
    const rows = before.get(String(table.slot)) ?? 0
    if (was === undefined || was.path !== table.path || rows === 0) continue
    if (was.partitioned && (was.kind !== table.kind || was.spec.partitions > table.spec.partitions)) continue
    if (table.partitioned && !was.partitioned) continue
    const [found] = await engine.rows(`SELECT count(*)::int AS n FROM ${table.partitioned ? '' : 'ONLY '}${table.path}`).catch(() => [])
    if (Number(found?.['n']) !== rows) assert.fail(told(plan, `rows of ${table.path} are lost: ${String(found?.['n'])} of ${rows}`))
  }
}

interface Refusal {
  readonly statement: string
  readonly error: unknown
}

/** One pair in so many is watched step by step. */
const DIGESTED = 32

/** What the digest of the printed schema tells of a step, that of the stored one tells, too. */
async function executeWatched(engine: Engine, plan: readonly DdlStep[], privileges: boolean, counts: Counts): Promise<Refusal | null> {
  let before = await digests(engine, privileges)
  for (const step of plan) {
    const refusal = await execute(engine, [step])
    if (refusal !== null) return refusal
    const after = await digests(engine, privileges)
    if (after.printed !== before.printed && after.stored === before.stored) assert.fail(told([step], 'what is stored did not tell of this step'))
    counts.digested += 1
    before = after
  }
  return null
}

async function execute(engine: Engine, plan: readonly DdlStep[]): Promise<Refusal | null> {
  for (const { step } of plan) {
    try {
      await engine.run(step.transaction ? ['BEGIN', ...step.statements, 'COMMIT'].join(';\n') : step.statements.join(';\n'))
    } catch (error) {
      await engine.run('ROLLBACK')
      return { statement: step.statements.join(';\n'), error }
    }
  }
  return null
}

/** A violated constraint or a value that does not fit: the rows' fault, not the plan's. */
const standsInRows = (error: unknown): boolean => /^2[23]/.test(String((error as { code?: unknown }).code))

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const told = (plan: readonly DdlStep[], message: string): string =>
  `${message}\n-- the plan:\n${plan.map(({ phase, step }) => `-- ${phase}: ${step.title}\n${step.statements.join(';\n')};`).join('\n')}`

function count(counts: Counts, a: Schema, b: Schema): void {
  for (const { kind, verb } of diff(a, b)) {
    counts.operations += 1
    counts.kinds.set(`${verb} ${kind}`, (counts.kinds.get(`${verb} ${kind}`) ?? 0) + 1)
  }
}
