import type { Probe, Session, HeldLock } from '../dialects/dialect.ts'
import { diff } from '../diff/diff.ts'
import { leaseHolder } from '../execute/execute.ts'
import { LEDGER_FORMAT, ledgerSchema, readOpen } from '../ledger/ledger.ts'
import { planDdl } from '../plan/ddl.ts'
import { emptySchema } from '../schema/schema.ts'
import type { App, Call } from '../survey/context.ts'
import { VERSION } from '../version.ts'

/**
 * The ledger's tables, created under the lock when they are not there, and the row of a run that begins.
 *
 * @param mine - keys of open steps whose leases this start has taken: whoever had them is dead
 */
export async function openRun(app: App, call: Call, session: Session, lock: HeldLock, probe: Probe, command: string, mine?: ReadonlySet<string>): Promise<string> {
  const id = runId()
  const { writer } = app
  const statements = [
    ...(await ledgerStatements(app, session, probe, mine)),
    ...writer.startRun({
      id, command, version: VERSION,
      application: app.options.application ?? '', environment: app.options.environment ?? '', build: app.options.build ?? '',
      entries: app.registry.entries.map((entry) => entry.id),
    }),
  ]
  await app.dialect.run(session, {
    step: { statements: [], transaction: true, locks: [] }, lockTimeout: call.lockTimeout, fence: lock.fence, journal: statements, defaultSchema: app.database.defaultSchema,
  })
  return id
}

/** What comes before all that is written under the lock: the ledger's tables where there are none, else the end of runs that died; and whose ledger it is. */
export async function ledgerStatements(app: App, session: Session, probe: Probe, mine?: ReadonlySet<string>): Promise<readonly string[]> {
  return [...(probe.ledger === null ? createLedger(app, session) : app.writer.closeDead(await livingRuns(app, session, probe, mine))), ...ownership(app, probe)]
}

/** Runs that go on in the background of a start: one of their leases is held. */
async function livingRuns(app: App, session: Session, probe: Probe, mine: ReadonlySet<string> = new Set()): Promise<readonly string[]> {
  const living = new Set<string>()
  for (const [key, { run }] of readOpen(probe.ledger?.state)) {
    if (run !== null && !living.has(run) && !mine.has(key) && (await leaseHolder(app.dialect.lock, session, app.lockKey, key)) !== null) living.add(run)
  }
  return [...living]
}

function createLedger(app: App, session: Session): readonly string[] {
  const target = app.dialect.complete(ledgerSchema(app.ledger, app.dialect.ledger))
  const steps = planDdl({
    from: emptySchema(), to: target, operations: diff(emptySchema(), target), dialect: app.dialect, defaultSchema: app.ledger.schema, version: session.version,
  })
  return steps.flatMap(({ step }) => step.statements)
}

function ownership(app: App, probe: Probe): readonly string[] {
  const facts = { format: LEDGER_FORMAT, application: app.options.application ?? '', environment: app.options.environment ?? '' }
  return Object.entries(facts).flatMap(([key, value]) => (probe.ledger?.state[key] === undefined || (value !== '' && probe.ledger.state[key] === '') ? app.writer.state(key, value) : []))
}

/** Sorts by time to the millisecond, also behind the ids to the second of older ledgers, and is different for two runs of the same moment. */
function runId(): string {
  const time = new Date().toISOString().replace(/[-:.TZ]/g, '')
  const random = Array.from(globalThis.crypto.getRandomValues(new Uint8Array(5)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${time}-${random}`
}
