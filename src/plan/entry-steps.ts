import type { Problem } from '../errors.ts'
import type { BackfillRequest, Fill } from '../dialects/dialect.ts'
import type { CheckedBackfill, CheckedRun, CheckedSql, Entry } from '../registry/registry.ts'
import { shareOf, sqlText, statementsOf } from '../registry/registry.ts'
import type { SqlWriter } from '../sql.ts'
import type { Named, Table } from '../schema/schema.ts'
import { findTable, rowKey } from '../schema/schema.ts'
import type { EntryFact, PlanInput } from './input.ts'
import type { BackfillStep, Plan, RunStep, StatementStep, StepFacts } from './plan.ts'

/** A step before it has its place in a plan. */
export type DraftStep = Omit<StatementStep, Later> | Omit<BackfillStep, Later> | Omit<RunStep, Later>

type Later = 'id' | keyof StepFacts

export interface EntryDecision {
  readonly steps: readonly DraftStep[]
  readonly adopt: Plan['adopt']
  readonly problems: readonly Problem[]
}

const NOTHING: EntryDecision = { steps: [], adopt: [], problems: [] }

/** What a pending SQL, backfill or run entry asks for. `isFresh` tells whether a table is created in this run. */
export function planEntry(fact: EntryFact, input: PlanInput, isFresh: (table: Named) => boolean): EntryDecision {
  const { entry } = fact
  if (entry.kind === 'backfill') return planBackfill(entry, input, isFresh)
  if (entry.kind !== 'sql' && entry.kind !== 'run') return NOTHING
  const fresh = isFreshFor(entry.entry.touches, input, isFresh)
  // Begun outside of a transaction by a start that was killed before it could say that it was done.
  if (fact.check === true && fact.recorded?.state === 'running') return adopt(entry.id, 'applied', 'a start that was interrupted has done it')
  if (fact.check === true) return adopt(entry.id, 'adopted', 'its check says that the effect is there')
  if (fresh && entry.entry.fresh === 'skip') return adopt(entry.id, 'not-needed', 'every table that it touches is new, and the models say all of it')
  if (!fresh && !input.hasLedger && entry.entry.check === undefined) return { ...NOTHING, problems: [existingProblem(entry)] }
  return { ...NOTHING, steps: [opaqueStep(entry, input)] }
}

function adopt(entry: string, state: Plan['adopt'][number]['state'], because: string): EntryDecision {
  return { ...NOTHING, adopt: [{ entry, state, because }] }
}

function existingProblem(entry: Entry): Problem {
  return {
    subject: `entry ${entry.id}`,
    message: 'may have been done already: this database held tables before trueup first saw it, and the entry does not say how to find out.',
    hint: 'Give it a check, or run `trueup baseline` to record every entry as done.',
  }
}

function isFreshFor(touches: readonly string[] | undefined, input: PlanInput, isFresh: (table: Named) => boolean): boolean {
  const tables: readonly Named[] = touches?.map((name) => tableNamed(name, input)) ?? input.target.table
  return tables.length > 0 && tables.every(isFresh)
}

/** `users` or `audit.users`; a name with a dot in it is found as it is first. */
export function tableNamed(name: string, input: Pick<PlanInput, 'target' | 'live' | 'defaultSchema'>): Named {
  const whole = { schema: input.defaultSchema, name }
  const dot = name.indexOf('.')
  if (dot < 0 || findTable(input.target, whole) !== undefined || findTable(input.live, whole) !== undefined) return whole
  return { schema: name.slice(0, dot), name: name.slice(dot + 1) }
}

function opaqueStep(entry: CheckedSql | CheckedRun, input: PlanInput): DraftStep {
  const common = {
    phase: 'migrate' as const,
    title: entry.description === null ? `run entry ${entry.id}` : `run entry ${entry.id}: ${entry.description}`,
    class: 'online' as const,
    entry: entry.id,
    long: false,
    locks: [],
    hazards: [{ code: 'opaque', message: "The author's own: which locks it takes is not known." }],
    ...(entry.entry.check !== undefined && { reason: `Left out when its check says that the effect is there: ${sqlText(entry.entry.check, input.dialect.writer)}` }),
    transaction: entry.entry.transaction ?? true,
  }
  return entry.kind === 'run' ? { ...common, kind: 'run', statements: [] } : { ...common, kind: 'sql', statements: statementsOf(entry.entry.up, input.dialect.writer) }
}

function planBackfill(entry: CheckedBackfill, input: PlanInput, isFresh: (table: Named) => boolean): EntryDecision {
  const { table, schema, where, batchSize } = entry.entry.backfill
  const name: Named = { schema: schema ?? input.defaultSchema, name: table }
  const subject = `entry ${entry.id}`
  const target = findTable(input.target, name) ?? findTable(input.live, name)
  if (target === undefined) return { ...NOTHING, problems: [{ subject, field: 'backfill.table', message: `names table ${table}, which is neither in the models nor in the database.` }] }
  if (isFresh(name)) return adopt(entry.id, 'not-needed', `table ${table} is new and empty`)
  if (!input.hasLedger && where === undefined) {
    return { ...NOTHING, problems: [{ ...existingProblem(entry), hint: 'Give it a where that finds the rows that still need it, or run `trueup baseline` to record every entry as done.' }] }
  }
  const key = rowKey(target)
  if (key === null && input.dialect.capabilities.schemas) {
    return { ...NOTHING, problems: [{ subject, field: 'backfill.table', message: `names table ${table}, which has neither a primary key nor a unique key of NOT NULL columns to walk along.`, hint: 'Add one, or use a SQL entry.' }] }
  }
  const request = requestOf(entry, target, input.dialect.writer)
  return {
    ...NOTHING,
    steps: [{
      kind: 'backfill', phase: 'migrate', entry: entry.id, class: 'online', long: true, transaction: true, hazards: [],
      title: entry.description === null ? `backfill ${table}` : `backfill ${table}: ${entry.description}`,
      locks: [{ relation: name, mode: 'ROW EXCLUSIVE' }], work: [{ table: name, kind: 'fill', share: shareOf(entry.entry.backfill) }],
      reason: `In batches${batchSize === undefined ? '' : ` of at most ${batchSize} rows`} along ${request.key.map((column) => column.name).join(', ') || 'the row number'}, each in its own transaction with its place in the ledger.`,
      statements: [input.dialect.backfill.statement(request)],
    }],
  }
}

/** What the dialect needs to write the batches of a backfill entry. */
export function requestOf(entry: CheckedBackfill, table: Table, writer: SqlWriter): BackfillRequest {
  const { set, where } = entry.entry.backfill
  return {
    table: { schema: table.schema, name: table.name },
    key: (rowKey(table) ?? []).flatMap((name) => table.columns.filter((column) => column.name === name)),
    set: sqlText(set, writer),
    where: where === undefined ? null : sqlText(where, writer),
  }
}

/** The same for a column of the models that is filled. */
export function fillRequest(fill: Fill, table: Table): BackfillRequest {
  return {
    table: { schema: table.schema, name: table.name },
    key: fill.key ?? (rowKey(table) ?? []).flatMap((name) => table.columns.filter((column) => column.name === name)),
    set: fill.set, where: fill.where,
  }
}
