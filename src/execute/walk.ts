import type { BackfillRequest, Batches } from '../dialects/dialect.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Pacing } from '../registry/registry.ts'
import type { Attempted } from './attempt.ts'
import { attempt } from './attempt.ts'
import type { Execution } from './context.ts'
import { writeJournal } from './ddl.ts'
import { Figures } from './figures.ts'
import { Gate } from './gate.ts'
import { Pacer } from './pacer.ts'
import type { Place, PlaceStore } from './place.ts'
import { Speed } from './speed.ts'
import { pause, stopIfAborted } from './wait.ts'

/** A table whose rows are updated batch by batch along its key. */
export interface Walk {
  readonly step: PlanStep
  /** The step's number in the run. */
  readonly seq: number
  readonly request: BackfillRequest
  readonly store: PlaceStore
  readonly pacing: Pacing
  /** Asked before the first batch of all. Throws when the walk must not begin. */
  before?(): Promise<void>
  /** Asked with all rows that were changed, before the walk is recorded as done. Throws when it is not. */
  after?(rows: number): void
}

/**
 * Goes through a table. A batch commits together with its place and the rows so far, and travels with both in one message where
 * the database can: a run that dies leaves no row done twice, none out, and an exact count. Between two batches it rests as its
 * pace says, and waits where it was told to wait.
 *
 * @throws TrueupError `interrupted`, and what `attempt` throws
 */
export async function walk(execution: Execution, work: Walk): Promise<Attempted> {
  const began = Date.now()
  const { store, step } = work
  const place = await store.read()
  if (place.after === null && place.rows === 0) await work.before?.()
  const figures = new Figures(execution.journal, step)
  await writeJournal(execution, [...store.begin(place), ...figures.forget()])
  const batches = await inUserTerms(execution, () => execution.dialect.backfill.open(execution.session, work.request, place.after))
  const done = await allBatches(execution, work, { batches, from: place, began, figures })
  work.after?.(done.rows)
  await writeJournal(execution, [...execution.journal.steps([{ seq: work.seq, step, outcome: 'done', ...done }]), ...store.end(done.rows), ...figures.forget()])
  return done
}

interface Begun {
  readonly batches: Batches
  readonly from: Place
  readonly began: number
  readonly figures: Figures
}

async function allBatches(execution: Execution, work: Walk, { batches, from, began, figures }: Begun): Promise<Attempted> {
  const pacer = new Pacer(work.pacing)
  const gate = new Gate(execution, work.step, work.pacing)
  const speed = new Speed(batches, from.rows)
  const totals = { rows: from.rows, lockWait: 0, attempts: 0 }
  let { after } = from
  for (let isLast = false; !isLast; ) {
    stopIfAborted(execution.signal)
    await gate.pass()
    const { size } = pacer
    const batch = await batches.next(after, size)
    const at = Date.now()
    const unit = { step: { statements: batch.statements, transaction: true, locks: [] }, ...(batch.answer !== undefined && { answer: batch.answer }) }
    const result = await attempt(execution, work.step, unit, () => [...work.store.move(batch.after, `${totals.rows} + ${batch.changed}`), ...figures.due()])
    const done = batch.done(result)
    const milliseconds = done.milliseconds ?? Date.now() - at - result.lockWait
    isLast = done.isLast
    // Keys that sort otherwise than they compare would keep it going for ever.
    if (!isLast && after?.join('\u0000') === done.after?.join('\u0000')) throw new Error(`the walk along the key of ${work.request.table.name} does not get on`)
    after = done.after
    totals.rows += done.changed
    totals.lockWait += result.lockWait
    totals.attempts += result.attempts
    const lately = speed.after(size, totals.rows, isLast)
    figures.keep(lately)
    execution.onProgress({ event: 'batch', title: work.step.title, ...entryOf(work.step), ...lately, elapsed: Date.now() - began })
    const rest = pacer.after({ milliseconds, read: size, changed: done.changed })
    if (rest.because !== null) gate.tell(rest.because)
    if (!isLast && rest.milliseconds > 0) await pause(rest.milliseconds, execution.signal)
  }
  return totals
}

/** What the author wrote means here what it means in the batches. */
export async function inUserTerms<T>({ session, dialect, defaultSchema }: Execution, work: () => Promise<T>): Promise<T> {
  const settings = dialect.userSettings?.(defaultSchema) ?? []
  return settings.length === 0 ? work() : session.transaction(work, { settings })
}

const entryOf = (step: PlanStep): { readonly entry?: string } => (step.entry === undefined ? {} : { entry: step.entry })
