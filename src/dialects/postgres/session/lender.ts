import type { PgClient } from './pg.ts'
import { isPgClient, pgWire } from './pg.ts'
import type { Patience } from './patience.ts'
import { within } from './patience.ts'
import type { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { unservedHandle } from './source.ts'

/** An ORM that lends a node-postgres client out of a pool of its own. */
export interface Lender {
  readonly tool: string
  readonly address: string
  /** More than one connection can be had at once. */
  readonly several: boolean
  /** Whether a connection on which statements of the author's ran is thrown away or put back as it was. */
  readonly afterUse: 'discard' | 'restore'
  lend(): Promise<object>
  takeBack(client: object, broken: boolean): Promise<unknown>
}

/** What `handle-source.ts` does with a client, however it was come by. */
interface Over {
  session(client: PgClient, wire: Parameters<typeof PostgresSession.over>[0]): Promise<PostgresSession>
  elsewhere(client: PgClient, database: string | undefined): Source
}

export function lenderSource(lender: Lender, over: Over): Source {
  let seen: PgClient | null = null
  return {
    address: lender.address,
    several: lender.several,
    connect: async (patience) => {
      const client = await borrow(lender, patience)
      seen = client
      return over.session(client, pgWire(client, lender.afterUse, async (broken) => {
        await lender.takeBack(client, broken)
      }))
    },
    elsewhere: (database) => (seen === null ? null : over.elsewhere(seen, database)),
    close: async () => {},
  }
}

async function borrow(lender: Lender, patience: Patience): Promise<PgClient> {
  const late = (client: object): void => void lender.takeBack(client, false)
  const client = await within(patience, lender.lend(), late, `All connections of the pool of ${lender.tool} are in use.`)
  if (isPgClient(client)) return client
  await lender.takeBack(client, false)
  throw unservedHandle(`This ${lender.tool} does not use the driver pg.`, 'Give postgres() the URL of the database, or the driver\'s own handle.')
}
