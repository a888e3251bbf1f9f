import type { Patience } from './patience.ts'
import type { PgClient } from './pg.ts'
import { ignore, pgWire } from './pg.ts'
import { PostgresSession } from './session.ts'
import { versionNumber } from './wire.ts'

/** Milliseconds after which a try to connect is given up and made anew. */
const LONGEST_TRY = 10_000

/** Options that every connection of our own has. */
export function ownOptions(patience: Patience): Readonly<Record<string, unknown>> {
  return { keepAlive: true, connectionTimeoutMillis: Math.max(1_000, Math.min(LONGEST_TRY, patience.deadline - Date.now())) }
}

/** Connects a node-postgres client that we made. Its session ends it. */
export async function connectClient(client: PgClient, open: Set<() => Promise<void>>): Promise<PostgresSession> {
  let version = 0
  // The server tells its version while the connection is set up: no question needed.
  const { connection } = client as { readonly connection?: { on?(event: 'parameterStatus', listener: (message: Parameter) => void): void } }
  connection?.on?.('parameterStatus', (message) => {
    if (message.parameterName === 'server_version') version = versionNumber(message.parameterValue)
  })
  const end = async (): Promise<void> => {
    open.delete(end)
    await client.end().catch(ignore)
  }
  client.on('error', ignore)
  try {
    await client.connect()
  } catch (error) {
    void end()
    throw error
  }
  open.add(end)
  return PostgresSession.over(pgWire(client, 'nothing', end), { id: String(client.processID ?? ''), version })
}

interface Parameter {
  readonly parameterName: string
  readonly parameterValue: string
}
