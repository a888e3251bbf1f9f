import { readFileSync } from 'node:fs'
import type { TestServer } from '../../test/servers/postgres.ts'

/** Milliseconds of processor time that the ended children of a process have used; `null` where there is no /proc. */
function ofChildren(pid: number | 'self'): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // cutime and cstime of proc(5), in ticks of which Linux has 100 a second.
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return null
  }
}

/**
 * Processor time that work takes on both sides, in this process, in programs that it starts and in the server's backends that end with it. Says
 * more than the clock where other programs run.
 */
export async function processorTime(server: TestServer, work: () => unknown): Promise<number | null> {
  const [row] = await server.sql(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`)
  const both = (): number | null => {
    const [client, backends] = [ofChildren('self'), ofChildren(Number(row?.['pid']))]
    const { user, system } = process.cpuUsage()
    return client === null || backends === null ? null : client + backends + (user + system) / 1000
  }
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))
  await settled()
  const before = both()
  await work()
  await settled()
  const after = both()
  return before === null || after === null ? null : after - before
}
