import type { Finding, MissingRight, RightNeed, Session } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { failureOf } from './failures.ts'
import { connectionOf } from './session.ts'

/** SQLite has no roles: what may be missing is the right to write the file. */
export async function missingRights(session: Session, needs: readonly RightNeed[]): Promise<readonly MissingRight[]> {
  const connection = connectionOf(session)
  const writing = needs.filter((need) => need.right !== 'select')
  const [first] = writing
  if (first === undefined) return []
  const problem = writeProblem(connection)
  if (problem === null) return []
  const object = connection.path ?? 'the database in memory'
  return [{ need: first, object, message: `${object} cannot be written: ${problem}.`, grant: grantFor(connection) }]
}

/** What `doctor` tells about a SQLite database. */
export async function examine(session: Session): Promise<readonly Finding[]> {
  const connection = connectionOf(session)
  const problem = writeProblem(connection)
  const setting = (name: string): string => String(Object.values(connection.all(`PRAGMA ${name}`)[0] ?? {})[0] ?? '')
  const version = String(connection.all('SELECT sqlite_version() AS v')[0]?.['v'])
  const journal = setting('journal_mode')
  const old = session.version < OLDEST
  return [
    problem === null
      ? { level: 'ok', topic: 'rights', message: 'The database can be written.' }
      : { level: 'error', topic: 'rights', message: `The database cannot be written: ${problem}.`, hint: grantFor(connection) },
    old
      ? { level: 'error', topic: 'version', message: `SQLite ${version} by ${connection.driver} is too old.`, hint: 'Use a driver with SQLite 3.37 or later.' }
      : { level: 'ok', topic: 'version', message: `SQLite ${version} by ${connection.driver}.` },
    journal === 'wal' || connection.path === null
      ? { level: 'ok', topic: 'journal', message: `Journal mode ${journal}.` }
      : { level: 'info', topic: 'journal', message: `Journal mode ${journal}: readers and writers wait for each other.`, hint: 'PRAGMA journal_mode=WAL lets readers go on while something is written.' },
    setting('foreign_keys') === '1'
      ? { level: 'ok', topic: 'foreign keys', message: 'Foreign keys are enforced on this connection.' }
      : { level: 'warning', topic: 'foreign keys', message: 'Foreign keys are not enforced on this connection.', hint: 'Run PRAGMA foreign_keys=ON on every connection of the application.' },
  ]
}

/** 3.37 brought STRICT, and the pragma that tells the tables that virtual tables keep. */
const OLDEST = 3_037_000

/** Why the database cannot be written, found by taking the write lock for a moment; a busy database can be. */
function writeProblem(connection: Connection): string | null {
  if (connection.readOnly) return 'it was opened for reading only'
  if (connection.inTransaction) return null
  try {
    connection.run('BEGIN IMMEDIATE')
    connection.run('PRAGMA user_version')
    connection.run('ROLLBACK')
    return null
  } catch (error) {
    if (connection.inTransaction) connection.run('ROLLBACK')
    const failure = failureOf(error)
    return failure.kind === 'busy' ? null : failure.message
  }
}

function grantFor(connection: Connection): string {
  if (connection.path === null || connection.readOnly) return 'Open the database without the read-only option.'
  const file = quoteForShell(connection.path)
  const folder = quoteForShell(connection.path.replace(/[^/\\]*$/, '') || '.')
  return `chmod u+w ${file} ${folder}`
}

const quoteForShell = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)
