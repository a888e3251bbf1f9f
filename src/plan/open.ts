import type { Named, ObjectRef, Schema } from '../schema/schema.ts'
import { childRef, displayName } from '../schema/schema.ts'
import type { EntryFact } from './input.ts'
import { comesAfter } from './open-order.ts'
import type { PlanStep } from './plan.ts'

/** Steps that belong together and may go on after a start; parts do not depend on one another. */
export interface OpenPart {
  /** What it works on, each under the same name in every plan that asks for it: `index public.users.users_email`, `entry fill-progress`. */
  readonly keys: readonly string[]
  /** In the plan's order. */
  readonly steps: readonly PlanStep[]
}

export interface SplitPlan {
  /** What the code relies on, and all that is instant. */
  readonly now: readonly PlanStep[]
  readonly open: readonly OpenPart[]
}

export interface SplitInput {
  readonly steps: readonly PlanStep[]
  readonly facts: readonly EntryFact[]
  readonly live: Schema
  readonly target: Schema
  readonly defaultSchema: string
  /** Keys that an earlier start left open: somebody may be at work on all of what they stand for. */
  readonly known: ReadonlySet<string>
}

/**
 * Tells what a start must wait for from what may go on behind it: concurrent builds of indexes that are not unique, checks of
 * old rows, backfills and fills, with all that comes after them, as far as nothing that the code relies on comes after them.
 */
export function splitOpen(input: SplitInput): SplitPlan {
  const { steps } = input
  const after = (later: number, earlier: number): boolean => comesAfter(steps[later] as PlanStep, steps[earlier] as PlanStep, input)
  const longKeys = new Set(steps.filter((step) => step.long).map(openKey))
  const roles = steps.map((step): Role => {
    const role = roleOf(step, longKeys, input.facts)
    return role === 'follower' && input.known.has(openKey(step)) ? 'long' : role
  })
  const awaited = new Set(steps.flatMap((_, at) => (roles[at] === 'awaited' ? [at] : [])))
  const collect = (): Set<number> => {
    const found = new Set(steps.flatMap((_, at) => (roles[at] === 'long' && !awaited.has(at) ? [at] : [])))
    if (found.size === 0) return found
    steps.forEach((_, at) => {
      if (roles[at] === 'follower' && !awaited.has(at) && [...found].some((earlier) => earlier < at && after(at, earlier))) found.add(at)
    })
    return found
  }
  let open = collect()
  for (let before = -1; before !== awaited.size; open = collect()) {
    before = awaited.size
    for (const at of [...open].reverse()) if (steps.some((_, later) => later > at && !open.has(later) && after(later, at))) awaited.add(at)
  }
  return { now: steps.filter((_, at) => !open.has(at)), open: parts([...open], steps, after) }
}

/** The name of what a step works on, the same whatever else a plan holds. */
export function openKey(step: PlanStep): string {
  const operation = 'operation' in step ? step.operation : undefined
  return operation === undefined ? `entry ${step.entry ?? step.title}` : keyFrom(operation.ref)
}

/** That of a column that is added and filled. */
export const openColumnKey = (table: Named, column: string): string => keyFrom(childRef('column', table, column))

const keyFrom = ({ kind, schema, table, name }: ObjectRef): string =>
  `${kind} ${[schema, table ?? '', name].filter((part) => part !== '').map((part) => displayName({ name: part })).join('.')}`

/** `long`: may stay open by itself. `follower`: only behind one that is open. */
type Role = 'long' | 'follower' | 'awaited'

function roleOf(step: PlanStep, longKeys: ReadonlySet<string>, facts: readonly EntryFact[]): Role {
  const isRequired = step.required === true || [step.entry, ...(step.claims ?? [])].some((id) => facts.some(({ entry }) => entry.id === id && entry.entry.required === true))
  if (isRequired || (step.class !== 'safe' && step.class !== 'online')) return 'awaited'
  switch (step.kind) {
    case 'sql':
    case 'run':
      return 'awaited'
    case 'backfill':
      return step.fill === undefined || isOptionalColumn(step) ? 'long' : 'awaited'
    case 'ddl':
      return ddlRole(step, longKeys)
  }
}

/** A column whose rows may stay without a value: nothing is required of it. */
function isOptionalColumn(step: PlanStep): boolean {
  const operation = 'operation' in step ? step.operation : undefined
  return operation?.verb === 'create' && operation.kind === 'column' && !operation.to.notNull && operation.to.identity == null
}

function ddlRole(step: PlanStep, longKeys: ReadonlySet<string>): Role {
  const operation = 'operation' in step ? step.operation : undefined
  if (operation === undefined || operation.verb === 'rename') return 'awaited'
  if (operation.kind === 'index') {
    const object = operation.verb === 'drop' ? operation.from : operation.to
    // What is left of a build that died is cleared away by the one who builds.
    return !object.unique && longKeys.has(openKey(step)) ? 'long' : 'awaited'
  }
  if (operation.verb === 'drop') return 'awaited'
  if (operation.kind === 'constraint') {
    const { type } = operation.to
    return type !== 'foreignKey' && type !== 'check' ? 'awaited' : step.long ? 'long' : 'follower'
  }
  return isOptionalColumn(step) ? 'follower' : 'awaited'
}

/** Joins what depends on one another, and what works on the same thing. */
function parts(open: readonly number[], steps: readonly PlanStep[], after: (later: number, earlier: number) => boolean): readonly OpenPart[] {
  const group = new Map(open.map((at) => [at, at]))
  const join = (a: number, b: number): void => {
    const [from, to] = [group.get(a), group.get(b)]
    for (const [at, own] of group) if (own === from && to !== undefined) group.set(at, to)
  }
  for (const later of open) for (const earlier of open) if (earlier < later && after(later, earlier)) join(later, earlier)
  const found = new Map<number, PlanStep[]>()
  for (const at of [...open].sort((a, b) => a - b)) {
    const own = group.get(at) ?? at
    found.set(own, [...(found.get(own) ?? []), steps[at] as PlanStep])
  }
  return [...found.values()].map((members) => ({ keys: [...new Set(members.map(openKey))].sort(), steps: members }))
}
