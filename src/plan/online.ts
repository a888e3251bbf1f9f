import type { Pair, PairRequest } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import type { Problem } from '../errors.ts'
import type { CheckedContract, CheckedRename, CheckedRetype } from '../registry/registry.ts'
import { sqlText } from '../registry/registry.ts'
import type { Column, Named, Schema } from '../schema/schema.ts'
import { displayName, findTable } from '../schema/schema.ts'
import { draftOf } from './claims.ts'
import { planDdl } from './ddl.ts'
import type { DraftStep } from './entry-steps.ts'
import type { EntryFact, PlanInput } from './input.ts'
import type { Pending, Plan } from './plan.ts'
import { stateOf } from './state.ts'
import { withoutColumn } from './target.ts'

/** What online entries and their contracts ask for, and the schemas as the rest of the plan sees them. */
export interface PlannedOnline {
  /** One column where there are two, and it is as the models want it. */
  readonly live: Schema
  readonly target: Schema
  readonly steps: readonly DraftStep[]
  readonly contracts: readonly DraftStep[]
  readonly adopt: Plan['adopt']
  readonly pending: readonly Pending[]
  readonly problems: readonly Problem[]
}

type Online = (CheckedRename & { readonly entry: { readonly online: true } }) | CheckedRetype

const NOTHING: Pick<PlannedOnline, 'steps' | 'contracts' | 'adopt' | 'pending' | 'problems'> = { steps: [], contracts: [], adopt: [], pending: [], problems: [] }

export function planOnline(input: PlanInput, pending: readonly EntryFact[]): PlannedOnline {
  const style = input.dialect.online
  if (style === undefined) return { ...NOTHING, live: input.live, target: input.target }
  const pairs = style.pairs(input.live)
  const entries = pending.flatMap(({ entry }) => (isOnlineEntry(entry) ? [entry] : []))
  const planned = entries.map((entry) => planEntry(entry, pairs.find((pair) => pair.id === entry.id) ?? null, input))
  const contracts = pending.flatMap(({ entry }) => (entry.kind === 'contract' ? [planContract(entry, pairs, input)] : []))
  const shown = pairs.reduce((live, pair) => style.hide(live, pair, sideOf(pair, input), input.target), input.live)
  const coming = planned.flatMap((one) => (one.coming === null || pairs.some((pair) => pair.id === one.coming?.id) ? [] : [one.coming]))
  return {
    live: coming.reduce((live, pair) => style.hide(live, pair, 'new', input.target), shown),
    target: withoutHeld(input),
    steps: planned.flatMap((one) => one.steps), contracts: contracts.flatMap((one) => one.contracts),
    adopt: [...planned, ...contracts].flatMap((one) => one.adopt),
    pending: contracts.flatMap((one) => one.pending),
    problems: planned.flatMap((one) => one.problems),
  }
}

/** True for a rename or a change of type during which both codes work. */
export const isOnlineEntry = (entry: EntryFact['entry']): entry is Online => entry.kind === 'retype' || (entry.kind === 'rename' && entry.entry.online === true)

/** Which of two columns the models know: theirs is shown to them. */
function sideOf(pair: Pair, { target, entries }: PlanInput): 'old' | 'new' {
  if (entries.some(({ entry }) => entry.id === pair.id)) return 'new'
  const columns = findTable(target, pair.table)?.columns ?? []
  return pair.kind === 'rename' && columns.some((column) => column.name === pair.from) ? 'old' : 'new'
}

/** The new name of a rename that was rolled back is not asked for. */
function withoutHeld({ entries, live, target }: PlanInput): Schema {
  return entries.reduce((schema, fact) => {
    const { entry } = fact
    if (entry.kind !== 'rename' || !isOnlineEntry(entry) || stateOf(fact) !== 'held') return schema
    const { table, column, to } = entry.entry.rename
    const owner = schema.table.find((one) => one.name === table)
    if (owner === undefined || findTable(live, owner)?.columns.some((one) => one.name === column) !== true) return schema
    return { ...schema, table: schema.table.map((one) => (one === owner ? withoutColumn(one, to) : one)) }
  }, target)
}

interface PlannedEntry extends Pick<PlannedOnline, 'steps' | 'adopt' | 'problems'> {
  /** The pair that its steps make, where there is none yet. */
  readonly coming: Pair | null
}

function requestOf(entry: Online, { defaultSchema, dialect }: PlanInput): PairRequest {
  if (entry.kind === 'rename') {
    const { table, column, to, schema } = entry.entry.rename
    return { id: entry.id, table: { schema: schema ?? defaultSchema, name: table }, column: column ?? '', to }
  }
  const { table, column, schema, type, using, back } = entry.entry.retype
  const text = (value: typeof using): string | null => (value === undefined ? null : sqlText(value, dialect.writer))
  return { id: entry.id, table: { schema: schema ?? defaultSchema, name: table }, column, type, using: text(using), back: text(back) }
}

function planEntry(entry: Online, pair: Pair | null, input: PlanInput): PlannedEntry {
  const nothing: PlannedEntry = { steps: [], adopt: [], problems: [], coming: null }
  const request = requestOf(entry, input)
  const adopt = (because: string): PlannedEntry => ({ ...nothing, adopt: [{ entry: entry.id, state: 'adopted', because }] })
  const refuse = (field: string, message: string, hint?: string): PlannedEntry => ({ ...nothing, problems: [{ subject: `entry ${entry.id}`, field, message, ...(hint !== undefined && { hint }) }] })
  if (pair?.stage === 'ready') return adopt('both columns are there and in step')
  const wanted = findTable(input.target, request.table)
  const live = findTable(input.live, request.table)
  if (live === undefined) {
    if (becomes(request.table, input)) return nothing
    return wanted === undefined ? refuse(`${entry.kind}.table`, `names table ${request.table.name}, which is neither in the database nor in the models.`) : adopt(`table ${request.table.name} is new`)
  }
  const column = live.columns.find((one) => one.name === request.column)
  if (pair === null) {
    const done = entry.kind === 'rename' ? renameState(request, column, live.columns) : retypeState(request, column, wanted?.columns)
    if (done !== null) return typeof done === 'string' ? adopt(done) : refuse(done.field, done.message, done.hint)
  }
  return carryOut(entry, request, pair, live, column, input) ?? refuse(entry.kind, 'cannot be planned.')
}

/** A table that another pending entry gives its name first. */
const becomes = (table: Named, { entries }: PlanInput): boolean =>
  entries.some((fact) => stateOf(fact) === 'pending' && fact.entry.kind === 'rename' && fact.entry.entry.rename.column === undefined && fact.entry.entry.rename.to === table.name)

type Judged = string | { readonly field: string; readonly message: string; readonly hint?: string } | null

function renameState(request: PairRequest, column: Column | undefined, columns: readonly Column[]): Judged {
  const [table, to] = [request.table.name, request.to ?? '']
  const has = columns.some((one) => one.name === to)
  if (column !== undefined && has) return { field: 'rename.to', message: `names ${table}.${to}, which exists beside ${request.column}.`, hint: 'Both hold data now: move it with a backfill entry, then drop one of them.' }
  if (has) return `column ${table}.${to} is already there`
  return column === undefined ? { field: 'rename.column', message: `names ${table}.${request.column}, which is not in the database, and neither is ${to}.` } : null
}

function retypeState(request: PairRequest, column: Column | undefined, columns: readonly Column[] | undefined): Judged {
  const name = `${request.table.name}.${request.column}`
  if (column === undefined) return { field: 'retype.column', message: `names ${name}, which is not in the database.` }
  const modelled = columns?.find((one) => one.name === request.column)
  if (modelled === undefined) return { field: 'retype.column', message: `names ${name}, which is not in the models.` }
  if (modelled.type === column.type) {
    return column.type === request.type ? `column ${name} is ${column.type} already` : { field: 'retype.type', message: `says ${request.type}, and both database and models say ${column.type}.`, hint: 'Change the type in the models, too, and spell it here as the database does.' }
  }
  return modelled.type === request.type ? null : { field: 'retype.type', message: `says ${request.type}, and the model of ${request.table.name} says ${modelled.type}.`, hint: 'Make them say the same, as the database spells it.' }
}

function carryOut(entry: Online, request: PairRequest, pair: Pair | null, owner: Named, column: Column | undefined, input: PlanInput): PlannedEntry | null {
  const plan = input.dialect.online?.prepare(request, pair, { live: input.live, target: input.target, version: input.version })
  if (plan === undefined) return null
  const name = `${displayName({ name: owner.name })}.${displayName({ name: request.column })}`
  if ('refused' in plan) {
    return {
      steps: [], adopt: [], coming: null,
      problems: plan.refused.map(({ reason, instead }) => ({ subject: `entry ${entry.id}`, field: 'online', message: `cannot be done for ${name}: ${reason}.`, hint: instead ?? 'Take it out of the way first, or do the change in another way at a quiet time.' })),
    }
  }
  const copies = planDdl({ from: plan.after, to: plan.wanted, operations: diff(plan.after, plan.wanted), dialect: input.dialect, defaultSchema: input.defaultSchema, version: input.version })
  const own = (step: Parameters<typeof draftOf>[0]): DraftStep => ({ ...plainDraft(step), entry: entry.id, required: true })
  const steps: readonly DraftStep[] = [
    ...plan.before.map(own),
    ...copies.map(({ step, operation }): DraftStep => ({ ...draftOf(step, 'expand', operation), entry: entry.id, required: true })),
    { ...own(plan.last), claims: [entry.id] },
  ]
  const coming: Pair | null = pair !== null || column === undefined ? null : {
    id: entry.id, kind: entry.kind, table: request.table, from: request.column, to: request.to ?? '', stage: 'filling', name: '', using: null, back: null, former: null, since: null,
  }
  return { steps, adopt: [], problems: [], coming }
}

/** A step of nobody's operation: it is an entry's. */
function plainDraft(step: Parameters<typeof draftOf>[0]): Extract<DraftStep, { kind: 'ddl' | 'sql' | 'backfill' }> {
  const { transaction: _transaction, fill, trial: _trial, instead: _instead, ...rest } = step
  return fill === undefined ? { ...rest, kind: 'ddl', phase: 'expand', transaction: step.transaction } : { ...rest, kind: 'backfill', phase: 'expand', transaction: true, fill }
}

function planContract(entry: CheckedContract, pairs: readonly Pair[], input: PlanInput): Pick<PlannedOnline, 'contracts' | 'adopt' | 'pending'> {
  const nothing = { contracts: [], adopt: [], pending: [] }
  const pair = pairs.find((one) => one.id === entry.entry.contract)
  const other = input.entries.find((fact) => fact.entry.id === entry.entry.contract)
  const wait = (because: string): ReturnType<typeof planContract> => ({
    ...nothing,
    pending: [{ title: `contract ${entry.entry.contract}`, class: 'safe', entry: entry.id, because: `${because}.`, allow: 'Wait until the old release is gone, then start again or run `trueup apply`.', statements: [] }],
  })
  if (pair === undefined) {
    const isDone = other !== undefined && stateOf(other) === 'done'
    const isNew = other !== undefined && isOnlineEntry(other.entry) && findTable(input.live, requestOf(other.entry, input).table) === undefined
    if (isDone || isNew) return { ...nothing, adopt: [{ entry: entry.id, state: 'not-needed', because: 'there is no old side' }] }
    return wait(`Entry ${entry.entry.contract} comes first`)
  }
  const reason = input.obstacles?.get(entry.id)
  if (reason === undefined || reason !== null) return wait(reason === undefined ? `Entry ${entry.entry.contract} comes first` : `It must stay: ${reason}`)
  const step = input.dialect.online?.contract(pair, { live: input.live, target: input.target, version: input.version })
  return step === undefined ? nothing : { ...nothing, contracts: [{ ...plainDraft(step), phase: 'contract', entry: entry.id, claims: [entry.id] }] }
}

/** Which pairs contracts wait for, so that they can be asked about before a plan is made. */
export function contractsOf(entries: readonly EntryFact[], pairs: readonly Pair[]): readonly { readonly entry: CheckedContract; readonly pair: Pair }[] {
  return entries.flatMap((fact) => {
    const { entry } = fact
    const pair = entry.kind === 'contract' && stateOf(fact) === 'pending' ? pairs.find((one) => one.id === entry.entry.contract) : undefined
    return entry.kind === 'contract' && pair !== undefined ? [{ entry, pair }] : []
  })
}
