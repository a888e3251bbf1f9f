import type { StepWork, TableLock, TableSize } from '../dialects/dialect.ts'
import type { Named } from '../schema/schema.ts'
import { keyOf } from '../schema/schema.ts'
import type { DraftStep } from './entry-steps.ts'
import type { PlanStep, StepFacts } from './plan.ts'
import { millisecondsFor } from './predict.ts'

/** Lock modes that reads wait for, and those that writes wait for (PostgreSQL manual, 13.3.1, and SQLite's one lock). */
const STOPS_READS: ReadonlySet<string> = new Set(['ACCESS EXCLUSIVE'])
const STOPS_WRITES: ReadonlySet<string> = new Set(['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'])

/** What can be told of a step from what it holds. */
export function factsOf(draft: DraftStep): StepFacts {
  const work = draft.work ?? []
  const tables = (wanted: (one: StepWork) => boolean): readonly Named[] => distinct(work.filter(wanted).map((one) => one.table))
  return {
    scans: tables((one) => one.kind !== 'rewrite' && one.kind !== 'fill'),
    rewrites: tables((one) => one.kind === 'rewrite'),
    blocks: blockedBy(draft.locks),
    retriable: isRetriable(draft),
  }
}

function blockedBy(locks: readonly TableLock[]): StepFacts['blocks'] {
  return [
    ...(locks.some(({ mode }) => STOPS_READS.has(mode)) ? (['reads'] as const) : []),
    ...(locks.some(({ mode }) => STOPS_WRITES.has(mode)) ? (['writes'] as const) : []),
  ]
}

/** A transaction leaves nothing behind, a batch its place, our own statements outside of one are found and cleaned up by the next start. */
const isRetriable = (draft: DraftStep): boolean => draft.transaction || (draft.kind === 'ddl')

const distinct = (tables: readonly Named[]): readonly Named[] => [...new Map(tables.map((table) => [keyOf(table), { schema: table.schema, name: table.name }])).values()]

/** Adds to each step with work on tables of known size how long it will take. */
export function withPredictions(steps: readonly PlanStep[], sizes: readonly TableSize[]): readonly PlanStep[] {
  const byTable = new Map(sizes.map((size) => [keyOf(size.table), size]))
  return steps.map((step) => {
    const parts = (step.work ?? []).flatMap((work) => {
      const size = byTable.get(keyOf(work.table))
      return size === undefined ? [] : [{ work, size }]
    })
    if (parts.length === 0) return step
    const rows = Math.max(...parts.map(({ size }) => size.rows))
    const bytes = Math.max(...parts.map(({ size }) => size.bytes))
    return { ...step, predicted: { milliseconds: Math.ceil(parts.reduce((sum, { work, size }) => sum + millisecondsFor(work.kind, size) / (work.share ?? 1), 0)), rows, bytes } }
  })
}

/** The tables whose size matters to a plan's steps. */
export function tablesAtWork(steps: readonly PlanStep[]): readonly Named[] {
  return distinct(steps.flatMap((step) => (step.work ?? []).map((work) => work.table)))
}
