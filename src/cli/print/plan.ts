import { PHASES, type Plan, type PlanStep } from '../../plan/plan.ts'
import { ended } from '../../sql.ts'
import type { Paint } from '../io.ts'
import { differs, driftLines, pendingLines } from './drift.ts'
import { count, indent } from './table.ts'

/** A plan for a reader: steps by phase with reason, locks and SQL, then what is not done and what differs. */
export function planLines(plan: Plan, address: string, paint: Paint): string[] {
  const empty = plan.steps.length === 0 && plan.adopt.length === 0
  return [
    empty ? nothingToDo(address, plan) : `Plan ${plan.hash} for ${address}`,
    ...(empty ? [] : [summary(plan)]),
    ...PHASES.flatMap((phase) => phaseLines(phase, plan, paint)),
    ...section('Recorded without running', plan.adopt.map(({ entry, state, because }) => `  ${entry}  ${state}: ${because}`), paint),
    ...section('Not done', pendingLines(plan.pending, paint), paint),
    ...section('Drift', driftLines(plan.drift, paint), paint),
    ...section('Warnings', plan.warnings.map((warning) => `  ${warning}`), paint),
  ]
}

/** The plan as SQL that a database's own shell can read; everything else is a comment. */
export function planSql(plan: Plan, address: string): string[] {
  return [
    ...comment(`Plan ${plan.hash} for ${address}`),
    ...comment(summary(plan)),
    ...PHASES.flatMap((phase) => stepsOf(phase, plan).flatMap((step) => stepSql(step))),
    ...plan.pending.flatMap((item) => ['', ...comment(`Not done: ${item.title} [${item.class}]: ${item.because}`)]),
  ]
}

/** What to say when there is nothing to carry out, which need not mean that all is well. */
export function nothingToDo(address: string, { pending, drift }: Pick<Plan, 'pending' | 'drift'>): string {
  if (pending.length > 0) return `Nothing that is allowed is left to do in ${address}.`
  return differs(drift) ? `Nothing to do: what differs in ${address} is left to you.` : `Nothing to do: ${address} is in line.`
}

/** A blank line, a heading, and its lines; nothing without lines. */
export function section(heading: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', heading), ...lines]
}

const stepsOf = (phase: string, plan: Plan): readonly PlanStep[] => plan.steps.filter((step) => step.phase === phase)

function summary(plan: Plan): string {
  const parts = [count(plan.steps.length, 'step')]
  const open = plan.steps.filter((step) => step.open === true).length
  if (open > 0) parts.push(`${open} of them behind the start`)
  if (plan.adopt.length > 0) parts.push(`${count(plan.adopt.length, 'entry', 'entries')} only to record`)
  if (plan.pending.length > 0) parts.push(`${plan.pending.length} not done`)
  if (plan.drift.length > 0) parts.push(count(plan.drift.length, 'difference'))
  if (plan.rowsLost > 0) parts.push(`${count(plan.rowsLost, 'row')} would be lost`)
  return parts.join(', ')
}

function phaseLines(phase: string, plan: Plan, paint: Paint): string[] {
  const steps = stepsOf(phase, plan)
  return section(phase, steps.flatMap((step) => stepLines(step, plan.steps.indexOf(step) + 1, paint)), paint)
}

function stepLines(step: PlanStep, number: number, paint: Paint): string[] {
  const colour = step.class === 'safe' || step.class === 'online' ? 'green' : step.class === 'destructive' ? 'red' : 'yellow'
  const locks = step.locks.map((lock) => `${lock.mode} on ${lock.relation.name}`)
  return [
    `  ${number}. ${step.title}  ${paint(colour, `[${step.class}]`)}${entriesOf(step)}`,
    ...(step.reason === undefined ? [] : indent(`why: ${step.reason}`, 5)),
    ...(locks.length === 0 ? [] : [`     locks: ${[...new Set(locks)].join(', ')}`]),
    ...cost(step),
    ...(step.transaction ? [] : ['     outside a transaction']),
    ...(step.open === true ? [`     open: ${paint('green', 'no start waits for it')}, \`trueup apply\` does`] : []),
    ...step.hazards.map((hazard) => `     ${paint('yellow', hazard.code)}: ${hazard.message}`),
    ...(step.kind === 'run' ? ["     (the entry's own code)"] : []),
    ...step.statements.flatMap((statement) => indent(ended(statement), 5).map((line) => paint('cyan', line))),
  ]
}

/** What it means for those who use the database meanwhile, and how long that is. */
function cost(step: PlanStep): string[] {
  const names = (tables: readonly { readonly name: string }[]): string => tables.map((table) => table.name).join(', ')
  const waits = step.blocks.length === 0 ? '' : `${step.blocks.join(' and ')} wait${step.long ? ' while it works' : ' for a moment'}`
  const facts = [
    ...(step.rewrites.length === 0 ? [] : [`writes ${names(step.rewrites)} anew`]),
    ...(step.scans.length === 0 ? [] : [`reads all of ${names(step.scans)}`]),
    ...(step.kind === 'backfill' ? ['updates rows in batches'] : []),
    ...(waits === '' ? [] : [waits]),
  ]
  const time = step.predicted === undefined ? (step.long ? 'takes time with the size of the table' : '') : `takes ${duration(step.predicted.milliseconds)} (${step.predicted.rows.toLocaleString('en')} rows)`
  return [...(facts.length === 0 ? [] : [`     effect: ${facts.join('; ')}`]), ...(time === '' ? [] : [`     ${time}`])]
}

/** In the unit that a reader would use: `less than 1 s`, `about 40 s`, `about 3 min`, `about 2.5 h`. */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return 'less than 1 s'
  if (seconds < 100) return `about ${Math.round(seconds)} s`
  return `about ${seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`}`
}

/** The entry that a step carries out, or the column entries that are done with it. */
function entriesOf(step: PlanStep): string {
  const ids = step.entry === undefined ? (step.claims ?? []) : [step.entry]
  return ids.length === 0 ? '' : `  ${ids.join(', ')}`
}

function stepSql(step: PlanStep): string[] {
  const heading = ['', ...comment(`${step.phase}: ${step.title} [${step.class}]${entriesOf(step)}`)]
  if (step.kind === 'run') return [...heading, ...comment("The entry's own code; it has no SQL.")]
  // A batch has places for its keys: it is no statement that a shell could run.
  if (step.kind === 'backfill') return [...heading, ...comment('In batches:'), ...step.statements.flatMap((statement) => comment(statement))]
  return [...heading, ...runnable(step)]
}

/** The statements of a step for a database's own shell: together in a transaction where they can be. */
export function runnable(step: Pick<PlanStep, 'statements' | 'transaction'>): string[] {
  const statements = step.statements.map(ended)
  if (!step.transaction || statements.length === 1) return statements
  // A setting of the connection has no effect inside a transaction.
  const settings = statements.findIndex((statement) => !/^PRAGMA /i.test(statement))
  return [...statements.slice(0, settings), 'BEGIN;', ...statements.slice(settings), 'COMMIT;']
}

export const comment = (text: string): string[] => text.split('\n').map((line) => `-- ${line}`)
