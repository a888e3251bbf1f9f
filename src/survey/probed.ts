import type { Probe, ProbeRequest, Session } from '../dialects/dialect.ts'
import { isTrueupError } from '../errors.ts'
import { digestOf } from '../ledger/ledger.ts'
import type { App } from './context.ts'

/**
 * One look. Where somebody holds a table against readers, the server cannot print what stands on it; a schema that is stored as
 * it was when its digest was seen last is known all the same.
 */
export async function probed(app: App, session: Session, request: ProbeRequest): Promise<Probe> {
  const { dialect } = app
  if (dialect.probeStored === undefined) return dialect.probe(session, request)
  try {
    return await dialect.probe(session, { ...request, soon: true })
  } catch (error) {
    if (isTrueupError(error) || dialect.failure(error).kind !== 'lock-timeout') throw error
  }
  const stored = await dialect.probeStored(session, request)
  const digest = digestOf(stored.ledger?.state, stored.digest)
  return digest === null ? dialect.probe(session, request) : { ...stored, digest }
}
