import type { Database, Session } from '../../dialects/dialect.ts'
import { postgres } from '../../dialects/postgres/postgres.ts'
import { TrueupError } from '../../errors.ts'
import { emptyDatabase, isEmptyDatabase } from './empty.ts'
import { commentOf, databaseOf, isKept, madeUpName, MARK, PREFIX, quote, text, withDatabase } from './names.ts'

/** Where a copy is made. */
export interface Place {
  readonly url: string
  /** The database is not there yet: whoever copies makes it, by this session and name. */
  readonly missing: { readonly admin: Session; readonly name: string } | null
  /** Says in the database itself whose it is, so that one that is left over is recognised. */
  mark(): Promise<void>
  /** Takes the copy away, unless it is to be kept. */
  end(keep: boolean): Promise<void>
}

export interface PlaceRequest {
  /** The URL of a server, or of a database on it. */
  readonly on: string
  /** The original's address, for the comment. */
  readonly address: string
  readonly identity: string | null
  readonly say: (line: string) => void
}

/** Finds the place that was named; takes away what rehearsals that died left there. */
export function openPlace(request: PlaceRequest): Promise<Place> {
  return databaseOf(request.on) === '' ? onServer(request) : inDatabase(request)
}

/** Milliseconds for a server that a person has just named: it runs, or the name is wrong. */
const PATIENCE = 10_000

/** The second half of the lock's number. */
const LOCK = 'trueup rehearsal'

async function onServer({ on, address, say }: PlaceRequest): Promise<Place> {
  const server = postgres(withDatabase(on, 'postgres'))
  const admin = await server.open({ connectTimeout: PATIENCE })
  const name = madeUpName()
  try {
    // As long as this session lives, nobody takes the copy for a left-over.
    await admin.query(`SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtext(${text(name)}), pg_catalog.hashtext(${text(LOCK)}))`)
    for (const gone of await dropLeftOvers(admin)) say(`Dropped ${gone}, which a rehearsal that was interrupted had left.`)
  } catch (error) {
    await admin.release()
    await server.close()
    throw error
  }
  return {
    url: withDatabase(on, name), missing: { admin, name },
    mark: async () => void (await admin.execute(`COMMENT ON DATABASE ${quote(name)} IS ${text(commentOf(address, false))}`)),
    end: async (keep) => {
      try {
        if (keep) await admin.execute(`COMMENT ON DATABASE ${quote(name)} IS ${text(commentOf(address, true))}`)
        else await admin.execute(`DROP DATABASE IF EXISTS ${quote(name)} WITH (FORCE)`)
      } finally {
        await admin.release()
        await server.close()
      }
    },
  }
}

/** Copies that no living rehearsal holds, by name and comment; one that died between the two has a name only. */
async function dropLeftOvers(admin: Session): Promise<readonly string[]> {
  const found = await admin.query(
    `SELECT datname::text AS name, coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') AS comment FROM pg_catalog.pg_database ` +
      `WHERE datname ~ '^${PREFIX}[0-9a-f]{12}$' AND pg_catalog.pg_has_role(datdba, 'USAGE')`,
  )
  const dropped: string[] = []
  for (const row of found) {
    const [name, comment] = [String(row['name']), String(row['comment'])]
    if (isKept(comment) || (comment !== '' && !comment.startsWith(MARK))) continue
    const key = `pg_catalog.hashtext(${text(name)}), pg_catalog.hashtext(${text(LOCK)})`
    const free = await admin.json<boolean>(`SELECT to_json(pg_catalog.pg_try_advisory_lock(${key}))::text`)
    if (free !== true) continue
    try {
      await admin.execute(`DROP DATABASE IF EXISTS ${quote(name)} WITH (FORCE)`)
      dropped.push(name)
    } finally {
      await admin.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`)
    }
  }
  return dropped
}

async function inDatabase({ on, address, identity, say }: PlaceRequest): Promise<Place> {
  const database = postgres(on)
  const work = <T>(task: (session: Session) => Promise<T>): Promise<T> => inSession(database, task)
  const name = databaseOf(on)
  try {
    await work(async (session) => {
      if (identity !== null && (await session.json<string>(database.dialect.rehearsal.identity)) === identity) {
        throw new TrueupError('copy-refused', `${database.address} is the application's own database. Nothing was changed.`, { hint: 'Name another database, or a server without a database: postgres://user@host' })
      }
      if (await isEmptyDatabase(session)) return
      const comment = await session.json<string>(`SELECT to_json(coalesce(pg_catalog.shobj_description(oid, 'pg_database'), ''))::text FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`)
      if (comment?.startsWith(MARK) !== true) {
        throw new TrueupError('copy-refused', `${database.address} is not empty, and it is no copy that an earlier rehearsal made. Nothing was changed.`, {
          hint: 'Name an empty database, or a server without a database: postgres://user@host. If it is a copy that you made yourself, say so: --by given',
        })
      }
      say(`Emptying ${database.address}, which holds the copy of an earlier rehearsal.`)
      await emptyDatabase(session)
    })
  } catch (error) {
    await database.close()
    throw error
  }
  return {
    url: on, missing: null,
    mark: () => work(async (session) => {
      await session.execute(`COMMENT ON DATABASE ${quote(name)} IS ${text(commentOf(address, true))}`).catch((error: unknown) => {
        throw new TrueupError('permission-denied', `${database.address} cannot be marked as a copy (${database.dialect.failure(error).message}). Nothing was copied.`, {
          hint: `Without the mark, what an interrupted rehearsal leaves could not be told from data of yours. Run: ALTER DATABASE ${quote(name)} OWNER TO the role of the URL`, cause: error,
        })
      })
    }),
    end: async (keep) => {
      if (!keep) await work(emptyDatabase)
      await database.close()
    },
  }
}

async function inSession<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await database.open({ connectTimeout: PATIENCE })
  try {
    return await work(session)
  } finally {
    await session.release()
  }
}
