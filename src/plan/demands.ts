import type { Operation } from '../operations/operation.ts'
import type { Check, ForeignKey, Index, Named, PrimaryKey, Schema, Table, Unique } from '../schema/schema.ts'
import { displayName, findTable, keyOf } from '../schema/schema.ts'
import type { PlanStep } from './plan.ts'

/** What the rows of a table that is there must hold for a step to go through. */
export type Demand = { readonly table: Named; readonly title: string; readonly step: string } & (
  | { readonly kind: 'not-null'; readonly column: string }
  | { readonly kind: 'unique'; readonly keys: readonly UniqueKey[]; readonly where: string | null; readonly nullsToo: boolean }
  | { readonly kind: 'reference'; readonly key: ForeignKey }
  | { readonly kind: 'check'; readonly expression: string }
)

/** A column or an expression in the server's words. */
export type UniqueKey = { readonly column: string } | { readonly expression: string }

/** The demands of a plan's steps on rows that are there before it begins. */
export function demandsOf(steps: readonly PlanStep[], live: Schema): readonly Demand[] {
  const found = new Map<string, Demand>()
  for (const step of steps) {
    const operation = 'operation' in step ? step.operation : undefined
    const table = operation?.ref.table === undefined ? undefined : findTable(live, { schema: operation.ref.schema, name: operation.ref.table })
    // A column of an online entry is empty until it is filled, and then holds what the old one does, which keeps all of it.
    if (operation === undefined || table === undefined || step.required === true) continue
    const demand = demandOf(operation, table, step)
    const key = `${operation.kind} ${keyOf(table)} ${operation.ref.name}`
    if (demand !== null && !found.has(key)) found.set(key, demand)
  }
  return [...found.values()]
}

function demandOf(operation: Operation, table: Table, step: PlanStep): Demand | null {
  const common = { table: { schema: table.schema, name: table.name }, step: step.id }
  if (operation.verb === 'drop' || operation.verb === 'rename') return null
  if (operation.kind === 'column' && operation.verb === 'alter') {
    return operation.to.notNull && operation.fields.some((field) => field.startsWith('notNull')) ? { ...common, kind: 'not-null', column: operation.ref.name, title: `NOT NULL of column ${operation.ref.name}` } : null
  }
  if (operation.kind === 'index' && operation.verb === 'create') return indexDemand(operation.to, common)
  if (operation.kind !== 'constraint' || operation.to.validated === false || operation.to.enforced === false) return null
  const to = operation.to
  const title = `constraint ${displayName({ name: to.name })}`
  switch (to.type) {
    case 'primaryKey':
    case 'unique':
      return keyDemand(to, { ...common, title })
    case 'foreignKey':
      return to.period === true ? null : { ...common, title, kind: 'reference', key: to }
    case 'check':
      return checkDemand(to, { ...common, title })
    case 'exclusion':
      return null
  }
}

type Common = Pick<Demand, 'table' | 'step'>

function indexDemand(index: Index, common: Common): Demand | null {
  if (!index.unique) return null
  const keys = index.keys.map((key): UniqueKey => (key.column === null ? { expression: key.expression ?? '' } : { column: key.column }))
  return { ...common, kind: 'unique', keys, where: index.where, nullsToo: index.nullsNotDistinct === true, title: `unique index ${displayName({ name: index.name })}` }
}

const keyDemand = (key: PrimaryKey | Unique, common: Common & { readonly title: string }): Demand | null =>
  key.withoutOverlaps === true ? null : { ...common, kind: 'unique', keys: key.columns.map((column) => ({ column })), where: null, nullsToo: key.type === 'unique' && key.nullsNotDistinct === true }

const checkDemand = (check: Check, common: Common & { readonly title: string }): Demand => ({ ...common, kind: 'check', expression: check.expression })

/** True when the rows can be asked: every column that the demand names is there. */
export function canAsk(demand: Demand, live: Schema): boolean {
  const columns = new Set(findTable(live, demand.table)?.columns.map((column) => column.name) ?? [])
  switch (demand.kind) {
    case 'not-null':
      return columns.has(demand.column)
    case 'unique':
      return demand.keys.every((key) => !('column' in key) || columns.has(key.column))
    case 'reference':
      return demand.key.columns.every((column) => columns.has(column)) && findTable(live, { schema: demand.key.references.schema, name: demand.key.references.table }) !== undefined
    case 'check':
      return true
  }
}
