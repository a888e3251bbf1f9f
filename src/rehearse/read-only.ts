import type { Database, OpenOptions, Session } from '../dialects/dialect.ts'

/** The same database through sessions that the server does not let write. */
export function readOnly(database: Database): Database {
  const { on, off } = database.dialect.rehearsal.readOnly
  return {
    dialect: database.dialect, defaultSchema: database.defaultSchema, address: database.address,
    open: async (options?: OpenOptions) => refusing(await database.open(options), on, off),
    read: (options) => database.read(options),
    scratch: () => Promise.reject(new Error('an original is only read')),
    close: () => Promise.resolve(),
  }
}

async function refusing(session: Session, on: string, off: string): Promise<Session> {
  const release = session.release.bind(session)
  await session.execute(on)
  // The session is ours until it is given back, and a dialect may know it by its class.
  session.release = async (options) => {
    session.release = release
    // A connection that is gone takes the setting along.
    if (options?.broken !== true) await session.execute(off).catch(() => 0)
    await release(options)
  }
  return session
}
