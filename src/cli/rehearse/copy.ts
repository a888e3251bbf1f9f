import type { Database, Session } from '../../dialects/dialect.ts'
import { postgres } from '../../dialects/postgres/postgres.ts'
import { isTrueupError, TrueupError } from '../../errors.ts'
import type { CopiedRows } from '../../rehearse/rehearse.ts'
import { databaseOf, quote, text } from './names.ts'
import type { Place } from './place.ts'
import { dumpInto, requirePrograms } from './programs.ts'
import { copySample, EXACT } from './sample.ts'

export interface CopyRequest {
  /** The URL of the original. */
  readonly from: string
  readonly place: Place
  readonly rows: CopiedRows
  /** `null`: the server's own copy where that is possible, else by dump. */
  readonly by: 'template' | 'dump' | null
  /** The ledger's tables, `schema.table`: they are part of every copy. */
  readonly ledger: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** What the original's server and database are like. */
interface Original {
  readonly server: string
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
}

const ABOUT = `SELECT json_build_object('server', (SELECT system_identifier::text FROM pg_catalog.pg_control_system()),
  'encoding', pg_catalog.pg_encoding_to_char(encoding), 'collate', datcollate, 'ctype', datctype)::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`

/**
 * Makes the copy of a PostgreSQL database. The original is read, through sessions that may not write.
 *
 * @throws TrueupError `copy-refused`, `not-supported` when the programs are missing
 */
export async function copyPostgres(request: CopyRequest): Promise<void> {
  const { from, place, rows, by, say } = request
  const original = postgres(from)
  try {
    const { about, version } = await readOnlySession(original, async (session) => ({ about: await session.json<Original>(ABOUT), version: session.version }))
    if (about === null) throw new TrueupError('copy-refused', `${original.address} does not tell what it is.`)
    await original.close()
    const here = place.missing !== null && rows === 'all' && by !== 'dump' ? await sameServer(place.missing.admin, about.server) : false
    if (by === 'template' && !here) throw notByTemplate(place, rows)
    if (here && (await byTemplate(request, by === 'template'))) return
    requirePrograms(version, request.env)
    if (place.missing !== null) await create(place.missing.admin, place.missing.name, about, say)
    await place.mark()
    // Roles belong to a server: on another one they are not the same.
    const own = await onCopy(place, (session) => sameServer(session, about.server))
    const flags = own ? [] : ['--no-owner', '--no-privileges']
    if (rows === 'all') await dumpInto({ ...request, to: place.url, flags })
    else await bySample(request, original, flags)
    await onCopy(place, (session) => session.execute('ANALYZE'))
  } finally {
    await original.close()
  }
}

const sameServer = async (session: Session, server: string): Promise<boolean> => (await session.json<boolean>(`SELECT to_json(system_identifier = ${BigInt(server)})::text FROM pg_catalog.pg_control_system()`)) === true

function notByTemplate(place: Place, rows: CopiedRows): TrueupError {
  const why = place.missing === null ? 'the place is a database that exists' : rows === 'all' ? 'the place is another server' : `only all rows can be copied so, not --rows ${rows}`
  return new TrueupError('copy-refused', `A server copies a database as a template on itself, into a new one: ${why}.`, { hint: 'Leave --by out, or name the server of the original without a database: --on postgres://user@host' })
}

/** False when somebody is connected to the original, or the role may not copy it. */
async function byTemplate({ from, place, say }: CopyRequest, must: boolean): Promise<boolean> {
  if (place.missing === null) return false
  const { admin, name } = place.missing
  try {
    await admin.execute(`CREATE DATABASE ${quote(name)} TEMPLATE ${quote(databaseOf(from))}`)
  } catch (error) {
    const { code, message } = postgres(from).dialect.failure(error)
    if (must || !['55006', '42501'].includes(code)) throw new TrueupError('copy-refused', `The server could not copy the database: ${message} (${code}).`, { hint: 'Nobody may be connected to the original meanwhile. Leave --by out: then pg_dump makes the copy.', cause: error })
    say(`${code === '55006' ? 'Somebody is connected to the original' : 'This role may not copy the original'}: pg_dump makes the copy.`)
    return false
  }
  await place.mark()
  return true
}

/** Indexes and comparisons depend on the locale, so that the copy gets that of the original where its server has it. */
async function create(admin: Session, name: string, { encoding, collate, ctype }: Original, say: (line: string) => void): Promise<void> {
  const plain = `CREATE DATABASE ${quote(name)} TEMPLATE template0 ENCODING ${text(encoding)}`
  try {
    await admin.execute(`${plain} LC_COLLATE ${text(collate)} LC_CTYPE ${text(ctype)}`)
  } catch {
    await admin.execute(`${plain} LC_COLLATE 'C' LC_CTYPE 'C'`)
    say(`This server does not have the locale ${collate} of the original: texts are compared as in C.`)
  }
}

/** Tables, then rows, then what rows would be checked against: foreign keys, triggers, indexes. All of one moment. */
async function bySample(request: CopyRequest, original: Database, flags: readonly string[]): Promise<void> {
  const { place, rows, ledger, signal, say } = request
  await readOnlySession(original, (from) => from.transaction(async () => {
    const snapshot = String((await from.query('SELECT pg_catalog.pg_export_snapshot() AS snapshot'))[0]?.['snapshot'])
    const dump = (section: string): Promise<void> => dumpInto({ ...request, to: place.url, flags: [...flags, `--section=${section}`, '--snapshot', snapshot] })
    await dump('pre-data')
    const copied = await onCopy(place, (to) => to.transaction(() => copySample({ from, to, rows: typeof rows === 'number' ? rows : 0, whole: new Set(ledger), signal }), { settings: EXACT }))
    if (rows !== 'none') say(`Copied ${copied} rows: ${rows} of each table and what they reference.`)
    await dump('post-data')
  }, { settings: ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY', 'SET LOCAL row_security = off', ...EXACT] }))
}

async function onCopy<T>(place: Place, work: (session: Session) => Promise<T>): Promise<T> {
  const database = postgres(place.url)
  try {
    return await inSession(database, work)
  } finally {
    await database.close()
  }
}

async function readOnlySession<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  return inSession(database, async (session) => {
    await session.execute(database.dialect.rehearsal.readOnly.on)
    return work(session)
  })
}

async function inSession<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await database.open()
  try {
    return await work(session)
  } catch (error) {
    if (isTrueupError(error)) throw error
    const { message, code } = database.dialect.failure(error)
    throw new TrueupError('copy-refused', `The copy could not be made, at ${database.address}: ${message} (${code}).`, { hint: 'The original was only read.', cause: error })
  } finally {
    await session.release()
  }
}
