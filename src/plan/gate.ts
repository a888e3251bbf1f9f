import { STEP_CLASSES } from '../dialects/dialect.ts'
import type { Step, StepClass, Trial } from '../dialects/dialect.ts'
import type { Operation } from '../operations/operation.ts'
import { applyAll, describe } from '../operations/operation.ts'
import type { Column, Constraint, Index, Schema } from '../schema/schema.ts'
import { findTable, keyOf, refKey } from '../schema/schema.ts'
import { planDdl } from './ddl.ts'
import type { PlanInput } from './input.ts'
import type { Pending, Phase } from './plan.ts'
import { indexUses, usesColumn } from './target.ts'

interface Gated {
  /** What the server could be asked about these operations. */
  readonly trials: readonly Trial[]
  readonly steps: readonly { readonly operation: Operation; readonly step: Step; readonly phase: Phase }[]
  readonly pending: readonly Pending[]
}

/**
 * Lets through what policy allows. An operation waits as a whole when one of its steps is above the allowed class, when old
 * rows would have no value, or when it stands on something that waits.
 */
export function gate(operations: readonly Operation[], live: Schema, input: PlanInput): Gated {
  const plan = (some: readonly Operation[]): Gated['steps'] =>
    planDdl({
      from: live, to: applyAll(live, some), operations: some, dialect: input.dialect, defaultSchema: input.defaultSchema, version: input.version,
      emptyTables: input.emptyTables, ...(input.verdicts && { verdicts: input.verdicts }), ...(input.resumes && { resumes: input.resumes }),
    })
  const all = plan(operations)
  const trials = all.flatMap(({ step }) => (step.trial === undefined ? [] : [step.trial]))
  const originals = originalsOf(operations)
  const waits = new Map<Operation, string>()
  for (const { operation, step } of all) {
    const original = originals(operation)
    const reason = original === undefined || waits.has(original) ? null : whyNot(operation, step, input)
    if (original !== undefined && reason !== null) waits.set(original, reason)
  }
  if (waits.size === 0) return { steps: all, pending: [], trials }
  for (const operation of operations) {
    const base = waits.has(operation) ? undefined : [...waits.keys()].find((other) => standsOn(operation, other))
    if (base !== undefined) waits.set(operation, `It stands on something that waits: ${describe(base, input.defaultSchema)}.`)
  }
  const stepsOf = (wanted: Operation): readonly Step[] => all.filter(({ operation }) => originals(operation) === wanted).map(({ step }) => step)
  const pending = [...waits].map(([operation, because]) => pendingOf(operation, because, stepsOf(operation), input))
  return { steps: plan(operations.filter((operation) => !waits.has(operation))), pending, trials }
}

/** Ordering takes operations apart: a foreign key leaves its new table. This finds the operation that was asked for. */
function originalsOf(operations: readonly Operation[]): (part: Operation) => Operation | undefined {
  const key = (operation: Operation): string => refKey(operation.ref)
  const byKey = new Map(operations.map((operation) => [key(operation), operation]))
  return (part) => {
    const { schema, table } = part.ref
    const own = byKey.get(key(part))
    return own ?? (table === undefined ? undefined : (byKey.get(refKey({ kind: 'table', schema, name: table })) ?? byKey.get(refKey({ kind: 'view', schema, name: table }))))
  }
}

const rankOf = (one: StepClass): number => STEP_CLASSES.indexOf(one)

function whyNot(operation: Operation, step: Step, input: PlanInput): string | null {
  if (needsValue(operation, input)) return `Table ${operation.ref.table} holds rows, and the column is NOT NULL without a default (rule not-null-without-default-in-models).`
  const empty = operation.ref.table !== undefined && input.emptyTables.has(keyOf({ schema: operation.ref.schema, name: operation.ref.table }))
  if (rankOf(step.class) <= rankOf(input.allow) || (step.class === 'blocking' && empty)) return null
  return step.reason ?? step.hazards[0]?.message ?? `It is ${step.class}, and a start is allowed ${input.allow} at most.`
}

/** A required column without a default cannot be added to rows that exist. */
function needsValue(operation: Operation, input: PlanInput): boolean {
  if (operation.verb !== 'create' || operation.kind !== 'column') return false
  const column: Column = operation.to
  const owner = { schema: operation.ref.schema, name: operation.ref.table ?? '' }
  const filled = column.default !== null || (column.generated ?? null) !== null || (column.identity ?? null) !== null
  return column.notNull && !filled && findTable(input.live, owner) !== undefined && !input.emptyTables.has(keyOf(owner))
}

/** True when a constraint or index is over a column that is not added yet, or a child of a table that is not. */
function standsOn(operation: Operation, base: Operation): boolean {
  if (operation.verb !== 'create' || base.verb !== 'create') return false
  if (base.kind === 'table') {
    if (operation.kind === 'constraint' && operation.to.type === 'foreignKey') {
      const { references } = operation.to
      return keyOf({ schema: references.schema, name: references.table }) === keyOf(base.ref)
    }
    return operation.ref.table !== undefined && keyOf({ schema: operation.ref.schema, name: operation.ref.table }) === keyOf(base.ref)
  }
  if (base.kind !== 'column' || base.ref.table !== operation.ref.table || base.ref.schema !== operation.ref.schema) return false
  if (operation.kind === 'constraint') return usesColumn(operation.to as Constraint, base.ref.name)
  return operation.kind === 'index' && indexUses(operation.to as Index, base.ref.name)
}

function pendingOf(operation: Operation, because: string, mine: readonly Step[], input: PlanInput): Pending {
  const worst = mine.reduce<StepClass>((rank, step) => (rankOf(step.class) > rankOf(rank) ? step.class : rank), 'safe')
  const instead = mine.find((step) => step.instead !== undefined)?.instead
  const allow = needsValue(operation, input)
    ? 'Give the column a default, or make it nullable, fill it with a backfill entry and require it afterwards.'
    : instead === undefined
      ? `Pass allow: '${worst}' for one call, at a time when that may happen, or write a SQL entry that does it in your own way.`
      : `${instead} Or pass allow: '${worst}' for one call, at a time when that may happen.`
  return { title: describe(operation, input.defaultSchema), class: worst, because, allow, statements: mine.flatMap((step) => step.statements) }
}
