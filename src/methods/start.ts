import type { Report } from '../api.ts'
import type { Probe, Session } from '../dialects/dialect.ts'
import type { Background } from '../execute/execute.ts'
import { Journal } from '../execute/execute.ts'
import { stateOf } from '../plan/state.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import { judgeAhead, unknownEntries } from '../survey/ahead.ts'
import type { App, Call } from '../survey/context.ts'
import { entryFacts, refuseChanged } from '../survey/facts.ts'
import type { Survey } from '../survey/survey.ts'
import { Tally } from './carry-out.ts'
import { LINES, emptyReport, tellLeft, tellSkipped } from './report.ts'

/** One call of `applyMigrations`, from its first look to its report. */
export class Start {
  readonly app: App
  readonly call: Call
  readonly session: Session
  readonly background: Background
  readonly fingerprint: string
  readonly began: number
  readonly tally = new Tally()
  /** Milliseconds spent waiting for others. */
  waited = 0
  /** Its row in the ledger and what writes there; `null` as long as it wrote nothing. */
  run: { readonly id: string; readonly journal: Journal } | null = null
  /** Keys of the open steps that it has worked on. */
  readonly worked = new Set<string>()

  constructor(given: Pick<Start, 'app' | 'call' | 'session' | 'background' | 'fingerprint' | 'began'>) {
    this.app = given.app
    this.call = given.call
    this.session = given.session
    this.background = given.background
    this.fingerprint = given.fingerprint
    this.began = given.began
  }

  /** Begins to write under the number of a run. */
  write(id: string, seen: Survey): { readonly id: string; readonly journal: Journal } {
    this.run = { id, journal: new Journal(id, this.app.writer, this.app.dialect.writer, seen.facts) }
    return this.run
  }

  /** What it did so far, with what is left. */
  report(seen: Survey, open: Report['open']): Report {
    const { tally, run } = this
    const didNothing = tally.reports.length + tally.applied.size + tally.adopted.size + tally.notNeeded.size === 0
    return {
      outcome: this.call.mode === 'verify' ? 'verified' : didNothing ? 'current' : 'applied', run: run?.id ?? null, steps: [...tally.reports],
      applied: [...tally.applied], adopted: [...tally.adopted], notNeeded: [...tally.notNeeded], pending: seen.plan.pending, drift: seen.plan.drift,
      held: heldOf(seen.facts), ahead: [], open, waited: this.waited, duration: Date.now() - this.began,
    }
  }
}

export const heldOf = (facts: Survey['facts']): readonly string[] => facts.filter((fact) => stateOf(fact) === 'held').map((fact) => fact.entry.id)

/** What the ledger alone tells: entries of other builds, and entries that changed. */
export async function judge(app: App, call: Call, probe: Probe): Promise<UnknownEntries> {
  if (probe.readOnly && probe.ledger === null) return { ahead: [], orphaned: [] }
  const unknown = unknownEntries(app, probe)
  judgeAhead(app, call, probe, unknown)
  if (unknown.ahead.length === 0) refuseChanged(app, entryFacts(app, await app.declared(), call, probe))
  return unknown
}

/** The fast path: the ledger has seen this code beside this very schema, or a newer build is in charge. */
export async function settled(start: Pick<Start, 'app' | 'call' | 'fingerprint' | 'began' | 'waited'>, probe: Probe, unknown: UnknownEntries): Promise<Report | null> {
  const { app, call, fingerprint, began } = start
  const facts = entryFacts(app, await app.declared(), call, probe)
  const known = probe.ledger?.pairs.some((pair) => pair.fingerprint === fingerprint && pair.digest === probe.digest) === true
  const open = facts.some((fact) => stateOf(fact) === 'pending')
  if (unknown.ahead.length === 0 && (!known || open)) return null
  const ahead = unknown.ahead.map((row) => row.id)
  if (ahead.length > 0) app.logger.warn(`The database is ahead of this build: it knows ${ahead.join(', ')}. Nothing is changed.`)
  return lastWords(app, { ...emptyReport(call.mode === 'verify' ? 'verified' : 'current', began), held: heldOf(facts), ahead, waited: start.waited }, facts, unknown)
}

/** The last lines of the original, and what is left undone. */
export function lastWords(app: App, report: Report, facts: Survey['facts'], unknown: UnknownEntries): Report {
  app.logger.info(LINES.tablesDone)
  app.logger.info(LINES.entries)
  tellSkipped(app, facts, new Set(report.adopted))
  tellLeft(app, report, unknown.orphaned.map((row) => row.id))
  return report
}
