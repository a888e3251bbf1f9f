import type { BaselineReport } from '../api.ts'
import { TrueupError } from '../errors.ts'
import { Journal, acquireLock } from '../execute/execute.ts'
import { TAKEN_OVER, readOthers, remembered } from '../takeover/read.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { entryFacts } from '../survey/facts.ts'
import { survey } from '../survey/survey.ts'
import { openRun } from './ledger-setup.ts'
import { look, patient, withSession } from './session.ts'
import { stateOf } from '../plan/state.ts'

/** Puts an existing database under trueup: makes the ledger and records every open entry as baselined. Nothing else is touched. */
export async function baseline(given: App): Promise<BaselineReport> {
  const call = makeCall(given.options)
  const app = patient(given, call)
  return withSession(app, call, async (session) => {
    const { lock } = await acquireLock(app.dialect.lock, session, { key: app.lockKey, patience: call.waitForLock, signal: call.signal, onWait: (holder) => app.logger.info(`Waiting for another start to finish (${holder ?? 'unknown'}).`) })
    try {
      const probe = await look(app, session)
      if (probe.readOnly) throw new TrueupError('read-only-database', `${app.database.address} is read-only: a baseline cannot be recorded there.`, { hint: 'Connect to the primary.' })
      const models = await app.declared()
      const facts = entryFacts(app, models, call, probe)
      const tookOver = await readOthers(session, app.dialect, models.scope)
      const open = facts.filter((fact) => stateOf(fact) === 'pending')
      const run = await openRun(app, call, session, lock, probe, 'baseline')
      const journal = new Journal(run, app.writer, app.dialect.writer, facts)
      await app.dialect.run(session, {
        step: { statements: [], transaction: true, locks: [] }, lockTimeout: call.lockTimeout, fence: lock.fence, defaultSchema: app.database.defaultSchema,
        journal: [...open.flatMap((fact) => journal.entry(fact.entry.id, 'baselined')), ...(tookOver.length === 0 ? [] : app.writer.state(TAKEN_OVER, remembered(tookOver))), ...app.writer.finishRun(run, 'done', null)],
      })
      const seen = await survey(app, call, session, await look(app, session))
      return { run, baselined: open.map((fact) => fact.entry.id), drift: seen.plan.drift, pending: seen.plan.steps.map((step) => step.title), tookOver }
    } finally {
      await lock.release()
    }
  })
}
