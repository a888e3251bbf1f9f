import type { Renderers } from '../../dialect.ts'
import { policyRenderer, ruleRenderer, triggerRenderer } from './attached.ts'
import { columnRenderer } from './column.ts'
import { constraintRenderer } from './constraint.ts'
import {
  collationRenderer, defaultPrivilegeRenderer, eventTriggerRenderer, extensionRenderer, namespaceRenderer, statisticsRenderer,
} from './database.ts'
import { serverRenderer, userMappingRenderer, wrapperRenderer } from './foreign-objects.ts'
import { indexRenderer } from './indexes.ts'
import { publicationRenderer, subscriptionRenderer } from './replication.ts'
import { routineRenderer } from './routine.ts'
import { sequenceRenderer } from './sequence.ts'
import { tableRenderer } from './table.ts'
import { compositeRenderer, domainRenderer, enumRenderer, rangeRenderer } from './types.ts'
import { viewRenderer } from './view.ts'

/** How PostgreSQL does what is to be done, one renderer a kind. */
export const renderers = {
  namespace: namespaceRenderer, extension: extensionRenderer, collation: collationRenderer, enum: enumRenderer, domain: domainRenderer,
  composite: compositeRenderer, range: rangeRenderer, sequence: sequenceRenderer, routine: routineRenderer, wrapper: wrapperRenderer,
  server: serverRenderer, userMapping: userMappingRenderer, table: tableRenderer, view: viewRenderer, statistics: statisticsRenderer, eventTrigger: eventTriggerRenderer,
  publication: publicationRenderer, subscription: subscriptionRenderer, defaultPrivilege: defaultPrivilegeRenderer, column: columnRenderer, constraint: constraintRenderer,
  index: indexRenderer, trigger: triggerRenderer, rule: ruleRenderer, policy: policyRenderer,
} as const satisfies Renderers
