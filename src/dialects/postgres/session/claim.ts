import { TrueupError } from '../../../errors.ts'
import type { Pglite } from './pglite.ts'

const FILE = 'trueup.pid'
/** Long enough for two that come at the same moment to see each other. Milliseconds. */
const SECOND_LOOK = 25

/**
 * Claims a PGlite folder for this process. PGlite has no lock of its own: a second process opens the same folder without a
 * word and ruins it. The number of the process stands in a file beside the data, written and read by the database itself,
 * so that nothing here touches the file system. A process that died has no claim.
 *
 * @throws TrueupError `database-in-use` with the number of the process that has it
 */
export async function claimFolder(handle: Pglite): Promise<void> {
  const mine = globalThis.process?.pid
  if (mine === undefined || !isFolder(handle)) return
  const holder = await readClaim(handle)
  if (holder === mine) return
  if (holder !== null && isAlive(holder)) throw inUse(handle, holder)
  await writeClaim(handle, String(mine))
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK))
  const winner = await readClaim(handle)
  if (winner !== null && winner !== mine && isAlive(winner)) throw inUse(handle, winner)
}

/** Gives the folder up before it is closed. */
export async function dropClaim(handle: Pglite): Promise<void> {
  if (isFolder(handle) && (await readClaim(handle)) === globalThis.process?.pid) await writeClaim(handle, '')
}

function isFolder(handle: Pglite): boolean {
  const place = handle.dataDir ?? ''
  return place !== '' && !place.startsWith('memory://') && !place.startsWith('idb://') && !place.startsWith('opfs-')
}

async function readClaim(handle: Pglite): Promise<number | null> {
  const { rows } = await handle.query(`SELECT pg_catalog.pg_read_file('${FILE}', 0, 32, true) AS pid`)
  const [row] = rows as readonly { readonly pid: string | null }[]
  const pid = Number.parseInt(row?.pid ?? '', 10)
  return Number.isInteger(pid) && pid > 0 ? pid : null
}

async function writeClaim(handle: Pglite, text: string): Promise<void> {
  const { rows } = await handle.query('SHOW data_directory')
  const [row] = rows as readonly { readonly data_directory: string }[]
  const path = `${row?.data_directory ?? ''}/${FILE}`.replaceAll("'", "''")
  await handle.exec(`COPY (SELECT '${text}') TO '${path}'`)
}

/** Signal 0 only asks. A process of another user answers with EPERM, and is alive. */
function isAlive(pid: number): boolean {
  try {
    globalThis.process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function inUse(handle: Pglite, pid: number): TrueupError {
  return new TrueupError('database-in-use', `The PGlite folder ${handle.dataDir} is in use by process ${pid}. PGlite serves one process at a time; a second one would damage it.`, {
    hint: `Stop process ${pid} first. If that is another program that got the number of a process which is gone, remove ${FILE} in the folder.`,
    details: { pid },
  })
}
