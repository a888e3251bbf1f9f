import type { RunRequest, RunResult, Session } from '../dialect.ts'
import type { Connection } from './connection.ts'
import { TrueupError } from '../../errors.ts'
import { assertLockHeld } from './lock.ts'
import { quoteName } from './names.ts'
import { SqliteSession, runCounting } from './session.ts'
import type { Statement } from './tokens.ts'
import { isWord, splitStatements } from './tokens.ts'

/**
 * First in a step: SQLite ignores it inside a transaction, so it is sent before BEGIN. Then the rows of all tables are counted
 * and broken references noted, and what the user had set comes back at the end.
 */
export const FOREIGN_KEYS_OFF = 'PRAGMA foreign_keys=OFF'

/** Last in such a step: the step is undone when it broke a reference, or when rows are gone that it was not to remove. */
export const CHECK_FOREIGN_KEYS = 'PRAGMA foreign_key_check'

/** Runs one step: its statements, the fence before and the journal after them, in one BEGIN IMMEDIATE transaction. */
export async function run(session: Session, request: RunRequest): Promise<RunResult> {
  if (!(session instanceof SqliteSession)) throw new TrueupError('driver-unknown', 'This session was not opened by sqlite().')
  const statements = request.step.statements.flatMap(splitStatements)
  return await session.alone(async (connection) => {
    const timeout = session.shared.timeout()
    session.shared.setTimeout(Math.max(request.lockTimeout, 0))
    try {
      if (!request.step.transaction) return await runAlone(session, connection, statements, request)
      const guarded = statements[0] !== undefined && isForeignKeysOff(statements[0])
      if (!guarded) return await runTogether(session, connection, statements, request)
      return await withoutForeignKeys(connection, () => runTogether(session, connection, statements.slice(1), request, true))
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

async function runTogether(session: Session, connection: Connection, statements: readonly Statement[], request: RunRequest, guarded = false): Promise<RunResult> {
  statements.forEach(refuseTransactionControl)
  return await session.transaction(async () => {
    assertLockHeld(session)
    for (const fence of request.fence) connection.run(fence)
    const before = guarded ? survey(connection) : null
    let rows = 0
    for (const statement of statements) {
      if (before !== null && isForeignKeyCheck(statement)) compare(before, survey(connection), statements)
      else rows += runCounting(connection, statement.text)
      if (!connection.inTransaction) {
        throw new TrueupError('step-failed', `The transaction ended in the middle: ${shorten(statement.text)}`, { hint: 'Leave out what ends a transaction, such as ON CONFLICT ROLLBACK or RAISE(ROLLBACK).' })
      }
    }
    for (const entry of request.journal) connection.run(entry)
    return { rows }
  })
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

const CONTROL = ['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'] as const

function refuseTransactionControl(statement: Statement): void {
  const [first] = statement.tokens
  if (!isWord(first, ...CONTROL)) return
  throw new TrueupError('step-failed', `The SQL contains ${first?.value}, but it runs in a transaction of trueup's own: ${shorten(statement.text)}`, {
    hint: 'Remove BEGIN, COMMIT, ROLLBACK and savepoints, or set transaction: false and give a check.',
  })
}

const isForeignKeysOff = (statement: Statement): boolean => /^PRAGMA\s+foreign_keys\s*=\s*(?:OFF|0|FALSE|NO)$/i.test(statement.text)
const isForeignKeyCheck = (statement: Statement): boolean => /^PRAGMA\s+foreign_key_check$/i.test(statement.text)
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
  const dropped = new Set(statements.filter((statement) => isWord(statement.tokens[0], 'DROP') && isWord(statement.tokens[1], 'TABLE')).map((statement) => statement.tokens[2]?.value))
  const problems: { subject: string; message: string }[] = []
  for (const [table, count] of before.rows) {
    const now = after.rows.get(table)
    if (now === undefined ? !dropped.has(table) : now !== count) problems.push({ subject: table, message: `had ${count} rows before and has ${now ?? 0} after` })
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
