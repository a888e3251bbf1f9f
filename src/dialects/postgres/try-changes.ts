import type { Session, Trial, Verdict } from '../dialect.ts'
import { failure } from './failure.ts'
import { literal, quotePath } from './literal.ts'
import { randomHex } from './names.ts'

interface Look {
  readonly file: string
  readonly scans: number
  readonly indexes: Readonly<Record<string, string>> | null
}

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/**
 * Carries each change out on an empty copy of its table, in a transaction that is rolled back, and looks what became of the
 * copy's files: no list of types knows what a server makes of a function's volatility, a check or an index expression. The only
 * lock on the table is the one of a query.
 */
export async function tryChanges(session: Session, trials: readonly Trial[]): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  try {
    await session.transaction(
      async () => {
        for (const trial of trials) {
          const verdict = await tryOne(session, trial)
          if (verdict !== null) verdicts.push(verdict)
        }
        throw new Undo()
      },
      { settings: [`SET LOCAL lock_timeout = '50ms'`, `SET LOCAL statement_timeout = '5s'`, 'SET LOCAL client_min_messages = error'] },
    )
  } catch (error) {
    // Who may not make temporary tables, or meets a table in use, plans by what is known of the change.
    if (!(error instanceof Undo) && failure(error).kind === 'connection') throw error
  }
  return verdicts
}

/** `null` when the server does not take the change as it stands: what it needs may come earlier in the same plan. */
async function tryOne(session: Session, trial: Trial): Promise<Verdict | null> {
  const copy = `pg_temp.trueup_${randomHex(8)}`
  try {
    await session.script(['SAVEPOINT trueup_trial', `CREATE TEMPORARY TABLE ${copy.slice('pg_temp.'.length)} (LIKE ${quotePath(trial.table.schema, trial.table.name)} INCLUDING ALL)`])
    const before = await session.json<Look>(look(copy))
    await session.script([`ALTER TABLE ${copy} ${trial.action}`])
    const after = await session.json<Look>(look(copy))
    await session.script(['ROLLBACK TO SAVEPOINT trueup_trial'])
    return before === null || after === null ? null : judge(trial, before, after)
  } catch (error) {
    if (failure(error).kind === 'connection') throw error
    await session.script(['ROLLBACK TO SAVEPOINT trueup_trial'])
    return null
  }
}

const look = (copy: string): string =>
  `SELECT json_build_object('file', pg_catalog.pg_relation_filenode(c.oid)::text, 'scans', pg_catalog.pg_stat_get_xact_numscans(c.oid),
    'indexes', (SELECT json_object_agg(x.relname, pg_catalog.pg_relation_filenode(x.oid)::text) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid))::text
  FROM pg_catalog.pg_class c WHERE c.oid = ${literal(copy)}::regclass`

function judge(trial: Trial, before: Look, after: Look): Verdict {
  const rewrites = before.file !== after.file
  const rebuilds = Object.entries(after.indexes ?? {}).some(([name, file]) => before.indexes?.[name] !== undefined && before.indexes[name] !== file)
  return { table: trial.table, action: trial.action, rewrites, scans: !rewrites && after.scans > before.scans, rebuilds: !rewrites && rebuilds }
}
