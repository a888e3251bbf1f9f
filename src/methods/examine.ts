import type { Finding } from '../dialects/dialect.ts'
import { isTrueupError } from '../errors.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { survey } from '../survey/survey.ts'
import { rightsOf } from './rights.ts'
import { findOthers } from './others.ts'
import { look, withSession } from './session.ts'

/** What a person wants to know before a start: connection, server, rights that the pending plan needs. Changes nothing. */
export async function examine(app: App): Promise<readonly Finding[]> {
  const call = makeCall(app.options)
  return withSession(app, call, async (session) => {
    const findings: Finding[] = [{ level: 'ok', topic: 'connection', message: `Connected to ${app.database.address}.` }, ...(await app.dialect.examine(session))]
    try {
      const probe = await look(app, session)
      findings.push(...(await findOthers(app, session, probe)))
      const seen = await survey(app, call, session, probe)
      findings.push({ level: 'ok', topic: 'plan', message: seen.plan.steps.length === 0 ? 'A start would find nothing to do.' : `A start would carry out ${seen.plan.steps.length} steps.` })
      if (probe.readOnly && seen.plan.steps.length > 0) findings.push({ level: 'error', topic: 'standby', message: 'The database is read-only, and something is pending.', hint: 'Connect to the primary.' })
      const missing = seen.plan.steps.length === 0 && seen.plan.adopt.length === 0 ? [] : await app.dialect.missingRights(session, rightsOf(app, seen))
      findings.push(...missing.map((one): Finding => ({ level: 'error', topic: 'rights', message: `${one.object}: ${one.message}`, hint: one.grant })))
      if (missing.length === 0) findings.push({ level: 'ok', topic: 'rights', message: 'This role may do all that the plan needs.' })
    } catch (error) {
      if (!isTrueupError(error)) throw error
      findings.push({ level: 'error', topic: 'plan', message: error.message, ...(error.hint !== undefined && { hint: error.hint }) })
    }
    return findings
  })
}
