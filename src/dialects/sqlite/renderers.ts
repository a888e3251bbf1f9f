import type { Hazard, KindRenderer, RenderContext, Renderers, Step } from '../dialect.ts'
import type { Operation } from '../../operations/operation.ts'
import type { Column, Kind, Table, View } from '../../schema/schema.ts'
import { TrueupError } from '../../errors.ts'
import { describe } from '../../operations/operation.ts'
import { checkClause, columnClause, constraintClause, createIndex, createTable, createTrigger, createView, referencesClause } from './ddl.ts'
import { quoteName } from './names.ts'
import { checkFor, rebuildStep } from './rebuild.ts'
import { FOREIGN_KEYS_OFF } from './foreign-keys-off.ts'
import { workOf } from './table-work.ts'

/** How SQLite carries out operations. */
export const renderers: Renderers = {
  table: {
    create: (operation) => [
      step(operation, [createTable(operation.to), ...operation.to.indexes.map((index) => createIndex(index, operation.to.name)), ...(operation.to.triggers ?? []).map(createTrigger)]),
    ],
    // With foreign keys on, DROP TABLE first deletes all rows, and the rows that reference them (lang_droptable.html).
    drop: (operation, context) => [
      step(operation, [FOREIGN_KEYS_OFF, `DROP TABLE ${quoteName(operation.ref.name)}`, checkFor(context.after)], {
        class: 'destructive', hazards: [loss(`table ${operation.ref.name}`)], locks: [{ relation: { schema: 'main', name: operation.ref.name }, mode: 'EXCLUSIVE' }],
      }),
    ],
    alter: (operation, context) => throughRebuild(operation, context),
    rename: (operation) => [step(operation, [`ALTER TABLE ${quoteName(operation.ref.name)} RENAME TO ${quoteName(operation.newName)}`], { class: 'incompatible' })],
  },
  column: {
    create: (operation, context) => addColumn(operation, operation.to, context),
    drop: (operation, context) => [
      ...native(operation, context, () => step(operation, [`${alterTable(operation)} DROP COLUMN ${quoteName(operation.ref.name)}`], { class: 'destructive', long: true, hazards: [loss(`column ${operation.ref.name}`)] })),
      ...throughRebuild(operation, context),
    ],
    alter: (operation, context) => throughRebuild(operation, context),
    rename: (operation) => [step(operation, [`${alterTable(operation)} RENAME COLUMN ${quoteName(operation.ref.name)} TO ${quoteName(operation.newName)}`], { class: 'incompatible' })],
  },
  constraint: {
    create: (operation, context) => throughRebuild(operation, context),
    drop: (operation, context) => throughRebuild(operation, context),
    alter: (operation, context) => throughRebuild(operation, context),
    rename: (operation, context) => throughRebuild(operation, context),
  },
  index: {
    create: (operation, context) => native(operation, context, () => indexStep(operation, [createIndex(operation.to, tableOf(operation))], context)),
    drop: (operation, context) => native(operation, context, () => step(operation, [dropIndex(operation.ref.name)])),
    alter: (operation, context) => native(operation, context, () => indexStep(operation, [dropIndex(operation.ref.name), createIndex(operation.to, tableOf(operation))], context)),
    rename: (operation, context) => {
      const index = context.after.table.find((table) => table.name === tableOf(operation))?.indexes.find((candidate) => candidate.name === operation.newName)
      return index === undefined ? [] : [indexStep(operation, [dropIndex(operation.ref.name), createIndex(index, tableOf(operation))], context)]
    },
  },
  trigger: {
    create: (operation) => [step(operation, [createTrigger(operation.to)])],
    drop: (operation, context) => native(operation, context, () => step(operation, [dropTrigger(operation.ref.name)])),
    alter: (operation, context) => native(operation, context, () => step(operation, [dropTrigger(operation.ref.name), createTrigger(operation.to)])),
    rename: (operation, context) => {
      const trigger = relationsOf(context).find((relation) => relation.name === tableOf(operation))?.triggers?.find((candidate) => candidate.name === operation.newName)
      return trigger === undefined ? [] : [step(operation, [dropTrigger(operation.ref.name), createTrigger(trigger)])]
    },
  },
  view: {
    create: (operation) => [step(operation, [createView(operation.to), ...(operation.to.triggers ?? []).map(createTrigger)])],
    drop: (operation, context) => native(operation, context, () => step(operation, [`DROP VIEW ${quoteName(operation.ref.name)}`], { class: 'incompatible' })),
    alter: (operation, context) => native(operation, context, () => {
      const statements = [`DROP VIEW ${quoteName(operation.ref.name)}`, createView(operation.to), ...(operation.from.triggers ?? []).map(createTrigger)]
      return step(operation, statements, { reason: 'SQLite cannot change a view in place; nobody sees it missing, because both happen in one transaction.' })
    }),
    rename: (operation, context) => {
      const view = context.after.view.find((candidate) => candidate.name === operation.newName)
      return view === undefined ? [] : [step(operation, [`DROP VIEW ${quoteName(operation.ref.name)}`, createView(view)], { class: 'incompatible' })]
    },
  },
  namespace: none('schemas beside main'),
  extension: none('extensions'),
  collation: none('collations of its own'),
  enum: none('enum types'),
  domain: none('domains'),
  composite: none('composite types'),
  range: none('range types'),
  sequence: none('sequences'),
  routine: none('functions or procedures'),
  wrapper: none('foreign-data wrappers'),
  server: none('foreign servers'),
  userMapping: none('user mappings'),
  statistics: none('extended statistics'),
  eventTrigger: none('event triggers'),
  publication: none('publications'),
  subscription: none('subscriptions'),
  defaultPrivilege: none('privileges'),
  rule: none('rules'),
  policy: none('policies'),
}

function none<K extends Kind>(what: string): KindRenderer<K> {
  const refuse = (operation: { readonly ref: { readonly name: string } }): never => {
    throw new TrueupError('not-supported', `SQLite has no ${what}: ${operation.ref.name}.`, { hint: 'Leave it out of the models for this database.' })
  }
  return { create: refuse, drop: refuse, alter: refuse, rename: refuse }
}

function step(operation: Operation, statements: readonly string[], more: Partial<Step> = {}): Step {
  return { title: describe(operation, 'main'), statements, transaction: true, class: 'safe', locks: [], hazards: [], long: false, ...more }
}

/** The operation's own step, unless the rebuild of its table takes care of it. */
function native(operation: Operation, context: RenderContext, own: () => Step): readonly Step[] {
  return workOf(operation, context).absorbed.has(operation) ? [] : [own()]
}

/** The rebuild, when this operation carries it. */
function throughRebuild(operation: Operation, context: RenderContext): readonly Step[] {
  const rebuild = workOf(operation, context).rebuilds.get(operation)
  if (rebuild === undefined) return []
  const rebuilt = rebuildStep(rebuild)
  // Nobody waits for the copy of a table without rows.
  return [context.isNew({ schema: 'main', name: rebuild.from.name }) && rebuilt.class === 'blocking' ? { ...rebuilt, class: 'safe', long: false } : rebuilt]
}

function addColumn(operation: Operation & { readonly verb: 'create'; readonly kind: 'column' }, column: Column, context: RenderContext): readonly Step[] {
  const table = context.after.table.find((candidate) => candidate.name === tableOf(operation))
  const own = (): Step => {
    const brought = [...workOf(operation, context).brought].filter(([, bringer]) => bringer === column.name).map(([constraint]) => constraint)
    // Inside a column's definition a table is only named by its expressions.
    const host: Table = table ?? { schema: 'main', name: tableOf(operation), columns: [column], constraints: [], indexes: [] }
    const clauses = brought.map((constraint) => {
      const label = constraint.named === false ? '' : `CONSTRAINT ${quoteName(constraint.name)} `
      if (constraint.type === 'foreignKey') return `${label}${referencesClause(constraint, host)}`
      return constraint.type === 'check' ? `${label}${checkClause(constraint, host)}` : constraintClause(constraint, host)
    })
    const scans = brought.some((constraint) => constraint.type === 'check')
    const needsValue = column.notNull && column.default === null && !column.generated
    const hazards: Hazard[] = needsValue ? [{ code: 'needs-empty-table', message: `${column.name} takes no NULL and has no default: SQLite refuses it when ${host.name} has rows.` }] : []
    return step(operation, [`${alterTable(operation)} ADD COLUMN ${[columnClause(column, undefined, host), ...clauses].join(' ')}`], { class: scans ? 'online' : 'safe', long: scans, hazards })
  }
  return [...native(operation, context, own), ...throughRebuild(operation, context)]
}

function indexStep(operation: Operation, statements: readonly string[], context: RenderContext): Step {
  const table = { schema: 'main', name: tableOf(operation) }
  if (context.isNew(table)) return step(operation, statements)
  return step(operation, statements, { class: 'online', long: true, locks: [{ relation: table, mode: 'RESERVED' }] })
}

const tableOf = (operation: Operation): string => operation.ref.table ?? operation.ref.name
const alterTable = (operation: Operation): string => `ALTER TABLE ${quoteName(tableOf(operation))}`
const dropIndex = (name: string): string => `DROP INDEX ${quoteName(name)}`
const dropTrigger = (name: string): string => `DROP TRIGGER ${quoteName(name)}`
const relationsOf = (context: RenderContext): readonly (Table | View)[] => [...context.after.table, ...context.after.view]
const loss = (what: string): Hazard => ({ code: 'data-loss', message: `The rows or values of ${what} go.` })
