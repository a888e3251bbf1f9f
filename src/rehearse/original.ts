import type { Database, Probe, Session } from '../dialects/dialect.ts'
import type { RehearsedSize } from '../dialects/rehearsal.ts'
import { diff } from '../diff/diff.ts'
import { TrueupError } from '../errors.ts'
import { look, withSession } from '../methods/session.ts'
import { describe } from '../operations/operation.ts'
import type { Schema } from '../schema/schema.ts'
import { keyOf } from '../schema/schema.ts'
import type { App } from '../survey/context.ts'
import { makeCall } from '../survey/context.ts'
import { askChecks, entryFacts } from '../survey/facts.ts'
import { readOnly } from './read-only.ts'
import type { CopiedRows } from './report.ts'
import { sizesOf } from './watch.ts'

/** A database as it is before anything is done. */
export interface Looked {
  readonly identity: string | null
  readonly schema: Schema
  readonly probe: Probe
  readonly sizes: readonly RehearsedSize[]
  /** What the checks of pending entries say, by entry. */
  readonly checks: ReadonlyMap<string, boolean | null>
  /** Keys of the tables that hold rows. Asked only where the copy holds none. */
  readonly filled: ReadonlySet<string>
}

/** Looks at the original through sessions that may not write. */
export function lookAtOriginal(app: App, include: readonly string[], rows: CopiedRows): Promise<Looked> {
  const database = readOnly(app.database)
  return lookAt({ ...app, database }, include, rows === 'none')
}

/** @param asksRows - whether it shall find out which tables hold rows */
export function lookAt(app: App, include: readonly string[], asksRows: boolean): Promise<Looked> {
  const call = makeCall(app.options, { include })
  return withSession(app, call, async (session) => {
    const models = await app.declared()
    const probe = await look(app, session)
    const schema = await app.dialect.introspect(session, models.scope)
    const facts = await askChecks(app, session, entryFacts(app, models, call, probe))
    return {
      identity: await session.json<string>(app.dialect.rehearsal.identity), schema, probe, sizes: await sizesOf(session, app.database),
      checks: new Map(facts.flatMap((fact) => (fact.check === null ? [] : [[fact.entry.id, fact.check] as const]))),
      filled: asksRows ? await filledTables(app, session, schema) : new Set<string>(),
    }
  })
}

/** A table whose rows this role may not see counts as filled: that is the careful side. */
async function filledTables(app: App, session: Session, schema: Schema): Promise<ReadonlySet<string>> {
  const { writer, capabilities } = app.dialect
  const filled = new Set<string>()
  for (const table of schema.table) {
    const name = capabilities.schemas ? `${writer.name(table.schema)}.${writer.name(table.name)}` : writer.name(table.name)
    const rows = await session.query(`SELECT 1 AS "found" FROM ${name} LIMIT 1`).catch(() => null)
    if (rows === null || rows.length > 0) filled.add(keyOf(table))
  }
  return filled
}

/**
 * The original itself is never worked on.
 *
 * @throws TrueupError `copy-refused`
 */
export function refuseSame(original: Looked, copy: string | null, address: string): void {
  if (original.identity === null || original.identity === '' || original.identity !== copy) return
  throw new TrueupError('copy-refused', `${address} is the application's own database, not a copy of it. Nothing was changed.`, {
    hint: 'Name another database or server. A physical copy has the identity of its original and is refused as well: restore from a dump.',
  })
}

/** Asks a database who it is. */
export async function identityOf(database: Database): Promise<string | null> {
  const session = await database.open()
  try {
    return await session.json<string>(database.dialect.rehearsal.identity)
  } finally {
    await session.release()
  }
}

/**
 * A rehearsal on something else would prove nothing.
 *
 * @throws TrueupError `copy-refused` with what differs
 */
export function refuseOther(original: Looked, copy: Looked, defaultSchema: string, rows: CopiedRows): void {
  const schema = diff(copy.schema, original.schema).map((operation) => ({ subject: 'schema', message: `to be the original, it would have to ${describe(operation, defaultSchema)}.` }))
  const ledgerOf = ({ probe }: Looked): string => JSON.stringify((probe.ledger?.entries ?? []).map(({ id, state, checksum }) => [id, state, checksum]).sort())
  const ledger = ledgerOf(original) === ledgerOf(copy) ? [] : [{ subject: 'ledger', message: 'it does not record the same entries as the original.' }]
  const checks = [...original.checks].filter(([id, says]) => copy.checks.get(id) !== says).map(([id, says]) => ({
    subject: `entry ${id}`, message: `its check says ${says === true ? 'yes' : 'no'} on the original and not on the copy${rows === 'all' ? '' : ', which holds other rows: rehearse with all rows'}.`,
  }))
  const problems = [...schema, ...ledger, ...checks]
  if (problems.length === 0) return
  const shown = problems.slice(0, 10)
  throw new TrueupError('copy-refused', `The copy is not what the original is, so that a rehearsal on it would prove nothing:\n${shown.map(({ subject, message }) => `  - ${subject}: ${message}`).join('\n')}${problems.length > shown.length ? `\n  - and ${problems.length - shown.length} more` : ''}`, {
    problems, hint: 'Make a new copy. If the original changed meanwhile, start again.',
  })
}
