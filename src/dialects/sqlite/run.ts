import type { RunRequest, RunResult, Session } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { TrueupError } from '../../errors.ts'
import { noteFailed } from './blame.ts'
import { Cursor } from './cursor.ts'
import { FOREIGN_KEYS_OFF, isForeignKeysOff } from './foreign-keys-off.ts'
import { assertLockHeld } from './lock.ts'
import { foldName, quoteName } from './names.ts'
import { SqliteSession, refuseTransactionControl, runCounting } from './session.ts'
import type { Statement } from './tokens.ts'
import { isWord, splitStatements } from './tokens.ts'

/**
 * Stands for more than itself: with it in a step, the rows of all tables are counted and broken references noted before the step
 * and here, and all is undone when a reference broke, or when rows are gone that were not to be removed.
 */
export const CHECK_FOREIGN_KEYS = 'PRAGMA foreign_key_check'

/** The same for a database in which a foreign key points at columns that are not unique: there `foreign_key_check` itself fails. */
export const CHECK_ROWS = 'PRAGMA quick_check'

/** Runs one step: its statements, the fence before and the journal after them, in one BEGIN IMMEDIATE transaction. */
export async function run(session: Session, request: RunRequest): Promise<RunResult> {
  if (!(session instanceof SqliteSession)) throw new TrueupError('driver-unknown', 'This session was not opened by sqlite().')
  const statements = request.step.statements.flatMap(splitStatements)
  return await session.alone(async (connection) => {
    const timeout = session.shared.timeout()
    session.shared.setTimeout(Math.max(request.lockTimeout, 0))
    try {
      if (!request.step.transaction) return await runAlone(session, connection, statements, request)
      const rest = statements.filter((statement) => !isForeignKeysOff(statement))
      const work = (): Promise<RunResult> => runTogether(session, connection, rest, request)
      return rest.length === statements.length ? await work() : await withoutForeignKeys(connection, work)
    } finally {
      session.shared.setTimeout(timeout)
    }
  })
}

async function runAlone(session: Session, connection: Connection, statements: readonly Statement[], request: RunRequest): Promise<RunResult> {
  assertLockHeld(session)
  if (request.fence.length > 0) await session.script(request.fence)
  const rows = statements.reduce((sum, statement) => sum + runCounting(connection, statement.text), 0)
  if (connection.inTransaction) {
    connection.run('ROLLBACK')
    throw new TrueupError('step-failed', 'The SQL left a transaction open; it was rolled back.', { hint: 'End the transaction in the same statements, or leave it to trueup with transaction: true.' })
  }
  if (request.journal.length > 0) await session.script(request.journal)
  return { rows }
}

async function runTogether(session: Session, connection: Connection, statements: readonly Statement[], request: RunRequest): Promise<RunResult> {
  for (const { text, tokens } of statements) refuseTransactionControl(text, tokens)
  return await session.transaction(async () => {
    assertLockHeld(session)
    for (const fence of request.fence) connection.run(fence)
    const before = statements.some(isCheck) ? survey(connection) : null
    let rows = 0
    for (const statement of statements) {
      if (before !== null && isCheck(statement)) compare(before, survey(connection), statements)
      else rows += noting(statement.text, () => runCounting(connection, statement.text))
      if (!connection.inTransaction) {
        throw new TrueupError('step-failed', `The transaction ended in the middle: ${shorten(statement.text)}`, { hint: 'Leave out what ends a transaction, such as ON CONFLICT ROLLBACK or RAISE(ROLLBACK).' })
      }
    }
    for (const entry of request.journal) connection.run(entry)
    if (request.answer === undefined) return { rows }
    const value = Object.values(connection.all(request.answer)[0] ?? {})[0]
    return { rows, answer: value === null || value === undefined ? null : String(value) }
  })
}

function noting<T>(text: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    noteFailed(error, text)
    throw error
  }
}

/** Switches enforcement off outside of any transaction, proves it, and brings back what was set. */
async function withoutForeignKeys<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const read = (): number => Number(connection.all('PRAGMA foreign_keys')[0]?.['foreign_keys'] ?? 0)
  const before = read()
  if (before === 1) connection.run(FOREIGN_KEYS_OFF)
  if (read() !== 0) {
    throw new TrueupError('step-failed', 'Foreign keys cannot be switched off on this connection, and rebuilding a table with them on would delete rows that reference it.', {
      hint: 'Run it on a connection that allows PRAGMA foreign_keys.',
    })
  }
  try {
    return await work()
  } finally {
    if (before === 1) connection.run('PRAGMA foreign_keys=ON')
  }
}

const isCheck = (statement: Statement): boolean => /^PRAGMA\s+(?:foreign_key_check|quick_check)$/i.test(statement.text)
const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

interface Survey {
  readonly rows: ReadonlyMap<string, number>
  /** Rows that reference nothing, by table and by the table that they should find. */
  readonly broken: ReadonlyMap<string, number>
}

function survey(connection: Connection): Survey {
  const tables = connection.all(`SELECT name FROM main.sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND upper(substr(ltrim(sql), 1, 14)) <> 'CREATE VIRTUAL'`)
    .map((row) => String(row['name']))
  const rows = new Map<string, number>()
  const broken = new Map<string, number>()
  for (const table of tables) {
    rows.set(table, Number(connection.all(`SELECT count(*) AS n FROM main.${quoteName(table)}`)[0]?.['n']))
    for (const { parent, n } of brokenIn(connection, table)) broken.set(`${table} → ${parent}`, n)
  }
  return { rows, broken }
}

function brokenIn(connection: Connection, table: string): readonly { readonly parent: string; readonly n: number }[] {
  try {
    const found = connection.all(`SELECT "parent" AS parent, count(*) AS n FROM pragma_foreign_key_check('${table.replaceAll("'", "''")}') GROUP BY "parent"`)
    return found.map((row) => ({ parent: String(row['parent']), n: Number(row['n']) }))
  } catch {
    // A key whose referenced columns are not unique cannot be checked: no row breaks it, SQLite refuses all writes instead.
    return []
  }
}

function compare(before: Survey, after: Survey, statements: readonly Statement[]): void {
  const dropped = new Set(statements.filter((statement) => isWord(statement.tokens[0], 'DROP') && isWord(statement.tokens[1], 'TABLE')).map((statement) => foldName(new Cursor(statement.tokens.slice(2)).name())))
  const problems: { subject: string; message: string }[] = []
  for (const [table, count] of before.rows) {
    const now = after.rows.get(table)
    if (now === undefined ? !dropped.has(foldName(table)) : now !== count) problems.push({ subject: table, message: `had ${count} rows before and has ${now ?? 0} after` })
  }
  for (const [reference, count] of after.broken) {
    const more = count - (before.broken.get(reference) ?? 0)
    if (more > 0) problems.push({ subject: reference, message: `${more} ${more === 1 ? 'row references' : 'rows reference'} what would not be there` })
  }
  if (problems.length === 0) return
  throw new TrueupError('step-failed', `The change was undone, because it would lose or break rows: ${problems.map(({ subject, message }) => `${subject}: ${message}`).join('; ')}.`, {
    hint: 'Correct these rows first, or leave the table as it is.',
    problems,
  })
}
