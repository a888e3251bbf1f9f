import type { KindRenderer } from '../../dialect.ts'
import type { Kind, Kinds } from '../../../schema/schema.ts'
import { literal, quoteName, qualified } from './names.ts'
import { changeDefaults } from './default-privileges.ts'
import type { Target } from './privileges.ts'
import { decorate, redecorate } from './privileges.ts'
import { renameTo } from './rename.ts'
import { retype } from './retype.ts'
import { HAZARDS, SHARE_UPDATE_EXCLUSIVE, lock, lockThere, stepFor } from './step.ts'
import { isRetyped } from './type-changes.ts'

const namespaceTarget = (name: string): Target => ({ grant: `SCHEMA ${quoteName(name)}`, comment: `SCHEMA ${quoteName(name)}`, all: 'UC', publicHas: '' })

/** Schemas. `public` is there from the start: it is never made, only described. */
export const namespaceRenderer: KindRenderer<'namespace'> = {
  create: (operation, context) => {
    const { to } = operation
    return stepFor(operation, context, [`CREATE SCHEMA ${quoteName(to.name)}`, ...decorate(to, namespaceTarget(to.name))])
  },
  drop: (operation, context) => stepFor(operation, context, [`DROP SCHEMA ${quoteName(operation.from.name)}`], { class: 'incompatible' }),
  alter: (operation, context) =>
    stepFor(operation, context, redecorate(operation.from, operation.to, operation.fields, namespaceTarget(operation.to.name))),
  rename: renameTo('SCHEMA'),
}

const extensionTarget = (name: string): Target => ({ grant: null, comment: `EXTENSION ${quoteName(name)}`, all: '', publicHas: '' })

/** Extensions. Their own objects are theirs. */
export const extensionRenderer: KindRenderer<'extension'> = {
  create: (operation, context) => {
    const { to } = operation
    const place = to.schema === undefined ? '' : ` SCHEMA ${quoteName(to.schema)}`
    const version = to.version === undefined ? '' : ` VERSION ${literal(to.version)}`
    // The comment that the extension brings is the usual one; only another is written.
    return stepFor(operation, context, [`CREATE EXTENSION ${quoteName(to.name)}${place === '' && version === '' ? '' : ` WITH${place}${version}`}`])
  },
  drop: (operation, context) =>
    stepFor(operation, context, [`DROP EXTENSION ${quoteName(operation.from.name)}`], { class: 'destructive', hazards: [HAZARDS.dataLoss('the extension')] }),
  alter: (operation, context) => {
    const { from, to, fields } = operation
    const name = quoteName(to.name)
    const statements = [
      ...(fields.includes('schema') && to.schema !== undefined ? [`ALTER EXTENSION ${name} SET SCHEMA ${quoteName(to.schema)}`] : []),
      ...(fields.includes('version') && to.version !== undefined ? [`ALTER EXTENSION ${name} UPDATE TO ${literal(to.version)}`] : []),
    ]
    return stepFor(operation, context, [...statements, ...redecorate(from, to, fields, extensionTarget(to.name))], { class: 'incompatible' })
  },
  rename: renameTo('EXTENSION'),
}

/** What is described by the statement that makes it: made, dropped, and replaced when the statement differs. */
function defined<K extends Kind>(word: string, name: (object: Kinds[K]) => string, definition: (object: Kinds[K]) => string): KindRenderer<K> {
  const target = (object: Kinds[K]): Target => ({ grant: null, comment: `${word} ${name(object)}`, all: '', publicHas: '' })
  return {
    create: (operation, context) => stepFor(operation as never, context, [definition(operation.to), ...decorate(operation.to, target(operation.to))]),
    drop: (operation, context) => stepFor(operation as never, context, [`DROP ${word} ${name(operation.from)}`], { class: 'incompatible' }),
    alter: (operation, context) =>
      stepFor(operation as never, context, redecorate(operation.from, operation.to, operation.fields, target(operation.to))),
    rename: renameTo(word) as KindRenderer<K>['rename'],
  }
}

const collationBase = defined<'collation'>('COLLATION', (object) => qualified(object), (object) => object.definition)

/** Collations. Another definition takes a new collation under the name. */
export const collationRenderer: KindRenderer<'collation'> = {
  ...collationBase,
  alter: (operation, context) => {
    if (!isRetyped(operation)) return collationBase.alter(operation, context)
    const { to } = operation
    return retype(operation, context, to.definition, decorate(to, { grant: null, comment: `COLLATION ${qualified(to)}`, all: '', publicHas: '' }))
  },
}

const statisticsBase = defined<'statistics'>('STATISTICS', (object) => qualified(object), (object) => object.definition)

/** Extended statistics. */
export const statisticsRenderer: KindRenderer<'statistics'> = {
  ...statisticsBase,
  drop: (operation, context) => statisticsBase.drop(operation, context).map((step) => ({ ...step, class: 'safe' as const, locks: lockThere(context, operation.from.table, SHARE_UPDATE_EXCLUSIVE) })),
  create: (operation, context) => {
    const { to } = operation
    const target = to.target == null ? [] : [`ALTER STATISTICS ${qualified(to)} SET STATISTICS ${to.target}`]
    const made = statisticsBase.create(operation, context)
    return made.map((step) => ({ ...step, locks: lock(context, to.table, SHARE_UPDATE_EXCLUSIVE), statements: [...step.statements, ...target] }))
  },
  alter: (operation, context) => {
    const { to, fields } = operation
    const own = fields.includes('target') ? stepFor(operation, context, [`ALTER STATISTICS ${qualified(to)} SET STATISTICS ${to.target ?? -1}`]) : []
    return [...own, ...statisticsBase.alter(operation, context)]
  },
}

const eventBase = defined<'eventTrigger'>('EVENT TRIGGER', (object) => quoteName(object.name), (object) => object.definition)
const ENABLE = { origin: 'ENABLE', disabled: 'DISABLE', replica: 'ENABLE REPLICA', always: 'ENABLE ALWAYS' } as const

/** Event triggers. */
export const eventTriggerRenderer: KindRenderer<'eventTrigger'> = {
  ...eventBase,
  create: (operation, context) => {
    const { to } = operation
    const state = to.enabled === 'origin' ? [] : [`ALTER EVENT TRIGGER ${quoteName(to.name)} ${ENABLE[to.enabled]}`]
    return eventBase.create(operation, context).map((step) => ({ ...step, statements: [...step.statements, ...state] }))
  },
  alter: (operation, context) => {
    const { to, fields } = operation
    const own = fields.includes('enabled') ? stepFor(operation, context, [`ALTER EVENT TRIGGER ${quoteName(to.name)} ${ENABLE[to.enabled]}`]) : []
    return [...own, ...eventBase.alter(operation, context)]
  },
}

/** Default privileges: what each says is a list of grants. */
export const defaultPrivilegeRenderer: KindRenderer<'defaultPrivilege'> = {
  create: (operation, context) => stepFor(operation, context, changeDefaults(operation.to.name, null, operation.to.definition)),
  drop: (operation, context) => stepFor(operation, context, changeDefaults(operation.from.name, operation.from.definition, null), { class: 'incompatible' }),
  alter: (operation, context) => stepFor(operation, context, changeDefaults(operation.to.name, operation.from.definition, operation.to.definition)),
  rename: () => [],
}
