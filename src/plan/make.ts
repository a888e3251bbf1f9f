import type { Trial } from '../dialects/dialect.ts'
import type { Problem } from '../errors.ts'
import { diff } from '../diff/diff.ts'
import { fingerprintOf } from '../hash.ts'
import type { Operation } from '../operations/operation.ts'
import type { CheckedColumn, CheckedRename } from '../registry/registry.ts'
import type { Named, Schema } from '../schema/schema.ts'
import { childRef, findTable, keyOf, refKey } from '../schema/schema.ts'
import { planDdl } from './ddl.ts'
import { driftOf, incomparableDrift } from './drift.ts'
import type { DraftStep } from './entry-steps.ts'
import { fillRequest, planEntry } from './entry-steps.ts'
import { claimsOf, dependsOnOpaque, draftOf } from './claims.ts'
import type { EntryFact, PlanInput } from './input.ts'
import type { Pending, Plan, PlanStep } from './plan.ts'
import { PHASES } from './plan.ts'
import { isOnlineEntry, planOnline } from './online.ts'
import { planRenames } from './renames.ts'
import { gate } from './gate.ts'
import { isAdditive } from './split.ts'
import { stateOf } from './state.ts'
import { factsOf } from './step-facts.ts'
import { tableOf } from './target.ts'

export interface MadePlan {
  readonly plan: Plan
  /** Mistakes that need the models or the server; a start with any of them changes nothing. */
  readonly problems: readonly Problem[]
  /** What the server could be asked before the plan is relied on. */
  readonly trials: readonly Trial[]
  /** Keys of the tables that the plan creates. */
  readonly creates: ReadonlySet<string>
}

/**
 * Puts together what a start would do: renames, what the models miss, the entries, in the phases expand, migrate, constrain
 * and contract. Pure but for the hash.
 */
export async function makePlan(given: PlanInput): Promise<MadePlan> {
  const pending = given.entries.filter((fact) => stateOf(fact) === 'pending')
  const begun = withoutUnfinished(given)
  const online = planOnline(begun, pending)
  const input = { ...begun, live: online.live, target: online.target }
  const renamed = planRenames(input.live, input.target, renamesOf(pending), input.defaultSchema)
  const ddl = planModels(renamed.schema, input, pending)
  const isFresh = (table: Named): boolean => ddl.creates.has(keyOf(table))
  const decisions = pending.map((fact) => planEntry(fact, input, isFresh))
  const columns = planColumns(pending, renamed.schema, input)
  const drafts: readonly DraftStep[] = [
    ...online.steps,
    ...renameSteps(renamed, input),
    ...ddl.steps,
    ...inRegistryOrder(pending, ddl.lateSteps, decisions.flatMap((decision) => decision.steps)),
    ...online.contracts,
  ]
  const body = {
    digest: input.digest,
    dialect: input.dialect.name,
    steps: number(drafts),
    pending: [...ddl.pending, ...online.pending],
    drift: [...ddl.drift, ...input.incomparable.map((item) => incomparableDrift(item, input.defaultSchema))],
    adopt: [...online.adopt, ...adoptedRenames(renamed.renames), ...columns.adopt, ...decisions.flatMap((decision) => decision.adopt)],
    rowsLost: rowsLost(ddl.drops, input),
    warnings: [],
  }
  return {
    plan: { hash: (await fingerprintOf({ ...body, rowsLost: magnitude(body.rowsLost), allow: input.allow })).slice(0, 16), ...body },
    problems: [...online.problems, ...renamed.problems, ...columns.problems, ...decisions.flatMap((decision) => decision.problems)],
    creates: ddl.creates,
    trials: ddl.trials,
  }
}

/** A column that is half there is planned as one that is not there yet; its renderer knows what is done. */
function withoutUnfinished(input: PlanInput): PlanInput {
  const found = input.dialect.unfinished?.(input.live)
  if (found === undefined || found.columns.length === 0) return input
  return { ...input, live: found.schema, resumes: new Set(found.columns.map(({ table, column }) => refKey(childRef('column', table, column)))) }
}

/** A table in use never has the same count twice: what a person confirms is how much goes, to a factor of two, and whether anything goes at all. */
const magnitude = (rows: number): number => (rows < 1_000 ? rows : 2 ** Math.floor(Math.log2(rows)))

const renamesOf = (facts: readonly EntryFact[]): readonly CheckedRename[] => facts.flatMap(({ entry }) => (entry.kind === 'rename' && !isOnlineEntry(entry) ? [entry] : []))
const columnsOf = (facts: readonly EntryFact[]): readonly CheckedColumn[] => facts.flatMap(({ entry }) => (entry.kind === 'column' ? [entry] : []))

function adoptedRenames(renames: ReturnType<typeof planRenames>['renames']): Plan['adopt'] {
  return renames.flatMap(({ entry, operation, because }) => (operation === null ? [{ entry: entry.id, state: 'adopted' as const, because }] : []))
}

function renameSteps(renamed: ReturnType<typeof planRenames>, input: PlanInput): readonly DraftStep[] {
  return renamed.renames.flatMap(({ entry, operation }) => {
    if (operation === null) return []
    const steps = planDdl({ from: input.live, to: renamed.schema, operations: [operation], dialect: input.dialect, defaultSchema: input.defaultSchema, version: input.version })
    return steps.map(({ step }) => ({ ...draftOf(step, 'expand', operation), entry: entry.id, claims: [entry.id] }))
  })
}

interface PlannedModels {
  readonly steps: readonly DraftStep[]
  /** Column entries that depend on an opaque entry: they run among the entries. */
  readonly lateSteps: readonly DraftStep[]
  readonly pending: readonly Pending[]
  readonly drift: Plan['drift']
  readonly drops: readonly Operation[]
  readonly creates: ReadonlySet<string>
  readonly trials: readonly Trial[]
}

/** What the models miss, as steps, as far as policy allows. */
function planModels(live: Schema, input: PlanInput, pendingEntries: readonly EntryFact[]): PlannedModels {
  const operations = diff(live, input.target)
  const everything = input.allow === 'destructive'
  const wanted = everything ? operations : operations.filter((operation) => isAdditive(operation, live))
  const left = everything ? [] : operations.filter((operation) => !isAdditive(operation, live))
  const gated = gate(wanted, live, input)
  const claims = claimsOf(columnsOf(pendingEntries), input.defaultSchema)
  const late = new Set(columnsOf(pendingEntries).filter((entry) => dependsOnOpaque(entry, input.entries)).map((entry) => entry.id))
  // An entry is done with the last step of its column.
  const drafts = [...gated.steps].reverse().map(({ step, phase, operation }) => claims.attach(written(draftOf(step, phase, operation), input))).reverse()
  const isLate = (draft: DraftStep): boolean => draft.entry !== undefined && late.has(draft.entry)
  return {
    steps: drafts.filter((draft) => !isLate(draft)),
    lateSteps: drafts.filter(isLate).map((draft) => ({ ...draft, phase: 'migrate' as const })),
    pending: gated.pending,
    trials: gated.trials,
    drift: left.flatMap((operation) => driftOf(operation, input.defaultSchema)),
    // A table that is made anew loses its rows, too, though nobody asked for a drop.
    drops: [...wanted, ...gated.steps.map(({ operation }) => operation)].filter((operation) => operation.verb === 'drop'),
    creates: new Set(wanted.flatMap((operation) => (operation.verb === 'create' && operation.kind === 'table' ? [keyOf(operation.ref)] : []))),
  }
}

/** What is filled is shown as the statement of a batch. */
function written(draft: DraftStep, input: PlanInput): DraftStep {
  if (draft.kind !== 'backfill' || draft.fill === undefined) return draft
  const table = findTable(input.live, draft.fill.table)
  return table === undefined ? draft : { ...draft, statements: [input.dialect.backfill.statement(fillRequest(draft.fill, table))] }
}

/** Column entries whose column is there already, and those whose table is nowhere. */
function planColumns(pending: readonly EntryFact[], live: Schema, input: PlanInput): { readonly adopt: Plan['adopt']; readonly problems: readonly Problem[] } {
  const adopt: Plan['adopt'][number][] = []
  const problems: Problem[] = []
  for (const entry of columnsOf(pending)) {
    const name = tableOf(entry, input.defaultSchema)
    const table = findTable(live, name)
    if (table === undefined && findTable(input.target, name) === undefined) {
      problems.push({ subject: `entry ${entry.id}`, field: 'table', message: `names table ${entry.entry.table}, which is neither in the models nor in the database.` })
    } else if (table?.columns.some((column) => column.name === entry.entry.column) === true) {
      adopt.push({ entry: entry.id, state: 'adopted', because: `column ${entry.id} already exists` })
    }
  }
  return { adopt, problems }
}

function rowsLost(drops: readonly Operation[], input: PlanInput): number {
  const tables = new Set(drops.flatMap(({ kind, ref }) => (kind === 'table' ? [keyOf(ref)] : kind === 'column' ? [keyOf({ schema: ref.schema, name: ref.table ?? '' })] : [])))
  return [...tables].reduce((sum, key) => sum + (input.rowCounts.get(key) ?? 0), 0)
}

/** Entry steps in the order of the registry, which respects what depends on what. */
function inRegistryOrder(pending: readonly EntryFact[], late: readonly DraftStep[], own: readonly DraftStep[]): readonly DraftStep[] {
  const all = [...late, ...own]
  const ids = new Set(pending.map((fact) => fact.entry.id))
  return [...ids].flatMap((id) => all.filter((step) => step.entry === id))
}

function number(drafts: readonly DraftStep[]): readonly PlanStep[] {
  return PHASES.flatMap((phase) => drafts.filter((draft) => draft.phase === phase).map((draft, index): PlanStep => ({ id: `${phase}-${index + 1}`, ...draft, ...factsOf(draft) })))
}

