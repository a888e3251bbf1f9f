import type { ApplyOptions, Report } from '../api.ts'
import type { Probe } from '../dialects/dialect.ts'
import { Background, stopIfAborted } from '../execute/execute.ts'
import { readOpen } from '../ledger/ledger.ts'
import type { UnknownEntries } from '../survey/ahead.ts'
import type { App, Call } from '../survey/context.ts'
import { callFingerprint, makeCall } from '../survey/context.ts'
import type { Survey } from '../survey/survey.ts'
import { survey } from '../survey/survey.ts'
import { changeUnderLock } from './change.ts'
import type { OpenLook } from './open-steps.ts'
import { lookAtOpen, openSteps, splitOf } from './open-steps.ts'
import { refuseAbove, refuseReadOnly, refuseToChange, refuseUnconfirmed } from './refusals.ts'
import { remember } from './remember.ts'
import { LINES, emptyReport } from './report.ts'
import { requireRights } from './rights.ts'
import { look, patient, unmoved, withSession } from './session.ts'
import { Start, judge, lastWords, settled } from './start.ts'

export { Background } from '../execute/execute.ts'

/** Brings the database into line: look, plan, and only where something is to do: lock, look again, execute, verify. */
export async function applyMigrations(app: App, options: ApplyOptions = {}, background = new Background()): Promise<Report> {
  const call = makeCall(app.options, options)
  const began = Date.now()
  if (call.mode === 'off') return emptyReport('off', began)
  refuseUnconfirmed(call)
  stopIfAborted(call.signal)
  app.logger.info(LINES.begin)
  app.logger.info(LINES.tables)
  const report = await applyOnce(app, call, background, began)
  app.logger.info(LINES.done)
  if (call.longSteps === 'background' && call.mode === 'apply' && report.open.length > 0) background.watch(() => takeUp(app, call, background), call.signal)
  return report
}

function applyOnce(given: App, call: Call, background: Background, began: number): Promise<Report> {
  const app = patient(given, call)
  return withSession(app, call, async (session) => {
    const fingerprint = await callFingerprint(await app.declared(), call)
    const start = new Start({ app, call, session, background, fingerprint, began })
    const early = await unmoved(app, call, session, (probe) => firstLook(start, probe))
    return early ?? afterShortWork(start, await changeUnderLock(start))
  })
}

/** Milliseconds for which a start looks whether its long steps are short: on small tables all is done when it resolves. */
const SHORT = 1_000

async function afterShortWork(start: Start, report: Report): Promise<Report> {
  const { app, call, session, background } = start
  if (report.open.length === 0 || call.onlyOpen === true || !(await background.endsWithin(SHORT))) return report
  const probe = await look(app, session)
  const seen = await survey(app, call, session, probe, { created: start.tally.created, run: start.run?.id })
  return start.report(seen, openSteps(await lookAtOpen(app, session, splitOf(app, call, seen).open), probe, seen.facts))
}

/**
 * Looks whether somebody who worked on open steps is gone, and goes on in their place.
 *
 * @returns true when nothing is left to look after
 */
async function takeUp(app: App, call: Call, background: Background): Promise<boolean> {
  // The application has long started: what it is not waiting for shall not fill its log.
  const aside = (message: string): void => app.logger.debug?.(message)
  const quiet: App = { ...app, logger: { debug: aside, info: aside, warn: aside, error: (message) => app.logger.error(message) } }
  const report = await applyOnce(quiet, { ...call, onlyOpen: true }, background, Date.now())
  return report.open.every((step) => step.state === 'failed')
}

/** All that is decided without the lock: `null` when there is work, and it may be done. */
async function firstLook(start: Start, probe: Probe): Promise<Report | null> {
  const { app, call, session } = start
  const judged = await judge(app, call, probe)
  const early = await settled(start, probe, judged)
  if (early !== null) return early
  const seen = await survey(app, call, session, probe)
  if (isDone(seen)) return nothingToDo(start, seen, judged)
  const left = await leftOpen(start, seen)
  if (left !== null) return lastWords(app, start.report(seen, openSteps(left, probe, seen.facts)), seen.facts, judged)
  if (call.mode === 'verify') throw refuseToChange(app, seen, call.longSteps === 'wait' ? seen.plan.steps : splitOf(app, call, seen).now)
  refuseReadOnly(app, seen)
  refuseAbove(call, seen)
  await requireRights(app, session, seen)
  return null
}

/**
 * What is open when nothing else is to do and nothing of it is for this start; `null` when something is.
 */
async function leftOpen(start: Start, seen: Survey): Promise<readonly OpenLook[] | null> {
  const { app, call, session } = start
  const { now, open } = splitOf(app, call, seen)
  const isElse = now.length > 0 || seen.plan.adopt.length > 0
  if (isElse && call.onlyOpen !== true) return null
  // Others have moved on: nothing here is left to look after.
  if (isElse) return []
  const looks = await lookAtOpen(app, session, open)
  const records = readOpen(seen.probe.ledger?.state)
  const isKnown = open.every(({ keys }) => keys.every((key) => records.has(key)))
  const isTaken = looks.every(({ isHeld, part }) => isHeld || (call.onlyOpen === true && part.keys.some((key) => records.get(key)?.state === 'failed')))
  if (call.longSteps === 'wait' || call.longSteps === 'inline') return null
  const isLeft = call.mode === 'verify' || seen.probe.readOnly || (call.longSteps === 'defer' ? isKnown : isTaken)
  return isLeft ? looks : null
}

export const isDone = (seen: Survey): boolean => seen.plan.steps.length === 0 && seen.plan.adopt.length === 0

async function nothingToDo(start: Start, seen: Survey, unknown: UnknownEntries): Promise<Report> {
  const { app, call, session, fingerprint } = start
  if (call.mode === 'apply') await remember(app, session, seen, fingerprint)
  return lastWords(app, start.report(seen, []), seen.facts, unknown)
}
