import type { Scope, Session } from '../../dialect.ts'
import { literal, quoteName } from '../literal.ts'
import { randomHex } from '../names.ts'
import { isManaged } from '../scope.ts'

/** True when the managed schemas that are there may be renamed by this role, and others created. */
export async function mayLoadInPlace(session: Session, scope: Scope): Promise<boolean> {
  const answer = await session.json<boolean>(`SELECT (NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean
AND has_database_privilege(current_database(), 'CREATE')
AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE ${isManaged(scope, 'n.nspname')} AND NOT pg_has_role(n.nspowner, 'USAGE')))::text`)
  return answer === true
}

/** Thrown to roll back; never leaves this file. */
class Undo extends Error {}

/**
 * Runs work on empty managed schemas, in a transaction that is rolled back whatever happens. Nothing but names in the
 * catalogue is touched, so nobody reads or waits for any of it: others see the schemas as they were.
 */
export async function inPlace<T>(session: Session, scope: Scope, work: () => Promise<T>): Promise<T> {
  const done: T[] = []
  try {
    await session.transaction(async () => {
      await moveAway(session, scope)
      done.push(await work())
      throw new Undo()
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return done[0] as T
}

async function moveAway(session: Session, scope: Scope): Promise<void> {
  const away = `trueup_away_${randomHex(6)}`
  const present = await session.json<readonly string[]>(
    `SELECT coalesce(json_agg(nspname), '[]')::text FROM pg_catalog.pg_namespace WHERE ${isManaged(scope)}`,
  )
  for (const [index, name] of (present ?? []).entries()) {
    const old = quoteName(`${away}_${index}`)
    await session.execute(`ALTER SCHEMA ${quoteName(name)} RENAME TO ${old}`)
    if (name === 'public' || name === scope.defaultSchema) {
      await session.execute(`CREATE SCHEMA ${quoteName(name)}`)
      if (name === 'public') await session.execute(`COMMENT ON SCHEMA public IS 'standard public schema'`)
    }
    await bringExtensions(session, `${away}_${index}`, name)
  }
}

/** Extensions of a schema that was renamed stay usable under its name where they can be moved. */
async function bringExtensions(session: Session, from: string, to: string): Promise<void> {
  const names = await session.json<readonly string[]>(`SELECT coalesce(json_agg(e.extname), '[]')::text FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE n.nspname = ${literal(from)} AND e.extrelocatable`)
  if ((names ?? []).length > 0) await session.execute(`CREATE SCHEMA IF NOT EXISTS ${quoteName(to)}`)
  for (const name of names ?? []) {
    await session.execute('SAVEPOINT trueup_extension')
    try {
      await session.execute(`ALTER EXTENSION ${quoteName(name)} SET SCHEMA ${quoteName(to)}`)
    } catch {
      // A member cannot move: the extension stays where it is, and a text that needs it says so itself.
      await session.execute('ROLLBACK TO SAVEPOINT trueup_extension')
    }
    await session.execute('RELEASE SAVEPOINT trueup_extension')
  }
}
