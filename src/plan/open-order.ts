import type { Named, Schema } from '../schema/schema.ts'
import { keyOf, refKey } from '../schema/schema.ts'
import { tableNamed } from './entry-steps.ts'
import type { EntryFact } from './input.ts'
import type { PlanStep } from './plan.ts'
import { indexUses, usesColumn } from './target.ts'

interface Known {
  readonly facts: readonly EntryFact[]
  readonly live: Schema
  readonly target: Schema
  readonly defaultSchema: string
}

/**
 * Whether a step must wait for an earlier one of its plan. In doubt it must: what an author's SQL reads and writes is known by
 * its table alone.
 */
export function comesAfter(later: PlanStep, earlier: PlanStep, known: Known): boolean {
  const [own, other] = [operationOf(later), operationOf(earlier)]
  if (own !== undefined && other !== undefined && refKey(own.ref) === refKey(other.ref)) return true
  if (dependsOn(later, earlier, known.facts)) return true
  if (earlier.kind === 'backfill' && earlier.fill === undefined) return followsBackfill(later, earlier, known)
  if (other?.kind === 'column') return followsColumn(later, earlier, known)
  return other?.kind === 'index' && own?.kind === 'index' && areAttached(later, earlier)
}

const operationOf = (step: PlanStep) => ('operation' in step ? step.operation : undefined)

function dependsOn(later: PlanStep, earlier: PlanStep, facts: readonly EntryFact[]): boolean {
  const wanted = new Set([earlier.entry, ...(earlier.claims ?? [])])
  const byId = new Map(facts.map((fact) => [fact.entry.id, fact.entry.dependsOn]))
  const open = [later.entry, ...(later.claims ?? [])].flatMap((id) => byId.get(id ?? '') ?? [])
  const seen = new Set<string>()
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (wanted.has(id)) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(byId.get(id) ?? []))
  }
  return false
}

/** Entries run in their order, and a constraint may need what a backfill mends. */
function followsBackfill(later: PlanStep, earlier: PlanStep, known: Known): boolean {
  if (later.kind === 'backfill' && later.fill === undefined) return true
  return earlier.locks.some(({ relation }) => touches(later, relation, known)) || isMaterialized(later)
}

/** What reads a column reads the values that a fill gives it. */
function followsColumn(later: PlanStep, earlier: PlanStep, known: Known): boolean {
  const filled = operationOf(earlier)?.ref
  if (filled === undefined) return false
  const table = { schema: filled.schema, name: filled.table ?? '' }
  const own = operationOf(later)
  if (own === undefined) return touches(later, table, known)
  if (isMaterialized(later)) return true
  if (own.verb === 'drop' || own.verb === 'rename') return touches(later, table, known)
  if (own.kind === 'index') return isOn(own.ref, table) && indexUses(own.to, filled.name)
  if (own.kind === 'constraint') {
    if (isOn(own.ref, table) && usesColumn(own.to, filled.name)) return true
    return own.to.type === 'foreignKey' && keyOf({ schema: own.to.references.schema, name: own.to.references.table }) === keyOf(table)
  }
  // Another column of the table is added beside it.
  return own.kind !== 'column' && own.kind !== 'view' && touches(later, table, known)
}

function isMaterialized(step: PlanStep): boolean {
  const operation = operationOf(step)
  return operation?.kind === 'view' && operation.verb === 'create' && operation.to.materialized
}

/** An index of a partition and that of its parent. */
function areAttached(a: PlanStep, b: PlanStep): boolean {
  const parent = (step: PlanStep): string | null => {
    const operation = operationOf(step)
    if (operation?.kind !== 'index' || operation.verb === 'rename' || operation.verb === 'drop' || operation.to.attachedTo == null) return null
    return keyOf(operation.to.attachedTo)
  }
  const name = (step: PlanStep): string | null => {
    const ref = operationOf(step)?.ref
    return ref === undefined ? null : keyOf({ schema: ref.schema, name: ref.name })
  }
  const [one, other] = [parent(a), parent(b)]
  return (one !== null && one === name(b)) || (other !== null && other === name(a))
}

const isOn = (ref: { readonly schema: string; readonly table?: string }, table: Named): boolean => ref.table !== undefined && keyOf({ schema: ref.schema, name: ref.table }) === keyOf(table)

/** Whether a step has to do with a table, as far as that can be told; SQL that does not say may have to do with any. */
function touches(step: PlanStep, table: Named, known: Known): boolean {
  if (step.kind === 'sql' || step.kind === 'run') {
    const entry = known.facts.find((fact) => fact.entry.id === step.entry)?.entry
    const named = entry?.kind === 'sql' || entry?.kind === 'run' ? entry.entry.touches : undefined
    return named === undefined || named.some((name) => keyOf(tableNamed(name, known)) === keyOf(table))
  }
  const ref = operationOf(step)?.ref
  if (ref !== undefined && (isOn(ref, table) || keyOf({ schema: ref.schema, name: ref.name }) === keyOf(table))) return true
  return step.locks.some(({ relation }) => keyOf(relation) === keyOf(table))
}
