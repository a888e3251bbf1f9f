import type { Row, Sample, Session } from '../dialects/dialect.ts'
import type { Problem } from '../errors.ts'
import { TrueupError } from '../errors.ts'
import type { Demand } from '../plan/demands.ts'
import { canAsk, demandsOf } from '../plan/demands.ts'
import { tableNamed } from '../plan/entry-steps.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import type { Named, Schema } from '../schema/schema.ts'
import { displayName, findTable, keyOf } from '../schema/schema.ts'
import type { App } from './context.ts'
import type { EntryFact } from '../plan/input.ts'
import { violationQuery } from './violation-query.ts'

/** Rows that stand in the way of a step. */
export interface Violation {
  readonly demand: Demand
  readonly count: number
  /** False when counting stopped early: there are at least so many. */
  readonly isExact: boolean
  /** Up to five keys, or values that occur more than once. */
  readonly examples: readonly string[]
  /** Shows them all. */
  readonly query: string
}

interface Looked {
  readonly plan: Plan
  readonly live: Schema
  readonly target: Schema
  readonly facts: readonly EntryFact[]
}

const MOST_ROWS = 10_000
const EXAMPLES = 5
/** Milliseconds for each question, and for all of them. */
const EACH = 5_000
const ALL = 20_000

/** Demands whose rows an entry of this plan may still mend: they are asked after it ran. */
export function deferredDemands(seen: Looked, defaultSchema: string): readonly Demand[] {
  const touched = touchedBy(seen, defaultSchema)
  return demandsOf(seen.plan.steps, seen.live).filter((demand) => isTouched(demand, touched) || !canAsk(demand, seen.live))
}

/**
 * Counts the rows that stand in the way of the plan's steps, for a bounded time. Changes nothing.
 *
 * @param counted - demands in whose way nothing stood before: they are passed over, and those of now are added
 * @param unknown - takes up what could not be found out
 */
export async function findViolations(app: App, session: Session, seen: Looked, counted = new Set<string>(), unknown: Demand[] = []): Promise<readonly Violation[]> {
  const touched = touchedBy(seen, app.database.defaultSchema)
  const demands = demandsOf(seen.plan.steps, seen.live).filter((demand) => !isTouched(demand, touched) && canAsk(demand, seen.live) && !counted.has(wordsOf(demand)))
  const began = Date.now()
  const found: Violation[] = []
  for (const demand of demands) {
    if (Date.now() - began > ALL) {
      unknown.push(demand)
      continue
    }
    const violation = await ask(app, session, demand, seen.live)
    // What stands in the way may be gone at the next look, and who asks again then must be told if it is not.
    if (violation === 'none' || violation === 'none in time') counted.add(wordsOf(demand))
    if (violation === 'unknown' || violation === 'none in time') unknown.push(demand)
    if (typeof violation === 'object') found.push(violation)
  }
  return found
}

const wordsOf = ({ table, title }: Demand): string => `${keyOf(table)} ${title}`

/**
 * @param counted - as for `findViolations`: counting goes over all rows, so one start does it once
 * @throws TrueupError `rows-violate`
 */
export async function refuseViolations(app: App, session: Session, seen: Looked, counted: Set<string>): Promise<void> {
  const violations = await findViolations(app, session, seen, counted)
  if (violations.length === 0) return
  const problems = violations.map((one) => problemOf(one, app.database.defaultSchema))
  throw new TrueupError(
    'rows-violate',
    `Rows in ${app.database.address} stand in the way of what the models ask for:\n${problems.map((problem) => `  - ${problem.subject}: ${problem.message}`).join('\n')}`,
    { problems, hint: 'Nothing of it was changed. Correct the rows, or write an entry that does it: it runs before the constraint comes.' },
  )
}

/** What a reader is told where nobody knows. */
export const describeUnknown = (demand: Demand, defaultSchema: string): string =>
  `table ${displayName(demand.table, defaultSchema)}: whether rows stand in the way of ${demand.title} was not found out: somebody holds the table, this role may not read it, or there are too many rows for the time. Such rows make the step fail.`

/** One line a reader understands, with the query. */
export function describeViolation(violation: Violation, defaultSchema: string): string {
  const problem = problemOf(violation, defaultSchema)
  return `${problem.subject}: ${problem.message} ${problem.hint ?? ''}`.trim()
}

function problemOf({ demand, count, isExact, examples, query }: Violation, defaultSchema: string): Problem {
  const [one, many] = WORDS[demand.kind]
  const what = `${isExact ? '' : 'at least '}${count} ${count === 1 ? one : many}`
  return {
    subject: `table ${displayName(demand.table, defaultSchema)}`,
    message: `${what} ${count === 1 ? 'stands' : 'stand'} in the way of ${demand.title}${examples.length === 0 ? '' : `, such as ${examples.join(', ')}`}.`,
    hint: `All of them: ${query}`,
  }
}

const WORDS: { readonly [K in Demand['kind']]: readonly [string, string] } = {
  'not-null': ['row with NULL', 'rows with NULL'],
  unique: ['value that occurs more than once', 'values that occur more than once'],
  reference: ['row that points at nothing', 'rows that point at nothing'],
  check: ['row that breaks it', 'rows that break it'],
}

/** Tables that pending entries may change; `null` when one of them does not say. */
function touchedBy({ plan, facts, target, live }: Looked, defaultSchema: string): ReadonlySet<string> | null {
  const touched = new Set<string>()
  for (const step of plan.steps) {
    const tables = tablesOf(step, facts, { target, live, defaultSchema })
    if (tables === null) return null
    for (const table of tables) touched.add(keyOf(table))
  }
  return touched
}

function tablesOf(step: PlanStep, facts: readonly EntryFact[], names: { readonly target: Schema; readonly live: Schema; readonly defaultSchema: string }): readonly Named[] | null {
  if (step.kind === 'backfill' && step.fill === undefined) return step.locks.map((lock) => lock.relation)
  if (step.kind !== 'sql' && step.kind !== 'run') return []
  const entry = facts.find((fact) => fact.entry.id === step.entry)?.entry
  const touches = entry?.kind === 'sql' || entry?.kind === 'run' ? entry.entry.touches : undefined
  return touches === undefined ? null : touches.map((name) => tableNamed(name, names))
}

function isTouched(demand: Demand, touched: ReadonlySet<string> | null): boolean {
  if (touched === null || touched.has(keyOf(demand.table))) return true
  return demand.kind === 'reference' && touched.has(keyOf({ schema: demand.key.references.schema, name: demand.key.references.table }))
}

/** Of a question that found no row. */
type Answer = 'none' | 'none in time' | 'unknown' | 'too early'

async function ask(app: App, session: Session, demand: Demand, live: Schema): Promise<Violation | Answer> {
  const table = findTable(live, demand.table)
  if (table === undefined) return 'too early'
  const query = violationQuery(demand, table, app.dialect)
  try {
    const { rows, count, isExact } = app.dialect.sample === undefined ? await plainSample(session, query) : await app.dialect.sample(session, query, { rows: EXAMPLES, milliseconds: EACH })
    // None in the time that there was: the step itself sees them all.
    if (count === 0) return isExact ? 'none' : 'none in time'
    return { demand, count, isExact, examples: rows.map(textOf), query }
  } catch (error) {
    const { kind } = app.dialect.failure(error)
    if (kind === 'connection') throw error
    // What only a later step brings cannot be asked for yet: the step itself tells.
    return kind === 'lock-timeout' || kind === 'permission' ? 'unknown' : 'too early'
  }
}

async function plainSample(session: Session, query: string): Promise<Sample> {
  const rows = await session.query(`${query} LIMIT ${MOST_ROWS + 1}`)
  return { rows: rows.slice(0, EXAMPLES), count: Math.min(rows.length, MOST_ROWS), isExact: rows.length <= MOST_ROWS }
}

const textOf = (row: Row): string => {
  const values = Object.values(row).map((value) => (value === null ? 'NULL' : String(value)))
  return values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`
}
