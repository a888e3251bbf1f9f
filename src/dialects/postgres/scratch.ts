import { TrueupError } from '../../errors.ts'
import { quoteName } from './literal.ts'
import { forAWhile } from './session/patience.ts'
import type { PostgresSession } from './session/session.ts'
import type { Source } from './session/source.ts'

/** Makes an empty database beside the given one, and drops it afterwards. */
export async function withScratchDatabase<T>(source: Source, work: (scratch: Source) => Promise<T>): Promise<T> {
  const name = `trueup_scratch_${Array.from(globalThis.crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const scratch = source.elsewhere(name)
  if (scratch === null) throw new TrueupError('not-supported', `No scratch database can be reached beside ${source.address}.`, { hint: 'Give postgres() a URL: from this handle, the way to another database is not known.' })
  // Over a connection of our own: the user's pool may have but one, and that one is in use.
  const beside = source.elsewhere() ?? source
  const owner = await beside.connect(forAWhile())
  try {
    await owner.execute(`CREATE DATABASE ${quoteName(name)} TEMPLATE template0`)
    try {
      return await work(scratch)
    } finally {
      await scratch.close()
      await drop(owner, name)
    }
  } finally {
    await owner.release()
  }
}

async function drop(owner: PostgresSession, name: string): Promise<void> {
  await owner.execute(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`)
}
