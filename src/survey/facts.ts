import type { Probe, Session } from '../dialects/dialect.ts'
import { TrueupError } from '../errors.ts'
import type { EntryFact } from '../plan/input.ts'
import { stateOf } from '../plan/state.ts'
import { sqlText } from '../registry/registry.ts'
import type { App, Call, DeclaredModels } from './context.ts'
import { readable } from './readable.ts'

/** Joins the registry with the ledger. Asks nothing of the database. */
export function entryFacts(app: App, models: DeclaredModels, call: Call, probe: Probe): readonly EntryFact[] {
  const rows = new Map((probe.ledger?.entries ?? []).map((row) => [row.id, row]))
  return app.registry.entries.map((entry) => ({
    entry,
    checksum: models.checksums.get(entry.id) ?? '',
    recorded: rows.get(entry.id) ?? null,
    check: null,
    included: call.include.includes(entry.id),
  }))
}

/** @throws TrueupError `entry-changed` when an entry's content differs from what was run */
export function refuseChanged(app: App, facts: readonly EntryFact[]): void {
  const changed = facts.filter((fact) => stateOf(fact) === 'changed')
  if (changed.length === 0) return
  const one = changed.length === 1
  throw new TrueupError(
    'entry-changed',
    `${one ? 'An entry was' : `${changed.length} entries were`} changed after ${one ? 'it' : 'they'} had been applied to ${app.database.address}: ${changed.map((fact) => fact.entry.id).join(', ')}.`,
    {
      hint: 'Put the old content back and write a new entry for what shall be different (rule changed-entry). Nothing was changed.',
      problems: changed.map((fact) => ({
        subject: `entry ${fact.entry.id}`,
        message: `was ${fact.recorded?.state} on ${fact.recorded?.at} with checksum ${fact.recorded?.checksum}; now it has ${fact.checksum}.`,
      })),
    },
  )
}

/** Asks the checks of pending entries. One that cannot be asked yet, because what it looks at does not exist, stays open. */
export async function askChecks(app: App, session: Session, facts: readonly EntryFact[]): Promise<readonly EntryFact[]> {
  const asked: EntryFact[] = []
  for (const fact of facts) {
    const { entry } = fact
    const check = entry.kind === 'sql' || entry.kind === 'run' ? entry.entry.check : undefined
    const open = check !== undefined && stateOf(fact) === 'pending'
    asked.push(open ? { ...fact, check: await askCheck(app, session, sqlText(check, app.dialect.writer)) } : fact)
  }
  return asked
}

/** Whether a check says that its effect is there; `null` when it cannot be asked. */
export async function askCheck(app: App, session: Session, check: string): Promise<boolean | null> {
  const settings = [...(app.dialect.userSettings?.(app.database.defaultSchema) ?? []), ...(app.dialect.readSettings ?? [])]
  try {
    // Without settings a plain read does: a transaction would ask for the right to write on some engines.
    return saysYes(settings.length === 0 ? await session.first(check) : await readable(app, session, () => session.transaction(() => session.first(check), { settings })))
  } catch (error) {
    const { kind } = app.dialect.failure(error)
    if (kind === 'missing-relation' || kind === 'invalid') return null
    throw error
  }
}

/** The first column of the first row: true, a number above 0 or a text say yes. */
function saysYes(value: string | null): boolean {
  return value !== null && value !== '' && value !== 'f' && value !== 'false' && !(Number(value) <= 0)
}
