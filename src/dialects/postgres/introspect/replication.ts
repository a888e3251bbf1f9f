import type { ObjectRef, Publication, Subscription, Unmanaged } from '../../../schema/schema.ts'
import type { Session } from '../../dialect.ts'
import type { Context } from './context.ts'
import { NONE } from './context.ts'
import type { PublicationRow, SubscriptionRow } from './rows.ts'

/** Publications, with what their tables' filters and columns need. */
export function assemblePublications(context: Context): readonly Publication[] {
  return context.catalogue.publications.map((row) => {
    const tables = row.tables ?? NONE
    const needs = tables.map((table) => context.refs.get(table.r)).filter((ref): ref is ObjectRef => ref !== undefined)
    return {
      name: row.name,
      allTables: row.all,
      tables: tables.map(({ schema, name, columns, where }) => ({ schema, name, columns: columns ?? null, where: where ?? null })),
      schemas: row.schemas,
      publish: verbs(row),
      viaRoot: row.root,
      ...(row.generated !== null && { generated: row.generated === 's' ? 'stored' as const : 'none' as const }),
      comment: row.comment,
      ...(row.owner !== undefined && { owner: row.owner }),
      ...(needs.length > 0 && { needs }),
    }
  })
}

const verbs = (row: PublicationRow): Publication['publish'] => (['insert', 'update', 'delete', 'truncate'] as const).filter((verb) => row[verb])

/** What the subscriptions of this database connect with; only a superuser may see that. */
export type Connections = ReadonlyMap<string, string>

/** Asked apart: a statement that so much as names the column is refused to everybody else. */
export async function readConnections(session: Session, rows: readonly SubscriptionRow[]): Promise<Connections> {
  if (!rows.some((row) => row.readable)) return new Map()
  const found = await session.json<Record<string, string>>(
    'SELECT json_object_agg(s.subname, s.subconninfo)::text FROM pg_catalog.pg_subscription s WHERE s.subdbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = current_database())',
  )
  return new Map(Object.entries(found ?? {}))
}

/** A password of a connection never leaves the server: such a subscription is only named. */
const isOpen = (connection: string): boolean => !/password\s*=|:\/\/[^@/]*:[^@/]*@/i.test(connection)

/** Subscriptions that can be described, and those that can only be named. */
export function assembleSubscriptions(context: Context, connections: Connections): { readonly described: readonly Subscription[]; readonly named: readonly Unmanaged[] } {
  const described: Subscription[] = []
  const named: Unmanaged[] = []
  for (const row of context.catalogue.subscriptions) {
    const connection = connections.get(row.name)
    if (connection !== undefined && isOpen(connection)) described.push(subscription(row, connection))
    else {
      const because = connection === undefined ? 'only a superuser may see what it connects to' : 'its connection holds a password, and secrets are not read'
      named.push({ kind: 'subscription', name: row.name, reason: 'unsupported', because })
    }
  }
  return { described, named }
}

function subscription(row: SubscriptionRow, connection: string): Subscription {
  return {
    name: row.name, connection, publications: [...row.publications].sort(), enabled: row.enabled, slot: row.slot,
    options: [...row.options].sort(), comment: row.comment, ...(row.owner !== undefined && { owner: row.owner }),
  }
}
