import type { Blame, RunRequest, Session } from '../dialect.ts'
import { userSettings } from './run.ts'

/** Ends the transaction of a trial in which nothing failed. */
class Undone extends Error {}

/**
 * Runs the statements of a step that failed as a whole once more, one a message, in a transaction that is rolled back whatever
 * happens: the server does not say which statement of a message it was.
 */
export async function blame(session: Session, { step, lockTimeout, defaultSchema }: Pick<RunRequest, 'step' | 'lockTimeout' | 'defaultSchema'>): Promise<Blame | null> {
  let found: Blame | null = null
  const work = async (): Promise<void> => {
    for (const [statement, text] of step.statements.entries()) {
      try {
        await session.execute(text)
      } catch (error) {
        found = { statement, error }
        throw error
      }
    }
    throw new Undone()
  }
  const settings = [...userSettings(defaultSchema), `SET LOCAL lock_timeout = ${Math.max(1, Math.round(lockTimeout))}`, 'SET LOCAL client_min_messages = warning']
  // How it ended is known by then; a lost connection shows at the next statement.
  await session.transaction(work, { settings }).catch(() => {})
  return found
}
