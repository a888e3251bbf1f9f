import type { Connection, DriverName } from './connection.ts'
import { TrueupError } from '../../errors.ts'
import { connect } from './connection.ts'

type Opener = (path: string) => unknown

/**
 * Opens a file or `:memory:` with the first driver that works. One that is installed and cannot be used, for want of its binary
 * for example, is passed over.
 *
 * @throws TrueupError `driver-missing` with the reason of each when none works, `connection-failed` when the file cannot be opened
 */
export async function openPath(path: string, wanted?: DriverName): Promise<Connection> {
  const reasons: string[] = []
  for (const [name, load] of DRIVERS) {
    if (wanted !== undefined && wanted !== name) continue
    const open = await attempt(name, reasons, load)
    if (open === null) continue
    try {
      return connect(open(path))
    } catch (cause) {
      // What opens not even a database in memory has no binary: some drivers look for it only now.
      const memory = await attempt(name, reasons, () => connect(open(':memory:')))
      if (memory === null) continue
      memory.close()
      throw new TrueupError('connection-failed', `The SQLite database ${path} cannot be opened: ${messageOf(cause)}.`, {
        hint: 'Check that its folder exists and that the user that runs this may read and write it.',
        cause,
      })
    }
  }
  throw new TrueupError('driver-missing', `${wanted === undefined ? 'No SQLite driver can be used' : `The SQLite driver ${wanted} cannot be used`}: ${reasons.join('; ')}.`, {
    hint: 'Run "npm install libsql" (any Node version) or "npm install better-sqlite3" (Node 22.14 and later); "npm rebuild better-sqlite3" where it is installed without its binary. Node 22.13 and later has node:sqlite built in.',
    details: { reasons },
  })
}

async function attempt<T>(name: DriverName, reasons: string[], work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    reasons.push(`${name}: ${messageOf(error).split('\n')[0] ?? ''}`)
    return null
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const DRIVERS: readonly (readonly [DriverName, () => Promise<Opener>])[] = [
  ['better-sqlite3', async () => {
    // Version 13 is built for Node-API 10 and crashes the process on older versions of Node, beyond any try.
    if (!nodeIsAtLeast(22, 14)) throw new Error('needs Node 22.14 or later; hand an open database of an older version to sqlite() instead')
    const { default: Database } = await import('better-sqlite3')
    return (path) => new Database(path)
  }],
  ['node:sqlite', async () => {
    if (!nodeIsAtLeast(22, 13)) throw new Error('is part of Node 22.13 and later')
    const { DatabaseSync } = await import('node:sqlite')
    return (path) => new DatabaseSync(path)
  }],
  ['libsql', async () => {
    const { default: Database } = await import('libsql')
    return (path) => new Database(path)
  }],
]

function nodeIsAtLeast(major: number, minor: number): boolean {
  const [thisMajor = 0, thisMinor = 0] = (globalThis.process?.versions?.node ?? '0.0').split('.').map(Number)
  return thisMajor > major || (thisMajor === major && thisMinor >= minor)
}
