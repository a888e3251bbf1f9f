import type { Hazard, Step, StepClass, TableLock } from '../dialects/dialect.ts'
import { STEP_CLASSES } from '../dialects/dialect.ts'
import type { Operation } from '../operations/operation.ts'
import { displayName, refKey } from '../schema/schema.ts'
import type { DdlStep } from './ddl.ts'

/**
 * Puts into one transaction what leaves before a change and comes back after it, so that nobody ever sees the database without
 * it. Only where nothing else lies between, and all of it can be in a transaction.
 *
 * @param asked - the operations that the plan was made for: what is made anew only because of them costs nobody anything
 */
export function together(steps: readonly DdlStep[], asked: readonly Operation[], defaultSchema: string): readonly DdlStep[] {
  const wanted = new Set(asked.map((operation) => refKey(operation.ref)))
  const merged: DdlStep[] = []
  for (let at = 0; at < steps.length; ) {
    const end = endOfGroup(steps, at)
    const group = steps.slice(at, end + 1)
    if (group.length > 1 && mayJoin(group)) merged.push(join(group, wanted, defaultSchema))
    else merged.push(...group)
    at = end + 1
  }
  return merged
}

const RETURNING: readonly string[] = ['view', 'routine', 'trigger', 'rule', 'policy']

/** The last step of the group that starts here: everything until what was dropped in it is back. */
function endOfGroup(steps: readonly DdlStep[], start: number): number {
  let end = start
  for (let at = start; at <= end; at += 1) {
    const { operation, phase } = steps[at] as DdlStep
    const identity = conversion(steps, at)
    if (identity > end) end = identity
    if (operation.verb !== 'drop' || !RETURNING.includes(operation.kind)) continue
    const back = steps.findIndex((other, i) => i > at && other.phase === phase && other.operation.verb === 'create' && sameObject(other.operation, operation))
    if (back > end) end = back
  }
  return end
}

/**
 * Where a column's numbers come from one sequence and then from another: between losing its default and becoming an identity no
 * row could be inserted. Gives the place of the last step, -1 where nothing of that kind begins.
 */
function conversion(steps: readonly DdlStep[], at: number): number {
  const { operation, phase } = steps[at] as DdlStep
  if (operation.verb !== 'alter' || operation.kind !== 'column') return -1
  const { from, to } = operation
  const losesSource = (from.default?.startsWith('nextval(') === true && to.default === null) || (from.identity != null && to.identity == null)
  if (!losesSource) return -1
  const isColumn = (other: DdlStep): boolean => other.operation.verb === 'alter' && sameObject(other.operation, operation)
  const last = steps.findLastIndex((other, i) => i > at && other.phase === phase && isColumn(other) && hasSource(other.operation))
  const between = steps.slice(at, last + 1)
  return last > at && between.every((other) => isColumn(other) || other.operation.kind === 'sequence') ? last : -1
}

const hasSource = (operation: Operation): boolean =>
  operation.verb === 'alter' && operation.kind === 'column' && (operation.to.identity != null || operation.to.default?.startsWith('nextval(') === true)

const sameObject = (a: Operation, b: Operation): boolean => refKey(a.ref) === refKey(b.ref)

function mayJoin(group: readonly DdlStep[]): boolean {
  if (!group.every(({ step }) => step.transaction)) return false
  return conversion(group, 0) === group.length - 1 || new Set(causes(group).map(({ operation }) => refKey(operation.ref))).size <= 1
}

/** The steps of what does not only come and go. */
function causes(group: readonly DdlStep[]): readonly DdlStep[] {
  const dropped = group.filter(({ operation }) => operation.verb === 'drop').map(({ operation }) => refKey(operation.ref))
  const created = group.filter(({ operation }) => operation.verb === 'create').map(({ operation }) => refKey(operation.ref))
  return group.filter(({ operation }) => {
    const key = refKey(operation.ref)
    return !(RETURNING.includes(operation.kind) && dropped.includes(key) && created.includes(key))
  })
}

function join(group: readonly DdlStep[], wanted: ReadonlySet<string>, defaultSchema: string): DdlStep {
  const changing = causes(group)
  const asked = group.filter(({ operation }) => wanted.has(refKey(operation.ref)))
  // What was not asked for is as it was when the transaction ends.
  const speaking = [...new Set([...changing, ...asked])]
  const main = speaking[0] ?? (group[0] as DdlStep)
  const back = group.filter((item) => item.operation.verb === 'create' && !speaking.includes(item)).map(({ operation }) => displayName(operation.ref, defaultSchema))
  const step: Step = {
    title: [...new Set(speaking.map((item) => (changing.includes(item) ? item.step.title : `replace ${displayName(item.operation.ref, defaultSchema)}`)))].join('; '),
    statements: group.flatMap((item) => item.step.statements),
    transaction: true,
    class: highest(speaking.map((item) => item.step.class)),
    locks: distinct(group.flatMap((item) => item.step.locks), ({ relation, mode }: TableLock) => `${relation.schema}.${relation.name} ${mode}`),
    hazards: distinct(speaking.flatMap((item) => item.step.hazards), ({ code, message }: Hazard) => `${code} ${message}`),
    long: group.some((item) => item.step.long),
    work: distinct(group.flatMap((item) => item.step.work ?? []), ({ table, kind }) => `${table.schema}.${table.name} ${kind}`),
    ...(back.length === 0 ? {} : { reason: `what depends on it is made anew in the same transaction: ${back.join(', ')}` }),
  }
  return { operation: main.operation, step, phase: main.phase }
}

const highest = (classes: readonly StepClass[]): StepClass => classes.reduce((a, b) => (STEP_CLASSES.indexOf(b) > STEP_CLASSES.indexOf(a) ? b : a), 'safe')

const distinct = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [...new Map(items.map((item) => [key(item), item])).values()]
