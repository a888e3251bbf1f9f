import type { HistoryRun } from '../api.ts'
import { readHistory } from '../ledger/ledger.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { look, withSession } from './session.ts'

/** What happened to this database, newest first; empty when trueup never ran on it. */
export async function history(app: App, options: { readonly limit?: number } = {}): Promise<readonly HistoryRun[]> {
  return withSession(app, makeCall(app.options), async (session) => {
    const probe = await look(app, session)
    return probe.ledger === null ? [] : readHistory(session, app.ledger, app.dialect.ledger, app.dialect.writer, options.limit ?? 20)
  })
}
