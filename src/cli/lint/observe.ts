import { trueup } from '../../index.ts'
import type { Trueup } from '../../api.ts'
import type { Database, Session } from '../../dialects/dialect.ts'
import { LOCK_MODES, strengthOf, type LockFact, type LockMode, type StatementFacts } from '../../dialects/facts.ts'
import type { JudgedText } from '../../lint/sql/judge.ts'
import { TrueupError } from '../../errors.ts'
import { UsageError } from '../arguments.ts'
import type { Context } from '../run.ts'
import { understandSource, type DialectName } from '../sources/given.ts'
import { Sources } from '../sources/sources.ts'

interface Held {
  readonly locks: readonly { readonly schema: string; readonly name: string; readonly mode: string }[]
  readonly files: Readonly<Record<string, number>>
}

/** Locks of this session on tables that are not the server's own, and the files in which tables lie: another one means that it was rewritten. */
const LOOK = `SELECT json_build_object(
  'locks', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'mode', l.mode)), '[]'::json)
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')),
  'files', (SELECT coalesce(json_object_agg(n.nspname || '.' || c.relname, c.relfilenode::int8), '{}'::json)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')))::text`

/**
 * Runs texts that hold opaque SQL on a copy, each in a transaction that is rolled back, and adds the locks that they held to
 * the facts. `scratch`: on a new database beside that of the configuration, which gets the models, and the texts before.
 */
export async function observe(texts: readonly JudgedText[], where: string, app: Trueup | null, dialect: DialectName, context: Context): Promise<readonly JudgedText[]> {
  if (dialect === 'sqlite') throw new UsageError('--observe is for PostgreSQL: SQLite has no locks on tables', 'lint')
  if (!texts.some(isOpaque)) return texts
  if (where === 'scratch') {
    if (app === null) throw new UsageError('--observe scratch needs a configuration, beside whose database the scratch one is made; or name a copy: --observe postgres://…', 'lint')
    return app.options.database.scratch(async (scratch) => {
      // Not closed: it would close the scratch database, whose owner does that.
      await trueup({ ...app.options, database: scratch, migrations: [], logger: false }).applyMigrations({ mode: 'apply', longSteps: 'wait' })
      return watch(texts, scratch, true, context)
    })
  }
  const sources = new Sources(context.app)
  try {
    const { database } = await sources.side(understandSource(where, context.io.cwd, 'lint', 'database'))
    if (database === null) throw new UsageError('--observe needs a database: a URL, or the word scratch', 'lint')
    if (app !== null) await refuseOwn(database, app.options.database)
    return await watch(texts, database, false, context)
  } finally {
    await sources.close()
  }
}

/** What is tried takes its locks for as long as it works, rolled back or not: never on the database of the application. */
async function refuseOwn(copy: Database, own: Database): Promise<void> {
  const [one, other] = [await identityOf(copy), await identityOf(own).catch(() => null)]
  if (copy.address !== own.address && (one === null || one !== other)) return
  throw new TrueupError('copy-refused', `${copy.address} is the application's own database: what is observed there would lock its tables. Nothing was run.`, {
    hint: 'Name a copy, or let an empty database be made for it: --observe scratch.',
  })
}

async function identityOf(database: Database): Promise<string | null> {
  const session = await database.open({ connectTimeout: 10_000 })
  try {
    return await session.json<string>(database.dialect.rehearsal.identity)
  } finally {
    await session.release()
  }
}

const isOpaque = ({ statements }: JudgedText): boolean => statements.some(({ actions }) => actions.some((action) => action.do === 'opaque'))

async function watch(texts: readonly JudgedText[], database: Database, keep: boolean, context: Context): Promise<readonly JudgedText[]> {
  const session = await database.open()
  try {
    const seen: JudgedText[] = []
    for (const text of texts) {
      // On a copy of the user's each text stands alone; on a scratch database one builds on the other.
      if (!isOpaque(text) && !keep) seen.push(text)
      else seen.push({ ...text, statements: await watchText(text, session, keep, context) })
    }
    return seen
  } finally {
    await session.release()
  }
}

async function watchText(text: JudgedText, session: Session, keep: boolean, context: Context): Promise<readonly StatementFacts[]> {
  const seen: StatementFacts[] = []
  let failed = false
  await session.execute('BEGIN')
  try {
    await session.execute("SET LOCAL lock_timeout = '1s'")
    const before = await look(session)
    let last = before
    for (const statement of text.statements) {
      if (failed || isLeftOut(statement)) {
        seen.push(statement)
        continue
      }
      try {
        await session.execute(statement.text)
        const now = await look(session)
        seen.push(withLocks(statement, last, now, before))
        last = now
      } catch (error) {
        failed = true
        context.printer.remark(`${text.file}: could not be observed: ${error instanceof Error ? error.message : String(error)}`)
        seen.push(statement)
      }
    }
  } finally {
    await session.execute(keep && !failed ? 'COMMIT' : 'ROLLBACK')
  }
  return seen
}

const look = async (session: Session): Promise<Held> => (await session.json<Held>(LOOK)) ?? { locks: [], files: {} }

/** What no transaction may hold, or what would end it. */
const isLeftOut = ({ actions }: StatementFacts): boolean => actions.some((action) => action.do === 'transaction' || ('concurrently' in action && action.concurrently) || action.do === 'unreadable')

/** `AccessExclusiveLock` is ACCESS EXCLUSIVE. */
function modeOf(name: string): LockMode {
  const words = name.replace(/Lock$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()
  return LOCK_MODES.find((mode) => mode === words) ?? 'ACCESS EXCLUSIVE'
}

function withLocks(statement: StatementFacts, last: Held, now: Held, before: Held): StatementFacts {
  const opaque = statement.actions.find((action) => action.do === 'opaque')
  if (opaque?.do !== 'opaque') return statement
  const had = new Set(last.locks.map((lock) => `${lock.schema}.${lock.name} ${lock.mode}`))
  const key = (lock: Held['locks'][number]): string => `${lock.schema}.${lock.name}`
  const fresh = now.locks.filter((lock) => !had.has(`${key(lock)} ${lock.mode}`))
  // The strongest lock of a table holds all others.
  const strongest = new Map<string, LockFact>()
  for (const lock of fresh) {
    const fact: LockFact = { relation: { schema: lock.schema, name: lock.name }, mode: modeOf(lock.mode), isNew: !Object.hasOwn(before.files, key(lock)) }
    const known = strongest.get(key(lock))
    if (known === undefined || strengthOf(fact.mode) > strengthOf(known.mode)) strongest.set(key(lock), fact)
  }
  const rewrote = Object.entries(now.files).filter(([name, file]) => last.files[name] !== undefined && last.files[name] !== file).map(([name]) => name)
  return { ...statement, locks: [...statement.locks, ...strongest.values()], actions: statement.actions.map((action) => (action.do === 'opaque' ? { do: 'observed', what: action.what, rewrote } : action)) }
}
