import type { Normalised, Probe, Session } from '../dialects/dialect.ts'
import { TrueupError, describeProblem } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { EntryFact, PlanInput } from '../plan/input.ts'
import type { MadePlan } from '../plan/make.ts'
import { makePlan } from '../plan/make.ts'
import { contractsOf } from '../plan/online.ts'
import { stateOf } from '../plan/state.ts'
import { withEntries } from '../plan/target.ts'
import type { CheckedColumn } from '../registry/registry.ts'
import type { Schema } from '../schema/schema.ts'
import { TOP_KINDS, keyOf, withUnspoken } from '../schema/schema.ts'
import { setAside } from '../takeover/recognise.ts'
import { conflictProblems, conflictTables, takeOut } from './conflicts.ts'
import type { App, Call, DeclaredModels } from './context.ts'
import { askChecks, entryFacts } from './facts.ts'
import { countLost, findEmpty } from './rows.ts'
import { describedOnce, modelsOnce, wordsOnce } from './memory.ts'
import { readable } from './readable.ts'
import { askServer } from './trials.ts'

/** What one look at the database gave. */
export interface Survey extends MadePlan {
  readonly probe: Probe
  readonly live: Schema
  readonly target: Schema
  readonly facts: readonly EntryFact[]
  /** True when what the models declare could be compared in the server's own words. */
  readonly certain: boolean
}

export interface SurveyOptions {
  /** Keys of the tables that this run created from the declaration. */
  readonly created?: ReadonlySet<string>
  /** The run of the start that is at work. */
  readonly run?: string | undefined
  /** Counts the rows that would go, where any may: for who shows a plan, or holds it against the one that was confirmed. Without, its hash is of no use. */
  readonly countsLost?: boolean
}

/**
 * Looks at the database and plans. Changes nothing that lasts.
 *
 * @throws TrueupError `plan-refused` with every mistake of registry and models that only the server can tell
 */
export async function survey(app: App, call: Call, session: Session, probe: Probe, options: SurveyOptions = {}): Promise<Survey> {
  const models = await app.declared()
  const base = await baseSchema(app, models, session)
  const live = await describedOnce(session, probe, async () => setAside(await readable(app, session, () => app.dialect.introspect(session, models.scope)), base, app.database.defaultSchema))
  const facts = await askChecks(app, session, entryFacts(app, models, call, probe))
  const columns = facts.flatMap((fact) => (fact.entry.kind === 'column' ? [{ fact, entry: fact.entry }] : []))
  const held = columns.filter(({ fact }) => stateOf(fact) === 'held').map(({ entry }) => entry)
  const wanted = columns.filter(({ fact }) => stateOf(fact) !== 'held').map(({ entry }) => entry)
  const pending = columns.filter(({ fact }) => stateOf(fact) === 'pending').map(({ entry }) => entry)
  const declared = withEntries(base, live, { wanted, held }, app.dialect, app.database.defaultSchema)
  const entries = JSON.stringify([facts.map(stateOf), [...(options.created ?? [])], probe.readOnly])
  const normalised = await normalise(app, models, session, { entries, declared, base, live, pending, ...(options.created && { created: options.created }), readOnly: probe.readOnly })
  refuse(app, normalised.problems)
  const target = withUnspoken(withDefaultNamespace(normalised.schema, live, app.database.defaultSchema), live)
  const emptyTables = withoutFilled(app, await findEmpty(app, session, live, target))
  const input = {
    dialect: app.dialect, version: session.version, defaultSchema: app.database.defaultSchema, live, target, incomparable: normalised.incomparable,
    entries: facts, allow: call.allow, strict: call.strict, hasLedger: probe.ledger !== null, digest: probe.digest, emptyTables,
    ...(await obstaclesOf(app, session, live, facts, options.run ?? null)),
    rowCounts: options.countsLost === true && call.allow === 'destructive' ? await countLost(app, session, live, target) : new Map<string, number>(),
  }
  const made = await asked(app, session, input)
  refuse(app, made.problems)
  return { ...made, probe, live, target, facts, certain: normalised.incomparable.length === 0 }
}

/** What contract entries wait for. `run`: the start that is at work, which lets code of both releases have its time. */
async function obstaclesOf(app: App, session: Session, live: Schema, facts: readonly EntryFact[], run: string | null): Promise<{ readonly obstacles?: ReadonlyMap<string, string | null> }> {
  const style = app.dialect.online
  if (style === undefined) return {}
  const obstacles = new Map<string, string | null>()
  for (const { entry, pair } of contractsOf(facts, style.pairs(live))) {
    const { unusedFor, application } = entry.entry
    const isOfNow = run !== null && facts.some((fact) => fact.entry.id === pair.id && fact.recorded?.run === run)
    const quiet = { unusedFor: unusedFor ?? null, application: application === undefined ? [] : typeof application === 'string' ? [application] : application }
    obstacles.set(entry.id, isOfNow ? 'the new side is there since this start only, and the next one may take the old one away' : await style.obstacle(session, pair, quiet))
  }
  return { obstacles }
}

/** Plans by what is known of the changes; where the server can be asked about some, it is, and the plan is made by its word. */
async function asked(app: App, session: Session, input: PlanInput): Promise<MadePlan> {
  const made = await makePlan(input)
  if (made.trials.length === 0 || app.dialect.tryChanges === undefined) return made
  const verdicts = await askServer(app, session, input.live, made.trials)
  return verdicts.length === 0 ? made : makePlan({ ...input, verdicts })
}

const withoutFilled = (app: App, empty: ReadonlySet<string>): ReadonlySet<string> =>
  app.filled === undefined ? empty : new Set([...empty].filter((key) => app.filled?.has(key) !== true))

/** The schema of unqualified names is where the models live, whether or not they say so. */
function withDefaultNamespace(target: Schema, live: Schema, defaultSchema: string): Schema {
  if (target.namespace.some((namespace) => namespace.name === defaultSchema)) return target
  return { ...target, namespace: [...target.namespace, ...live.namespace.filter((namespace) => namespace.name === defaultSchema)] }
}

async function baseSchema(app: App, models: DeclaredModels, session: Session): Promise<Schema> {
  const { declared, scope } = models
  return declared.form === 'text' ? modelsOnce(session, () => app.dialect.loadText(session, declared.texts, scope)) : declared.schema
}

interface NormaliseInput {
  /** All but the description that the answer depends on, and that may change while a session lasts. */
  readonly entries: string
  readonly declared: Schema
  /** The models alone. */
  readonly base: Schema
  readonly live: Schema
  readonly pending: readonly CheckedColumn[]
  readonly created?: ReadonlySet<string>
  readonly readOnly: boolean
}

interface NormaliseOutput {
  readonly schema: Schema
  readonly incomparable: Normalised['incomparable']
  readonly problems: readonly Problem[]
}

/** Brings the models with the entries into the server's words, and compares entries with models on the way. */
async function normalise(app: App, models: DeclaredModels, session: Session, input: NormaliseInput): Promise<NormaliseOutput> {
  const { declared, base, live, pending } = input
  const conflicts = conflictTables(pending, base, app.dialect, app.database.defaultSchema)
  // What a server has read or a snapshot holds is in its words already: only what entries add to it is not.
  const rest = models.declared.form === 'schema' ? declared : { ...declared, table: declared.table.filter((table) => !base.table.includes(table)) }
  const request = {
    declared: { ...rest, table: [...rest.table, ...conflicts.declared] },
    live: { ...live, table: [...live.table, ...conflicts.live] },
    scope: models.scope,
    mayTry: !input.readOnly,
    ...(input.created && { created: input.created }),
  }
  const nothing = models.declared.form !== 'schema' && request.declared.table.length === 0
  const normal: Normalised = nothing ? { schema: request.declared, incomparable: [], problems: [] } : await wordsOnce(session, input.entries, () => app.dialect.normalise(session, request))
  const { schema, found } = takeOut(normal.schema, conflicts)
  const merged = models.declared.form === 'schema' ? schema : mergeTables(declared, schema)
  return {
    schema: merged,
    incomparable: normal.incomparable.filter((item) => !conflicts.names.has(item.ref.table ?? item.ref.name)),
    problems: [
      ...normal.problems.map((problem) => conflicts.explain(problem)),
      ...conflictProblems(found, conflicts, app.dialect),
    ],
  }
}

function mergeTables(whole: Schema, part: Schema): Schema {
  const tables = new Map(part.table.map((table) => [keyOf(table), table]))
  return { ...whole, table: whole.table.map((table) => tables.get(keyOf(table)) ?? table) }
}

function refuse(app: App, problems: readonly Problem[]): void {
  if (problems.length === 0) return
  const existing = problems.every((problem) => problem.message.startsWith('may have been done already'))
  const unique = problems.filter((problem, index) => problems.findIndex((other) => describeProblem(other) === describeProblem(problem)) === index)
  const count = unique.length === 1 ? 'One thing stands' : `${unique.length} things stand`
  throw new TrueupError(
    existing ? 'existing-database' : 'plan-refused',
    `${count} in the way of bringing ${app.database.address} into line:\n${unique.map((problem) => `  - ${describeProblem(problem)}`).join('\n')}`,
    { problems: unique, hint: 'Nothing was changed. Correct what is named above and start again.' },
  )
}

/** True when a schema describes nothing at all. */
export const isEmpty = (schema: Schema): boolean => TOP_KINDS.every((kind) => schema[kind].length === 0)
