import type { Step } from '../dialects/dialect.ts'
import type { Operation } from '../operations/operation.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import { shareOf } from '../registry/registry.ts'
import { keyOf } from '../schema/schema.ts'
import type { DraftStep } from './entry-steps.ts'
import type { EntryFact } from './input.ts'
import type { Phase } from './plan.ts'
import { tableOf } from './target.ts'

/** A rendered step as a step of the plan. */
export function draftOf(step: Step, phase: Phase, operation: Operation): Extract<DraftStep, { kind: 'ddl' | 'sql' | 'backfill' }> {
  const common = {
    phase, title: step.title, class: step.class, long: step.long, locks: step.locks, hazards: step.hazards, statements: step.statements, operation,
    ...(step.work !== undefined && { work: step.work }), ...(step.reason !== undefined && { reason: step.reason }),
  }
  return step.fill === undefined ? { ...common, kind: 'ddl', transaction: step.transaction } : { ...common, kind: 'backfill', transaction: true, fill: step.fill, ...(step.work !== undefined && { work: step.work.map((work) => ({ ...work, share: shareOf({}) })) }) }
}

/** Which column entries a step carries out: its column's, or those of all columns of a table that it creates. */
export function claimsOf(entries: readonly CheckedColumn[], defaultSchema: string): { attach(draft: DraftStep): DraftStep } {
  const byTable = new Map<string, CheckedColumn[]>()
  for (const entry of entries) {
    const key = keyOf(tableOf(entry, defaultSchema))
    byTable.set(key, [...(byTable.get(key) ?? []), entry])
  }
  const claimed = new Set<string>()
  return {
    attach(draft) {
      const operation = 'operation' in draft ? draft.operation : undefined
      if (operation?.verb !== 'create') return draft
      const { ref } = operation
      const owner = operation.kind === 'column' ? keyOf({ schema: ref.schema, name: ref.table ?? '' }) : operation.kind === 'table' ? keyOf(ref) : null
      const all = owner === null ? [] : (byTable.get(owner) ?? [])
      const mine = (operation.kind === 'column' ? all.filter((entry) => entry.entry.column === ref.name) : all).filter((entry) => !claimed.has(entry.id))
      if (mine.length === 0) return draft
      for (const entry of mine) claimed.add(entry.id)
      const [only] = mine
      return { ...draft, claims: mine.map((entry) => entry.id), ...(operation.kind === 'column' && only && { entry: only.id }) }
    },
  }
}

/** True when an entry must wait for one whose effect only running it shows. */
export function dependsOnOpaque(entry: CheckedColumn, facts: readonly EntryFact[]): boolean {
  const byId = new Map(facts.map((fact) => [fact.entry.id, fact]))
  const open = [...entry.dependsOn]
  const seen = new Set<string>()
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const fact = byId.get(id)
    if (fact === undefined || seen.has(id)) continue
    seen.add(id)
    const { kind } = fact.entry
    const isOpen = fact.recorded === null || fact.recorded.state === 'running' || fact.recorded.state === 'failed'
    if (kind !== 'column' && kind !== 'rename' && kind !== 'retype' && isOpen) return true
    open.push(...fact.entry.dependsOn)
  }
  return false
}
