import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Database, Row } from '../../src/dialects/dialect.ts'
import { postgres } from '../../src/dialects/postgres/postgres.ts'
import { sqlite } from '../../src/dialects/sqlite/sqlite.ts'
import { openPglite } from '../servers/pglite.ts'
import { availableServers } from '../servers/postgres.ts'
import type { TestServer } from '../servers/postgres.ts'

export { models, recorder, table } from './sketches.ts'
export type { TableSketch } from './sketches.ts'

/** A database engine on which a scenario is played. */
export interface Target {
  readonly title: string
  readonly dialect: 'postgres' | 'sqlite'
  /** Several processes can use one database at once. */
  readonly shared: boolean
  place(): Promise<Place>
}

/** One empty database of its own. */
export interface Place {
  /** Where it is, for another process; `null` for a database inside this one. */
  readonly url: string | null
  readonly schema: string
  /** A new handle for a start. The place closes it. */
  database(): Database
  /** Sends one statement, past trueup. */
  rows(statement: string): Promise<readonly Row[]>
  script(...statements: readonly string[]): Promise<void>
  close(): Promise<void>
}

const servers = new Map<string, Promise<TestServer>>()
after(async () => {
  for (const server of servers.values()) await (await server).stop()
})

/** All engines that this machine has: PostgreSQL's oldest and newest version, PGlite and SQLite. */
export function targets(): readonly Target[] {
  const postgresql = availableServers().map((kind): Target => ({
    title: kind.title, dialect: 'postgres', shared: true,
    place: async () => {
      if (!servers.has(kind.title)) servers.set(kind.title, kind.start())
      const server = await (servers.get(kind.title) as Promise<TestServer>)
      const url = await server.createDatabase()
      return placeOf(url, 'public', () => postgres(url))
    },
  }))
  return [...postgresql, pglite, sqliteFile]
}

const pglite: Target = {
  title: 'PGlite', dialect: 'postgres', shared: false,
  place: async () => {
    const handle = await openPglite()
    const place = placeOf(null, 'public', () => postgres(handle))
    return { ...place, close: async () => { await place.close(); await handle.close() } }
  },
}

export const sqliteFile: Target = {
  title: 'SQLite', dialect: 'sqlite', shared: true,
  place: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trueup-start-'))
    const path = join(folder, 'app.db')
    const place = placeOf(path, 'main', () => sqlite(path))
    return { ...place, close: async () => { await place.close(); rmSync(folder, { recursive: true, force: true }) } }
  },
}

function placeOf(url: string | null, schema: string, open: () => Database): Place {
  const opened: Database[] = []
  const database = (): Database => {
    const made = open()
    opened.push(made)
    return made
  }
  const run = async <T>(work: (session: Awaited<ReturnType<Database['open']>>) => Promise<T>): Promise<T> => {
    const own = open()
    try {
      const session = await own.open()
      try {
        return await work(session)
      } finally {
        await session.release()
      }
    } finally {
      await own.close()
    }
  }
  return {
    url, schema, database,
    rows: (statement) => run((session) => session.query(statement)),
    script: (...statements) => run(async (session) => {
      for (const statement of statements) await session.execute(statement)
    }),
    close: async () => {
      for (const made of opened) await made.close()
    },
  }
}
