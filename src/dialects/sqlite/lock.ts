import type { HeldLock, LockProtocol, Session } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { TrueupError } from '../../errors.ts'
import { failureOf } from './failures.ts'
import { quoteText } from './names.ts'
import { connectionOf } from './session.ts'

/**
 * Starters exclude each other by a write lock on a small database beside the real one, held by a connection of its own: the
 * operating system lets go of it when the process dies, however it dies. The row in it only says who; the lock decides.
 */
export const lock: LockProtocol = {
  tryAcquire: async (session, key) => {
    const connection = connectionOf(session)
    return connection.path === null ? acquireInProcess(session, connection) : acquireFile(session, connection, connection.path, key)
  },
  holder: async (session, key) => {
    const connection = connectionOf(session)
    if (connection.path === null) return IN_PROCESS.has(connection.handle) ? 'another session of this process' : null
    return holderOf(connection, connection.path, key)
  },
}

/**
 * Throws when the session's lock is not held any more.
 *
 * @throws TrueupError `lock-lost`
 */
export function assertLockHeld(session: Session): void {
  const held = HELD.get(session)
  if (held === undefined || held()) return
  throw new TrueupError('lock-lost', 'The lock that keeps other starters out was lost; nothing more was changed.', { hint: 'Start again. If it recurs, see what removes or replaces the file that ends in -trueup-lock.' })
}

/** Sessions that have the lock, with the way to prove it. */
const HELD = new WeakMap<Session, () => boolean>()

/** Databases in memory that are locked: nobody outside of this process can see them. */
const IN_PROCESS = new WeakSet<object>()

function acquireInProcess(session: Session, { handle }: Connection): HeldLock | null {
  if (IN_PROCESS.has(handle)) return null
  IN_PROCESS.add(handle)
  return {
    fence: [],
    release: async () => {
      HELD.delete(session)
      return IN_PROCESS.delete(handle)
    },
  }
}

/** Tries to win against a starter that came between our note and our lock. */
const ROUNDS = 5

async function acquireFile(session: Session, main: Connection, path: string, key: string): Promise<HeldLock | null> {
  const connection = main.another(`${path}-trueup-lock`)
  const token = crypto.randomUUID()
  try {
    // A log file beside the lock would let readers see the holder as well, but needs shared memory; the old journal does not.
    connection.run('PRAGMA journal_mode=DELETE')
    const who = describeProcess()
    for (let round = 0; round < ROUNDS; round += 1) {
      takeNote(connection, key, token, who)
      connection.run('PRAGMA busy_timeout=0')
      connection.run('BEGIN IMMEDIATE')
      if (connection.all(`SELECT token FROM holder WHERE key = ${quoteText(key)}`)[0]?.['token'] === token) return heldFile(session, connection, { path: `${path}-trueup-lock`, key, token })
      connection.run('ROLLBACK')
    }
  } catch (error) {
    if (failureOf(error).kind !== 'busy') {
      connection.close()
      throw error
    }
  }
  connection.close()
  return null
}

/** Writes who we are, so that it can be read while the lock is held. */
function takeNote(connection: Connection, key: string, token: string, who: string): void {
  connection.run('PRAGMA busy_timeout=0')
  connection.run('BEGIN IMMEDIATE')
  connection.run('CREATE TABLE IF NOT EXISTS holder (key TEXT PRIMARY KEY, token TEXT NOT NULL, who TEXT NOT NULL, since TEXT NOT NULL)')
  connection.run(`INSERT OR REPLACE INTO holder VALUES (${quoteText(key)}, ${quoteText(token)}, ${quoteText(who)}, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`)
  // Those who read the row hold a commit up for a moment.
  connection.run('PRAGMA busy_timeout=500')
  connection.run('COMMIT')
}

interface Note {
  readonly path: string
  readonly key: string
  readonly token: string
}

function heldFile(session: Session, connection: Connection, { path, key, token }: Note): HeldLock {
  let open = true
  // A driver may end the process when a closed handle is used.
  const isHeld = (): boolean => open && connection.inTransaction && isProven(connection, path, key, token)
  HELD.set(session, isHeld)
  return {
    fence: [],
    release: async () => {
      const held = isHeld()
      HELD.delete(session)
      if (!open) return false
      open = false
      try {
        if (connection.inTransaction) connection.run('ROLLBACK')
        connection.close()
      } catch {
        return false
      }
      return held
    },
  }
}

/** Asks as a stranger would: the file of that name is locked, and by us. It might have been removed and made again. */
function isProven(held: Connection, path: string, key: string, token: string): boolean {
  let stranger: Connection | null = null
  try {
    stranger = held.another(path)
    stranger.run('PRAGMA busy_timeout=0')
    return stranger.all(`SELECT token FROM holder WHERE key = ${quoteText(key)}`)[0]?.['token'] === token && !isFree(stranger)
  } catch {
    return false
  } finally {
    stranger?.close()
  }
}

function holderOf(main: Connection, path: string, key: string): string | null {
  let connection: Connection | null = null
  try {
    connection = main.another(`${path}-trueup-lock`)
    connection.run('PRAGMA busy_timeout=0')
    const [row] = connection.all(`SELECT who, since FROM holder WHERE key = ${quoteText(key)}`)
    return isFree(connection) || row === undefined ? null : `${String(row['who'])} since ${String(row['since'])}`
  } catch {
    return null
  } finally {
    connection?.close()
  }
}

function isFree(connection: Connection): boolean {
  try {
    connection.run('BEGIN IMMEDIATE')
    connection.run('ROLLBACK')
    return true
  } catch {
    return false
  }
}

/** The process by its number; the file that it locks tells the machine. */
function describeProcess(): string {
  return `process ${globalThis.process?.pid ?? 'without a number'}`
}
