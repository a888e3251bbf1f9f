import type { Session, Trial, Verdict } from '../dialects/dialect.ts'
import type { Schema } from '../schema/schema.ts'
import { findTable } from '../schema/schema.ts'
import type { App } from './context.ts'

const KNOWN = new WeakMap<App, Map<string, Verdict | null>>()

/** What the server makes of changes. It is asked once for each version, change and shape of table: a start looks several times. */
export async function askServer(app: App, session: Session, live: Schema, trials: readonly Trial[]): Promise<readonly Verdict[]> {
  const known = KNOWN.get(app) ?? new Map<string, Verdict | null>()
  KNOWN.set(app, known)
  const keyed = trials.map((trial) => ({ trial, key: JSON.stringify([session.version, trial, shapeOf(live, trial)]) }))
  const open = keyed.filter(({ key }) => !known.has(key))
  const verdicts = open.length === 0 ? [] : ((await app.dialect.tryChanges?.(session, open.map(({ trial }) => trial))) ?? [])
  for (const { trial, key } of open) known.set(key, verdicts.find((verdict) => verdict.action === trial.action && verdict.table.name === trial.table.name && verdict.table.schema === trial.table.schema) ?? null)
  return keyed.flatMap(({ key }) => known.get(key) ?? [])
}

/** What of a table decides: its columns, checks and indexes. */
function shapeOf(live: Schema, trial: Trial): unknown {
  const table = findTable(live, trial.table)
  return table === undefined ? null : [table.columns, table.constraints, table.indexes]
}
