import type { KyselyHandle, KyselyQuery } from '../../handles.ts'
import type { Row } from '../../dialect.ts'
import { within } from './patience.ts'
import type { Answer } from './pg-message.ts'
import { PgMessage } from './pg-message.ts'
import { PostgresSession } from './session.ts'
import type { Source } from './source.ts'
import { unservedHandle } from './source.ts'
import type { Wire } from './wire.ts'
import { joined } from './wire.ts'

/** Sessions over a Kysely instance, whose pool is private: its one way to keep a connection is a callback that is held open. */
export function kyselySource(kysely: KyselyHandle): Source {
  return {
    address: 'PostgreSQL by Kysely',
    several: false,
    connect: async (patience) => {
      const wire = await within(patience, hold(kysely), (late) => void late.release(false), 'All connections of the pool of Kysely are in use.')
      return PostgresSession.over(wire)
    },
    elsewhere: () => null,
    close: async () => {},
  }
}

function hold(kysely: KyselyHandle): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const work = async (own: KyselyHandle): Promise<void> => {
      await probe(own)
      await new Promise<void>((letGo) => {
        resolve(wireOver(own, async () => {
          letGo()
          await held
        }))
      })
    }
    const held = kysely.connection().execute(work).catch(reject)
  })
}

/** Whether node-postgres is what lies under it. */
async function probe(own: KyselyHandle): Promise<void> {
  const { adapter } = own.getExecutor()
  const message = new PgMessage('SELECT 1')
  const isOne = adapter?.supportsMultipleConnections !== false && adapter?.supportsTransactionalDdl === true
  if (isOne) await send(own, message).catch((error: unknown) => {
    if (message.submitted) throw error
  })
  if (!message.submitted) throw unservedHandle('This Kysely does not use the driver pg.', 'Give postgres() what its dialect was made with: the PGlite database, the function of postgres.js, or the URL.')
}

function wireOver(own: KyselyHandle, done: () => Promise<void>): Wire {
  return {
    handle: own,
    // There is no way to throw away one connection but to have the server end it.
    afterUse: 'restore',
    told: () => null,
    rows: async (statement) => (await execute(own, statement)) as readonly Row[],
    text: async (statement) => (await send(own, new PgMessage(statement))).first?.[0],
    script: async (statements) => (await send(own, new PgMessage(joined(statements)))).outcomes,
    release: async (broken) => {
      if (broken) await send(own, new PgMessage('SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())')).catch(() => {})
      await done()
    },
  }
}

async function send(own: KyselyHandle, message: PgMessage): Promise<Answer> {
  // Kysely hands the text on as it is given, and the message is one to whoever looks at it.
  await execute(own, message as unknown as string)
  return message.answer
}

async function execute(own: KyselyHandle, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const query: KyselyQuery = { sql, parameters: [], query: { kind: 'RawNode', sqlFragments: [String(sql)], parameters: [] }, queryId: { queryId: globalThis.crypto.randomUUID() } }
  // Plug-ins rename what they find in results.
  return (await own.getExecutor().withoutPlugins().executeQuery(query)).rows
}
