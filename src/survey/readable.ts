import type { Session } from '../dialects/dialect.ts'
import { isTrueupError } from '../errors.ts'
import type { App } from './context.ts'

/** Reads what describes the database, again and again where somebody holds a table of it against readers and this call has time. */
export async function readable<T>(app: Pick<App, 'dialect' | 'heldUp'>, session: Session, read: () => Promise<T>): Promise<T> {
  const began = Date.now()
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (app.heldUp === undefined || isTrueupError(error) || app.dialect.failure(error).kind !== 'lock-timeout') throw error
      await app.heldUp(session, Date.now() - began)
    }
  }
}
