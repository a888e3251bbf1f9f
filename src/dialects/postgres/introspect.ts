import type { Schema, Table, Unmanaged } from '../../schema/schema.ts'
import { ALL_KINDS, displayName, sortSchema } from '../../schema/schema.ts'
import type { Scope, Session } from '../dialect.ts'
import { catalogueStatement } from './introspect/catalogue.ts'
import { makeContext, rights } from './introspect/context.ts'
import {
  assembleDefaultPrivileges, assembleEventTriggers, assembleExtensions, assembleServers, assembleUnmanaged, assembleUserMappings, assembleWrappers,
} from './introspect/database.ts'
import {
  assembleCollations, assembleDomains, assembleEnums, assembleRanges, assembleRoutines, assembleSequences, assembleStatistics,
} from './introspect/objects.ts'
import { assembleRelations } from './introspect/relations.ts'
import type { Connections } from './introspect/replication.ts'
import { assemblePublications, assembleSubscriptions, readConnections } from './introspect/replication.ts'
import type { Catalogue } from './introspect/sections.ts'
import type { SentCatalogue } from './introspect/sent.ts'
import { readCatalogue } from './introspect/sent.ts'

/**
 * Describes the managed schemas: one statement, one round trip, in any session and inside any transaction. Names outside the
 * server's own schema are qualified whatever the session's search path says, and the path is left as it was.
 */
export async function introspect(session: Session, scope: Scope): Promise<Schema> {
  const sent = await session.json<SentCatalogue>(catalogueStatement(session.version, scope), { often: true })
  // The statement always gives one row.
  const catalogue = readCatalogue(sent as SentCatalogue)
  return assemble(catalogue, session.version, scope, await readConnections(session, catalogue.subscriptions))
}

function assemble(catalogue: Catalogue, version: number, scope: Scope, connections: Connections): Schema {
  const context = makeContext(catalogue)
  const { table, view, composite } = assembleRelations(context, version)
  const ledger = new Set(scope.ledgerTables)
  const isLedger = (name: string): boolean => ledger.has(name)
  const tolerated = tolerance(scope)
  const mine = table.filter((one) => !isLedger(one.name) && tolerated(one) === null)
  const subscriptions = assembleSubscriptions(context, connections)
  const mappings = assembleUserMappings(context)
  return sortSchema({
    namespace: catalogue.namespaceList.map((row) => ({ name: row.name, comment: row.comment, ...rights(row) })),
    extension: assembleExtensions(context),
    collation: assembleCollations(context),
    enum: assembleEnums(context),
    domain: assembleDomains(context),
    composite,
    range: assembleRanges(context),
    sequence: assembleSequences(context).filter((one) => one.ownedBy === null || (!isLedger(one.ownedBy.table) && tolerated({ schema: one.ownedBy.schema, name: one.ownedBy.table }) === null)),
    routine: assembleRoutines(context),
    wrapper: assembleWrappers(context),
    server: assembleServers(context),
    userMapping: mappings.described,
    table: mine,
    view,
    statistics: assembleStatistics(context).filter((one) => !isLedger(one.table.name) && tolerated(one.table) === null),
    eventTrigger: assembleEventTriggers(context),
    publication: assemblePublications(context),
    subscription: subscriptions.described,
    defaultPrivilege: assembleDefaultPrivileges(context),
    unmanaged: [...assembleUnmanaged(context, scope), ...mappings.named, ...subscriptions.named, ...toleratedTables(table, isLedger, tolerated, scope)],
    covers: scope.privileges === true ? ALL_KINDS : ALL_KINDS.filter((kind) => kind !== 'defaultPrivilege'),
  })
}

function toleratedTables(tables: readonly Table[], isLedger: (name: string) => boolean, tolerated: Tolerance, scope: Scope): readonly Unmanaged[] {
  return tables.flatMap((table) => {
    const pattern = isLedger(table.name) ? null : tolerated(table)
    return pattern === null ? [] : [{ kind: 'table', name: displayName(table, scope.defaultSchema), reason: 'tolerated' as const, because: `pattern ${pattern}` }]
  })
}

type Tolerance = (table: { readonly schema: string; readonly name: string }) => string | null

/** The pattern that tolerates a table, by its name or by `schema.name`. */
function tolerance(scope: Scope): Tolerance {
  const patterns = (scope.tolerate ?? []).map((pattern) => {
    const source = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*')
    return { pattern, test: new RegExp(`^${source}$`, 's') }
  })
  return ({ schema, name }) => patterns.find(({ test }) => test.test(name) || test.test(`${schema}.${name}`))?.pattern ?? null
}
